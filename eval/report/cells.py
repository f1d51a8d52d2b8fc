"""What the tables of the page are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval import numbers
from eval.numbers import NOTHING
from eval.report.svg import COLOURS
from eval.statistics import Estimate


@dataclass(frozen=True)
class Cell:
    """A value, and beneath it in small letters its interval and what became of the trials."""

    value: str
    lines: tuple[str, ...] = ()
    best: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a table. `colour` is the place of the pipeline that it is about; None where it is about none or two."""

    title: str
    note: str
    cells: Sequence[Cell]
    colour: int | None = None


@dataclass(frozen=True)
class Head:
    """What stands above a column."""

    title: str
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: `heads` stand above the rows' titles and every cell; `label` names it for those who cannot see it."""

    label: str
    heads: Sequence[Head]
    rows: Sequence[Row]


def place(index: int) -> int:
    """The colour of the pipeline at that place of the run."""
    return index % COLOURS


def share(estimate: Estimate) -> Cell:
    """A share of questions with its interval and what it is a share of."""
    if estimate.mean is None:
        return Cell(NOTHING, ("no such questions",))
    part = f"{numbers.amount(estimate.mean * estimate.n)} of {numbers.count(estimate.n)}"
    ends = () if estimate.low is None or estimate.high is None else (estimate.low, estimate.high)
    return Cell(numbers.percent(estimate.mean), (*([" to ".join(map(numbers.percent, ends))] if ends else []), part))
