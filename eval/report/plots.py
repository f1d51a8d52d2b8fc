"""The report's other plots: how long answers took, on which questions they were right, how pipelines differ."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from eval import numbers
from eval.report.frame import (
    PLAIN,
    SIZE,
    Interval,
    Series,
    canvas,
    columns,
    fit_height,
    fit_left,
    label_rows,
    seconds_tick,
    shortened,
    x_axis,
)
from eval.report.svg import GRID, INK, MUTED, PAPER, render, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE = 62  # letters that fit above a forest plot
BESIDE = 14  # columns of a name beside which an axis has room for many ticks
RUG = 120  # ticks that show a distribution, at evenly spaced quantiles


class Distribution(NamedTuple):
    """One pipeline's times, in seconds, each at least 0."""

    series: Series
    values: Sequence[float]


def distributions(name: str, panels: Sequence[tuple[str, Sequence[Distribution]]], alt: str) -> str:
    """Per panel and pipeline: every answer as a tick (at most 120, evenly drawn), the middle half, the median, p95."""
    import numpy as np

    rows = max(len(panel) for _, panel in panels)
    figure, grid = canvas(0.68 + 0.42 * rows * len(panels) + 0.75 * (len(panels) - 1), rows=len(panels))
    every = [value for _, panel in panels for each in panel for value in each.values]
    for axes, (title, panel) in zip(grid, panels, strict=True):
        narrow = any(columns(series.label) > BESIDE for series, _ in panel)
        low, _ = x_axis(axes, [max(min(every), 1e-4), max(every)], seconds_tick, narrow)
        for row, (series, values) in enumerate(panel):
            quantiles = np.quantile(values, np.linspace(0, 1, min(RUG, len(values))))
            quarter, median, three_quarters, late = np.quantile(values, [0.25, 0.5, 0.75, 0.95])
            _rug(axes, np.clip(quantiles, low or None, None), row, series.colour)
            line = {"color": series.colour, "solid_capstyle": "butt"}
            axes.plot([quarter, three_quarters], [row, row], lw=7, zorder=2, **line)
            axes.plot([three_quarters, late], [row, row], lw=1.6, zorder=2, **line)
            axes.plot([median], [row], marker="o", ms=7, mfc=PAPER, mec=series.colour, mew=2, ls="none", zorder=4)
            beside = {"transform": axes.get_yaxis_transform(), "va": "center", "size": SIZE, "color": INK}
            axes.text(1.02, row, numbers.seconds(float(median)), **beside)
        label_rows(axes, [series.name for series, _ in panel], [series.colour for series, _ in panel])
        axes.set_title(title, loc="left", size=SIZE, color=INK, weight="bold", pad=8)
        axes.annotate("median", (1.02, 1), (0, 8), "axes fraction", "offset points", size=SIZE, color=MUTED)
    fit_left(figure, [series.name for _, panel in panels for series, _ in panel], right=0.84)
    fit_height(figure, top=0.34, bottom=0.34)
    figure.subplots_adjust(hspace=0.75 / (0.42 * rows))
    return render(figure, name, alt)


def _rug(axes: Axes, values: Any, row: int, colour: str) -> None:
    """All ticks in one path: a page of a hundred kilobytes less."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    vertices = [(value, row + side) for value in values for side in (0.3, -0.3)]
    codes = [Path.MOVETO, Path.LINETO] * len(values)
    axes.add_patch(PathPatch(Path(vertices, codes), edgecolor=colour, facecolor="none", lw=0.9, alpha=0.4, zorder=1))


class Group(NamedTuple):
    """A kind of question, and each pipeline's correctness on it; None where it was asked none with an answer."""

    label: str
    estimates: Sequence[tuple[Series, Interval | None]]


def groups(name: str, kinds: Sequence[Group], x_label: str, alt: str) -> str:
    """Correctness by kind of question: a dot with its interval for each pipeline, in the order of the legend."""
    most = max(len(kind.estimates) for kind in kinds)
    figure, (axes,) = canvas(0.75 + len(kinds) * (0.24 + 0.17 * most))
    for row, kind in enumerate(kinds):
        for place, (series, interval) in enumerate(kind.estimates):
            if interval is None:
                continue
            y = row + (place - (len(kind.estimates) - 1) / 2) * 0.72 / most
            axes.plot(interval[1:], [y, y], color=series.colour, lw=1.6, solid_capstyle="butt", zorder=2)
            axes.plot(
                [interval.value], [y], marker=series.marker, ms=7, color=series.colour, mec=PAPER, mew=1, zorder=3
            )
        if row:
            axes.axhline(row - 0.5, color=GRID, lw=0.8)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", ".25", ".50", ".75", "1"])
    label_rows(axes, [kind.label for kind in kinds], [INK] * len(kinds))
    axes.set_xlabel(x_label, size=SIZE, color=MUTED, labelpad=6, parse_math=False)
    fit_left(figure, [kind.label for kind in kinds], letter=PLAIN)
    fit_height(figure, top=0.08, bottom=0.55)
    return render(figure, name, alt)


class Pair(NamedTuple):
    """A difference of one pipeline less another: on which questions (", ..."; all where it is empty), its numbers in
    words, and whether it may be called one.
    """

    high: str
    low: str
    where: str
    said: str
    interval: Interval
    different: bool

    @property
    def name(self) -> str:
        return f"{self.high} minus {self.low}{self.where}"

    @property
    def label(self) -> str:
        """The name as it is drawn."""
        return f"{shortened(self.high)} minus {shortened(self.low)}{self.where}"


def forest(name: str, rows: Sequence[Pair], x_label: str, alt: str) -> str:
    """Paired differences with their intervals around zero; each named above its line, those shown filled."""
    labels = [_on_lines(row.label, row.said) for row in rows]
    lines = max(label.count("\n") + 1 for label in labels)
    pitch = 0.28 + 0.21 * lines  # inches
    figure, (axes,) = canvas(0.75 + pitch * len(rows))
    reach = max(0.1, *(abs(end) for row in rows for end in row.interval[1:])) * 1.08
    axes.grid(visible=False)
    for row, (label, pair) in enumerate(zip(labels, rows, strict=True)):
        interval = pair.interval
        axes.plot(interval[1:], [row, row], color=INK, lw=1.6, solid_capstyle="butt", zorder=2)
        axes.plot(
            [interval.value],
            [row],
            marker="o",
            ms=7,
            mfc=INK if pair.different else PAPER,
            mec=INK,
            mew=1.6,
            ls="none",
            zorder=3,
        )
        axes.plot([0, 0], [row - 0.16, row + 0.16], color=INK, lw=1, zorder=1)
        above = {"xytext": (0, 9), "textcoords": "offset points", "size": SIZE, "color": INK, "parse_math": False}
        whole = titled(pair.label, pair.name)
        axes.annotate(label, (0, row), xycoords=axes.get_yaxis_transform(), va="bottom", gid=whole, **above)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(len(rows) - 0.65, -(0.13 + 0.19 * lines) / pitch)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.2g}".replace("-", "−") if value else "0")
    axes.set_xlabel(x_label, size=SIZE, color=MUTED, labelpad=6, parse_math=False)
    figure.subplots_adjust(left=0.02, right=0.98)
    fit_height(figure, top=0.05, bottom=0.55)
    return render(figure, name, alt)


def _on_lines(pair: str, said: str) -> str:
    """One line where it fits; the numbers are never torn apart."""
    if len(pair) + len(said) + 2 <= LINE:
        return f"{pair}: {said}"
    return f"{textwrap.fill(pair, LINE)}:\n{said}"
