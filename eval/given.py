"""Which answer a reply gives once the documents have changed: the new one, the old one, or neither.

A reply gives a reference when it reaches the threshold of the metric by which pipelines are ranked, and holds more of
its words than of the other reference's; a new and an old answer often share words ("95 seconds", "140 seconds"). Where
it holds as much of both, the words that only one of them has decide ("GPUs and CPUs", "GPUs, CPUs and TPUs"); a reply
that holds those of both gives neither, since nobody could tell from it what holds now. They decide too where a
reply says no more than the reference and does not reach the threshold ("140 seconds", where that is a sentence).
What is too long to count as right still gives an old answer: its length makes it no less stale.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from corpora.model import Question
from eval.metrics.abstention import declines
from eval.metrics.contradiction import contradicts, with_plain_denials
from eval.metrics.correctness import correctness, correctness_at_any_length
from eval.metrics.lexical import token_recall
from eval.metrics.terse import says_no_more, share_of_own
from eval.trial import Trial

Outcome = Literal["new", "old", "neither"]
Measure = Callable[[str, str], float]
"""How well a response, the second, gives a reference, 0 to 1."""


def outcome(trial: Trial, before: Question | None, after: Question, threshold: float) -> Outcome:
    """Which reference an answer gives; without a question before, there is no old one."""
    if before is None:
        return "new" if nearness(trial, after) >= threshold else "neither"
    new, old = _held(trial, after, before), _held(trial, before, after)
    if new > old and nearness(trial, after, _plain(correctness)) >= threshold:
        return "new"
    if old > new and _is_stale(trial, before, after, threshold):
        return "old"
    if before.reference is None:  # as of a new question: there is nothing to tell few words from
        return "neither"
    new_own, old_own = (_own(trial, *pair, says_no_more) for pair in ((after, before), (before, after)))
    if new_own == old_own or max(new_own, old_own) < threshold:
        return "neither"
    return "new" if new_own > old_own else "old"


def holds_more_of_old(trial: Trial, before: Question | None, after: Question) -> bool:
    """Whether an answer holds more of the old reference's words than of the new one's; never without an old one."""
    return before is not None and _recalled(trial, before) > _recalled(trial, after)


def gives_both(trial: Trial, before: Question | None, after: Question, threshold: float) -> bool:
    """Whether an answer gives the new reference and the old one as well: "140 seconds (formerly 95 seconds)"."""
    return before is not None and all(
        _recalled(trial, one) >= threshold and _own(trial, one, other) >= threshold
        for one, other in ((after, before), (before, after))
    )


def nearness(trial: Trial, question: Question, measure: Measure = correctness) -> float:
    """How well an answer gives a question's reference, 0 to 1: the best value over the right references.

    Where there is no reference, a refusal is right. A failure is never right.
    """
    if trial.answer is None:
        return 0.0
    refused = declines(trial.answer.response, question.right_answers)
    if question.reference is None or refused:
        return float(refused and question.reference is None)
    return max(measure(reference, trial.answer.response) for reference in question.right_answers)


def _held(trial: Trial, question: Question, other: Question) -> tuple[float, float]:
    """What an answer holds of a reference: the share of its words, then of those that the other one has not."""
    return _recalled(trial, question), _own(trial, question, other)


def _recalled(trial: Trial, question: Question) -> float:
    return nearness(trial, question, _plain(token_recall))


def _own(
    trial: Trial, question: Question, other: Question, may_count: Callable[[str, str], bool] = lambda *_: True
) -> float:
    """Share of a reference's own words that an answer holds which does not contradict it, 0 to 1.

    Args:
        may_count: whether a response, the second, is one whose share counts for a reference.
    """

    def share(right: str, response: str) -> float:
        if not may_count(right, response) or contradicts(right, response):
            return 0.0
        others = [with_plain_denials(each) for each in other.right_answers]
        return share_of_own(right, others, question.user_input, response)

    return 0.0 if question.reference is None else nearness(trial, question, _plain(share))


def _is_stale(trial: Trial, before: Question, after: Question, threshold: float) -> bool:
    """Whether an answer gives the old reference, of however many words it is."""
    if nearness(trial, before, _plain(correctness)) >= threshold:
        return True
    at_any_length = nearness(trial, before, _plain(correctness_at_any_length))
    return at_any_length >= threshold and _own(trial, before, after) >= threshold


def _plain(measure: Measure) -> Measure:
    """The measure on texts in which "no longer", "cannot" and "isn't" are "not": what was allowed may be so no more."""
    return lambda reference, response: measure(with_plain_denials(reference), with_plain_denials(response))
