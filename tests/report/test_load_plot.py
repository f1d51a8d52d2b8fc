"""The plot of a load test: every pipeline and load in it, fit for the page, whatever came out."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from eval.load.measures import Exchange, Level, Load, Targets, summarise_level
from eval.report.frame import Series
from eval.report.load_plot import LoadCurve, LoadPoint, Span, closed_loops, load_curves
from eval.trial import Failure

FAILED = Exchange(0.0, 1.0, failure=Failure(code="engine-error", message="down"))


def curve(place: int, *loads: float, slow: float = 1.0) -> LoadCurve:
    points = [LoadPoint(x, Span(slow * x, slow * 2 * x), Span(slow * 3 * x, slow * 4 * x), 2.0) for x in loads]
    return LoadCurve(Series(f"pipeline {place}", place), points)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("text")]


def test_it_is_clean_themed_and_the_same_again() -> None:
    curves = [curve(0, 1, 4, 16), curve(1, 1, 4, 16, slow=0.001)]
    svg = load_curves("load", curves, "Requests at once", "alt")
    assert svg == load_curves("load", curves, "Requests at once", "alt")
    root = ElementTree.fromstring(svg)
    assert (root.get("role"), root.get("aria-label")) == ("img", "alt")
    for element in root.iter():
        assert "style" not in element.attrib
        for paint in ("fill", "stroke"):
            assert re.fullmatch(r"none|var\(--[a-z0-9]+\)", element.get(paint, "none")), element.attrib
    colours = {element.get("stroke") for element in root.iter()}
    assert {"var(--p0)", "var(--p1)"} <= colours
    assert len([element for element in root.iter() if element.get("stroke-dasharray")]) == 4  # p95: two times, twice
    assert {"Requests at once", "Answers a second", "1", "4", "16"} <= set(texts(svg))


@pytest.mark.parametrize(
    "curves",
    [
        [curve(0, 1)],
        [curve(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 500)],
        [curve(0, 0.1, 0.5), curve(1, 2.0)],
        [LoadCurve(Series("dead", 0), [LoadPoint(1, None, None, 0.0), LoadPoint(4, None, None, 0.0)])],
        [
            LoadCurve(
                Series("half", 0), [LoadPoint(1, Span(0.0, 0.0), Span(0.0, 0.0), 5e4), LoadPoint(4, None, None, 0.0)]
            )
        ],
    ],
    ids=["one load", "many loads", "rates", "nothing completed", "instant, then nothing"],
)
def test_whatever_came_out_can_be_drawn(curves: list[LoadCurve]) -> None:
    svg = load_curves("load", curves, "x", "alt")
    assert not any(
        "nan" in value for element in ElementTree.fromstring(svg).iter() for value in element.attrib.values()
    )


def test_ticks_leave_each_other_room() -> None:
    svg = load_curves("load", [curve(0, *range(1, 65))], "x", "alt")
    places = [float(element.get("x", "nan")) for element in ElementTree.fromstring(svg).iter("text")
              if (element.text or "").isdigit() and element.get("text-anchor") == "middle"]  # fmt: skip
    rows = [places[start : start + len(places) // 3] for start in range(0, len(places), len(places) // 3)]
    for row in rows:
        ordered = sorted(row)
        assert len(ordered) > 5
        assert all(right - left > 15 for left, right in pairwise(ordered))


def level(pipeline: str, load: Load, ttft: float | None) -> Level:
    done = [FAILED] if ttft is None else [Exchange(0.0, 2 * ttft, (ttft, 2 * ttft), completion_tokens=2)]
    return summarise_level(pipeline, load, done, 4.0, Targets(), repeated=0)


def test_curves_are_of_closed_loops_in_the_order_of_the_report() -> None:
    levels = [
        level("b", Load(concurrency=4), 1.0),
        level("b", Load(concurrency=1), 0.5),
        level("b", Load(rate=2.0), 9.0),
        level("a", Load(concurrency=1), None),
        level("open", Load(rate=1.0), 1.0),
        level("stranger", Load(concurrency=1), 1.0),
    ]
    assert closed_loops(levels, {"b": 1, "a": 0, "open": 2}) == [
        LoadCurve(Series("a", 0), [LoadPoint(1, None, None, 0.0)]),
        LoadCurve(
            Series("b", 1),
            [LoadPoint(1, Span(0.5, 0.5), Span(1.0, 1.0), 0.25), LoadPoint(4, Span(1.0, 1.0), Span(2.0, 2.0), 0.25)],
        ),
    ]
    assert closed_loops(levels, {}) == []
