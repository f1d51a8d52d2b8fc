"""Which way is the cheapest, by how much is asked and how often the knowledge changes.

A way costs `per_version` whenever the knowledge changes (training, indexing, writing examples) and `per_query` whenever
it is asked, so that two lines cross at most once: above the break-even the dearer start has paid for itself, before the
next version is due. Evaluating is not among them: every way answers the same questions, and need not at each version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpora.model import Record
from eval.statistics import Estimate

SECONDS_PER_MONTH = 365.25 / 12 * 24 * 3600

LONGEST_MONTHS = 12
"""For so long the first version is taken to serve where the knowledge hardly changes: what comes before the first
answer is not free because nothing comes after it.
"""


def versions_paid(updates: float) -> float:
    """How many versions a month with so many updates of the knowledge pays for: nothing lasts for ever, and one is paid
    for in `LONGEST_MONTHS` at least.
    """
    return max(updates, 1 / LONGEST_MONTHS)


class Costs(Record):
    """What one pipeline costs, in the run's currency; None where it is not known."""

    name: str
    per_version: float | None
    per_query: float | None

    def per_month(self, queries: float, updates: float) -> float | None:
        """In a month with so many queries and so many new versions of the knowledge (`versions_paid`); None where it is
        not known.
        """
        if self.per_version is None or self.per_query is None:
            return None
        return self.per_version * versions_paid(updates) + self.per_query * queries


class BreakEven(Record):
    """From how many queries per version of the knowledge on `dearer_start` is the cheaper of the two; None: never.

    `ends` are the same at both ends of the interval of what a query saves, the fewest queries first; None where there
    is no interval. The costs of starting were measured once, and are taken as they are.
    """

    dearer_start: str
    cheaper_start: str
    queries: float | None
    ends: tuple[float | None, float | None] | None = None


@dataclass(frozen=True)
class Region:
    """The cheapest pipeline at each point of a grid: `cheapest[row][column]` is for `updates[row]` and
    `queries[column]`, both per month.
    """

    queries: Sequence[float]
    updates: Sequence[float]
    cheapest: Sequence[Sequence[str]]


def break_even(a: Costs, b: Costs, extra: Estimate | None = None) -> BreakEven | None:
    """None where a cost is unknown, or where the two start at the same cost, so that there is nothing to pay back.

    Args:
        extra: what a query costs more with a than with b, on the same questions.
    """
    if a.per_version is None or b.per_version is None or a.per_query is None or b.per_query is None:
        return None
    if a.per_version == b.per_version:
        return None
    dear, cheap = (a, b) if a.per_version > b.per_version else (b, a)
    start = abs(a.per_version - b.per_version)

    def paid_back(saved: float) -> float | None:
        return start / saved if saved > 0 else None

    saved, ends = (cheap.per_query or 0.0) - (dear.per_query or 0.0), None
    if extra is not None and extra.mean is not None:
        known = extra.negated() if dear is a else extra
        saved = known.mean or 0.0
        if known.low is not None and known.high is not None:
            ends = paid_back(known.high), paid_back(known.low)
    return BreakEven(dearer_start=dear.name, cheaper_start=cheap.name, queries=paid_back(saved), ends=ends)


def cheapest(costs: Sequence[Costs], queries: float, updates: float) -> str | None:
    """The pipeline that costs least in such a month; None where no cost is known."""
    known = [(total, each.name) for each in costs if (total := each.per_month(queries, updates)) is not None]
    return min(known)[1] if known else None


def regions(costs: Sequence[Costs], queries: Sequence[float], updates: Sequence[float]) -> Region | None:
    """The cheapest pipeline everywhere; None where no cost is known."""
    rows = [[cheapest(costs, column, row) for column in queries] for row in updates]
    named = [[each for each in row if each is not None] for row in rows]
    return Region(queries, updates, named) if costs and all(len(row) == len(queries) for row in named) else None
