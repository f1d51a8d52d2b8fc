"""The table of the page on money that says from how many queries on each dearer start has paid for itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from eval import numbers
from eval.break_even import BreakEven, Costs, break_even, versions_paid
from eval.needs import Needs
from eval.numbers import NOTHING
from eval.report.cells import Cell, Grid, Head, Row
from eval.spent import COST
from eval.summary import Summary

NEVER = "never"


def pairs_grid(costs: Sequence[Costs], summary: Summary, needs: Needs) -> Grid | None:
    """Each pair's break-even, with the ends that the interval of their costs' difference gives it."""
    rows = [_pair(a, b, summary, needs) for a, b in combinations(costs, 2)]
    heads = [
        Head("Pair", "which is cheaper?"),
        Head("Break-even", "queries for each version of the knowledge, as far as the costs per query are known"),
        Head("A month", f"at {needs.versions()}"),
    ]
    return Grid("Break-even of each pair", heads, rows) if rows else None


def _pair(a: Costs, b: Costs, summary: Summary, needs: Needs) -> Row:
    title = f"{a.name}, {b.name}"
    paired = summary.difference(COST, a.name, b.name)
    found = break_even(a, b, paired.estimate if paired else None)
    if found is None:
        if a.per_query is None or b.per_query is None or a.per_version is None or b.per_version is None:
            return Row(title, "", [Cell(numbers.UNKNOWN, ("a cost of one is not known",)), Cell(numbers.UNKNOWN)])
        note = "which of them is cheaper per query cannot be told"
        if paired is not None and paired.same:
            note = "both cost the same per query"
        elif paired is not None and paired.differs(summary.confidence):
            note = f"{a.name if (paired.estimate.mean or 0.0) < 0 else b.name} is cheaper from the first"
        return Row(title, "both start at the same cost", [Cell(NOTHING, (note,)), Cell(NOTHING)])
    differs = paired is not None and paired.differs(summary.confidence)
    if found.queries is not None:
        note = f"{'' if differs else 'by the means, '}above, {found.dearer_start} is cheaper"
    else:
        sure = differs and found.ends is not None and found.ends[0] is None
        note = f"{'' if sure else 'by the means, '}{found.cheaper_start} is cheaper at any use"
    cells = [break_even_cell(found, 1.0, note), break_even_cell(found, versions_paid(needs.updates_per_month))]
    return Row(title, f"{found.dearer_start} costs more to set up", cells)


def break_even_cell(found: BreakEven, versions: float, *notes: str) -> Cell:
    def written(queries: float) -> str:
        return numbers.count(queries * versions)

    value = NEVER if found.queries is None else written(found.queries)
    first, last = found.ends or (None, None)
    if first is None:
        return Cell(value, notes)
    if found.queries is None:
        ends = f"or from {written(first)}, at best"
    else:
        ends = f"from {written(first)}, may be never" if last is None else f"{written(first)} to {written(last)}"
    return Cell(value, (ends, *notes))
