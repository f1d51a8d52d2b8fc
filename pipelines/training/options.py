"""How an adapter is trained."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from corpora.model import Record

Rank = Literal[1, 8, 16, 32, 64, 128, 256, 320, 512]
SERVABLE_RANKS: tuple[int, ...] = get_args(Rank)
"""The ranks that vLLM serves (its `--max-lora-rank`)."""


class TrainingOptions(Record):
    """LoRA on all linear layers; the defaults were chosen on the demo corpus' dev questions (see docs/log.md).

    Attributes:
        alpha: LoRA's scale; an update counts `alpha / rank` times.
        learning_rate: the peak; it rises over the first twentieth of the steps and falls to zero along a cosine.
        epochs: times that every example is seen.
        validation_fraction: share of the examples held out, each another wording of a fact that is trained on.
        patience: epochs without a better validation accuracy after which training stops.
        max_tokens: length that no example may pass, prompt and template included.
    """

    rank: Rank = 16
    alpha: int = Field(default=32, gt=0)
    learning_rate: float = Field(default=4e-3, gt=0)
    epochs: int = Field(default=3, ge=1)
    batch_size: int = Field(default=8, ge=1)
    validation_fraction: float = Field(default=0.05, ge=0, lt=0.5)
    patience: int = Field(default=2, ge=1)
    seed: int = 0
    max_tokens: int = Field(default=512, ge=16)
