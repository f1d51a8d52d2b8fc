"""Which right answers are surely right where another name is not seen: beside references of several words, or of none
that the question lacks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from corpora.model import Question
from eval.metrics.asked import names_the_answer
from eval.metrics.claims import Claim, claims
from eval.metrics.contradiction import contradicts
from eval.metrics.correctness import correctness
from eval.metrics.courtesies import without_courtesies
from eval.metrics.lexical import content_terms, rouge_l, rouge_l_recall, terms, with_parts
from eval.metrics.own_words import own_words, tells_some
from eval.metrics.registry import FAITHFULNESS, METRICS, RIGHT
from eval.metrics.support import support
from eval.trial import Trial

SEVERAL = 4
"""Words, or Chinese characters, from which on a reference may be repeated with another name in it, and count: three of
four are still there.
"""

NEAR_COPY = 0.8
"""ROUGE-L from which an answer is the reference, or its evidence, but for a word or two: eight words with one in the
place of another have .875, ten with two .8. Of such a copy faithfulness sees names and numbers, and not that
"treasurer" was "warden".
"""

NEARER = 0.1
"""By how much more of their references, in their order (`rouge_l_recall`), answers have to hold for being worded more
like them. In bake-offs made up for it, who writes like the references held .12 to .51 more than who does not, and two
of one style differed by .1 at most.
"""


class OfSeveral(NamedTuple):
    """What is known of one answer.

    Attributes:
        surely: that it is right.
        reworded: it does not count as right, and may be in other words.
        likeness: how like such a reference it is worded, 0 to 1, if it is right or may be; None where there is none.
    """

    surely: bool
    reworded: bool = False
    likeness: float | None = None


def of_several(question: Question, trial: Trial, right: bool, always: frozenset[str] = frozenset()) -> OfSeveral:
    """Of one trial of a question that has an answer.

    Beside a reference of `SEVERAL` words whoever repeats it with another name in it counts as right, and who says it in
    quite other words does not. Surely right is what holds it whole and in its order, what the evidence bears out, and
    what is right beside a shorter one. Beside one whose words the question has all, whoever repeats the question counts
    as right, whatever else is named ("The audit-log topic carries the order events." beside "order-events"): there it
    is who names nothing else, spells it as it is, or is borne out by the evidence.

    Args:
        right: whether it counts.
        always: the words of most answers of its pipeline (`usual_words`), which tell nothing.
    """
    rights, answer = question.right_answers, trial.answer
    several = [each for each in rights if len(terms(each)) >= SEVERAL]
    echoed = all(_is_echoed(question.user_input, each) for each in rights)
    if answer is None or not (several or echoed):
        return OfSeveral(right)
    said = without_courtesies(answer.response) or answer.response
    if echoed:
        return OfSeveral(right and (_names_nothing_else(question, said) or _evidence_bears_out(trial) is True))
    told = any(tells_some(question.user_input, each, said, always) for each in several)
    reworded = not right and not trial.abstained and _may_be_reworded(several, trial, said, told)
    likeness = max(rouge_l_recall(each, said) for each in several) if right or reworded else None
    plain = any(correctness(each, said) >= RIGHT for each in rights if each not in several)
    whole = plain or any(_holds_whole(each, said) for each in several)
    return OfSeveral(right and (whole or _is_borne_out(question, trial, said)), reworded, likeness)


def _is_echoed(question: str, reference: str) -> bool:
    """Whether the question has all words of a reference, and asks neither for a yes or a no nor for one of several."""
    return bool(own_words("", reference)) and not own_words(question, reference) and not names_the_answer(question)


def _names_nothing_else(question: Question, said: str) -> bool:
    """Whether it has no word but the question's and the references', or one of these as it is spelled, which the
    question does not.
    """
    known = frozenset(with_parts(terms("\n".join((question.user_input, *question.right_answers)))))
    if known.issuperset(content_terms(said)):
        return True
    spelled = (each.strip() for each in question.right_answers)
    return any(each not in question.user_input and _stands_in(each, said) for each in spelled)


def _stands_in(spelled: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(spelled)}(?!\w)", said) is not None


def _holds_whole(reference: str, said: str) -> bool:
    """Whether all content words of a reference stand in an answer in its order, and no other between them: neither "The
    landlord pays the tenant" nor "The tenant fails to pay the landlord" holds "The tenant pays the landlord".
    """
    wanted, found = (" ".join(content_terms(text)) for text in (reference, said))
    return f" {wanted} " in f" {found} "


def _may_be_reworded(several: Sequence[str], trial: Trial, said: str, told: bool) -> bool:
    """Whether it tells something of a reference, or is borne out by the evidence, and contradicts nothing."""
    return bool(told or _evidence_bears_out(trial)) and not all(contradicts(each, said) for each in several)


def _is_borne_out(question: Question, trial: Trial, said: str) -> bool:
    """By the evidence; by the right answers themselves where none is quoted. Not where a near copy has another word,
    whatever else is borne out.
    """
    if _adds_a_word(question, said):
        return False
    by_evidence = _evidence_bears_out(trial)
    return METRICS[FAITHFULNESS].says_yes(support(question.right_answers, said)) if by_evidence is None else by_evidence


def _evidence_bears_out(trial: Trial) -> bool | None:
    """None where no evidence is quoted, or nobody knows."""
    score = trial.scores.get(FAITHFULNESS)
    return None if score is None or score.value is None else METRICS[FAITHFULNESS].says_yes(score.value)


def _adds_a_word(question: Question, said: str) -> bool:
    """Whether a sentence that nearly copies one of a reference has a word that neither a reference nor the question
    has, be it of another row of the evidence; or one that nearly copies one of the evidence a word that is in none.
    Evidence of one sentence has no other row: whoever quotes it adds nothing.
    """
    rights, evidence = question.right_answers, [each.text for each in question.reference_contexts]
    given = claims("\n".join(evidence))
    own = [each for each in claims(said) if not (len(given) == 1 and _holds_whole(each.text, given[0].text))]
    return _copies_with_another(rights, (*rights, question.user_input), own) or _copies_with_another(
        evidence, (*rights, *evidence), own
    )


def _copies_with_another(texts: Sequence[str], allowed: Sequence[str], said: Sequence[Claim]) -> bool:
    known = frozenset(with_parts(terms("\n".join(allowed))))
    copied = [claim.text for text in texts for claim in claims(text)]
    return any(
        any(term not in known for term in content_terms(claim.text))
        and any(rouge_l(text, claim.text) >= NEAR_COPY for text in copied)
        for claim in said
    )


def is_nearer(likeness: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether answers of one pipeline that are right, or may be, are worded more like their references than another's,
    both by question id; so too where the other has none, of which nothing is known.
    """
    if not likeness or not other:
        return bool(likeness)
    return fmean(likeness.values()) > fmean(other.values()) + NEARER
