"""Who makes up fewer answers to what has none, where some replies may be something else than they count as."""

from __future__ import annotations

import pytest
from eval_fakes import FakePipeline, manifest, question, scored, trial
from planted_trials import Needy, Truth, bake_off

from eval.abstaining import Abstention
from eval.finding import Finding
from eval.metrics.registry import CORRECTNESS
from eval.needs import Needs
from eval.options import EvaluationOptions
from eval.report.tables import families
from eval.statistics import wilson
from eval.summary import Summary, summarise
from eval.trial import Failure, Score

LINE = "Our rules are silent on that."


def made_up(summary: Summary) -> Finding:
    return next(each for each in summary.verdict.findings if each.about == "made up")


def told(refusals: str, others: str, n: int = 40) -> Summary:
    """Of n questions without an answer a refuses all in these words, and b replies so to all."""
    questions = [question(number, answerable=number < 20) for number in range(20 + n)]
    head = manifest(questions, {name: FakePipeline(name, str) for name in "ab"}, Needy(needs=Needs()))
    skipped = {CORRECTNESS: Score(value=None, status="skipped")}
    found = [each for name in "ab" for each in scored(name, [0.6] * 20)]
    for number in range(20, 20 + n):
        found.append(trial("a", f"q{number}", text=refusals, abstained=True, scores=skipped))
        found.append(trial("b", f"q{number}", text=others, scores=skipped))
    return summarise(head, questions, found)


def test_who_may_refuse_in_other_words_is_not_called_worse() -> None:
    summary = told("I don't know.", LINE)
    found = made_up(summary)
    assert (found.leaders, found.clear, found.more) == (("a", "b"), False, None)
    assert found.sentence.endswith("But 40 of 40 replies of b count as made up and may be refusals.")
    (difference,) = (each for each in summary.differences if each.measure == "made_up")
    assert summary.apart(difference) == "in doubt"
    assert difference.paired.worst is not None
    assert difference.paired.worst.estimate.mean == 0
    assert summary.verdict.recommendation.clear is False
    assert not any("makes up fewer" in each.sentence for each in summary.verdict.recommendation.reasons)


def test_who_may_have_made_up_a_denial_is_not_called_better() -> None:
    found = made_up(told("This is not covered.", "It is covered by plan B."))
    assert not found.clear
    assert found.sentence.endswith("But 40 of 40 replies of a count as refusals and may be made up.")


def test_who_tells_something_makes_it_up() -> None:
    summary = told("I don't know.", "It is covered by plan B.")
    assert made_up(summary).clear
    assert not any("may be refusals" in each for each in summary.warnings)
    (difference,) = (each for each in summary.differences if each.measure == "made_up")
    assert (summary.apart(difference), difference.paired.worst) == ("different", None)


def test_a_few_that_may_be_refusals_leave_a_large_difference_clear() -> None:
    truths = {"a": Truth(inventing=0.1), "b": Truth(inventing=1.0, unknown=0.2)}
    found = bake_off(truths, n=40, unanswerable=40)
    assert made_up(found).clear
    (difference,) = (each for each in found.differences if each.measure == "made_up")
    assert difference.paired.worst is not None
    assert abs(difference.paired.estimate.mean or 0) == pytest.approx(0.9)
    assert difference.paired.worst.estimate.mean == pytest.approx(0.7)


def test_where_it_would_be_clear_with_more_questions_these_are_named() -> None:
    truths = {"a": Truth(inventing=0.5), "b": Truth(inventing=0.9, unknown=0.3)}
    found = made_up(bake_off(truths, n=40, unanswerable=40))
    assert not found.clear
    assert found.more


def test_what_may_be_a_refusal_is_warned_of_and_stands_in_the_table() -> None:
    summary = told("I don't know.", LINE)
    (warning,) = (each for each in summary.warnings if "may be refusals" in each)
    assert warning.startswith(
        "Of the questions without an answer, 40 of 40 replies of b count as made up and may be refusals: read them"
    )


def test_every_reply_of_a_run_with_repeats_tells_who_makes_up_fewer() -> None:
    """a makes up one reply of five to each of 24 questions, and b four."""
    questions = [question(number, answerable=False) for number in range(24)]
    config = Needy(needs=Needs(), evaluation=EvaluationOptions(repeat=5, resamples=1000))
    head = manifest(questions, {name: FakePipeline(name, str) for name in "ab"}, config)
    skipped = {CORRECTNESS: Score(value=None, status="skipped")}
    found = []
    for name, invented in (("a", {1}), ("b", {0, 1, 2, 3})):
        for time in range(5):
            refuses = time not in invented
            text = "I don't know." if refuses else "It is covered by plan B."
            fields = {"text": text, "repeat": time, "abstained": refuses, "scores": skipped}
            found += [trial(name, each.id, **fields) for each in questions]
    summary = summarise(head, questions, found)
    a, b = (each.abstention for each in summary.pipelines)
    assert (a.made_up.mean, b.made_up.mean) == (pytest.approx(0.2), pytest.approx(0.8))
    assert (a.made_up.n, a.replies, b.right_refusals.mean) == (24, 120, pytest.approx(0.2))
    finding = made_up(summary)
    assert (finding.leaders, finding.clear) == (("a",), True)


def test_who_failed_on_all_of_them_was_asked_such_questions() -> None:
    questions = [question(number, answerable=False) for number in range(20)]
    head = manifest(questions, {name: FakePipeline(name, str) for name in "ab"})
    down = Failure(code="engine-error", message="down")
    refused = [trial("a", each.id, text="I don't know.", abstained=True) for each in questions]
    summary = summarise(head, questions, [*refused, *(trial("b", each.id, failure=down) for each in questions)])
    (row,) = (row for family in families(summary) for row in family.rows if row.title == "Made up")
    a, b = row.cells
    assert a.value == "0\u202f%"
    assert b.lines == ("all of them failed",)


def test_a_report_of_an_earlier_version_counted_first_replies() -> None:
    half = wilson(10, 20, 0.95)
    found = Abstention(answer_rate=half, right_refusals=half, made_up=half, wrong_refusals=half, perhaps_refused=1)
    assert found.may_be("a") == "1 of 20 replies of a counts as made up and may be a refusal"


@pytest.mark.parametrize(
    ("refused", "invented", "clause"),
    [
        (0, 0, ""),
        (1, 0, "1 of 20 replies of a counts as made up and may be a refusal"),
        (0, 2, "2 of 20 replies of a count as refusals and may be made up"),
        (
            3,
            1,
            "3 of 20 replies of a count as made up and may be refusals, and 1 counts as a refusal and may be made up",
        ),
    ],
)
def test_what_replies_may_be_is_told_in_a_clause(refused: int, invented: int, clause: str) -> None:
    half = wilson(10, 20, 0.95)
    found = Abstention(
        answer_rate=half,
        right_refusals=half,
        made_up=half,
        wrong_refusals=half,
        replies=20,
        perhaps_refused=refused,
        perhaps_made_up=invented,
    )
    assert found.may_be("a") == clause
    assert (found.told_of("a") is None) == (not clause)
