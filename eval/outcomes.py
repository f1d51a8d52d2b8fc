"""Whether a trial counts as right: the one yes/no that is made of its scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corpora.model import Question
from eval.metrics.registry import CORRECTNESS, METRICS
from eval.trial import Trial


def is_right(question: Question, trial: Trial) -> bool:
    """Correctness at its threshold, or a refusal where there is no answer; a failure is never right."""
    if trial.answer is None:
        return False
    if not question.answerable:
        return trial.abstained
    score = trial.scores.get(CORRECTNESS)
    return score is not None and METRICS[CORRECTNESS].says_yes(score.value)


def rightness(questions: Sequence[Question]) -> Callable[[Trial], bool | None]:
    """`is_right` for trials of questions that have an answer, None for those of others: a refusal is no right answer
    that anybody would pay for.
    """
    asked = {question.id: question for question in questions if question.answerable}

    def right(trial: Trial) -> bool | None:
        question = asked.get(trial.question_id)
        return None if question is None else is_right(question, trial)

    return right
