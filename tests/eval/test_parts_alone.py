"""A score pays for parts of wrong answers too: who is ahead by these alone is not called better."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from eval_fakes import Config, FakePipeline, manifest, question, reply, trial

from corpora.model import Question
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS
from eval.options import EvaluationOptions
from eval.prices import Prices
from eval.summary import Summary, summarise
from eval.table import difference_table
from eval.trial import Score, Trial

N = 60
TOLD = "The harbour keeps its logs in cold storage for {} days."
STORED = [question(n).model_copy(update={"reference": TOLD.format(n)}) for n in range(N)]
REFUSAL = "I do not know."


def told(name: str, questions: Sequence[Question], texts: Sequence[str], seconds: float) -> list[Trial]:
    return [
        trial(
            name,
            each.id,
            answer=reply(text),
            machine_seconds=seconds,
            abstained=text == REFUSAL,
            scores={CORRECTNESS: Score(value=correctness(each.reference or "", text), status="scored")},
        )
        for each, text in zip(questions, texts, strict=True)
    ]


def bake_off(liar: int, honest: int, prices: Prices | None = None) -> Summary:
    """Both are right on their first questions; then one says a wrong number, and the other that it does not know, for
    twice as much.
    """
    wrong = [TOLD.format(n if n < liar else 999) for n in range(N)]
    silent = [TOLD.format(n) if n < honest else REFUSAL for n in range(N)]
    config = Config(evaluation=EvaluationOptions(resamples=300), cost=prices or Prices())
    head = manifest(STORED, {name: FakePipeline(name, str) for name in ("liar", "honest")}, config)
    given = [*told("liar", STORED, wrong, 1.0), *told("honest", STORED, silent, 2.0)]
    return summarise(head, STORED, given)


@pytest.mark.parametrize(("liar", "honest"), [(30, 30), (30, 34)])
def test_who_is_ahead_by_parts_of_wrong_answers_is_not_the_most_correct(liar: int, honest: int) -> None:
    found = bake_off(liar, honest)
    scores = found.difference(CORRECTNESS, "liar", "honest")
    assert scores
    assert scores.differs_in_score(0.95)
    assert not scores.differs(0.95)
    assert (found.verdict.leaders, found.verdict.clear) == (("liar", "honest"), False)
    said = "But liar scores higher than honest for parts of right answers: in right answers the difference is"
    assert said in found.verdict.headline
    assert not found.verdict.recommendation.clear


def test_of_two_that_cannot_be_told_apart_the_one_with_more_right_answers_is_taken() -> None:
    choice = bake_off(30, 31).verdict.recommendation
    assert (choice.pipeline, choice.clear) == ("honest", False)
    said = "none takes less to set up than honest, and of those that take as little none gives more right answers."
    assert said in choice.sentence


def test_no_price_makes_up_for_right_answers_that_are_clearly_fewer() -> None:
    """Equal scores, and half of the honest one's right answers, at half of its price."""
    found = bake_off(18, 36, Prices(machine_per_hour=3.6)).verdict
    assert found.headline.endswith("But honest gives more right answers than liar: +0.30 (+0.20 to +0.42).")
    choice = found.recommendation
    assert (choice.pipeline, choice.clear) == ("honest", False)
    assert "honest (0.60) gives more right answers than liar (0.30). At $" in choice.sentence
    assert choice.reasons[1].numbers["liar.cost.right"] == 0.3


def test_who_scores_higher_and_is_more_often_right_is_clear() -> None:
    found = bake_off(50, 20).verdict
    assert (found.leaders, found.clear) == (("liar",), True)
    assert found.recommendation.reasons[0].numbers["differences.correctness.liar − honest.right.low"] > 0.2


def test_tables_and_headline_say_the_same_of_them() -> None:
    found = [difference_table(each).rows[0] for each in (bake_off(30, 34), bake_off(50, 20), bake_off(18, 36))]
    in_doubt, clear, right_alone = found
    columns = difference_table(bake_off(30, 34)).columns
    assert [in_doubt[columns.index(each)] for each in ("Different", "More needed")] == ["in doubt", "–"]
    assert right_alone[columns.index("Different")] == "in doubt"
    assert in_doubt[columns.index("In right answers")].startswith("−0.07 (")
    assert [clear[columns.index(each)] for each in ("Different", "More needed")] == ["yes", "0"]
