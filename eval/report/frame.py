"""What all plots share: what a pipeline looks like, quiet axes, room for labels."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from eval.report.svg import GRID, INK, MUTED, clean, series_colour, titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = "osD^vPXp"
WIDTH = 5.4  # inches; 72 units of the page's coordinates each, so that 11 points stay legible on a telephone
SIZE = 11
LONG = 9
"""Characters of a tick from which on fewer of them fit beside one another."""

BOLD, PLAIN = 0.7, 0.58
"""How wide a letter is at most, on the average of a name, in the page's fonts, of the size of the type."""

NAME = 20
"""Columns that a name may take in a plot; what is longer loses its middle, since names differ at either end."""

LOG_FROM = 30.0  # a range this wide is drawn on a logarithmic axis

Format = Callable[[float], str]


class Interval(NamedTuple):
    """A value and its interval; without one, both ends are the value."""

    value: float
    low: float
    high: float


class Series(NamedTuple):
    """A pipeline in a plot: `place` chooses its colour and marker."""

    name: str
    place: int

    @property
    def colour(self) -> str:
        return series_colour(self.place)

    @property
    def label(self) -> str:
        """The name as it is drawn."""
        return shortened(self.name)

    @property
    def marker(self) -> str:
        return MARKERS[self.place % len(MARKERS)]


def columns(text: str) -> int:
    """How wide a text is, in letters: a Han character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def shortened(name: str) -> str:
    """A name that fits a plot, of `NAME` columns at most, with an ellipsis for what is left out."""
    name = clean(name)
    if columns(name) <= NAME:
        return name
    first, last = len(name) // 2, len(name) // 2
    while columns(name[:first]) > NAME // 2:
        first -= 1
    while columns(name[last:]) > NAME - 1 - columns(name[:first]):
        last += 1
    return f"{name[:first]}…{name[last:]}"


def canvas(height: float, rows: int = 1) -> tuple[Figure, Any]:
    """An empty figure of quiet axes: no frame, light vertical rules, no tick marks."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height))
    FigureCanvasSVG(figure)
    grid = figure.subplots(rows, 1, squeeze=False)[:, 0]
    for axes in grid:
        axes.set_axisbelow(True)
        axes.grid(color=GRID, lw=0.8)
        axes.tick_params(length=0, labelsize=SIZE, labelcolor=MUTED, pad=6)
        for side, spine in axes.spines.items():
            spine.set_visible(side == "bottom")
            spine.set_color(GRID)
    return figure, grid


def label_rows(axes: Axes, labels: Sequence[str], colours: Sequence[str]) -> None:
    """Each label at its row, shortened, the whole of it as its title."""
    axes.set_ylim(len(labels) - 0.5, -0.55)
    axes.grid(visible=False, axis="y")
    axes.set_yticks(range(len(labels)), [_lines(label) for label in labels])
    for text, label, colour in zip(axes.get_yticklabels(), labels, colours, strict=True):
        weight = "normal" if colour == INK else "bold"
        text.set(parse_math=False, color=colour, weight=weight, gid=titled(_lines(label), label))


def _lines(label: str) -> str:
    return "\n".join(map(shortened, label.split("\n")))


def fit_height(figure: Figure, top: float, bottom: float) -> None:
    """Inches above and below the axes."""
    height = figure.get_figheight()
    figure.subplots_adjust(top=1 - top / height, bottom=bottom / height)


def fit_left(figure: Figure, labels: Sequence[str], right: float = 0.97, letter: float = BOLD) -> None:
    """Room for the longest label."""
    lines = [line for label in labels for line in _lines(label).split("\n")]
    figure.subplots_adjust(left=min(0.45, 0.03 + letter * SIZE * max(map(columns, lines)) / (WIDTH * 72)), right=right)


def x_axis(axes: Axes, ends: Sequence[float], form: Format, narrow: bool = False) -> tuple[float, float]:
    """From 0, or logarithmic where the values are far apart; in the readers' own units. Fewer ticks if narrow."""
    from matplotlib.ticker import FixedLocator, MaxNLocator

    if not ends:
        axes.set_xticks([])
        return 0.0, 1.0
    top, least = max(ends), min(ends)
    if least > 0 and top / least >= LOG_FROM:
        axes.set_xscale("log")
        low, high = least / 1.6, top * 2.2
        axes.xaxis.set_major_locator(FixedLocator(_decades(low, high, narrow)))
        axes.minorticks_off()
    else:
        low, high = 0.0, top * 1.25 or 1.0
        bins = 3 if narrow or len(form(top)) >= LONG else 5
        axes.xaxis.set_major_locator(MaxNLocator(bins, prune="upper"))
    axes.set_xlim(low, high)
    axes.xaxis.set_major_formatter(lambda value, _: form(value))
    return low, high


def seconds_tick(value: float) -> str:
    """A round number of seconds on an axis: 0, 300 ms, 2 s."""
    if value == 0:
        return "0"
    return f"{value:g} s" if value >= 1 else f"{value * 1000:g} ms"


def _decades(low: float, high: float, narrow: bool) -> list[float]:
    steps = (1, 3) if high / low < (10 if narrow else 1e4) else (1,)
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [tick for exponent in exponents for step in steps if low <= (tick := step * 10.0**exponent) <= high]
