"""What a team needs: by this the recommendation weighs quality, cost, time and freshness."""

from __future__ import annotations

from pydantic import Field

from corpora.model import Record
from eval import numbers


class Needs(Record):
    """The `needs` part of `bakeoff.yaml`.

    Attributes:
        queries_per_month: how much will be asked.
        updates_per_month: how often the knowledge changes, so that indexes and adapters are made anew.
        seconds: within which 95 of 100 whole answers must be there; None where time does not matter.
        local: whether nothing may leave the machine.
        examples: whether training examples are at hand for every new version of the knowledge.
    """

    queries_per_month: float = Field(default=10_000, gt=0, le=1e12)
    updates_per_month: float = Field(default=1, ge=0, le=1e6)
    seconds: float | None = Field(default=None, gt=0, le=1e6)
    local: bool = False
    examples: bool = True

    def in_words(self) -> str:
        """As a part of a sentence: 10 000 queries and 1 new version of the knowledge a month, ..."""
        parts = [
            f"{self.queries()} and {self.versions()} a month",
            "no limit on time" if self.seconds is None else f"95 of 100 answers within {numbers.seconds(self.seconds)}",
            "nothing may leave the machine" if self.local else "questions may leave the machine",
            f"{'' if self.examples else 'no '}training examples at hand for each version",
        ]
        return ", ".join(parts)

    def queries(self) -> str:
        """10 000 queries, 0.4 queries."""
        return numbers.amount_of(self.queries_per_month, "query", "queries")

    def versions(self) -> str:
        """1 new version of the knowledge, 0.5 new versions of the knowledge."""
        noun = "new version", "new versions"
        return f"{numbers.amount_of(self.updates_per_month, *noun)} of the knowledge"
