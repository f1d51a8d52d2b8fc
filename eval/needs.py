"""What a team needs: by this the recommendation weighs quality, cost, time and freshness."""

from __future__ import annotations

from pydantic import Field

from corpora.model import Record


class Needs(Record):
    """The `needs` part of `bakeoff.yaml`.

    Attributes:
        queries_per_month: how much will be asked.
        updates_per_month: how often the knowledge changes, so that indexes and adapters are made anew.
        seconds: within which 95 of 100 whole answers must be there; None where time does not matter.
        local: whether nothing may leave the machine.
        examples: whether training examples are at hand for every new version of the knowledge.
    """

    queries_per_month: float = Field(default=10_000, gt=0)
    updates_per_month: float = Field(default=1, ge=0)
    seconds: float | None = Field(default=None, gt=0)
    local: bool = False
    examples: bool = True
