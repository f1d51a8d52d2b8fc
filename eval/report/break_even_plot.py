"""The cheapest pipeline over how much is asked and how often the knowledge changes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from eval import numbers
from eval.break_even import Costs, Region, regions
from eval.report.frame import SIZE, Series, canvas, fit_height
from eval.report.svg import INK, MUTED, PAPER, render, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEP = 0.05  # decades between two points of the grid, the same both ways, so that borders are straight
NAMED = 0.35  # a share of an axis that a region must have to be named in the plot


def grid(low: float, high: float) -> list[float]:
    """Evenly spaced powers from at most `low` to at least `high`, both above 0, at whole decades."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [10 ** (first + STEP * place) for place in range(round((max(last, first + 1) - first) / STEP) + 1)]


def cheapest_map(costs: Sequence[Costs], queries: float, updates: float) -> Region | None:
    """The cheapest pipeline from 100 to 10 million queries and from an update in ten months to a thousand a month, and
    farther where the team's own needs lie there. None where a cost is unknown.
    """
    return regions(
        [each for each in costs if each.per_month(1, 1) is not None],
        grid(min(100, queries), max(1e7, queries)),
        grid(min(0.1, updates or 0.1), max(1000, updates)),
    )


def winners(region: Region) -> list[str]:
    """The pipelines that are the cheapest somewhere, the widest region first."""
    every = [name for row in region.cheapest for name in row]
    return sorted(set(every), key=lambda name: (-every.count(name), name))


def break_even_plot(
    name: str, region: Region, needs: tuple[float, float] | None, places: Mapping[str, int], label: str, alt: str
) -> str:
    """Regions in their pipelines' colours.

    Args:
        needs: queries and updates a month, where a ring is drawn; no updates are drawn at the lower end.
        places: of the pipelines in the run.
        label: of the axis of queries.
    """
    figure, (axes,) = canvas(3.9)
    axes.grid(visible=False)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(region.queries[0], region.queries[-1])
    axes.set_ylim(region.updates[0], region.updates[-1])
    axes.minorticks_off()
    for winner in winners(region):
        series = Series(winner, places[winner])
        corners = outline(region, winner)
        axes.fill(*zip(*corners, strict=True), color=series.colour, alpha=0.16, lw=0)
        axes.plot(*zip(*corners, corners[0], strict=True), color=series.colour, lw=1.2, clip_on=True)
        _name(axes, region, series)
    if needs:
        axes.plot(
            [needs[0]], [max(needs[1], region.updates[0])], marker="o", ms=10, mfc=PAPER, mec=INK, mew=2, ls="none",
            clip_on=False, zorder=4,
        )  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: numbers.short(value))
    axes.set_xlabel(label, size=SIZE, color=MUTED, labelpad=6, parse_math=False)
    axes.set_ylabel("New versions of the knowledge a month", size=SIZE, color=MUTED, labelpad=6, parse_math=False)
    figure.subplots_adjust(left=0.17, right=0.95)
    fit_height(figure, top=0.15, bottom=0.62)
    return render(figure, name, alt)


def outline(region: Region, name: str) -> list[tuple[float, float]]:
    """The corners of one pipeline's region, from (queries, updates) round to itself.

    What a month costs is linear in both, so that a region has one stretch at most in every row. Its ends lie midway
    between two points of the grid.
    """
    left, right = [], []
    for updates, row in zip(region.updates, region.cheapest, strict=True):
        columns = [column for column, each in enumerate(row) if each == name]
        if columns:
            left.append((_between(region.queries, columns[0] - 1), updates))
            right.append((_between(region.queries, columns[-1]), updates))
    return [*left, *reversed(right)]


def _between(points: Sequence[float], place: int) -> float:
    """Midway from one point to the next on a logarithmic axis; the axis' end where there is none."""
    if place < 0 or place >= len(points) - 1:
        return points[max(place, 0)]
    return math.sqrt(points[place] * points[place + 1])


def _name(axes: Axes, region: Region, series: Series) -> None:
    """At the middle of its region, where there is room; the legend names the others."""
    cells = [
        (number, column)
        for number, row in enumerate(region.cheapest)
        for column, each in enumerate(row)
        if each == series.name
    ]
    number, column = (round(sum(every) / len(cells)) for every in zip(*cells, strict=True))
    if list(region.cheapest[number]).count(series.name) < NAMED * len(region.queries):
        return
    axes.annotate(
        series.label, (region.queries[column], region.updates[number]), ha="center", va="center", size=SIZE,
        weight="bold", color=series.colour, parse_math=False,
        gid=titled(series.label, series.name),
    )  # fmt: skip
