"""TRL's trainer, set up for LoRA on packed rows. Importing this takes seconds: only training does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import (
    EarlyStoppingCallback,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    TrainerCallback,
)
from trl import SFTConfig, SFTTrainer

from pipelines.training.data import TrainingData
from pipelines.training.options import TrainingOptions
from pipelines.training.packing import pack

ACCURACY = "mean_token_accuracy"
WARM_UP = 0.05
"""Share of the steps in which the learning rate rises."""


class PackedTrainer(SFTTrainer):
    """TRL's trainer on batches made by `pack`."""

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Mean negative log-likelihood of the tokens to learn, over `num_items_in_batch` of them."""
        labels = inputs["labels"][0]
        outputs = model(**{name: value for name, value in inputs.items() if name != "labels"}, use_cache=False)
        total = torch.nn.functional.cross_entropy(outputs.logits[0], labels, reduction="sum")
        loss = total / (labels.numel() if num_items_in_batch is None else num_items_in_batch)
        if not self.model.training:
            right = (outputs.logits[0].argmax(-1) == labels).float().mean()
            self._metrics["eval"][ACCURACY].append(right.item())  # where TRL's own loss puts it
        return (loss, outputs) if return_outputs else loss


class StepCallback(TrainerCallback):
    """Tells (steps done, steps in all) after every step."""

    def __init__(self, on_progress: Callable[[int, int], None]) -> None:
        self._on_progress = on_progress

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._on_progress(state.global_step, state.max_steps)


def make_trainer(
    data: TrainingData,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    options: TrainingOptions,
    checkpoints: Path,
    on_progress: Callable[[int, int], None],
) -> SFTTrainer:
    """A trainer that is ready to `train()`.

    Examples are packed. Chunks of documents are not: they are alike in length and learnt whole, so there is nothing to
    save. Where rows are held out, the weights with the best token accuracy on them are kept, not those with the least
    loss: while facts are still being learnt the loss of unseen wordings rises again, as the model grows surer of what
    it gets wrong (docs/log.md).
    """
    packed = data.on == "examples"
    validate = bool(data.validation)
    trainer = (PackedTrainer if packed else SFTTrainer)(
        model=model,
        args=_arguments(options, checkpoints, validate),
        train_dataset=Dataset.from_list(data.train),
        eval_dataset=Dataset.from_list(data.validation) if validate else None,
        processing_class=tokenizer,
        peft_config=LoraConfig(
            r=options.rank,
            lora_alpha=options.alpha,
            lora_dropout=0.0,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
        data_collator=pack if packed else None,
        callbacks=[StepCallback(on_progress), *([EarlyStoppingCallback(options.patience)] if validate else [])],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _arguments(options: TrainingOptions, checkpoints: Path, validate: bool) -> SFTConfig:
    each = "epoch" if validate else "no"
    return SFTConfig(
        output_dir=str(checkpoints),
        per_device_train_batch_size=options.batch_size,
        per_device_eval_batch_size=options.batch_size,
        num_train_epochs=options.epochs,
        learning_rate=options.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=WARM_UP,
        optim="adamw_torch_fused",
        seed=options.seed,
        completion_only_loss=None,  # TRL's default: the completion where there is one, else every token
        max_length=None,  # the rows are checked, or cut, before
        gradient_checkpointing=False,
        bf16=torch.cuda.is_available() and torch.cuda.is_bf16_supported(),
        eval_strategy=each,
        save_strategy=each,
        save_only_model=True,
        save_total_limit=1,
        load_best_model_at_end=validate,
        metric_for_best_model=f"eval_{ACCURACY}",
        greater_is_better=True,
        prediction_loss_only=True,
        logging_strategy="epoch",
        include_num_input_tokens_seen="all",
        disable_tqdm=True,
        report_to="none",
        dataloader_pin_memory=torch.cuda.is_available(),
    )
