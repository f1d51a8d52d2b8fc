"""What a reference tells beyond the words of its question: who holds nothing of that has only repeated the question."""

from __future__ import annotations

import re
from functools import lru_cache

from eval.metrics.amounts import gives_in_another_unit
from eval.metrics.asked import names_the_answer
from eval.metrics.contradiction import with_plain_denials
from eval.metrics.lexical import KEPT, content_terms, stem, terms, with_parts
from eval.metrics.other_spellings import respelled
from eval.metrics.recall import token_recall
from eval.metrics.word_lists import FUNCTION_WORDS, NEGATORS, YES_NO

MOST = 0.5

_IDENTIFIER = re.compile(r"(?<![\w-])--?[a-z]\w*(?:-\w+)*|\w+_\w+", re.IGNORECASE)
"""What a program knows by this spelling: page_size is not "page size", --skip-tests not "skip the tests"."""

_ESCAPED = re.compile(r"\\(?=[_-])")
_DASHES = re.compile(r"[‐‑–—](?=[a-zA-Z])")

_TELLS_NOTHING = frozenset(map(stem, FUNCTION_WORDS | NEGATORS | YES_NO)) | frozenset("否可能会")


def only_repeats(question: str, reference: str, response: str) -> bool:
    """Whether a response holds nothing of what a reference tells beyond the question's words.

    False where there is no such word, and where the question asks for a yes or a no, or names what to choose from:
    "Pets are allowed" answers "Are pets allowed?", also where the reference adds "if leashed". Whether
    "Pets are not allowed" does is for the rules against contradictions to tell, and which of two things is the right
    one for nobody. False too for who holds the whole reference, spaced otherwise, or an amount of it in another unit;
    an identifier is its spelling.
    """
    if names_the_answer(question):
        return False
    own = own_words(question, reference)
    if not own or not own.isdisjoint(_told(reference, response)):
        return False
    spelled_otherwise = token_recall(reference, response) == 1 and not _IDENTIFIER.search(reference)
    return not spelled_otherwise and not gives_in_another_unit(question, reference, response)


def tells_most(question: str, reference: str, response: str) -> bool:
    """Whether a response holds more than half of what a reference tells beyond the question's words, and that is
    anything.
    """
    own = own_words(question, reference)
    return len(own & _told(reference, response)) > MOST * len(own)


def tells_some(question: str, reference: str, response: str, always: frozenset[str]) -> bool:
    """Whether a response holds any of what a reference tells beyond the question's words; any of its words, where it
    tells no other.

    Args:
        always: what its pipeline says whatever it is asked, and tells nothing by.
    """
    wanted = own_words(question, reference) or frozenset(content_terms(reference))
    return not wanted.isdisjoint(_told(reference, response) - always)


@lru_cache(maxsize=KEPT)
def own_words(question: str, reference: str) -> frozenset[str]:
    """The terms of a reference that `token_recall` asks for and the question lacks, without what only binds a sentence,
    affirms or denies; an identifier is one of them.
    """
    return frozenset(content_terms(_joined(with_plain_denials(reference)))) - _held(question) - _TELLS_NOTHING


@lru_cache(maxsize=KEPT)
def _held(text: str) -> frozenset[str]:
    return frozenset(with_parts(terms(_joined(with_plain_denials(text)))))


def _told(reference: str, response: str) -> frozenset[str]:
    return _held(response).union(respelled(reference, response))


def _joined(text: str) -> str:
    """With each identifier as one word, also as Markdown has it (LOG\\_LEVEL) and with a typesetter's dash."""
    plain = _DASHES.sub("-", _ESCAPED.sub("", text))
    return _IDENTIFIER.sub(lambda name: re.sub("[-_]", "", name[0]), plain)
