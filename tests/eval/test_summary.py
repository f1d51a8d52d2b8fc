"""Sums that add up, and a verdict that claims no more than the intervals allow."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from eval_fakes import Config, FakePipeline, evidence, manifest, question, scored, trial

from corpora.model import Document, Evidence, Question
from eval.manifest import Manifest
from eval.metrics.registry import CORRECTNESS
from eval.options import EvaluationOptions
from eval.placing import placed
from eval.prices import Prices
from eval.statistics import Estimate
from eval.summary import Summary, summarise
from eval.trial import Failure, Score, Trial

N = 40
QUESTIONS = tuple(question(n, in_examples=n < 20) for n in range(N))


def head(*names: str) -> Manifest:
    config = Config(evaluation=EvaluationOptions(resamples=300), cost=Prices(machine_per_hour=1))
    return manifest(QUESTIONS, {name: FakePipeline(name, str) for name in names}, config)


def sum_up(values: dict[str, Sequence[float]], questions: Sequence[Question] = QUESTIONS) -> Summary:
    trials = [each for name, row in values.items() for each in scored(name, row)]
    return summarise(head(*values), questions, trials)


GOOD = [1.0] * 32 + [0.0] * 8
FAIR = [1.0] * 30 + [0.0] * 10
POOR = [0.0] * 34 + [1.0] * 6


def test_a_clear_winner() -> None:
    verdict = sum_up({"poor": POOR, "good": GOOD}).verdict
    assert (verdict.leaders, verdict.clear) == (("good",), True)
    assert verdict.headline.startswith("good is the most correct, 0.80 on 40 questions: +0.65 (")
    assert (
        " against poor, the next best. This hangs on 32 questions that good has right and poor has not: were some "
        in (verdict.headline)
    )
    assert verdict.headline.endswith(" it would not be clear. That is on this one document: of others it tells little.")
    assert verdict.findings[0].sentence == verdict.headline


def test_two_that_cannot_be_told_apart() -> None:
    verdict = sum_up({"good": GOOD, "fair": FAIR, "poor": POOR}).verdict
    assert (verdict.leaders, verdict.clear) == (("good", "fair"), False)
    assert verdict.headline == (
        "It cannot be told from 40 questions which of good (0.80) and fair (0.75) is the most correct, "
        "but both are ahead of poor; if the difference stays as seen, about 265 more questions would tell. "
        "That is on this one document: of others it tells little."
    )


def test_equal_pipelines_are_not_told_apart() -> None:
    verdict = sum_up({"a": GOOD, "b": GOOD}).verdict
    assert not verdict.clear
    assert set(verdict.leaders) == {"a", "b"}


def test_one_pipeline_has_nothing_to_be_compared_with() -> None:
    summary = sum_up({"only": GOOD})
    assert "nothing to compare" in summary.verdict.headline
    assert summary.differences == ()


def test_evidence_in_few_documents_is_warned_of() -> None:
    (warning,) = sum_up({"good": GOOD, "poor": POOR}).warnings
    assert warning.startswith("The questions are on only one document: ")
    assert sum_up({"good": [1.0]}, [question(0, answerable=False)]).warnings == ()


def test_nobody_answered() -> None:
    down = Failure(code="engine-error", message="down")
    trials = [trial("a", "q0", failure=down, scores={"correctness": Score(value=0, status="failed")})]
    assert summarise(head("a"), QUESTIONS[:1], trials).verdict.headline == (
        "No pipeline answered: every question failed."
    )


def test_differences_are_over_all_questions_and_over_those_in_the_examples() -> None:
    a, b = [1.0] * N, [1.0] * 20 + [0.0] * 20
    summary = sum_up({"a": a, "b": b})
    everywhere = summary.difference("correctness", "a", "b")
    told = summary.difference("correctness", "a", "b", "in_examples")
    turned = summary.difference("correctness", "b", "a")
    assert everywhere is not None
    assert told is not None
    assert turned is not None
    assert (everywhere.estimate.mean, everywhere.estimate.n, everywhere.differs(0.95)) == (0.5, N, True)
    assert (told.estimate.mean, told.estimate.n, told.differs(0.95)) == (0, 20, False)
    assert turned == everywhere.negated()
    assert summary.difference("correctness", "a", "nobody") is None


def test_every_trial_is_in_one_count() -> None:
    statuses = ["scored", "abstained", "failed", "skipped"]
    trials = [
        trial(question_id=f"q{n}", scores={"correctness": Score(value=value, status=status)})
        for n, (status, value) in enumerate(zip(statuses * 3, [1.0, 0.0, 0.0, None] * 3, strict=True))
    ]
    (only,) = summarise(head("rag"), QUESTIONS[:12], trials).pipelines
    recall = only.metrics["correctness"]
    assert (recall.scored, recall.abstained, recall.failed, recall.skipped) == (3, 3, 3, 3)
    assert recall.mean.mean == pytest.approx(1 / 3)
    assert recall.mean.n == 9


def test_refusals_right_and_wrong() -> None:
    questions = [question(n, answerable=n >= 4) for n in range(10)]
    down = Failure(code="engine-error", message="down")
    trials: list[Trial] = [
        *[trial(question_id=f"q{n}", abstained=True) for n in (0, 1)],  # right refusals
        trial(question_id="q2"),  # made up
        trial(question_id="q3", failure=down),
        trial(question_id="q4", abstained=True),  # wrong refusal
        *[trial(question_id=f"q{n}") for n in range(5, 10)],
    ]
    (only,) = summarise(head("rag"), questions, trials).pipelines

    def share(estimate: Estimate) -> tuple[float | None, int]:
        return estimate.mean, estimate.n

    assert share(only.abstention.right_refusals) == (2 / 3, 3)
    assert share(only.abstention.made_up) == (1 / 3, 3)
    assert share(only.abstention.wrong_refusals) == (1 / 6, 6)
    assert share(only.abstention.answer_rate) == (0.6, 10)
    assert (only.answered, only.abstained, only.failed, only.trials) == (6, 3, 1, 10)


def test_tags_split_the_questions() -> None:
    (only,) = sum_up({"rag": [float(n % 2) for n in range(N)]}).pipelines
    assert set(only.tags) == {"even", "odd", "in examples", "not in examples"}
    assert only.tags["odd"]["correctness"].mean.mean == 1
    assert only.tags["even"]["correctness"].mean.mean == 0
    assert only.tags["in examples"]["correctness"].mean.n == 20


def test_an_unfinished_run_says_what_is_missing() -> None:
    summary = sum_up({"a": GOOD[:30], "b": GOOD[:25]})
    assert summary.missing == 25
    difference = summary.difference("correctness", "a", "b")
    assert difference is not None
    assert difference.estimate.n == 25


def test_it_survives_its_own_json() -> None:
    summary = sum_up({"good": GOOD, "poor": POOR})
    assert Summary.model_validate_json(summary.model_dump_json()) == summary


def test_a_run_that_is_not_finished_has_no_verdict_and_no_number_from_what_is_not_scored() -> None:
    questions = [question(n, answerable=n < 3) for n in range(6)]
    done = [trial(question_id=f"q{n}", abstained=True) for n in range(2)]
    unscored = [trial(question_id=f"q{n}", text="I don't know.", scores={}) for n in range(2, 5)]
    summary = summarise(head("rag"), questions, [*done, *unscored])
    assert (summary.missing, summary.unscored, summary.finished) == (1, 3, False)
    assert summary.verdict.headline.startswith(
        "The run is not finished: 1 answer is missing and 3 are not scored yet. Go on"
    )
    assert "--resume" in summary.verdict.headline
    assert (summary.verdict.leaders, summary.verdict.recommendation.pipeline) == ((), None)
    (only,) = summary.pipelines
    assert (only.trials, only.answered, only.abstention.made_up.n) == (2, 0, 0)
    assert summarise(head("rag"), questions, []).verdict.headline.startswith(
        "The run is not finished: 6 answers are missing. Go on"
    )


def test_refusals_buy_no_right_answer() -> None:
    questions = [question(n, answerable=n < 10) for n in range(40)]
    made = head("rag").model_copy(update={"config": {"cost": {"machine_per_hour": 3600.0}}})
    trials = [trial(question_id=each.id, abstained=True, machine_seconds=1.0) for each in questions]
    assert summarise(made, questions, trials).pipelines[0].cost.per_correct is None
    one = Score(value=1.0, status="scored")
    trials[:5] = [each.model_copy(update={"abstained": False, "scores": {CORRECTNESS: one}}) for each in trials[:5]]
    cost = summarise(made, questions, trials).pipelines[0].cost
    assert cost.per_query == pytest.approx(1.0)
    assert cost.per_correct == pytest.approx(2.0)  # ten questions that have an answer, five right ones


def test_a_judge_without_verdicts_is_told_of() -> None:
    questions = [question(n) for n in range(4)]
    silent, said = Score(value=None, status="failed", reason="took more than 1 s"), Score(value=1.0, status="scored")
    down = trial(
        question_id="q3", failure=Failure(code="engine-error", message="down"), scores={"judged_accuracy": silent}
    )
    trials = [trial(question_id=f"q{n}", scores={"judged_accuracy": said if n else silent}) for n in range(3)]
    warnings = summarise(head("rag"), questions, [*trials, down]).warnings
    assert "The judge gave no verdict 1 of 3 times for Correctness (judge) (" in warnings[-1]
    assert "reuse_answers" in warnings[-1]
    fine = [each.model_copy(update={"scores": {"judged_accuracy": said}}) for each in trials]
    assert not any("judge" in each for each in summarise(head("rag"), questions, [*fine, down]).warnings)


def test_questions_without_evidence_are_told_of() -> None:
    questions = [question(n).model_copy(update={"reference_contexts": ()}) for n in range(12)]
    summary = summarise(head("rag"), questions, scored("rag", [1.0] * 12))
    assert any("12 of 12 questions with an answer do not say which document" in each for each in summary.warnings)
    assert not any("which document" in each for each in summarise(head("rag"), [question(1)], []).warnings)


def test_questions_that_are_put_on_the_nearest_document_are_clustered_with_those_that_name_it_and_told_of() -> None:
    documents = [Document(id=f"d{n}", title="", text=f"Word{n} stands for thing{n}.", source="") for n in range(12)]
    quoting = [
        Question(
            id=f"known {n}",
            user_input=f"What is word{n}?",
            reference=f"thing{n}",
            reference_contexts=(Evidence(document_id=f"d{n}", start=0, end=5, text="Word" + str(n)[:1]),),
        )
        for n in range(12)
    ]
    bare = [each.model_copy(update={"id": f"bare {n}", "reference_contexts": ()}) for n, each in enumerate(quoting)]
    unanswerable = question(99, answerable=False)
    questions = placed([*quoting, *bare, unanswerable], documents)
    assert [each.nearest_document for each in questions] == [*[None] * 12, *[f"d{n}" for n in range(12)], None]
    summary = summarise(head("rag"), questions, [])
    assert (summary.clusters, summary.spread.documents, summary.placed, summary.unplaced) == (13, 12, 12, 0)
    assert any("12 of 24 questions with an answer quote no evidence" in each for each in summary.warnings)


def test_a_question_that_shares_no_word_with_any_document_is_on_none() -> None:
    alone = question(1).model_copy(update={"reference_contexts": ()})
    (found,) = placed([alone], [Document(id="d", title="", text="bananas", source="")])
    assert found.nearest_document is None
    assert placed([alone], []) == (alone,)


def test_questions_that_are_nearly_all_on_one_document_are_told_of() -> None:
    def on(document: str, number: int) -> Question:
        told = evidence("It was shown in 2019.").model_copy(update={"document_id": document})
        return question(number).model_copy(update={"reference_contexts": (told,)})

    questions = [on(f"d{n}" if n < 15 else "d0", n) for n in range(125)]
    values = {"a": [1.0] * 125, "b": [float(n % 3 > 0) for n in range(125)]}
    trials = [each for name, row in values.items() for each in scored(name, row)]
    summary = summarise(head("a", "b"), questions, trials)
    assert any("all of them tell as much as 1.3 equal documents would" in each for each in summary.warnings)
    assert "That is on" not in summary.verdict.headline  # nothing is clear
    found = summary.difference(CORRECTNESS, "a", "b")
    assert found is not None
    assert found.smallest is None  # more than any difference there can be


def test_references_that_are_sentences_are_warned_of() -> None:
    sentence = "Logs are kept for 365 days in cold storage."
    long = [question(n).model_copy(update={"reference": sentence}) for n in range(6)]
    short = [question(n) for n in range(6, 11)]
    warned = summarise(head("rag"), [*long, *short], []).warnings
    assert any(each.startswith("6 of 11 references are sentences: ") for each in warned)
    assert not any("are sentences" in each for each in summarise(head("rag"), [*long[:5], *short], []).warnings)


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        ([f"d{n % 3}" for n in range(N)], "That is on these 3 documents: of others it tells little."),
        (
            [f"d{max(0, n - 24)}" for n in range(N)],
            "That is mostly on 1 of the 16 documents, with 25 of 40 questions: of others it tells little.",
        ),
        ([f"d{n % 20}" for n in range(N)], ""),
        ([f"d{n % 13}" for n in range(N)], ""),
    ],
    ids=["three", "one of sixteen has most", "twenty", "thirteen, nearly alike"],
)
def test_a_clear_headline_says_on_which_documents_it_holds(documents: list[str], told: str) -> None:
    quote = evidence("It was shown in 2019.")
    questions = [
        question(n).model_copy(update={"reference_contexts": (quote.model_copy(update={"document_id": document}),)})
        for n, document in enumerate(documents)
    ]
    verdict = sum_up({"good": [1.0] * N, "poor": [0.0] * N}, questions).verdict
    assert verdict.clear
    assert told in verdict.headline
    assert ("of others it tells little" in verdict.headline) is bool(told)
