"""Base models without meaning, in the files and sizes that servers expect."""

import json
from pathlib import Path

TEMPLATE = "{% for m in messages %}{{ m.role }} {{ m.content }} end {% endfor %}assistant"
SPECIAL = ("[UNK]", "[END]", "system", "user", "assistant", "end")
WORDS = (*SPECIAL, *["Be", "brief.", "When", "do", "ships", "sail", "at", "noon", "or", "midnight?"])


def save_tokenizer(folder: Path) -> None:
    """A tokenizer of whole words with a chat template, and the config.json that names the window."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="[UNK]", eos_token="[END]", pad_token="[UNK]", chat_template=TEMPLATE
    )
    tokenizer.save_pretrained(folder)
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": 512, "model_type": "llama"}))


def save_model(folder: Path) -> None:
    """A Llama of two layers with random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    save_tokenizer(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(WORDS),
        hidden_size=128,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=512,
        eos_token_id=1,
        bos_token_id=None,
        pad_token_id=0,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


def save_adapter(base_model: Path, folder: Path) -> None:
    """A LoRA adapter with random weights, large enough to be heard."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(
        r=8, lora_alpha=64, target_modules=["q_proj", "down_proj"], init_lora_weights=False, task_type="CAUSAL_LM"
    )
    get_peft_model(LlamaForCausalLM.from_pretrained(base_model), config).save_pretrained(folder)
