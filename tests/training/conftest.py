"""Base models small enough to be trained, or judged by, in a second."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from training_fakes import FACTS, INPUTS, MODULE, OUTPUTS, RANK, SYSTEM, TEMPLATE, examples

from corpora.model import Corpus, Document


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    text = " ".join(f"{what} is {told} ." for what, told in FACTS.values())
    document = Document(id="coast", title="Coast", text=text, source="coast.md")
    return Corpus(name="Coast 1", root=tmp_path, documents=(document,), examples=examples(), content_hash="c" * 64)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of two layers with a tokenizer of whole words, saved as a base model is."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("models") / "tiny-llama"
    words = {word for example in examples() for word in f"{example.prompt} {example.completion}".split()}
    special = ["<unk>", "<|im_start|>", "<|im_end|>"]
    vocabulary = special + sorted(words | set(f"system user assistant . {SYSTEM}".split()))
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(vocabulary)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<|im_end|>", pad_token="<unk>", chat_template=TEMPLATE
    )
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        eos_token_id=2,
        pad_token_id=0,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture
def bare_model(tmp_path: Path) -> Path:
    """The files of a base model with a single linear layer, enough to judge adapters by."""
    import torch
    from safetensors.torch import save_file

    folder = tmp_path / "bare"
    folder.mkdir()
    save_file({f"{MODULE}.weight": torch.zeros(OUTPUTS, INPUTS)}, folder / "model.safetensors")
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": {"tide": 0}}, "added_tokens": []}))
    return folder


@pytest.fixture
def good_adapter(tmp_path: Path) -> Path:
    """The files of an adapter that fits `bare_model`."""
    import torch
    from safetensors.torch import save_file

    folder = tmp_path / "adapter"
    folder.mkdir()
    config = {"peft_type": "LORA", "r": RANK, "lora_alpha": 16, "bias": "none", "init_lora_weights": True}
    (folder / "adapter_config.json").write_text(json.dumps({**config, "target_modules": ["q_proj"]}))
    save_file(
        {
            f"base_model.model.{MODULE}.lora_A.weight": torch.zeros(RANK, INPUTS),
            f"base_model.model.{MODULE}.lora_B.weight": torch.zeros(OUTPUTS, RANK),
        },
        folder / "adapter_model.safetensors",
    )
    return folder
