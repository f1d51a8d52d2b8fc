"""What one answer's score may lack: for its length, for how it says what is right, as a refusal, or as a failure."""

from __future__ import annotations

from typing import Literal, NamedTuple

from corpora.model import Question
from eval.metrics.abstention import declines
from eval.metrics.bare_answers import deciding
from eval.metrics.beside_a_bound import may_be_right_beside_a_bound
from eval.metrics.beside_none import may_be_right_beside_none
from eval.metrics.contradiction import contradicts_perhaps
from eval.metrics.correctness import correctness, correctness_at_any_length
from eval.metrics.in_a_sentence import (
    may_be_right_beside_a_predicate,
    may_be_right_in_a_sentence,
    may_deny_in_its_words,
)
from eval.metrics.lexical import brevity, length, tokens
from eval.metrics.no_limit import may_give_no_limit
from eval.metrics.own_words import tells_most
from eval.metrics.recall import coverage
from eval.metrics.registry import RIGHT
from eval.metrics.terse import may_be_right
from eval.metrics.yes_no import may_be_right_alone
from eval.no_answer import reads_as_none
from eval.outcomes import gives_nothing_asked
from pipelines.contract import Answer

COPIED = 0.9
"""The share of an answer's words that stand in one text, in their order, from which it is called copied."""

MOST = 0.5
"""The share of that text which a copy has at least: a sentence or two that are quoted from it are no copy."""

BEYOND = 20
"""Words, about a sentence."""

Why = Literal["too_long", "too_short", "in_a_sentence", "denying", "like_refusals", "cut_off", "failed"]
"""It is too long, has too few words, says neither the yes nor the no that is all of the reference, is taken for a
denial of it, reads like a refusal, was cut off before it said anything, or never came.
"""


class Lacking(NamedTuple):
    """For one of these reasons, and no more than the answer has not earned.

    Attributes:
        share: 0 to 1.
        uncounted: whether it does not count as right, and would, or may be.
    """

    share: float = 0.0
    uncounted: bool = False
    why: Why = "too_long"


def what_may_lack(question: Question, answer: Answer | None, usual: frozenset[str]) -> Lacking:
    """What an answer may lack that is too long or too short to count whole, or reads like a refusal; of a failure all:
    an engine that is down says nothing of what would have been answered, nor does reasoning that was cut off.

    Args:
        usual: what its pipeline says whatever it is asked (`usual_words`).
    """
    if not question.right_answers:
        return Lacking()
    if answer is None:
        return Lacking(1.0, True, "failed")
    if not answer.response and answer.finish_reason == "length":
        return Lacking(1.0, True, "cut_off")
    if declines(answer.response, question.right_answers):
        tells = _tells(question, answer) or any(map(reads_as_none, question.right_answers))
        return Lacking(float(tells), tells, "like_refusals")  # refusals have earned 0
    return _of_reply(question, answer, usual)


def _of_reply(question: Question, answer: Answer, usual: frozenset[str]) -> Lacking:
    """What it loses by `brevity`, or all that it lacks where it may be right and has too few words of its reference,
    says neither yes nor no, or is taken for a denial.

    Who is too long for every reference is not too short, though a disclaimer may be all of that length.
    """
    as_long, rights = _for_its_length(question, answer), deciding(question.right_answers, answer.response)
    too_long = all(_is_too_long(right, answer.response) for right in rights)
    if as_long.uncounted or (too_long and _is_copy(question, answer)):
        return as_long
    counted, response = max(correctness(right, answer.response) for right in rights), answer.response
    if counted < RIGHT and _may_be_too_short(question, response, usual):
        return Lacking(1 - counted, uncounted=True, why="too_long" if too_long else "too_short")
    if counted < RIGHT and (whole := _if_it_denies_nothing(question, response)) >= RIGHT:
        return Lacking(whole - counted, uncounted=True, why="denying")
    is_right = counted >= RIGHT and not gives_nothing_asked(question, response)
    if not is_right and may_be_right_in_a_sentence(question.user_input, rights, response, usual):
        return Lacking(1 - counted, uncounted=True, why="too_long" if too_long else "in_a_sentence")
    return as_long


def _for_its_length(question: Question, answer: Answer) -> Lacking:
    """What an answer loses by `brevity`, and whether it would count as right without."""
    rights, response = deciding(question.right_answers, answer.response), answer.response
    if not any(_is_too_long(right, response) for right in rights) or _is_copy(question, answer):
        return Lacking()
    whole = max(correctness_at_any_length(right, response) for right in rights)
    counted = max(correctness(right, response) for right in rights)
    right_but_for_it = counted < RIGHT <= whole and not gives_nothing_asked(
        question, response, correctness_at_any_length
    )
    return Lacking(whole - counted, right_but_for_it)


def _if_it_denies_nothing(question: Question, response: str) -> float:
    """The correctness of what is taken for a denial and may be none, were it none; 0 where it contradicts otherwise."""
    if gives_nothing_asked(question, response, coverage):
        return 0.0
    rights, asked = deciding(question.right_answers, response), question.user_input
    perhaps = (right for right in rights if contradicts_perhaps(right, response, asked))
    return max((coverage(right, response) for right in perhaps), default=0.0)


def _may_be_too_short(question: Question, response: str, usual: frozenset[str]) -> bool:
    rights, asked = deciding(question.right_answers, response), question.user_input
    return (
        any(may_be_right(asked, right, response, usual) for right in rights)
        or may_be_right_alone(asked, rights, response, usual)
        or may_be_right_beside_a_predicate(asked, rights, response)
        or may_be_right_beside_none(asked, rights, response)
        or any(may_give_no_limit(asked, right, response) for right in rights)
        or any(may_be_right_beside_a_bound(right, response) for right in rights)
    )


def _is_too_long(reference: str, response: str) -> bool:
    return brevity(reference, response) < 1


def _tells(question: Question, answer: Answer) -> bool:
    """Whether a reply that reads like a refusal holds most of what a right answer adds to the question, or may say no
    in the question's words.
    """
    asked, response = question.user_input, answer.response
    told = any(tells_most(asked, right, response) for right in question.right_answers)
    return (told or may_deny_in_its_words(asked, response)) and not _is_copy(question, answer)


def copies_a_passage(question: Question, answer: Answer | None) -> bool:
    """Whether an answer is one of the passages that were shown, or half of one, and by `BEYOND` words longer than every
    right answer: whoever finds the place has found the answer, and not given it.
    """
    if answer is None or length(answer.response) <= max(map(length, question.right_answers)) + BEYOND:
        return False
    return any(_copied(each.text, answer.response) for each in answer.retrieved_contexts)


def _is_copy(question: Question, answer: Answer) -> bool:
    """Whether an answer is copied from what was shown, or from the evidence."""
    shown = [each.text for each in answer.retrieved_contexts]
    texts = {*shown, "\n".join(shown), *(each.text for each in question.reference_contexts)}
    return any(_copied(text, answer.response) for text in texts)


def _copied(text: str, response: str) -> bool:
    from rapidfuzz.distance import LCSseq

    words, said = tokens(text), tokens(response)
    common = LCSseq.similarity(words, said)
    return common >= COPIED * len(said) and common >= MOST * len(words)
