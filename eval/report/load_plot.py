"""How answers slow down under load: times and throughput over the number of requests at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from eval.latency import Percentiles
from eval.load.measures import Level
from eval.report.frame import LOG_FROM, SIZE, Series, canvas, fit_height, seconds_tick
from eval.report.svg import INK, MUTED, PAPER, render

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL, GAP = 1.5, 0.62  # inches
TICK_ROOM = 0.06  # of the axis' width, between two ticks


class Span(NamedTuple):
    """A median and a 95th percentile, in seconds."""

    p50: float
    p95: float


class LoadPoint(NamedTuple):
    """One load: `x` is what was asked at once or a second, above 0. A time is None where no request completed."""

    x: float
    ttft: Span | None
    e2el: Span | None
    per_second: float


class LoadCurve(NamedTuple):
    """One pipeline under rising load; at least one point."""

    series: Series
    points: Sequence[LoadPoint]


def closed_loops(levels: Sequence[Level], places: Mapping[str, int]) -> list[LoadCurve]:
    """The curves over concurrency of the pipelines that have a place, in that order; none where no level is closed."""
    curves = []
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        points = [
            LoadPoint(level.load.concurrency, _span(level.ttft), _span(level.e2el), level.requests_per_second)
            for level in levels
            if level.pipeline == name and level.load.concurrency is not None
        ]
        if points:
            curves.append(LoadCurve(Series(name, place), sorted(points)))
    return curves


def load_curves(name: str, curves: Sequence[LoadCurve], x_label: str, alt: str) -> str:
    """Time to the first token, time to the whole answer, and answers a second, over the load.

    Each pipeline has its colour and marker, in the order of the legend; medians are solid, p95 dashed. There is at
    least one curve.
    """
    from matplotlib.ticker import MaxNLocator

    figure, (first, whole, throughput) = canvas(3 * PANEL + 2 * GAP + 0.34 + 0.62, rows=3)
    _times(first, "Time to the first token: median, p95 dashed", [_line(curve, "ttft") for curve in curves])
    _times(whole, "Time to the whole answer: median, p95 dashed", [_line(curve, "e2el") for curve in curves])
    for curve in curves:
        _draw(throughput, curve.series, [(point.x, point.per_second) for point in curve.points])
    highest = max(point.per_second for curve in curves for point in curve.points)
    throughput.set_ylim(0, highest * 1.15 or 1.0)
    throughput.yaxis.set_major_locator(MaxNLocator(4))
    throughput.set_title("Answers a second", loc="left", size=SIZE, color=INK, weight="bold", pad=8)
    for axes in (first, whole, throughput):
        _x_axis(axes, sorted({point.x for curve in curves for point in curve.points}))
    throughput.set_xlabel(x_label, size=SIZE, color=MUTED, labelpad=6, parse_math=False)
    figure.subplots_adjust(left=0.15, right=0.97, hspace=GAP / PANEL)
    fit_height(figure, top=0.34, bottom=0.62)
    return render(figure, name, alt)


def _span(times: Percentiles) -> Span | None:
    return None if times.p50 is None or times.p95 is None else Span(times.p50, times.p95)


def _line(curve: LoadCurve, measure: str) -> tuple[Series, list[tuple[float, Span]]]:
    found = ((point.x, getattr(point, measure)) for point in curve.points)
    return curve.series, [(x, span) for x, span in found if span is not None]


def _times(axes: Axes, title: str, lines: Sequence[tuple[Series, Sequence[tuple[float, Span]]]]) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator

    for series, spans in lines:
        _draw(axes, series, [(x, span.p50) for x, span in spans])
        axes.plot(
            [x for x, _ in spans],
            [span.p95 for _, span in spans],
            color=series.colour,
            lw=1.2,
            ls=(0, (4, 3)),
            zorder=2,
        )
    axes.set_title(title, loc="left", size=SIZE, color=INK, weight="bold", pad=8)
    values = [value for _, spans in lines for _, span in spans for value in span]
    if not values:
        axes.set_yticks([])
        return
    low, high = min(values), max(values)
    if low > 0 and high / low >= LOG_FROM:
        axes.set_yscale("log")
        axes.set_ylim(low / 1.6, high * 1.6)
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=6))
        axes.minorticks_off()
    else:
        axes.set_ylim(0, high * 1.15 or 1.0)
        axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(lambda value, _: seconds_tick(value))


def _draw(axes: Axes, series: Series, points: Sequence[tuple[float, float]]) -> None:
    axes.plot(
        [x for x, _ in points], [y for _, y in points], color=series.colour, lw=1.8, marker=series.marker, ms=6.5,
        mec=PAPER, mew=1, zorder=3,
    )  # fmt: skip


def _x_axis(axes: Axes, loads: Sequence[float]) -> None:
    """Logarithmic, as loads are chosen, with a tick at every load that has room for one."""
    low, high = loads[0] / 1.3, loads[-1] * 1.3
    ticks = [loads[-1]]
    for earlier, _ in reversed(list(pairwise(loads))):
        if math.log(ticks[-1] / earlier) >= TICK_ROOM * math.log(high / low):
            ticks.append(earlier)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
