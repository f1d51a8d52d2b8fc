"""The part on costs: every number there is, what is not known called so, and the map of the cheapest."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
import report_sample as sample

from eval.break_even import SECONDS_PER_MONTH, BreakEven, Costs, break_even, regions
from eval.differences import Difference
from eval.manifest import Contestant, Manifest
from eval.metrics.judge import JudgeUsage
from eval.needs import Needs
from eval.numbers import money
from eval.paired import Paired
from eval.report.break_even_pairs import break_even_cell, pairs_grid
from eval.report.break_even_plot import break_even_plot, cheapest_map, grid, outline, winners
from eval.report.cheapest import cheapest_everywhere
from eval.report.costs import CostPart, cost_part
from eval.spent import COST
from eval.statistics import Estimate
from eval.summary import summarise
from pipelines.contract import Preparation

pytestmark = pytest.mark.slow

FREE = Costs(name="free", per_version=0.0, per_query=0.01)
TRAINED = Costs(name="trained", per_version=10.0, per_query=0.001)
DEAR = Costs(name="dear", per_version=20.0, per_query=0.02)
UNKNOWN = Costs(name="unknown", per_version=None, per_query=0.001)


def test_the_map_is_divided_where_the_costs_meet() -> None:
    region = cheapest_map([FREE, TRAINED], 10_000, 1)
    assert region is not None
    assert winners(region) in (["free", "trained"], ["trained", "free"])
    for updates, row in zip(region.updates, region.cheapest, strict=True):
        for queries, cheapest in zip(region.queries, row, strict=True):
            border = updates * 10 / 0.009  # from which the trained one has paid for itself
            if abs(queries - border) > 1e-6 * border:
                assert cheapest == ("trained" if queries > border else "free")


def test_the_border_is_a_straight_line() -> None:
    region = cheapest_map([FREE, TRAINED], 10_000, 1)
    assert region is not None
    corners = outline(region, "free")
    border = [each for each in corners[len(corners) // 2 :] if region.queries[0] < each[0] < region.queries[-1]]
    ratios = [queries / updates for queries, updates in border]
    assert len(ratios) > 20
    assert max(ratios) / min(ratios) < 1.0001
    assert ratios[0] == pytest.approx(10 / 0.009, rel=0.07)  # within one step of the grid


@pytest.mark.parametrize(
    ("low", "mean", "high", "queries", "ends"),
    [
        (0.005, 0.01, 0.02, 1000, (500, 2000)),
        (-0.005, 0.01, 0.02, 1000, (500, None)),  # it may be never
        (-0.02, -0.01, 0.005, None, (2000, None)),
        (-0.02, -0.01, -0.005, None, (None, None)),
        (None, 0.01, None, 1000, None),
    ],
)
def test_a_break_even_is_as_sure_as_the_difference_in_cost(
    low: float | None,
    mean: float,
    high: float | None,
    queries: float | None,
    ends: tuple[float | None, float | None] | None,
) -> None:
    """What a query saves: the same whichever of the two comes first."""
    saved = Estimate(mean=mean, low=low, high=high, n=20)
    for found in (break_even(FREE, TRAINED, saved), break_even(TRAINED, FREE, saved.negated())):
        assert found is not None
        assert (found.dearer_start, found.queries, found.ends) == ("trained", queries, ends)


def test_an_uncertain_break_even_says_so() -> None:
    def lines(queries: float | None, ends: tuple[float | None, float | None] | None) -> tuple[str, ...]:
        return break_even_cell(BreakEven(dearer_start="a", cheaper_start="b", queries=queries, ends=ends), 2).lines

    assert lines(100, (50, 200)) == ("100 to 400",)
    assert lines(100, (50, None)) == ("from 100, may be never",)
    assert lines(None, (50, None)) == ("or from 100, at best",)
    assert lines(100, None) == ()


def test_what_is_never_the_cheapest_is_not_on_the_map_and_the_unknown_neither() -> None:
    region = cheapest_map([FREE, TRAINED, DEAR, UNKNOWN], 10_000, 1)
    assert region is not None
    assert set(winners(region)) == {"free", "trained"}
    assert cheapest_map([UNKNOWN], 10_000, 1) is None


@pytest.mark.parametrize(("queries", "updates"), [(1.0, 0.0), (3e9, 4000.0), (10_000.0, 0.001), (1e12, 1e6)])
def test_the_needs_are_always_on_the_map(queries: float, updates: float) -> None:
    region = cheapest_map([FREE, TRAINED], queries, updates)
    assert region is not None
    assert region.queries[0] <= queries * 1.0001
    assert queries <= region.queries[-1] * 1.0001
    assert region.updates[0] <= (updates or 0.1) * 1.0001
    assert updates <= region.updates[-1] * 1.0001
    svg = break_even_plot("map", region, (queries, updates), {"free": 0, "trained": 1}, "Queries", "alt")
    assert "nan" not in svg
    texts = [each.text or "" for each in ElementTree.fromstring(svg).iter("text")]
    assert not [text for text in texts if re.search(r"\de|\d{4}", text)]  # neither powers of ten nor 10000 M


def test_the_plot_is_clean_themed_and_the_same_again() -> None:
    region = regions([FREE, TRAINED], grid(100, 1e6), grid(0.1, 100))
    assert region is not None
    svg = break_even_plot("map", region, (1e4, 1.0), {"free": 3, "trained": 1}, "Queries", "alt")
    assert svg == break_even_plot("map", region, (1e4, 1.0), {"free": 3, "trained": 1}, "Queries", "alt")
    root = ElementTree.fromstring(svg)
    assert (root.get("role"), root.get("aria-label")) == ("img", "alt")
    for element in root.iter():
        assert "style" not in element.attrib
        for paint in ("fill", "stroke"):
            assert re.fullmatch(r"none|var\(--[a-z0-9]+\)", element.get(paint, "none")), element.attrib
    assert {"var(--p3)", "var(--p1)"} <= {element.get("fill") for element in root.iter()}
    assert {"free", "trained", "Queries"} <= {element.text for element in root.iter("text")}


def part(manifest: Manifest, skip: str = "", judge: JudgeUsage | None = None) -> CostPart:
    documents, questions = sample.corpus(30)
    trials = [
        made if name != skip else made.model_copy(update={"machine_seconds": None})
        for name, each in manifest.pipelines.items()
        for number, question in enumerate(questions)
        for made in [sample.trial(name, each.kind, question, documents, number).model_copy(update={"judge": judge})]
    ]
    return cost_part(manifest, summarise(manifest, questions, trials))


def with_needs(queries: float = 10_000, updates: float = 1, **cost: object) -> Manifest:
    manifest = sample.manifest(sample.KINDS, 30, **cost)
    needs = {"queries_per_month": queries, "updates_per_month": updates}
    return manifest.model_copy(update={"config": manifest.config | {"needs": needs}})


def test_a_row_holds_what_answers_and_versions_cost() -> None:
    found = part(with_needs(writing_per_example=0.5))
    assert [row.title for row in found.table.rows] == list(sample.KINDS)
    assert all(len(row.cells) == len(found.table.heads) - 1 for row in found.table.rows)
    tuned = found.table.rows[2].cells
    assert tuned[2].value == "$225.01"  # 450 examples at 0.5, and 312 s at 0.1 an hour
    assert [line.replace("\u202f", "") for line in tuned[2].lines] == [
        "training $0.0087, 5 min 12 s",
        "energy of training 0.025 kWh",
        "writing 450 examples $225.00",
    ]
    assert tuned[5].lines == ()
    # a failure of another pipeline has no price here, so that its question is in nobody's month
    (compared,) = (each for each in found.sentences if each.startswith("A month, and who is the cheapest where,"))
    assert "finetuned $0.0000032" in compared.replace("\u202f", "")
    assert (found.table.rows[0].cells[2].value, found.table.rows[0].cells[2].lines) == ("–", ("nothing to prepare",))
    assert found.table.rows[1].cells[2].lines[0].endswith("4.20 s")
    assert re.fullmatch(r"\$[\d.\u202f]+ to \$[\d.\u202f]+", tuned[1].lines[0])
    assert f"${round(SECONDS_PER_MONTH * 0.1 / 3600, 2):.2f}" in found.sentences[1]


@pytest.mark.parametrize(("compared", "told"), [(math.nextafter(0.000255, 0), False), (0.000254, True)])
def test_means_that_differ_in_their_last_bits_leave_no_question_out(compared: float, told: bool) -> None:
    manifest = with_needs()
    summary = summarise(manifest, sample.corpus(30)[1], [])
    assert money(compared, "USD") != money(0.000255, "USD")
    cost = summary.pipelines[0].cost.model_copy(update={"per_query": 0.000255, "compared": compared})
    pipelines = (summary.pipelines[0].model_copy(update={"cost": cost}),)
    found = cost_part(manifest, summary.model_copy(update={"pipelines": pipelines, "differences": ()}))
    assert any("reckoned from the questions that all pipelines have" in each for each in found.sentences) == told


@pytest.mark.parametrize(
    ("prices", "shown"),
    [
        ({"prompt_per_million": 10.0, "completion_per_million": 20.0}, "judge $0.36, 120 calls, 33000 tokens"),
        ({}, "judge unknown, 120 calls, 33000 tokens"),
    ],
)
def test_the_judge_is_a_row_of_the_set_up(prices: dict[str, float], shown: str) -> None:
    manifest = with_needs()
    judge = {"base_url": "http://127.0.0.1:9/v1", "model": "judge"} | prices
    evaluation = manifest.evaluation.model_dump(mode="json") | {"judge": judge}
    used = JudgeUsage(calls=4, prompt_tokens=1000, completion_tokens=100)
    found = part(manifest.model_copy(update={"config": manifest.config | {"evaluation": evaluation}}), judge=used)
    cell = found.table.rows[0].cells[6]
    assert cell.lines[1].replace("\u202f", "") == shown
    assert (cell.value == "unknown") == (not prices)
    without = part(with_needs()).table.rows[0].cells[6]
    assert without.value != "unknown"
    assert not any("judge" in line for line in without.lines)


def test_unknown_writing_makes_every_sum_with_it_unknown() -> None:
    found = part(with_needs(writing_per_example=None))
    tuned = found.table.rows[2].cells
    assert (tuned[2].value, tuned[2].lines[-1]) == ("unknown", "writing 450 examples unknown")
    assert tuned[0].value != "unknown"
    assert tuned[5].value == "unknown"
    told = [each for each in found.sentences if "the examples of finetuned costs is not known" in each]
    assert [each.rpartition("; ")[2] for each in told] == ["give `writing_per_example` with the prices."]


def test_where_nobody_knows_how_many_examples_were_written_no_price_of_one_is_asked_for() -> None:
    manifest = with_needs(writing_per_example=0.5)
    tuned = manifest.pipelines["finetuned"]
    unknown = tuned.preparation.model_copy(update={"training_examples": None})
    uncounted = tuned.model_copy(update={"preparation": unknown})
    found = part(manifest.model_copy(update={"pipelines": manifest.pipelines | {"finetuned": uncounted}}))
    assert found.table.rows[2].cells[2].lines[-1] == "writing unknown"
    told = [each for each in found.sentences if "the examples of finetuned costs is not known" in each]
    assert [each.rpartition(" ")[2] for each in told] == ["known."]
    assert not any("writing_per_example" in each for each in found.sentences)


@pytest.mark.parametrize(("writing", "version"), [(1.0, "$2.00"), (None, "unknown")])
def test_examples_that_a_prompt_shows_are_written_too(writing: float | None, version: str) -> None:
    """In a run of an earlier version, which did not count them, as well; the same one twice is written once."""
    told = with_needs(updates=4, writing_per_example=writing).model_dump(mode="json")
    shots = [["system", "."], *[["human", "Who?"], ["ai", "Ada."]] * 2, ["human", "When?"], ["ai", "Now."]]
    told["pipelines"]["zero-shot"]["fingerprint"]["prefix"] = shots
    assert told["pipelines"]["zero-shot"]["preparation"]["training_examples"] == 0
    found = part(Manifest.model_validate(told))
    few = found.table.rows[0].cells
    assert (few[2].value, few[2].lines) == (version, (f"writing 2 examples {version}",))
    assert few[5].value == ("$8.03" if writing else "unknown")  # $.03 without the writing of four versions
    assert not any("zero-shot is the cheapest at any use" in each for each in found.sentences)


@pytest.mark.parametrize(
    ("queries", "busy"), [(1_000, "<1\u202f%"), (5_000_000, "\\d\\d\u202f%"), (1e9, r"[\d\u202f]+ machines")]
)
def test_a_machine_is_busy_for_a_share_of_the_month(queries: float, busy: str) -> None:
    for row in part(with_needs(queries=queries)).table.rows:
        assert re.fullmatch(busy, row.cells[4].value)


def test_what_is_the_cheapest_everywhere_is_a_sentence_and_the_rest_a_map() -> None:
    found = part(with_needs())
    assert any(each.startswith("By the mean costs zero-shot is the cheapest at any use;") for each in found.sentences)
    (drawn,) = found.figures
    assert drawn.title == "The cheapest by right answers"
    assert "Cheapest somewhere, the widest region first: " in drawn.svg
    assert "Right answers a month" in drawn.svg


def test_of_two_that_cost_the_same_neither_is_the_cheapest() -> None:
    costs = [FREE, FREE.model_copy(update={"name": "other"})]
    _, questions = sample.corpus(5)
    summary = summarise(with_needs(), questions, [])
    assert cheapest_everywhere(summary, costs, Needs()) is None
    assert (cheapest_everywhere(summary, [FREE, DEAR], Needs()) or "").startswith("By the mean costs free is")


def test_a_pipeline_of_unknown_cost_is_not_on_the_map() -> None:
    (drawn,) = part(with_needs(), skip="rag-k4").figures
    assert drawn.note.endswith("What rag-k4 costs is not known.")
    assert "Compared: zero-shot and finetuned." in drawn.svg


def test_pairs_break_even_or_never_do() -> None:
    found = part(with_needs(updates=3))
    assert found.pairs is not None
    rows = {row.title: row.cells for row in found.pairs.rows}
    assert rows["zero-shot, rag-k4"][0].value == "never"
    assert rows["zero-shot, rag-k4"][0].lines[-1].endswith("zero-shot is cheaper at any use")
    each, month = (float(cell.value.replace("\u202f", "")) for cell in rows["rag-k4, finetuned"])
    assert month == pytest.approx(3 * each, abs=3)
    assert rows["rag-k4, finetuned"][0].lines[-1].endswith("above, finetuned is cheaper")


@pytest.mark.parametrize("updates", [0, 0.02])
def test_knowledge_that_hardly_changes_has_the_break_even_of_a_version_a_year(updates: float) -> None:
    found, yearly = (part(with_needs(updates=each)).pairs for each in (updates, 1 / 12))
    assert found is not None
    assert yearly is not None
    assert [row.cells[1] for row in found.rows] == [row.cells[1] for row in yearly.rows]
    each, month = (float(cell.value.replace("\u202f", "")) for cell in found.rows[2].cells)
    assert month == pytest.approx(each / 12, abs=1)


def test_without_a_price_everything_is_unknown_and_nothing_is_drawn() -> None:
    found = part(with_needs(machine_per_hour=None))
    assert found.figures == []
    assert {row.cells[0].value for row in found.table.rows} == {"unknown"}
    assert {row.cells[5].value for row in found.table.rows} == {"unknown"}
    assert found.pairs is not None
    assert {row.cells[0].value for row in found.pairs.rows} == {"unknown"}
    assert found.table.rows[0].cells[3].value == "10"  # how much it can answer is known all the same


def test_one_pipeline_of_unknown_cost_is_unknown_alone() -> None:
    found = part(with_needs(), skip="rag-k4")
    assert [row.cells[0].value == "unknown" for row in found.table.rows] == [False, True, False]
    assert found.pairs is not None
    assert [row.cells[0].value for row in found.pairs.rows] == ["unknown", "never", "unknown"]


def test_training_from_scratch_is_a_row_of_its_own() -> None:
    scratch = part(with_needs()).scratch
    assert scratch is not None
    (row,) = scratch.rows
    assert [cell.value for cell in row.cells] == [
        "135 million", "2.69 billion", "2.2 × 10¹⁸", "82.8 GFLOP/s", "304 days", "$728.62",
    ]  # fmt: skip


def test_a_model_of_unknown_size_is_not_trained_from_scratch() -> None:
    manifest = with_needs()
    bare = {
        name: Contestant(kind=each.kind, fingerprint={}, preparation=Preparation())
        for name, each in manifest.pipelines.items()
    }
    assert part(manifest.model_copy(update={"pipelines": bare})).scratch is None


@pytest.mark.parametrize(
    ("adjusted", "note"),
    [(0.01, "free is cheaper at any use"), (0.2, "by the means, free is cheaper at any use")],
)
def test_a_break_even_is_called_sure_only_where_the_costs_differ(adjusted: float, note: str) -> None:
    """The interval of one pair by itself leaves zero out more often than the corrected test agrees."""
    extra = Estimate(mean=-0.01, low=-0.02, high=-0.005, n=20)
    paired = Paired(estimate=extra, p=0.01, adjusted=adjusted, smallest=None, more=None)
    _, questions = sample.corpus(5)
    told = Difference(measure=COST, subset="all", a="free", b="dear", paired=paired)
    summary = summarise(with_needs(), questions, []).model_copy(update={"differences": (told,)})
    found = pairs_grid([FREE, DEAR], summary, Needs())
    assert found is not None
    assert found.rows[0].cells[0].lines[-1] == note
    later = told.model_copy(update={"b": "trained", "paired": paired.negated()})
    found = pairs_grid([FREE, TRAINED], summary.model_copy(update={"differences": (later,)}), Needs())
    assert found is not None
    unsure = "by the means, " if note.startswith("by") else ""
    assert found.rows[0].cells[0].lines[-1] == f"{unsure}above, trained is cheaper"


@pytest.mark.parametrize(
    ("high", "note"),
    [(0.0, "both cost the same per query"), (0.001, "which of them is cheaper per query cannot be told")],
)
def test_two_that_cost_the_same_on_every_question_are_called_so(high: float, note: str) -> None:
    paired = Paired(
        estimate=Estimate(mean=0.0, low=-high, high=high, n=20), p=None, adjusted=None, smallest=None, more=None
    )
    told = Difference(measure=COST, subset="all", a="free", b="too", paired=paired)
    _, questions = sample.corpus(5)
    summary = summarise(with_needs(), questions, []).model_copy(update={"differences": (told,)})
    found = pairs_grid([FREE, FREE.model_copy(update={"name": "too"})], summary, Needs())
    assert found is not None
    assert found.rows[0].cells[0].lines == (note,)


def test_the_cheapest_as_far_as_a_map_goes_is_not_the_cheapest_at_any_use() -> None:
    """The break-even is at 100 million queries a month."""
    _, questions = sample.corpus(5)
    summary = summarise(with_needs(), questions, [])
    first = Costs(name="first", per_version=0.0, per_query=2e-6)
    last = Costs(name="last", per_version=100.0, per_query=1e-6)
    said = (cheapest_everywhere(summary, [first, last], Needs()) or "").replace("\u202f", "")
    assert said.startswith("By the mean costs first is the cheapest from 100 to 10000000 queries a month;")
