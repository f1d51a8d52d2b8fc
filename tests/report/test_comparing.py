"""The table of differences: which way round, what it calls different, what it says of repeats and resampling."""

from __future__ import annotations

import random
import re
from itertools import count

import pytest
import report_sample as sample

from corpora.model import Question
from eval.differences import Difference
from eval.mcnemar import Discordance
from eval.metrics.registry import CORRECTNESS
from eval.numbers import NOTHING
from eval.paired import Gain, Paired
from eval.report.cells import Cell
from eval.report.comparing import Comparing, _more, comparing, turned
from eval.statistics import Estimate
from eval.summary import Summary, summarise
from eval.trial import Score, Trial

KINDS = {"one": "prompting", "two": "rag"}


def paired(mean: float | None, low: float | None, high: float | None) -> Paired:
    return Paired(
        estimate=Estimate(mean=mean, low=low, high=high, n=20), p=0.01, adjusted=0.01, smallest=0.2, more=None
    )


@pytest.mark.parametrize(("mean", "names", "only"), [(0.3, ("a", "b"), (7, 1)), (-0.3, ("b", "a"), (1, 7))])
def test_the_higher_one_comes_first_and_everything_turns_with_it(
    mean: float, names: tuple[str, str], only: tuple[int, int]
) -> None:
    ends = sorted((mean - 0.1, mean + 0.1))
    right = Discordance(only_a=7, only_b=1, p=0.07, adjusted=0.14)
    found = turned(Difference(measure=CORRECTNESS, subset="all", a="a", b="b", paired=paired(mean, *ends), right=right))
    assert (found.high, found.low) == names
    assert found.paired.estimate.mean == pytest.approx(0.3)
    assert found.paired.estimate.low == pytest.approx(0.2)
    assert found.right == Discordance(only_a=only[0], only_b=only[1], p=0.07, adjusted=0.14)


@pytest.mark.parametrize(
    ("more", "surely", "cell"),
    [
        (5000, 0.02, Cell("about 5\u202f000", ("with all against it that may count otherwise",))),
        (60, 0.15, Cell("about 60")),
        (60, None, Cell("about 60")),
        (0, 0.02, Cell("none")),
        (None, 0.0, Cell(NOTHING, ("not to be foreseen",))),
    ],
)
def test_where_a_worst_case_makes_so_many_questions_of_few_that_is_said(
    more: int | None, surely: float | None, cell: Cell
) -> None:
    counted, sure = (
        Gain(estimate=Estimate(mean=each, low=-0.1, high=0.4, n=20), adjusted=0.2) for each in (0.2, surely)
    )
    bound = {} if surely is None else {"borne_out": sure}
    seen = paired(0.2, -0.01, 0.4).model_copy(update={"more": more, "right": counted, **bound})
    for each in (seen, seen.negated()):
        assert _more(each) == cell


def test_a_difference_of_nothing_stays_as_it_is() -> None:
    found = turned(Difference(measure="cost", subset="all", a="a", b="b", paired=paired(None, None, None)))
    assert (found.high, found.low, found.right) == ("a", "b", None)


def summed(values: dict[str, list[list[float]]], documents: int = 5) -> Summary:
    """40 questions over so many documents. `values`: by pipeline, for each repeat, of each question."""
    of_document: dict[str, list[Question]] = {}
    for each in sample.corpus(documents * 12 * 10)[1]:
        if each.answerable:
            of_document.setdefault(each.reference_contexts[0].document_id, []).append(each)
    each_has = -(-40 // documents)
    chosen = [question for group in of_document.values() for question in group[:each_has]][:40]
    trials = [
        _scored(name, question, repeat, value)
        for name, rows in values.items()
        for repeat, row in enumerate(rows)
        for question, value in zip(chosen, row, strict=True)
    ]
    manifest = sample.manifest(KINDS, len(chosen))
    return summarise(manifest, chosen, trials)


def _scored(name: str, question: Question, repeat: int, value: float) -> Trial:
    tried = (sample.trial(f"{name} {attempt}", "prompting", question, [], 0) for attempt in count())
    made = next(each for each in tried if each.answer)  # a few fail
    scores = {CORRECTNESS: Score(value=value, status="scored")}
    return made.model_copy(update={"pipeline": name, "repeat": repeat, "scores": scores})


GOOD, POOR = [[1.0] * 36 + [0.0] * 4], [[1.0] * 8 + [0.0] * 32]


def found(summary: Summary) -> Comparing:
    result = comparing(summary)
    assert result is not None
    return result


def test_a_row_tells_mean_verdict_tests_and_plan() -> None:
    (row,) = found(summed({"one": POOR, "two": GOOD})).main.rows
    assert row.title == "two − one"
    mean, verdict, p, smallest, more, right = row.cells
    assert mean.value == "+0.70"
    assert mean.lines[-1] == "40 questions"
    assert (verdict.value, verdict.best) == ("different", True)
    assert p.value == "<0.001"
    assert 0 < float(smallest.value) < 0.7
    assert (more.value, right.value, right.lines) == ("none", "28 : 0", ("p <0.001",))


@pytest.mark.parametrize(("adjusted", "shown"), [(0.026, "p 0.026"), (None, "p 0.013, not corrected")])
def test_the_p_that_is_shown_is_corrected_for_the_pairs(adjusted: float | None, shown: str) -> None:
    summary = summed({"one": POOR, "two": GOOD})
    right = Discordance(only_a=33, only_b=15, p=0.013, adjusted=adjusted)
    differences = tuple(each.model_copy(update={"right": right}) for each in summary.differences)
    (row,) = found(summary.model_copy(update={"differences": differences})).main.rows
    assert row.cells[-1].lines == (shown,)


@pytest.mark.parametrize(
    ("documents", "ending"),
    [
        (5, "by the mean differences in score and in right answers."),
        (20, "by the mean differences in score and in right answers, clustered by document."),
    ],
)
def test_it_says_why_mcnemars_p_may_be_small_where_nothing_is_shown(documents: int, ending: str) -> None:
    summary = summed({"one": POOR, "two": GOOD}, documents=documents)
    said = found(summary).sentences[-2]
    assert "(McNemar's, corrected for the number of pairs) may be small where no difference is shown" in said
    assert said.endswith(ending)
    assert "McNemar, after Holm, each question for itself" in found(summary).main.heads[-1].note


NEARLY_ALIKE = {"one": [[1.0] * 20 + [0.0] * 20], "two": [[1.0] * 18 + [0.0, 1.0] * 3 + [0.0] * 16]}


def test_what_is_not_shown_says_how_many_more_questions_would() -> None:
    (row,) = found(summed(NEARLY_ALIKE)).main.rows
    assert row.cells[1].value == "not shown"
    assert not row.cells[1].best
    assert (row.cells[4].value, row.cells[4].lines) == ("about 1\u202f324", ())


def test_what_no_number_of_questions_would_show_says_so() -> None:
    (row,) = found(summed({"one": POOR, "two": POOR})).main.rows
    assert row.cells[1].value == "not shown"
    assert (row.cells[4].value, row.cells[4].lines) == (NOTHING, ("not to be foreseen",))


def test_everything_but_correctness_is_kept_apart() -> None:
    others = found(summed({"one": POOR, "two": GOOD})).others
    assert others is not None
    assert {row.note for row in others.rows} >= {"Answer", "Cost per query", "Correctness, told facts"}
    assert all(len(row.cells) == len(others.heads) - 1 for row in others.rows)


def test_each_table_says_which_test_its_p_is_of() -> None:
    shown = found(summed({"one": POOR, "two": GOOD}))
    assert shown.others is not None
    notes = [head.note for grid in (shown.main, shown.others) for head in grid.heads if head.title == "p"]
    assert notes == ["sign flips, after Holm", "times and machine costs by t over turns, else sign flips; after Holm"]


@pytest.mark.parametrize(
    ("documents", "said"), [(5, "What is resampled is questions, 40"), (20, "What is resampled is documents: the 40")]
)
def test_it_says_what_is_resampled(documents: int, said: str) -> None:
    summary = summed({"one": POOR, "two": GOOD}, documents=documents)
    assert summary.clustered == (documents == 20)
    assert found(summary).sentences[0].startswith(said)


def test_repeats_are_told_and_single_asking_is_not() -> None:
    chance = random.Random(0)
    noisy = [[float(chance.random() < base) for base in [0.9] * 20 + [0.1] * 20] for _ in range(3)]
    (_, said, *_) = found(summed({"one": noisy, "two": GOOD * 3})).sentences
    assert said.startswith("Each question was asked 3 times. ")
    moved, parts = re.search(r"(0\.\d\d) for one and 0\.00 for two\. .* up (\d+)\u202f% and 0\u202f% of", said).groups()
    assert float(moved) == pytest.approx(0.3, abs=0.1)  # the deviation of a yes with chance 0.1
    assert 5 < int(parts) < 40
    assert len(found(summed({"one": POOR, "two": GOOD})).sentences) == 3
    assert "asked in turns" in found(summed({"one": POOR, "two": GOOD})).sentences[-1]


def test_one_pipeline_is_compared_with_nothing() -> None:
    trials = [_scored("one", question, 0, 1.0) for question in sample.corpus(10)[1] if question.answerable]
    questions = [question for question in sample.corpus(10)[1] if question.answerable]
    assert comparing(summarise(sample.manifest({"one": "prompting"}, 9), questions, trials)) is None
