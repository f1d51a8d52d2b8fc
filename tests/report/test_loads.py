"""The part on a load test: every level in it, its goodput, and what an answer costs there."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_extras as extras
import report_sample as sample
from report_page import as_shown, page_of

from corpora.errors import RunStorageError
from eval.load.measures import Load
from eval.load.result import LoadPlan, LoadResult
from eval.prices import Prices
from eval.report.build import build_report
from eval.report.loads import LoadPart, cost_per_query, load_part
from eval.summary import Summary, summarise

pytestmark = pytest.mark.slow

PRICES = Prices(machine_per_hour=0.36)


@pytest.fixture(scope="module")
def summary() -> Summary:
    documents, questions = sample.corpus(12)
    trials = [
        sample.trial(name, kind, question, documents, number)
        for name, kind in sample.KINDS.items()
        for number, question in enumerate(questions)
    ]
    return summarise(sample.manifest(sample.KINDS, len(questions)), questions, trials)


def part(result: LoadResult, summary: Summary, prices: Prices = PRICES) -> LoadPart:
    found = load_part(result, summary, prices)
    assert found is not None
    return found


def test_every_level_is_a_row_with_its_goodput_and_cost(summary: Summary) -> None:
    result = extras.load_result()
    found = part(result, summary)
    assert [(row.title, row.note) for row in found.table.rows] == [
        (name, str(load)) for name in sample.KINDS for load in extras.LOADS
    ]
    for row, level in zip(found.table.rows, result.levels, strict=True):
        assert len(row.cells) == len(found.table.heads) - 1
        assert level.goodput is not None
        assert float(row.cells[1].value) == pytest.approx(level.goodput, rel=0.01)
        assert row.cells[3].lines[0].startswith("p95 ")
        assert cost_per_query(level, PRICES) == pytest.approx(1e-4 / level.requests_per_second)
    lost = [row.cells[-1] for row in found.table.rows if row.note == "16 at once"]
    assert {(cell.value, cell.lines) for cell in lost} == {("2", ("2 engine-timeout",))}
    assert {row.cells[5].value for row in found.table.rows if row.note == "4 at once"} == {"100\u202f%"}


def test_the_plot_is_of_the_loads_with_so_many_at_once(summary: Summary) -> None:
    figure = part(extras.load_result(), summary).figure
    assert figure is not None
    assert "rag-k4: 1 at once" in figure.svg
    open_loop = LoadPlan(pipelines=("rag-k4",), loads=(Load(rate=2.0),), requests=32)
    result = extras.load_result().model_copy(
        update={"plan": open_loop, "levels": (extras.level("rag-k4", Load(rate=2.0)),)}
    )
    found = part(result, summary)
    assert found.figure is None
    assert found.table.rows[0].cells[5].value == "unknown"  # with one load nobody knows how much more there could be
    assert "No target was set" in found.sentences[1]


@pytest.mark.parametrize(
    ("prices", "cost"),
    [
        (Prices(), "–"),
        (Prices(prompt_per_million=1, completion_per_million=2), "–"),
        (Prices(machine_per_hour=0), "$0"),
    ],
)
def test_what_a_load_costs_only_a_machine_s_price_tells(prices: Prices, cost: str, summary: Summary) -> None:
    found = part(extras.load_result(), summary, prices)
    assert {row.cells[6].value for row in found.table.rows} == {cost}
    assert ("Tokens cost the same under any load." in found.sentences) == (prices.prompt_per_million is not None)


def test_where_nothing_was_completed_nothing_is_made_up(summary: Summary) -> None:
    dead = extras.level("rag-k4", extras.LOADS[0]).model_copy(update={"completed": 0, "requests_per_second": 0.0})
    found = part(extras.load_result().model_copy(update={"levels": (dead,)}), summary)
    assert found.table.rows[0].cells[6].value == "unknown"


def test_pipelines_that_are_not_in_the_run_are_left_out(summary: Summary) -> None:
    strange = tuple(each.model_copy(update={"pipeline": "stranger"}) for each in extras.load_result().levels)
    assert load_part(extras.load_result().model_copy(update={"levels": strange}), summary, PRICES) is None


def test_the_page_holds_what_lies_beside_the_run(tmp_path: Path) -> None:
    page = page_of(extras.whole_run(tmp_path, size=12))
    for title in ("Under load", "When the documents change", "Goodput counts the answers that came first token within"):
        assert as_shown(title) in page.text
    assert "Each question was asked 3 times." in page.text
    bare = page_of(sample.write_run(tmp_path / "other", size=12))
    assert "Under load" not in bare.text
    assert "When the documents change" not in bare.text


@pytest.mark.parametrize("name", ["load.json", "staleness.json"])
def test_a_broken_file_beside_the_run_is_named(tmp_path: Path, name: str) -> None:
    run = sample.write_run(tmp_path, size=6)
    (run.path / name).write_text('{"url": 3}', encoding="utf-8")
    with pytest.raises(RunStorageError, match=name):
        build_report(run)
