"""Which right answers are surely right where references are sentences, in which another name is not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from corpora.model import Question
from eval.metrics.bare_answers import is_sentence
from eval.metrics.contradiction import contradicts
from eval.metrics.courtesies import without_courtesies
from eval.metrics.lexical import content_terms, rouge_l, terms, token_recall, with_parts
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.metrics.support import support
from eval.trial import Trial

REWORDED = 0.25
"""Correctness from which an answer may say in other words what its reference says. Right answers that are reworded
freely hold a third to a half of the words of a sentence."""

NEAR_COPY = 0.85
"""ROUGE-L from which an answer is the reference, or its evidence, but for a word or two: eight words with one in the
place of another have .875. Of such a copy faithfulness sees names and numbers, and not that "treasurer" was "warden".
"""

NEARER = 0.1
"""By how much more, in ROUGE-L, right answers have to resemble their references for being worded more like them. Who
is trained on the references' style has .2 or more than who is not; systems of one style differ by .02.
"""


class OfSentence(NamedTuple):
    """What is known of one answer.

    Attributes:
        surely: that it is right.
        reworded: it does not count as right, and may be in other words.
        likeness: how like its reference a right answer is worded, 0 to 1; None of others, and where the reference is no
            sentence.
    """

    surely: bool
    reworded: bool = False
    likeness: float | None = None


def of_sentence(question: Question, trial: Trial, right: bool) -> OfSentence:
    """Of one trial of a question that has an answer; `right` says whether it counts.

    Beside a sentence whoever repeats it with another name in it counts as right, and who says it in quite other words
    does not. Surely right is what holds a whole sentence, or what the evidence bears out. Where there is a bare answer
    too, that decides (`eval.metrics.bare_answers.deciding`).
    """
    rights, answer = question.right_answers, trial.answer
    if answer is None or not all(map(is_sentence, rights)):
        return OfSentence(right)
    said = without_courtesies(answer.response) or answer.response
    if not right:
        return OfSentence(surely=False, reworded=not trial.abstained and _may_be_reworded(rights, trial, said))
    whole = any(token_recall(each, said) == 1 for each in rights)
    surely = whole or _is_borne_out(question, trial, said)
    return OfSentence(surely, likeness=max(rouge_l(each, said) for each in rights))


def _may_be_reworded(rights: Sequence[str], trial: Trial, said: str) -> bool:
    score = trial.scores.get(CORRECTNESS)
    enough = score is not None and (score.value or 0.0) >= REWORDED
    return enough and not all(contradicts(each, said) for each in rights)


def _is_borne_out(question: Question, trial: Trial, said: str) -> bool:
    """By the evidence; by the right answers themselves where none is quoted. Not where one word of a near copy stands
    in the place of another, whatever else is borne out.
    """
    if _replaces_a_word(question, said):
        return False
    score = trial.scores.get(FAITHFULNESS)
    value = score.value if score else None
    if value is None:
        value = support(question.right_answers, said)
    return METRICS[FAITHFULNESS].says_yes(value)


def _replaces_a_word(question: Question, said: str) -> bool:
    """Whether a near copy lacks a word of every reference and has one that is in none of the texts it copies."""
    texts = (*question.right_answers, *(each.text for each in question.reference_contexts))
    if all(rouge_l(text, said) < NEAR_COPY for text in texts):
        return False
    known, told = (with_parts(terms(text)) for text in ("\n".join(texts), said))
    has_another = any(term not in known for term in content_terms(said))
    return has_another and all(any(term not in told for term in content_terms(each)) for each in question.right_answers)


def is_nearer(likeness: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether right answers of one pipeline are worded more like their references than another's, both by question id;
    so too where the other has none, of which nothing is known.
    """
    if not likeness or not other:
        return bool(likeness)
    return sum(likeness.values()) / len(likeness) > sum(other.values()) / len(other) + NEARER
