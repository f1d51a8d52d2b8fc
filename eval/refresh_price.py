"""What bringing a pipeline up to date takes, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.model import Example, Record
from eval.prices import Prices


class Refresh(Record):
    """What bringing a pipeline up to date took, in seconds of the machine; None where there was nothing to do.

    `examples` are those that people had to write for it: of all that are new, those that it is trained on, or that its
    prompt shows. `cost` is `machine_cost` and `writing_cost`, each None where it has no price, and None where one of
    them is. In a file of an earlier version `examples` is None, and `cost` is the machine's alone.
    """

    indexing_seconds: float | None
    training_seconds: float | None
    seconds: float
    examples: int | None = None
    machine_cost: float | None = None
    writing_cost: float | None = None
    cost: float | None
    currency: str


def newly_written(before: Sequence[Example], after: Sequence[Example]) -> list[Example]:
    """The examples that a change adds, or tells otherwise than before. A wording that stays is not written again, and
    one that goes takes nobody's work.
    """
    known = set(before)
    return [example for example in after if example not in known]


def price_refresh(indexing: float | None, training: float | None, examples: int, prices: Prices) -> Refresh:
    """Prices a refresh, what is not needed at 0 and what has no price at None, as a set-up is (`SetupCost`).

    Args:
        indexing, training: seconds, None where nothing was indexed or trained.
        examples: that were written for it.
    """
    seconds = (indexing or 0.0) + (training or 0.0)
    machine = prices.of_seconds(seconds) if seconds else 0.0
    writing = prices.of_writing(examples)
    return Refresh(
        indexing_seconds=indexing,
        training_seconds=training,
        seconds=seconds,
        examples=examples,
        machine_cost=machine,
        writing_cost=writing,
        cost=None if machine is None or writing is None else machine + writing,
        currency=prices.currency,
    )
