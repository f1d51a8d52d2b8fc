"""Metrics set beside labels: a bake-off's rules of scoring, and a judge as one more instrument."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from labels_fakes import Scorer, answered, exact, recall

from eval.labels.check import MetricCheck, SetCheck, check_set
from eval.labels.judging import Judging
from eval.labels.labelled import Labelled, LabelledSet
from eval.labels.table import agreement_table, heading, notes, reliability_table, sections
from eval.metrics.correctness import correctness
from eval.metrics.giving_up import GIVE_UP
from eval.statistics import Confidence

FEW = Confidence(resamples=200)
JUDGING = Judging(items=30, repeats=2, limit=0.2)


def silent(doing: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


async def check(labelled: LabelledSet, judging: Judging = JUDGING, **scorers: Scorer) -> SetCheck:
    found = await check_set(labelled, scorers, judging, FEW, silent)
    assert found is not None
    return found


def metric(found: SetCheck, name: str) -> MetricCheck:
    return next(each for each in found.metrics if each.name == name)


async def test_metrics_of_the_family_are_set_beside_the_test_half() -> None:
    labelled = answered(400)
    found = await check(labelled, token_recall=recall(), k_precision_gold=Scorer(None), recall_at_4=Scorer(None))
    assert [each.name for each in found.metrics] == ["token_recall"]
    assert found.answers == sum(row.half == "test" for row in labelled.rows)
    assert found.clusters == len({row.cluster for row in labelled.rows if row.half == "test"})
    agreed = metric(found, "token_recall").agreement
    assert agreed.auroc.value is not None
    assert 0.7 < agreed.auroc.value < 0.9
    assert agreed.balanced_accuracy.value == pytest.approx(agreed.auroc.value)  # all or nothing is recalled here


async def test_an_empty_test_half_has_nothing_to_show() -> None:
    dev = tuple(row for row in answered(40).rows if row.half == "dev")
    assert await check_set(LabelledSet("made", "correctness", dev), {}, JUDGING, FEW, silent) is None


async def test_a_refusal_is_not_correct_and_neither_faithful_nor_unfaithful() -> None:
    refused = [row.model_copy(update={"response": "I don't know."}) for row in answered(40).rows]
    found = await check(LabelledSet("made", "correctness", tuple(refused)), token_recall=recall())
    assert found.refusals == found.answers
    assert found.refusals_approved == found.approved
    assert metric(found, "token_recall").agreement.n == found.answers
    assert "counted as incorrect" in notes(found)[0]
    update: dict[str, Any] = {"family": "faithfulness", "evidence": ("It is so.",), "references": ()}
    claims = tuple(row.model_copy(update=update) for row in refused)
    found = await check(LabelledSet("made", "faithfulness", claims), k_precision_gold=Scorer(lambda **_: 1.0))
    assert metric(found, "k_precision_gold").abstained == found.answers
    assert metric(found, "k_precision_gold").agreement.n == 0


async def test_labels_of_one_class_are_said_to_tell_nothing() -> None:
    found = await check(answered(60, right=lambda n: True), token_recall=recall(), judged_accuracy=Scorer(_good))
    row = agreement_table(found).rows[0]
    assert (row[2], row[4]) == ("–", "–")
    told = " ".join(notes(found))
    assert "cannot be told: all labels are positive. On the right side of the threshold: token_recall 0." in told
    assert "judged_accuracy: whether it is better than a metric without a model cannot be told." in told


def _good(user_input: str, response: str, reference: str) -> float:
    return float(int(user_input.split()[-1]) % 2 == 0)


async def test_figures_of_a_handful_of_answers_are_said_to_tell_nothing() -> None:
    rows = tuple(row.model_copy(update={"cluster": "one"}) for row in answered(2, right=lambda n: n == 0).rows)
    assert {row.half for row in rows} == {"test"}
    found = await check(
        LabelledSet("made", "correctness", rows), exact_match=Scorer(lambda **given: "node" in given["response"])
    )
    assert metric(found, "exact_match").agreement.auroc.value == 1
    assert notes(found)[0].startswith("These figures tell nothing: they rest on 2 answers in 1 cluster,")
    assert "tell nothing" not in " ".join(notes(await check(answered(400), token_recall=recall())))


async def test_a_judge_that_is_better_is_called_so() -> None:
    judge = Scorer(_good)
    found = await check(answered(400), Judging(items=80, repeats=3), token_recall=recall(), judged_accuracy=judge)
    judged = metric(found, "judged_accuracy")
    assert judged.agreement.auroc.value == 1
    assert judged.agreement.n == 240
    assert judged.against is not None
    assert judged.against.difference.above_zero
    assert "judged_accuracy: better than token_recall, on the same answers: AUROC +0." in " ".join(notes(found))
    assert judged.spread == 0


async def test_a_judge_that_guesses_is_called_no_better_than_the_best_free_metric() -> None:
    generator = random.Random(1)
    guesses = Scorer(lambda **_: generator.random())
    found = await check(answered(400), token_recall=recall(), exact_match=exact(), judged_accuracy=guesses)
    judged = metric(found, "judged_accuracy")
    assert judged.against is not None
    assert judged.against.rival == "token_recall"
    assert "worse than token_recall, which needs no model" in " ".join(notes(found))
    assert judged.spread == pytest.approx(0.2, abs=0.1)  # the best of two guesses


async def test_a_judge_is_asked_about_a_random_sample_in_shuffled_order() -> None:
    labelled = answered(400)
    one, two = Scorer(_good), Scorer(_good)
    for judge in (one, two):
        await check(labelled, token_recall=recall(), judged_accuracy=judge)
    asked = [each["user_input"] for each in one.asked]
    assert asked == [each["user_input"] for each in two.asked]  # repeatable
    assert len(set(asked)) == 30
    assert len(asked) == 30 * 2 * 2  # repeats, references
    in_file = [row.user_input for row in labelled.rows]
    assert sorted(asked, key=in_file.index) != asked


async def test_the_evidence_is_shown_to_a_judge_in_shuffled_order() -> None:
    evidence = tuple(f"piece {number}" for number in range(6))
    update: dict[str, Any] = {"family": "faithfulness", "evidence": evidence, "references": ()}
    rows = tuple(row.model_copy(update=update) for row in answered(60).rows)
    judge = Scorer(lambda **_: 1.0)
    await check(LabelledSet("made", "faithfulness", rows), judged_faithfulness_gold=judge)
    orders = {tuple(each["reference_contexts"]) for each in judge.asked}
    assert len(orders) > 10
    assert all(sorted(order) == sorted(evidence) for order in orders)


@pytest.mark.parametrize(
    "says",
    [lambda **_: float("nan"), lambda **_: "rather good", lambda **_: None, lambda **_: [][0]],
    ids=["nan", "words", "none", "error"],
)
async def test_a_judge_that_answers_nonsense_fails_alone(says: Any) -> None:
    found = await check(answered(200), token_recall=recall(), judged_accuracy=Scorer(says))
    judged = metric(found, "judged_accuracy")
    assert (judged.agreement.n, judged.failed) == (0, 60)
    assert judged.against is None
    told = " ".join(notes(found))
    assert "judged_accuracy failed 60 times" in told
    assert "cannot be told" in told
    assert metric(found, "token_recall").agreement.auroc.value is not None
    assert agreement_table(found).rows[1][2] == "–"


async def test_a_judge_that_never_answers_is_given_up() -> None:
    judge = Scorer(None)
    started = time.perf_counter()
    plan = Judging(items=100, repeats=3, limit=0.2, concurrency=4)
    found = await check(answered(400), plan, token_recall=recall(), judged_accuracy=judge)
    assert time.perf_counter() - started < 5  # 300 verdicts of 0.2 s, four at a time, would take 15
    assert GIVE_UP <= len(judge.asked) < GIVE_UP + 4
    judged = metric(found, "judged_accuracy")
    assert (judged.failed, judged.reason) == (300, "took more than 0.2 s")


async def test_a_judge_that_fails_now_and_then_is_asked_to_the_end() -> None:
    generator = random.Random(3)
    judge = Scorer(lambda **_: 1.0 if generator.random() < 0.7 else float("nan"))
    found = await check(answered(400), token_recall=recall(), judged_accuracy=judge)
    judged = metric(found, "judged_accuracy")
    assert judged.agreement.n + judged.failed == 60
    assert judged.agreement.n > 30


async def test_what_a_library_says_of_a_failure_does_not_break_the_page() -> None:
    def fail(**_: Any) -> float:
        raise ValueError("<failed>\n\n| 1 |\n" + "x" * 1000)

    found = await check(answered(200), judged_accuracy=Scorer(fail))
    told = next(note for note in notes(found) if "failed 60 times" in note)
    assert "\n" not in told
    assert len(told) < 250
    assert "<failed>" not in sections([found])


async def test_the_tables() -> None:
    found = await check(answered(400), token_recall=recall(), exact_match=exact())
    assert heading(found).startswith("made: correctness of ")
    table = agreement_table(found)
    assert [row[0] for row in table.rows] == ["token_recall", "exact_match"]
    assert table.rows[0][3] == "0.66"
    assert " to " in table.rows[0][2]
    assert reliability_table(found).rows == []  # which is of the headline metric
    headline = await check(answered(400), correctness=Scorer(correctness))
    bins = reliability_table(headline).rows
    assert [row[0] for row in bins] == ["0.0 to 0.1", "0.9 to 1.0"]
    text = sections([found, found])
    assert text.count("### made") == 2
    assert text.count("| token_recall |") == 2


def test_the_test_half_is_about_half() -> None:
    rows: tuple[Labelled, ...] = answered(2000).rows
    assert 800 < sum(row.half == "test" for row in rows) < 1200
