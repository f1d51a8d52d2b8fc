"""Answers that may be right and have too few words of a reference to count so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from eval.metrics.contradiction import contradicts
from eval.metrics.correctness import correctness
from eval.metrics.how_much import asks_how_much, lacks_the_number
from eval.metrics.lexical import content_terms, is_character, share, stem, terms, tokens, with_parts
from eval.metrics.opening import opens_with
from eval.metrics.registry import RIGHT
from eval.metrics.word_lists import UNITS, YES_NO

HALF = 0.5

USUAL = 0.1
"""A word in more than this share of a pipeline's answers is taken for part of its lead-in and ignored."""


def may_be_right(question: str, reference: str, response: str, usual: frozenset[str] = frozenset()) -> bool:
    """Whether a response that does not count as right may be right all the same.

    It does not contradict the reference, and either

    1. says something beyond the question's words, but no more than half as much as the reference, and most of it is
       from the reference ("30 days"), or it opens with the same yes or no; or
    2. has no more words than the reference, and more than half of those words of the reference that the question lacks
       ("They are kept there for 30 days.").

    What a number of the reference counts tells nothing without any such number ("Some days."), and nothing at all does
    where the question asks for one ("How long ..."). Which of two things that a question names is the right one is not
    seen.

    Args:
        usual: words that this pipeline says whatever it is asked (`usual_words`), which the reference need not have.
    """
    asked, inside = with_parts(terms(question)), with_parts(terms(reference))
    wanted, found = content_terms(reference), content_terms(response)
    opens_alike, lacks_it = _opens_alike(reference, response), lacks_the_number(reference, question, response)
    if lacks_it and not opens_alike and asks_how_much(question):
        return False
    counted = _counted(reference) if lacks_it else frozenset()
    telling = [term for term in inside if term not in counted]
    told = [term for term in found if term not in asked and (term in inside or term not in usual)]
    few = 0 < len(with_parts(told)) <= HALF * len(wanted)
    may_be = few and (opens_alike or share(told, telling) > HALF)
    if not may_be and says_no_more(reference, response):
        may_be = share_of_own(reference, tuple(counted), question, response) > HALF
    return may_be and correctness(reference, response) < RIGHT and not contradicts(reference, response)


def says_no_more(reference: str, response: str) -> bool:
    """Whether a response has no more words than the reference, as `token_recall` asks for them."""
    return len(content_terms(response)) <= len(content_terms(reference))


def share_of_own(reference: str, others: Sequence[str], question: str, response: str) -> float:
    """Share, 0 to 1, that a response holds of the words by which a reference differs from others.

    They are those that `token_recall` asks for and none of the others has, each once. Words of the question are not
    asked for, since to repeat it is no answer, unless it has them all ("Is it 30 or 90 days?"). 0 where there are none.
    """
    known = {term for other in others for term in with_parts(terms(other))}
    own = set(content_terms(reference)) - known
    wanted = own - set(with_parts(terms(question))) or own
    return len(wanted.intersection(with_parts(terms(response)))) / len(wanted) if wanted else 0.0


def usual_words(responses: Iterable[str], share: float = USUAL) -> frozenset[str]:
    """The terms of more than one response, and of more than this share of them, one in ten: "context" of "Based on the
    context, it is".
    """
    each = [set(terms(response)) for response in responses]
    found = Counter(term for words in each for term in words)
    return frozenset(term for term, n in found.items() if n > max(1, share * len(each)))


def _opens_alike(reference: str, response: str) -> bool:
    opening, said = opens_with(response), tokens(response)[:1]
    if opening and opening == opens_with(reference):
        return True
    return said == tokens(reference)[:1] and not YES_NO.isdisjoint(said)


def _counted(reference: str) -> frozenset[str]:
    """The terms of the units in a reference, and of what else it counts, by the plural or a character of Chinese."""
    words = tokens(reference)
    units = {stem(word) for word in words if word in UNITS}
    return frozenset(units) | {
        stem(word)
        for number, word in pairwise(words)
        if number[-1].isdecimal() and (word.endswith("s") or is_character(word))
    }
