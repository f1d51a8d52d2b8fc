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


def rightness(questions: Sequence[Question]) -> Callable[[Trial], bool]:
    """`is_right` for trials of these questions."""
    asked = {question.id: question for question in questions}
    return lambda trial: is_right(asked[trial.question_id], trial)
