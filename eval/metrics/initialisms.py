"""What one text abbreviates by its initials and another writes out: SRE, Site Reliability Engineering."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.metrics.lexical import terms

_ACRONYM = re.compile(r"(?<![\w.&-])(?:[A-Z]{2,6}s?|(?:[A-Z]\.){2,6})(?![\w&-])")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[^\s\w-]+")
_FROM_SMALL = 3
"""From so many letters on the words may be in small letters: of two, "is that" would be IT."""
_LEFT_OUT = frozenset({"a", "an", "and", "for", "in", "of", "on", "the", "to"})


def initialisms(reference: str, response: str) -> list[str]:
    """The terms of what a reference abbreviates and a response writes out, or the other way round, as the reference has
    them.

    The words are neighbours, with none left out but "of" and its like, and no stop or comma between them. Two letters
    stand for two capitalised words, and no third: SR is no Site Reliability Engineering. SLAs are as SLA. A word that
    the reference has as well is not told twice: of "the U.S. state of Washington" the United States are no three words
    of four.
    """
    wanted, given = _acronyms(reference), _acronyms(response)
    there = frozenset(terms(reference))
    found: list[str] = []
    for acronym in wanted.keys() & given:
        found += terms(wanted[acronym]) if wanted[acronym].endswith("s") != given[acronym].endswith("s") else ()
    for acronym in wanted.keys() - given:
        full = terms(" ".join(_written_out(acronym, response)))
        found += terms(wanted[acronym]) if full and there.isdisjoint(full) else ()
    for acronym in given.keys() - wanted:
        found += terms(" ".join(_written_out(acronym, reference)))
    return found


def _acronyms(text: str) -> dict[str, str]:
    """As they are written, by their letters: SLAs by SLA."""
    return {each.replace(".", "").rstrip("s"): each for each in _ACRONYM.findall(text)}


def _written_out(acronym: str, text: str) -> Sequence[str]:
    """The words that have these initials, where a text first has some."""
    every = _WORD.findall(text)
    for words in (every, [word for word in every if word not in _LEFT_OUT]):
        small = len(acronym) >= _FROM_SMALL
        initials = "".join(word[0] if not small or len(word[0].upper()) > 1 else word[0].upper() for word in words)
        start, end = (found := initials.find(acronym)), found + len(acronym)
        if start >= 0 and (small or not any(word[0].isupper() for word in words[end : end + 1])):
            return words[start:end]
    return ()
