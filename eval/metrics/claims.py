"""A text as claims: its sentences, with their words, numbers, names and negations as far as rules can tell them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpora.scripts import UNSPACED
from eval.metrics.lexical import is_character, stem, tokens
from eval.metrics.spelling import MINUS, cleaned
from eval.metrics.word_lists import DENIERS, FUNCTION_WORDS, NEGATORS, SPEAKERS, UNITS

SENTENCE_END = re.compile(
    r"((?<=[.!?])(?<!\b[A-Za-z]\.)(?<!\b(?:vs|cf|no|Dr|Mr|Ms)\.)(?<!\bMrs\.)[\"”’)]*\s+|(?<=[。！？；])|\n+)"
)
"""In brackets, so that `split` keeps what stands between two sentences."""
_NOT = re.compile(r"(?<=\w)\s?n['’]t\b|(?<=\bcan)not\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d+(?:\.\d+)*")
_WITHOUT_CONTENT = FUNCTION_WORDS | SPEAKERS | NEGATORS | {"pm"}  # as "am" is without
_UNIT_NAMES = frozenset(UNITS.values())
_AMBIGUOUS = frozenset({"1", "2"})
"""Numbers that are written as words which mean something else as often: one, first, second."""
_CAPITALISED = rf"(?<=[\w,;:)\"”’'`] )[\"“‘'(`]?([^\W\d_a-z{UNSPACED}][\w-]*)"
_IDENTIFIER = r"\b(?![vV]\d+\.\d)(\w*(?:[a-z][A-Z]|[A-Za-z]\d|[A-Z]{2}|\w_\w)\w*)"
_NAME = re.compile(f"{_CAPITALISED}|{_IDENTIFIER}")


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """One sentence.

    Attributes:
        words: as `eval.metrics.lexical.tokens` parts them, with n't written out.
        stems: one for each word.
        content: the stems of words that are neither function words nor speakers nor negators.
        numbers: each with its unit, "" where none that is known follows.
        names: the stems of words that are capitalised within the sentence, and of identifiers (camelCase, A100).
        negated: the first content stem after each negator.
        denied: those of `negated` after a negator that denies what the sentence says, such as "not".
        negators: how many there are.
        speaks: it is about who speaks or is spoken to.
        asks: it is a question.
        in_characters: it is written without spaces, so that each of its words is one character.
    """

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    stem_set: frozenset[str]
    content: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    negated: frozenset[str]
    denied: frozenset[str]
    negators: int
    speaks: bool
    asks: bool
    in_characters: bool


@lru_cache(maxsize=4096)
def claims(text: str) -> tuple[Claim, ...]:
    """The sentences that claim something; all that have words where none does ("Yes, it is.")."""
    # parted first: NFKC makes 。's companions ！ and ？ into ! and ?, after which a space is expected
    found = [
        _claim(unicodedata.normalize("NFKC", part)) for part in SENTENCE_END.split(cleaned(text))[::2] if part.strip()
    ]
    worded = [claim for claim in found if claim.words]
    return tuple(claim for claim in worded if claim.content) or tuple(worded)


def _claim(text: str) -> Claim:
    written = _NOT.sub(" not", text)
    words = tuple(tokens(written))
    stems = tuple(map(stem, words))
    pairs = list(zip(words, stems, strict=True))
    negated: dict[str, str] = {}
    pending = ""
    for word, its_stem in pairs:
        if word in NEGATORS:
            pending = word
        elif pending and word not in FUNCTION_WORDS:
            negated[its_stem] = pending
            pending = ""
    named = tokens(" ".join(capitalised or identifier for capitalised, identifier in _NAME.findall(text)))
    characters = 0 if text.isascii() else sum(map(is_character, words))
    return Claim(
        text=text,
        words=words,
        stems=stems,
        stem_set=frozenset(stems),
        content=tuple(its_stem for word, its_stem in pairs if _has_content(word)),
        numbers=tuple(_numbers(written, words)),
        names=tuple(stem(word) for word in named if _has_content(word) and word in words),  # "GB" is a unit in "5 GB"
        negated=frozenset(negated),
        denied=frozenset(its_stem for its_stem, negator in negated.items() if negator in DENIERS),
        negators=sum(word in NEGATORS for word in words),
        speaks=not SPEAKERS.isdisjoint(words),
        asks=text.rstrip(" \"'”’)").endswith(("?", "？")),
        in_characters=2 * characters > len(words),
    )


def _has_content(word: str) -> bool:
    return word not in _WITHOUT_CONTENT


def _numbers(text: str, words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    figures = frozenset(_FIGURE.findall(text))
    for word, following in zip(words, (*words[1:], ""), strict=False):
        if word.removeprefix(MINUS)[0].isdecimal() and (word not in _AMBIGUOUS or word in figures):
            yield word, following if following in _UNIT_NAMES else ""
