"""The terminal, summary.md and the page call a number by one name, and show the same value under it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import report_sample as sample
from report_page import Page, as_shown, page_of

from eval.report.build import _together
from eval.report.tables import columns, families, summary_rows
from eval.run import RunFolder
from eval.summary import Summary, summarise
from eval.table import OVERVIEW, overview

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return sample.write_run(tmp_path_factory.mktemp("run"), size=24)


@pytest.fixture(scope="module")
def summary(run: RunFolder) -> Summary:
    return summarise(run.manifest, run.questions, run.trials())


@pytest.fixture(scope="module")
def page(run: RunFolder) -> Page:
    return page_of(run)


def test_the_page_shows_the_numbers_of_the_terminal_under_their_names(summary: Summary) -> None:
    table = overview(summary)
    used = columns(summary)
    titles = [column.title for column in used.values()]
    assert titles == [title for title in table.columns if title in titles]
    for row, line in zip(summary_rows(summary, used), table.rows, strict=True):
        told = dict(zip(table.columns, line, strict=True))
        assert row.title == told["Pipeline"]
        for title, cell in zip(titles, row.cells, strict=True):
            value, _, interval = told[title].partition(" (")
            assert cell.value == value
            assert not interval or cell.lines[0] == interval.rstrip(")")
        beneath = {line for cell in row.cells for line in cell.lines}
        assert {f"answer p95 {told['Answer p95']}", f"first token {told['First token']}"} <= beneath


def test_nothing_of_the_terminal_is_missing_from_the_page(summary: Summary, page: Page) -> None:
    for column in OVERVIEW.values():
        assert re.search(rf"\b{column.title}\b", page.text, re.IGNORECASE)
    every = {row.title.partition(" (")[0] for family in families(summary) for row in family.rows}
    assert {column.title for column in columns(summary).values()} <= every


def test_a_p99_is_not_made_of_few_answers(summary: Summary) -> None:
    """24 questions have no rare ones."""
    (time,) = [family for family in families(summary) if family.title == "Time"]
    few = [cell.lines[0] for row in time.rows[:2] for cell in row.cells]
    assert all(line.endswith(", p99 needs 100 answers") for line in few)
    many = [
        each.model_copy(update={"latency": each.latency.model_copy(update={"n": 100})}) for each in summary.pipelines
    ]
    (time,) = [each for each in families(summary.model_copy(update={"pipelines": tuple(many)})) if each.title == "Time"]
    assert not any("needs" in cell.lines[0] for row in time.rows[:2] for cell in row.cells)


def test_the_readme_explains_them_in_these_words() -> None:
    begin = README.index("## What the numbers mean")
    explained = re.sub(r"[^a-z0-9@ ]", " ", README[begin : README.index("\n## ", begin + 1)].lower())
    for column in OVERVIEW.values():
        words = column.title.lower().removesuffix(" p95").removesuffix(" per query")
        assert words == "failed" or f" {words} " in explained


def test_what_no_pipeline_has_is_no_column(tmp_path: Path) -> None:
    documents, questions = sample.corpus(12)
    answerable = [each for each in questions if each.answerable]
    run = sample.write_run(tmp_path, data=(documents, answerable), kinds={"zero-shot": "prompting"})
    used = columns(summarise(run.manifest, run.questions, run.trials()))
    assert not {"made_up", "recall"} & used.keys()


def test_recall_says_what_it_is_where_fewer_passages_are_shown(page: Page) -> None:
    assert as_shown(OVERVIEW["recall"].note) in page.text
    assert "in the first four passages, or in all where fewer are shown" in OVERVIEW["recall"].note


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("(−$0.01 to +€2.00)", "(−\u2060$0.01 to +\u2060€2.00)"),
        ("9.34 s, 12 ms, 3 min 20 s", "9.34\u00a0s, 12\u00a0ms, 3\u00a0min 20\u00a0s"),
        ("a − b, C++, 2 states, −7", "a − b, C++, 2 states, −7"),
    ],
)
def test_signs_and_units_stay_with_their_numbers(text: str, kept: str) -> None:
    assert _together(text) == kept
