"""The part on changed documents: before and after, what was broken, what the refresh took."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import report_extras as extras
import report_sample as sample

from eval.prices import Prices
from eval.refresh_price import Refresh, price_refresh
from eval.report.frame import Interval, Series
from eval.report.freshness import FreshnessPart, freshness_part
from eval.report.staleness_plot import Change, staleness_plot
from eval.staleness import Staleness
from eval.summary import Summary, summarise


@pytest.fixture(scope="module")
def summary() -> Summary:
    questions = sample.corpus(12)[1]
    return summarise(sample.manifest(sample.KINDS, len(questions)), questions, [])


def part(staleness: Staleness, summary: Summary) -> FreshnessPart:
    found = freshness_part(staleness, summary)
    assert found is not None
    return found


def cells(found: FreshnessPart, row: int) -> dict[str, tuple[str, tuple[str, ...]]]:
    heads = [head.title for head in found.table.heads[1:]]
    plain = [(cell.value.replace("\u202f", ""), cell.lines) for cell in found.table.rows[row].cells]
    return dict(zip(heads, plain, strict=True))


def test_a_row_tells_before_after_broken_and_the_refresh(summary: Summary) -> None:
    found = part(extras.staleness(), summary)
    assert [row.title for row in found.table.rows] == list(sample.KINDS)
    tuned = cells(found, 2)
    assert tuned["Right about what has changed"] == ("0.38", ("11 of 29",))
    assert tuned["New answer right"][0] == "55%"
    assert tuned["New answer right"][1][1:] == ("11 of 20", "before 5\u202f%")
    assert tuned["Old answer still given"][0] == "30%"
    assert tuned["Old answer still given"][1][-1] == "before 75\u202f%"
    assert tuned["New questions right"][1][-1] == "3 of 5"
    assert tuned["Withdrawn, old answer"][0] == "25%"
    assert tuned["Unchanged, broken"] == ("25%", ("11\u202f% to 47\u202f%", "5 of 20", "1 mended"))
    assert tuned["Refresh"] == ("5 min 30 s", ("training 5 min 30 s",))
    assert tuned["Price"] == ("$10.57", ("machine $0.009\u202f2", "writing 88 examples $10.56"))
    assert cells(found, 1)["Price"][1][1] == "nothing to write"
    assert cells(found, 0)["Refresh"] == ("–", ("nothing to do",))
    assert len(found.sentences) == 1
    assert "whose answer changed: 20, that lost their answer: 4, that are new: 5" in found.sentences[0]


def test_the_plot_says_it_in_words(summary: Summary) -> None:
    figure = part(extras.staleness(), summary).figure
    assert figure is not None
    assert "finetuned before 5\u202f% after 55\u202f%" in figure.svg
    assert "Unchanged, but broken by the refresh: " in figure.svg


def test_a_pipeline_that_was_not_refreshed_is_shown_as_it_was(summary: Summary) -> None:
    staleness = extras.staleness()
    update = {"after": None, "unchanged": None, "refresh": None, "not_refreshed": "training was left out."}
    stale = staleness.pipelines[2].model_copy(update=update)
    found = part(staleness.model_copy(update={"pipelines": (*staleness.pipelines[:2], stale)}), summary)
    assert cells(found, 2)["New answer right"] == ("–", ("before 5\u202f%", "not refreshed"))
    assert {cells(found, 2)[name][0] for name in ("Unchanged, broken", "Refresh", "Price")} == {"–"}
    assert found.sentences[1] == "finetuned was not refreshed: training was left out."


def test_only_what_was_asked_has_a_column(summary: Summary) -> None:
    staleness = extras.staleness().model_copy(update={"kinds": dict.fromkeys(("a", "b"), "changed")})
    titles = [head.title for head in part(staleness, summary).table.heads]
    assert "New questions right" not in titles
    assert "Withdrawn, old answer" not in titles


def test_a_price_that_is_not_known_is_called_so(summary: Summary) -> None:
    staleness = extras.staleness()
    refresh = staleness.pipelines[2].refresh
    assert refresh is not None
    unknown = refresh.model_copy(update={"writing_cost": None, "cost": None})
    unpriced = staleness.pipelines[2].model_copy(update={"refresh": unknown})
    found = part(staleness.model_copy(update={"pipelines": (unpriced,)}), summary)
    assert cells(found, 0)["Price"] == ("unknown", ("machine $0.009\u202f2", "writing 88 examples unknown"))
    assert "people's work on the new examples of finetuned costs is not known" in found.sentences[1]


def test_the_price_in_a_file_of_an_earlier_version_is_the_machines(summary: Summary) -> None:
    staleness = extras.staleness()
    refresh = staleness.pipelines[2].refresh
    assert refresh is not None
    before = Refresh.model_validate(refresh.model_dump(exclude={"examples", "machine_cost", "writing_cost"}))
    earlier = staleness.pipelines[2].model_copy(update={"refresh": before})
    found = part(staleness.model_copy(update={"pipelines": (earlier,)}), summary)
    assert cells(found, 0)["Price"][1] == ("machine alone",)
    assert len(found.sentences) == 1


def test_failures_are_told_apart(summary: Summary) -> None:
    """The verdict counts those on what has changed, after the refresh, alone."""
    staleness = extras.staleness()
    tuned = staleness.pipelines[2]
    assert tuned.after is not None
    assert tuned.unchanged is not None
    times = {
        "before": tuned.before.model_copy(update={"failed": 2}),
        "after": tuned.after.model_copy(update={"failed": 1}),
        "unchanged": tuned.unchanged.model_copy(update={"failed": 3}),
    }
    failing = tuple(tuned.model_copy(update=update) for update in (times, {"after": times["after"]}, {}))
    rows = part(staleness.model_copy(update={"pipelines": failing}), summary).table.rows
    every = "answers failed: 2 before the refresh, 1 after it and 3 to unchanged questions"
    assert [row.note for row in rows] == [every, "answers failed: 1 after it", ""]


def test_where_answers_are_drawn_at_random_some_change_by_chance(summary: Summary) -> None:
    greedy, drawn = (extras.staleness().model_copy(update={"temperature": each}) for each in (0.0, 0.7))
    told = part(drawn, summary).sentences[1]
    assert "(temperature 0.7)" in told
    assert "by chance alone" in told
    assert told not in part(greedy, summary).sentences


def test_pipelines_that_are_not_in_the_run_are_left_out(summary: Summary) -> None:
    stranger = extras.staleness().pipelines[0].model_copy(update={"name": "stranger"})
    assert freshness_part(extras.staleness().model_copy(update={"pipelines": (stranger,)}), summary) is None


def test_the_plot_is_clean_and_draws_only_what_there_is() -> None:
    changes = [
        Change(Series("both", 0), Interval(0.1, 0.0, 0.2), Interval(0.9, 0.8, 1.0)),
        Change(Series("none", 1), None, None),
    ]
    panels = [("First", changes), ("Second", changes[:1])]
    svg = staleness_plot("fresh", panels, "alt")
    assert svg == staleness_plot("fresh", panels, "alt")
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        assert "style" not in element.attrib
        for paint in ("fill", "stroke"):
            assert re.fullmatch(r"none|var\(--[a-z0-9]+\)", element.get(paint, "none")), element.attrib
    lines = [
        each for each in root.iter("path") if each.get("stroke") == "var(--p0)" and each.get("stroke-width") == "1.4"
    ]
    assert len(lines) == 4


def test_examples_that_are_only_shown_are_part_of_the_price(summary: Summary) -> None:
    stale = extras.staleness()
    first = stale.pipelines[0]
    prices = Prices(machine_per_hour=0.1, writing_per_example=5.0)
    shown = first.model_copy(update={"refresh": price_refresh(None, None, 2, prices)})
    found = part(stale.model_copy(update={"pipelines": (shown, *stale.pipelines[1:])}), summary)
    assert cells(found, 0)["Price"] == ("$10.00", ("machine $0", "writing 2 examples $10.00"))
