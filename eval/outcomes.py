"""Whether a trial counts as right: the one yes/no that is made of its scores."""

from __future__ import annotations

from corpora.model import Question
from eval.metrics.registry import CORRECTNESS
from eval.trial import Trial

RIGHT = 0.5
"""An answer counts as right when it holds half of the reference's words."""


def is_right(question: Question, trial: Trial) -> bool:
    """An answer that is correct enough, or a refusal where there is no answer; a failure is never right."""
    if trial.answer is None:
        return False
    if not question.answerable:
        return trial.abstained
    score = trial.scores.get(CORRECTNESS)
    return score is not None and score.value is not None and score.value >= RIGHT
