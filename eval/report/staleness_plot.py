"""Shares of answers before and after a refresh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eval.report.frame import SIZE, Interval, Series, canvas, fit_height, fit_left, label_rows
from eval.report.svg import INK, PAPER, render

ROW = 0.46  # inches
GAP = 0.8


class Change(NamedTuple):
    """A pipeline's share, 0 to 1, before and after; None where nothing was asked."""

    series: Series
    before: Interval | None
    after: Interval | None


def staleness_plot(name: str, panels: Sequence[tuple[str, Sequence[Change]]], alt: str) -> str:
    """A panel for each share, a row for each pipeline: a ring before, a filled mark after, with their intervals."""
    rows = max(len(changes) for _, changes in panels)
    figure, grid = canvas(0.34 + ROW * rows * len(panels) + GAP * (len(panels) - 1) + 0.34, rows=len(panels))
    for axes, (title, changes) in zip(grid, panels, strict=True):
        for row, (series, before, after) in enumerate(changes):
            for interval, y, face in ((before, row - 0.15, PAPER), (after, row + 0.15, series.colour)):
                if interval is None:
                    continue
                axes.plot(interval[1:], [y, y], color=series.colour, lw=1.4, solid_capstyle="butt", zorder=2)
                axes.plot(
                    [interval.value], [y], marker=series.marker, ms=7, mfc=face, mec=series.colour, mew=1.6, ls="none",
                    clip_on=False, zorder=3,
                )  # fmt: skip
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        series_shown = [change.series for change in changes]
        label_rows(axes, [each.name for each in series_shown], [each.colour for each in series_shown])
        axes.set_title(title, loc="left", size=SIZE, color=INK, weight="bold", pad=8)
    fit_left(figure, [change.series.name for _, changes in panels for change in changes], right=0.95)
    fit_height(figure, top=0.34, bottom=0.34)
    figure.subplots_adjust(hspace=GAP / (ROW * rows))
    return render(figure, name, alt)
