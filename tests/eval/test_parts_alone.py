"""A score pays for parts of wrong answers too: who is ahead by these alone is not called better."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from eval_fakes import Config, FakePipeline, manifest, question, reply, trial

from corpora.model import Question
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS
from eval.options import EvaluationOptions
from eval.summary import Summary, summarise
from eval.table import difference_table
from eval.trial import Score, Trial

N = 60
TOLD = "The harbour keeps its logs in cold storage for {} days."
STORED = [question(n).model_copy(update={"reference": TOLD.format(n)}) for n in range(N)]
REFUSAL = "I do not know."


def told(name: str, questions: Sequence[Question], texts: Sequence[str]) -> list[Trial]:
    return [
        trial(
            name,
            each.id,
            answer=reply(text),
            abstained=text == REFUSAL,
            scores={CORRECTNESS: Score(value=correctness(each.reference or "", text), status="scored")},
        )
        for each, text in zip(questions, texts, strict=True)
    ]


def bake_off(liar: int, honest: int) -> Summary:
    """Both are right on their first questions; then one says a wrong number, and the other that it does not know."""
    wrong = [TOLD.format(n if n < liar else 999) for n in range(N)]
    silent = [TOLD.format(n) if n < honest else REFUSAL for n in range(N)]
    config = Config(evaluation=EvaluationOptions(resamples=300))
    head = manifest(STORED, {name: FakePipeline(name, str) for name in ("liar", "honest")}, config)
    return summarise(head, STORED, [*told("liar", STORED, wrong), *told("honest", STORED, silent)])


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
    choice = bake_off(30, 34).verdict.recommendation
    assert choice.pipeline == "honest"
    assert "none takes less to set up than honest, nor gives more right answers." in choice.sentence


def test_who_scores_higher_and_is_more_often_right_is_clear() -> None:
    found = bake_off(50, 20).verdict
    assert (found.leaders, found.clear) == (("liar",), True)
    assert found.recommendation.reasons[0].numbers["differences.correctness.liar − honest.right"] > 0.2


def test_tables_and_headline_say_the_same_of_them() -> None:
    in_doubt, clear = (difference_table(found).rows[0] for found in (bake_off(30, 34), bake_off(50, 20)))
    columns = difference_table(bake_off(30, 34)).columns
    assert [in_doubt[columns.index(each)] for each in ("Different", "More needed")] == ["in doubt", "–"]
    assert in_doubt[columns.index("In right answers")].startswith("−0.07 (")
    assert [clear[columns.index(each)] for each in ("Different", "More needed")] == ["yes", "0"]
