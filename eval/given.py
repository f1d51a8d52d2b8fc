"""Which answer a reply gives once the documents have changed: the new one, the old one, or neither.

A reply gives a reference when it reaches the threshold of the metric by which pipelines are ranked, and holds more of
its words than of the other reference's; a new and an old answer often share words ("95 seconds", "140 seconds"). One
that holds both as well as each other gives neither: nobody could tell from it what holds now. One that says no
more than the reference and does not reach the threshold ("140 seconds", where that is a sentence) is judged by the
words in which the two differ.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from corpora.model import Question
from eval.metrics.abstention import declines
from eval.metrics.contradiction import contradicts
from eval.metrics.correctness import correctness
from eval.metrics.lexical import token_recall
from eval.metrics.terse import says_no_more, share_of_own
from eval.trial import Trial

Outcome = Literal["new", "old", "neither"]


def outcome(trial: Trial, before: Question | None, after: Question, threshold: float) -> Outcome:
    """Which reference an answer gives."""
    new = nearness(trial, after, token_recall)
    old = nearness(trial, before, token_recall) if before is not None else 0.0
    if new > old and nearness(trial, after) >= threshold:
        return "new"
    if before is not None and old > new and nearness(trial, before) >= threshold:
        return "old"
    return _of_what_differs(trial, before, after, threshold) if before is not None else "neither"


def holds_more_of_old(trial: Trial, before: Question | None, after: Question) -> bool:
    """Whether an answer holds more of the old reference's words than of the new one's; never without an old one."""
    return before is not None and nearness(trial, before, token_recall) > nearness(trial, after, token_recall)


def _of_what_differs(trial: Trial, before: Question, after: Question, threshold: float) -> Outcome:
    """Which reference an answer gives that says no more than it, and does not contradict it."""
    if before.reference is None or after.reference is None:
        return "neither"

    def held(question: Question, other: Question) -> float:
        def share(right: str, response: str) -> float:
            if not says_no_more(right, response) or contradicts(right, response):
                return 0.0
            return share_of_own(right, other.right_answers, after.user_input, response)

        return nearness(trial, question, share)

    new, old = held(after, before), held(before, after)
    if new == old or max(new, old) < threshold:
        return "neither"
    return "new" if new > old else "old"


def nearness(trial: Trial, question: Question, measure: Callable[[str, str], float] = correctness) -> float:
    """How well an answer gives a question's reference, 0 to 1: the best value over the right references.

    Where there is no reference, a refusal is right. A failure is never right.
    """
    if trial.answer is None:
        return 0.0
    refused = declines(trial.answer.response, question.right_answers)
    if question.reference is None or refused:
        return float(refused and question.reference is None)
    return max(measure(reference, trial.answer.response) for reference in question.right_answers)
