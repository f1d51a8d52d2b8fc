"""What it would take to train a model of the base model's size from nothing, so that nobody wonders.

Training takes about 6 N D floating-point operations for N parameters and D tokens (Kaplan et al. 2020, section 2.1),
and about 20 tokens per parameter make the most of them (Hoffmann et al. 2022, "Chinchilla"). LoRA on a frozen base
leaves out the gradients of the base's weights, a third of that: 4 N D.
"""

from __future__ import annotations

from collections.abc import Iterable

from corpora.model import Record
from eval.prices import Prices
from pipelines.contract import Preparation

TOKENS_PER_PARAMETER = 20
FLOPS_FULL = 6
FLOPS_FROZEN = 4


class FromScratch(Record):
    """A training from scratch that nobody ran.

    Attributes:
        flops: floating-point operations, 6 N D.
        flops_per_second: what this machine reached while it trained an adapter; None where no training of this run
            had both its time and its tokens counted.
        seconds, cost: of such a training on this machine at that rate; None where they cannot be told.
    """

    parameters: int
    tokens: int
    flops: float
    flops_per_second: float | None
    seconds: float | None
    cost: float | None


def from_scratch(preparations: Iterable[Preparation], prices: Prices) -> FromScratch | None:
    """For a model as large as the one that the run's adapters were trained on; None where its size is not known."""
    known = [each for each in preparations if each.base_parameters]
    if not known:
        return None
    parameters = known[0].base_parameters or 0
    rates = [
        FLOPS_FROZEN * parameters * each.training_tokens / each.training_seconds
        for each in known
        if each.training_tokens and each.training_seconds
    ]
    tokens = TOKENS_PER_PARAMETER * parameters
    flops = float(FLOPS_FULL * parameters * tokens)
    rate = max(rates, default=None)
    seconds = flops / rate if rate else None
    return FromScratch(
        parameters=parameters,
        tokens=tokens,
        flops=flops,
        flops_per_second=rate,
        seconds=seconds,
        cost=prices.of_seconds(seconds),
    )
