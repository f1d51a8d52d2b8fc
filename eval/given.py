"""Which answer a reply gives once the documents have changed: the new one, the old one, neither, or unclear.

A reply gives a reference when it reaches the threshold of the metric by which pipelines are ranked, and holds more of
its words than of the other reference's; a new and an old answer often share words ("95 seconds", "140 seconds"). Where
it holds as much of both, the words that only one of them has decide ("GPUs and CPUs", "GPUs, CPUs and TPUs"), if they
stand where the rest of it does and nothing is denied there. They decide too where a reply says no more than the
reference and does not reach the threshold ("140 seconds", where that is a sentence).
A reply that holds words of both references in any other way is unclear, since nobody could tell from its words what
holds now: "140 seconds, formerly 95", or "GPUs, CPUs and others" where "and TPUs from May" was added. So is one that
drops or excepts something by words that the reference lacks, and a refusal that tells what was withdrawn
(`eval.dropping`).
What is too long to count as right still gives an old answer: its length makes it no less stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from corpora.model import Question
from eval.dropping import drops, refuses_and_tells
from eval.metrics.abstention import declines
from eval.metrics.bare_answers import deciding
from eval.metrics.contradiction import contradicts, with_plain_denials
from eval.metrics.correctness import correctness, correctness_at_any_length
from eval.metrics.lexical import holds_phrase, tokens
from eval.metrics.recall import token_recall
from eval.metrics.terse import says_no_more, share_of_own
from eval.metrics.word_lists import NEGATORS
from eval.metrics.yes_no import said_alone
from eval.outcomes import gives_nothing_asked
from eval.trial import Trial

Outcome = Literal["new", "old", "neither"]
Unclear = Literal["unclear"]

_CLAUSE = r"(?<=[.!?])\s+|(?<=[。！？])|[;；()（）\[\]—\n]|\b(?:but|however|although|though|while|whereas)\b"
_CLAUSE_END = re.compile(_CLAUSE, re.IGNORECASE)
_CLAUSE_END_OR_COMMA = re.compile(rf"{_CLAUSE}|,(?!\d)|，", re.IGNORECASE)
_ITEM = re.compile(r"(?:^|\n)\s*(?:[-*•]|\d+[.)])\s+")
Measure = Callable[[str, str], float]
"""How well a response, the second, gives a reference, 0 to 1."""


def outcome(trial: Trial, before: Question | None, after: Question, threshold: float) -> Outcome | Unclear:
    """Which reference an answer gives, or that its words do not tell. A new question has none before."""
    if before is None or trial.answer is None:
        return "new" if gives(trial, after, threshold, _plain(correctness)) else "neither"
    told, response = _by_words(trial, before, after, threshold), trial.answer.response
    if told == "new" and after.reference is None:
        return "unclear" if refuses_and_tells(response, before) else "new"
    given, other = (after, before) if told == "new" else (before, after)
    may_turn = told in ("new", "old") or after.reference is None  # who says that it is no longer so may be right then
    return "unclear" if may_turn and drops(response, given, other) else told


def _by_words(trial: Trial, before: Question, after: Question, threshold: float) -> Outcome | Unclear:
    """Which reference an answer gives by the words that it shares with the two."""
    is_new = gives(trial, after, threshold, _plain(correctness))
    new, old = _recalled(trial, after), _recalled(trial, before)
    is_old = _is_stale(trial, before, after, threshold)
    if new == old and (is_new or is_old):
        return _of_a_tie(trial, before, after, is_old, threshold)
    own_new, own_old = _own(trial, after, before), _own(trial, before, after)
    if new > old and is_new:
        return "new" if own_old <= own_new and own_old < threshold else "unclear"
    if old > new and is_old:
        return "old" if own_new <= own_old and own_new < threshold else "unclear"
    if min(own_new, own_old) >= threshold:
        return "unclear"
    return _of_few_words(trial, before, after, threshold)


def holds_more_of_old(trial: Trial, before: Question | None, after: Question) -> bool:
    """Whether an answer, or a refusal, holds more of the old reference's words than of the new one's; never without an
    old one.
    """
    if trial.answer is None or before is None:
        return False
    response, recall = trial.answer.response, _plain(token_recall)
    old, new = (max((recall(each, response) for each in of.right_answers), default=0.0) for of in (before, after))
    return old > new


def gives(trial: Trial, question: Question, threshold: float, measure: Measure = correctness) -> bool:
    """Whether an answer reaches the threshold by more than the question's own words."""
    if trial.answer is None or nearness(trial, question, measure) < threshold:
        return False
    return not gives_nothing_asked(question, trial.answer.response, measure, threshold)


def nearness(trial: Trial, question: Question, measure: Measure = correctness) -> float:
    """How well an answer gives a question's reference, 0 to 1: the best value over the right references.

    Where there is no reference, a refusal is right. A failure is never right.
    """
    if trial.answer is None:
        return 0.0
    refused = declines(trial.answer.response, question.right_answers)
    if question.reference is None or refused:
        return float(refused and question.reference is None)
    response = trial.answer.response
    return max(measure(reference, response) for reference in deciding(question.right_answers, response))


def _of_a_tie(trial: Trial, before: Question, after: Question, is_old: bool, threshold: float) -> Outcome | Unclear:
    """Which reference an answer gives that holds as much of both: the one with words of its own, if told at once; where
    there are none, the one that it does not contradict. A new one counts only if it is not too long.
    """
    new, old = _own(trial, after, before), _own(trial, before, after)
    is_new = gives(trial, after, threshold, _plain(correctness_at_any_length))
    if new == old == 0:
        given: Outcome = "neither" if is_new == is_old else "new" if is_new else "old"
    elif new > old and is_new and _tells_at_once(trial, after, before):
        given = "new"
    elif old > new and is_old and _tells_at_once(trial, before, after):
        given = "old"
    else:
        return "unclear"
    counts = given == "old" or nearness(trial, after, _plain(correctness)) >= threshold
    return given if counts else "neither"


def _tells_at_once(trial: Trial, given: Question, other: Question) -> bool:
    """Whether a part of an answer gives all that the whole does of a reference, and denies no more than that does; and
    no part gives the other one without what is added to it: "GPUs and CPUs. TPUs are not supported."
    """
    references = (*given.right_answers, *other.right_answers)
    listing = any(mark in each for each in references for mark in ",，、")

    def telling(right: str, response: str) -> list[str]:
        whole = token_recall(right, response)
        return [part for part in _parts(response, listing) if token_recall(right, part) >= whole]

    def at_once(right: str, response: str) -> float:
        return float(any(_negators(part) == _negators(right) for part in telling(right, response)))

    def apart(right: str, response: str) -> float:
        return float(any(not _adds(part, given, other) for part in telling(right, response)))

    return nearness(trial, given, _plain(at_once)) == 1 and nearness(trial, other, _plain(apart)) == 0


def _adds(part: str, given: Question, other: Question) -> bool:
    """Whether a part of an answer holds a word that only one of two references has."""
    others = [with_plain_denials(each) for each in other.right_answers]
    own = (share_of_own(with_plain_denials(each), others, given.user_input, part) for each in given.right_answers)
    return any(own)


def _parts(response: str, listing: bool) -> list[str]:
    """Sentences and clauses; with `listing`, commas part no clauses, nor do the items of a list in Markdown."""
    parts = _CLAUSE_END.split(_ITEM.sub(", ", response)) if listing else _CLAUSE_END_OR_COMMA.split(response)
    return [part for part in parts if part.strip()]


def _negators(text: str) -> int:
    return sum(word in NEGATORS for word in tokens(text))


def _of_few_words(trial: Trial, before: Question, after: Question, threshold: float) -> Outcome | Unclear:
    """Which reference an answer gives that says no more than it, by the words that the other one has not."""
    if before.reference is None:  # as of a new question: there is nothing to tell few words from
        return "neither"
    new, old = (_own(trial, *pair, says_no_more) for pair in ((after, before), (before, after)))
    if new == old or max(new, old) < threshold:
        return "unclear" if _says_yes_or_no_otherwise(trial, before, after) else "neither"
    return "new" if new > old else "old"


def _says_yes_or_no_otherwise(trial: Trial, before: Question, after: Question) -> bool:
    """Whether an answer may say yes or no in other words than the references: in a sentence where they are one of
    these alone, or with one of these alone where they are not.
    """
    if trial.answer is None or after.reference is None or declines(trial.answer.response, after.right_answers):
        return False
    rights = (*before.right_answers, *after.right_answers)
    return said_alone(trial.answer.response) is not None or all(said_alone(each) for each in rights)


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
    """Whether an answer gives the old reference. Of more words than count as right it must hold those that the new one
    has not, or all in a row where the answer was withdrawn: of so many words some are everybody's.
    """
    if gives(trial, before, threshold, _plain(correctness)):
        return True
    if after.reference is None:
        return nearness(trial, before, holds_phrase) == 1
    at_any_length = gives(trial, before, threshold, _plain(correctness_at_any_length))
    return at_any_length and _own(trial, before, after) >= threshold


def _plain(measure: Measure) -> Measure:
    """The measure on texts in which "no longer", "cannot" and "isn't" are "not": what was allowed may be so no more."""
    return lambda reference, response: measure(with_plain_denials(reference), with_plain_denials(response))
