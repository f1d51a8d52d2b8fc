"""The name of what a question is about, which its evidence need not repeat: "step 3 of descaling the Atlas 300", "the
fee for a building permit".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from eval.metrics.lexical import content_terms, terms, with_parts
from eval.metrics.word_lists import FUNCTION_WORDS, TELLING_NOTHING

_ASKING = re.compile(
    r"\W*(?:[^\W\d_]+,? ){0,3}(?:what|which|who|whom|whose|when|where|why|how)\b(?! of\b)", re.IGNORECASE
)
_CHOOSING = re.compile(r"\b(?:or|either|between|versus|vs)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,;:)\"”'’] )[A-Z][\w-]{1,30}(?: (?:[A-Z][\w-]{0,30}|\d{1,4}(?![\w.%]))){0,4}")
_BEFORE = r"(?:(?<![.!?。]) )?(?:\b(?:of|for|in|on|at|with|to|by|from) )?(?:\b(?:the|an?|our|your|my) )?"
_AT_A_BEGINNING = re.compile(r"(^|[.!?。] ) ?, ?")
"""The comma behind what a sentence began with."""
_WORDS = re.compile(r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*)*")
_JOINED = re.compile(r"\w[-_]\w")
"""By itself too it is a name: auth-gateway."""
_MOST = 5
"""Words of what has no capital."""


def without_subject(response: str, question: str, evidence: Sequence[str]) -> str:
    """A response without the names, and their numbers, that the question has and no evidence, nor what else it has none
    of, two words or more in a row or one with a hyphen: who repeats them adds nothing, since evidence is quoted for
    what was asked, and a line of a manual or a table leaves out what all of it is about.

    Only where what is asked for is not in the question itself: not behind "Is", nor where it offers a choice. A
    response of which no more than the question's words would be left stays whole: "It is approved by company cars.",
    asked who approves company cars.
    """
    if not _ASKING.match(question) or _CHOOSING.search(question):
        return response
    rest = response
    for name in sorted(set(_absent(question, evidence)), key=len, reverse=True):
        rest = re.sub(rf"{_BEFORE}\b{re.escape(name)}\b(?:['’]s)?", "", rest, flags=re.IGNORECASE)
    rest = _AT_A_BEGINNING.sub(r"\1", rest).strip()
    asked = frozenset(with_parts(terms(question)))
    return rest if any(term not in asked for term in content_terms(rest)) else response


def _absent(question: str, evidence: Sequence[str]) -> Iterator[str]:
    """What the question names, of which no word is in the evidence."""
    known = {term for text in evidence for term in terms(text)}
    for name in _NAME.findall(question):
        if known.isdisjoint(term for term in terms(name) if not term[0].isdecimal()):
            yield name
    for words in _WORDS.findall(question):
        yield from _runs(words.split(), known)


def _runs(words: Sequence[str], known: Set[str]) -> Iterator[str]:
    """Two words or more in a row that tell something, and one with a hyphen by itself, of which none is known."""
    run: list[str] = []
    for word in (*words, ""):
        told = terms(word)
        if told and known.isdisjoint(told) and word.casefold() not in FUNCTION_WORDS | TELLING_NOTHING:
            run.append(word)
            continue
        yield from (each for each in run if _JOINED.search(each))
        if 2 <= len(run) <= _MOST:
            yield " ".join(run)
        run = []
