"""Quality against what it takes: one point per pipeline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from eval.report.frame import BOLD, SIZE, WIDTH, Format, Interval, Series, canvas, columns, x_axis
from eval.report.svg import GRID, MUTED, PAPER, render, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE = 0.075  # a name's height, of the axis'
STEP = 0.02
LOWEST, HIGHEST = 0.03, 0.99  # where a name lies within the plot
REACH = 0.46  # how far from its point a name may lie, so that nobody takes it for another's
ALL_NAMED = 6
"""So many points are all named, wherever they lie; of more, those without a place are left to a legend."""


class Point(NamedTuple):
    """A pipeline's quality, and what it takes; None where that is unknown."""

    series: Series
    quality: Interval
    x: Interval | None


def tradeoff(name: str, points: Sequence[Point], x_label: str, form: Format, alt: str) -> str:
    """Quality (0 to 1, higher is better) against cost or time (lower is better).

    Points whose `x` is unknown stand in a column of their own, right of the axis, so that nobody takes them for free.
    """
    figure, (axes,) = canvas(3.5)
    known = [point for point in points if point.x is not None]
    ends = [end for point in known if point.x for end in point.x[1:]]
    _, high = x_axis(axes, ends, form)
    unknown_at = 1.1 if known else 0.5
    for point in points:
        interval = point.x
        style = {"color": point.series.colour, "lw": 1.6, "solid_capstyle": "butt", "clip_on": False, "zorder": 2}
        x = interval.value if interval else unknown_at
        where = axes.transData if interval else axes.get_yaxis_transform()
        axes.plot([x, x], point.quality[1:], transform=where, **style)
        if interval and interval.high > interval.low:
            axes.plot(interval[1:], [point.quality.value] * 2, **style)
        axes.plot(
            [x], [point.quality.value], marker=point.series.marker, ms=8.5, color=point.series.colour,
            mec=PAPER, mew=1.2, ls="none", transform=where, clip_on=False, zorder=3,
        )  # fmt: skip
    _y_quality(axes)
    if len(known) < len(points):
        if known:
            axes.axvline(high, color=GRID, lw=1)
        axes.text(
            unknown_at, -0.035, "unknown", transform=axes.transAxes, ha="center", va="top", size=SIZE, color=MUTED
        )
    figure.subplots_adjust(left=0.12, right=0.84 if len(known) < len(points) and known else 0.95, top=0.96, bottom=0.19)
    axes.set_xlabel(x_label, size=SIZE, color=MUTED, labelpad=8, parse_math=False)
    axes.set_ylabel("Correctness, 0 to 1", size=SIZE, color=MUTED, labelpad=7)
    _name_points(axes, points, unknown_at)
    return render(figure, name, alt)


def _y_quality(axes: Axes) -> None:
    """The whole scale: a difference should not look larger than it is."""
    axes.set_ylim(0, 1.0)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", ".25", ".50", ".75", "1"])


def _name_points(axes: Axes, points: Sequence[Point], unknown_at: float) -> None:
    """Each name beside its point, on the side with room, pushed apart where they would meet; left out where far."""
    width = WIDTH * 72 * axes.get_position().width
    placed: list[tuple[float, float, float]] = []  # left and right in points, height in axes fractions
    for point in sorted(points, key=lambda each: each.quality.value, reverse=True):
        across = unknown_at if point.x is None else _across(axes, point.x.value)
        wide = BOLD * SIZE * columns(point.series.label) + 10
        right = point.x is not None and across * width + wide < width
        left_end = across * width + (10 if right else -wide)
        taken = [other for start, end, other in placed if left_end < end and start < left_end + wide]
        height = _free_height(min(point.quality.value + 0.035, HIGHEST), taken)
        if height is None:
            continue
        placed.append((left_end, left_end + wide, height))
        axes.annotate(
            point.series.label, (across, height), xycoords="axes fraction", textcoords="offset points",
            xytext=(9 if right else -9, 0), ha="left" if right else "right", va="center", size=SIZE, weight="bold",
            color=point.series.colour, annotation_clip=False, parse_math=False,
            gid=titled(point.series.label, point.series.name),
        )  # fmt: skip


def _across(axes: Axes, value: float) -> float:
    """The place on the axis, 0 to 1."""
    low, high = axes.get_xlim()
    if axes.get_xscale() == "log":
        return math.log(value / low) / math.log(high / low)
    return (value - low) / (high - low)


def _free_height(wanted: float, taken: Sequence[float]) -> float | None:
    """The nearest height to the wanted one at which no name lies yet, within the plot and in reach."""
    steps = range(round(REACH / STEP) + 1)
    heights = [wanted + side * STEP * step for step in steps for side in (-1, 1)]
    within = (height for height in heights if LOWEST <= height <= HIGHEST)
    return next((height for height in within if all(abs(height - other) >= LINE for other in taken)), None)
