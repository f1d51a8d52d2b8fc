"""The plots as the page takes them: themed by variables, without styles of their own, whatever the names."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from eval import numbers
from eval.report.frame import BOLD, NAME, SIZE, Interval, Series, columns, shortened
from eval.report.plots import Distribution, Group, Pair, distributions, forest, groups
from eval.report.tradeoff import ALL_NAMED, Point, tradeoff

NAMES = ("plain", "<b>bold</b> & co", "$x^2$", "检索增强", "a-rather-long-name-for-a-pipeline", "\x00bell\x07")


def points(count: int, x: Interval | None = None) -> list[Point]:
    return [
        Point(Series(NAMES[place % len(NAMES)], place), Interval(0.5, 0.4, 0.6), x or Interval(place + 1.0, 1.0, 9.0))
        for place in range(count)
    ]


def draw(kind: str) -> str:
    series = [Series(name, place) for place, name in enumerate(NAMES)]
    if kind == "tradeoff":
        return tradeoff("one", points(6), "Seconds", numbers.seconds, "alt")
    if kind == "distributions":
        panel = [Distribution(each, [0.1, 0.2, 40.0]) for each in series]
        return distributions("two", [("First", panel), ("Whole", panel)], "alt")
    if kind == "groups":
        return groups("three", [Group("<kind>", [(each, Interval(0.1, 0.0, 0.2)) for each in series])], "x", "alt")
    rows = [Pair(name, "other", "", "+0.10 [0.00, +0.20]", Interval(0.1, 0.0, 0.2), name == "plain") for name in NAMES]
    return forest("four", rows, "x", "alt")


@pytest.mark.parametrize("kind", ["tradeoff", "distributions", "groups", "forest"])
def test_a_plot_is_clean_themed_and_the_same_again(kind: str) -> None:
    svg = draw(kind)
    assert svg == draw(kind)
    root = ElementTree.fromstring(svg)
    assert (root.get("role"), root.get("aria-label")) == ("img", "alt")
    tags = {element.tag for element in root.iter()}
    assert tags <= {"svg", "g", "path", "text", "defs", "use", "clipPath", "rect", "tspan", "title"}
    for element in root.iter():
        assert "style" not in element.attrib
        for paint in ("fill", "stroke"):
            assert re.fullmatch(r"none|var\(--[a-z0-9]+\)", element.get(paint, "none")), element.attrib
    text = " ".join(element.text or "" for element in root.iter("text"))
    titles = " ".join(element.text or "" for element in root.iter("title"))
    for name in NAMES[:5]:
        if kind != "groups":
            assert shortened(name) in text.replace("\n", " ")
            assert (name in titles) == (shortened(name) != name)


def test_ids_of_two_plots_do_not_meet() -> None:
    ids = [set(re.findall(r'\bid="([^"]+)"', draw(kind))) for kind in ("tradeoff", "distributions", "groups")]
    assert all(ids)
    assert not ids[0] & ids[1] | ids[1] & ids[2] | ids[0] & ids[2]


def test_an_unknown_cost_has_a_place_of_its_own() -> None:
    known = tradeoff("plot", points(2), "Cost", numbers.money, "alt")
    some = tradeoff("plot", [*points(2), Point(Series("dear", 2), Interval(0.9, 0.8, 1.0), None)], "x", str, "alt")
    assert "unknown" not in known
    assert ">unknown<" in some
    assert ">dear<" in some


@pytest.mark.parametrize("x", [Interval(0.0, 0.0, 0.0), Interval(1e-9, 1e-9, 1e-9), Interval(5e6, 5e6, 5e6)])
def test_extreme_values_can_be_drawn(x: Interval) -> None:
    assert tradeoff("plot", points(3, x), "x", str, "alt")


def test_names_of_points_in_one_place_do_not_lie_on_each_other() -> None:
    svg = tradeoff("plot", points(5, Interval(1.0, 1.0, 1.0)), "x", str, "alt")
    names = [element for element in ElementTree.fromstring(svg).iter("text") if element.get("font-weight") == "700"]
    assert len(names) == 5
    for side in ("start", "end"):  # to the right of the point, and to the left
        heights = sorted(float(element.get("y", "nan")) for element in names if element.get("text-anchor") == side)
        assert all(below - above >= 10 for above, below in pairwise(heights))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("rag-hybrid", "rag-hybrid"),
        ("a" * 20, "a" * 20),
        ("a-rather-long-name-for-a-pipeline", "a-rather-l…-pipeline"),
        ("检索增强检索增强", "检索增强检索增强"),
        ("检索增强检索增强检索增强生成", "检索增强检…增强生成"),
        ("\x00bell", "\N{REPLACEMENT CHARACTER}bell"),
    ],
)
def test_a_long_name_loses_its_middle(name: str, shown: str) -> None:
    assert shortened(name) == shown
    assert columns(shown) <= NAME


def long_points(count: int, x: Interval | None, quality: float) -> list[Point]:
    """The names have 46 letters."""
    names = [f"{place:02}{'-long' * 8}{place:04}" for place in range(count)]
    value = Interval(quality, quality, quality)
    return [Point(Series(name, place), value, x) for place, name in enumerate(names)]


@pytest.mark.parametrize("quality", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("x", [None, Interval(0.0, 0.0, 0.0), Interval(1.0, 1.0, 1.0)])
@pytest.mark.parametrize("count", [1, ALL_NAMED, 12])
def test_names_stay_in_the_picture(count: int, x: Interval | None, quality: float) -> None:
    known = Point(Series("known", 0), Interval(0.5, 0.5, 0.5), Interval(0.5, 0.5, 0.5))
    root = ElementTree.fromstring(tradeoff("plot", [known, *long_points(count, x, quality)], "x", str, "alt"))
    _, _, width, height = (float(end) for end in (root.get("viewBox") or "").split())
    names = [element for element in root.iter("text") if element.get("font-weight") == "700"]
    assert min(count, ALL_NAMED) <= len(names) <= count + 1
    for element in names:
        at, wide = float(element.get("x", "nan")), BOLD * SIZE * columns(element.text or "")
        left, right = (at - wide, at) if element.get("text-anchor") == "end" else (at, at + wide)
        assert 0 <= left <= right <= width
        assert SIZE <= float(element.get("y", "nan")) <= height
    assert all(len(element.text or "") == 46 for element in root.iter("title"))


def test_rows_leave_room_for_what_they_show() -> None:
    series = [each.series for each in long_points(12, None, 0.5)]
    panel = [Distribution(each, [0.1, 0.2, 40.0]) for each in series]
    svg = distributions("plot", [("First", panel)], "alt")
    shown = [element for element in ElementTree.fromstring(svg).iter("text") if "…" in (element.text or "")]
    assert len(shown) == 12
    for element in shown:
        assert float(element.get("x", "nan")) >= BOLD * SIZE * columns(element.text or "")
