"""How often something is, read from a text: daily, every other week, twice a year, semi-annually."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from eval.metrics.lexical import tokens
from eval.metrics.word_lists import OF_A_TIME

TIMES = ("second", "minute", "hour", "day", "week", "month", "year")
_ADVERBS = {adverb: (Fraction(1), unit) for adverb, unit in OF_A_TIME.items()} | {
    "biweekly": (Fraction(2), "week"),
    "fortnightly": (Fraction(2), "week"),
    "bimonthly": (Fraction(2), "month"),
    "quarterly": (Fraction(3), "month"),
    "semiweekly": (Fraction(1, 2), "week"),
    "semimonthly": (Fraction(1, 2), "month"),
    "semiannually": (Fraction(1, 2), "year"),
}
_PARTING = {
    "other": Fraction(2),
    "bi": Fraction(2),
    "half": Fraction(1, 2),
    "semi": Fraction(1, 2),
    "once": Fraction(1),
    "twice": Fraction(1, 2),
    "thrice": Fraction(1, 3),
}
"""What makes another frequency of the unit behind it."""

_NUMBER = r"(?!0+(?:\.0+)? )\d{1,6}(?:\.\d{1,3})?"
_FREQUENCY = re.compile(
    r"(?<!\S)(?:"
    rf"(?:once )?(?:every|each) (?:(?:other|half|{_NUMBER}) )?(?:{'|'.join(TIMES)})"
    rf"|(?:once|twice|thrice|{_NUMBER} times) (?:(?:per|each|every) )?(?:{'|'.join((*TIMES, *_ADVERBS))})"
    rf"|(?<!times )(?<!\d )(?:(?:bi|semi|half) )?(?:{'|'.join(_ADVERBS)})"
    r")(?!\S)",
    re.ASCII,
)
_MANIFOLD = re.compile(r"\b(?:twice|times|half)\s+(?:the|your|their|its|our|his|her|my|as)\b", re.IGNORECASE)
"""Twice the monthly fee is no frequency."""


class Frequency(NamedTuple):
    """Once in so many of a unit.

    Attributes:
        every: how many: 2 of "every other week", 1/2 of "twice a week" and of "semi-weekly".
        unit: one of `TIMES`.
        written: the words by which a text has it (`eval.metrics.lexical.tokens`).
    """

    every: Fraction
    unit: str
    written: tuple[str, ...]


def frequencies(text: str) -> Iterator[Frequency]:
    """The frequencies of a text. "Bi-weekly" may be either of two things, and is taken for every two weeks."""
    for found in _FREQUENCY.finditer(_words(text)):
        *before, last = found[0].split()
        every, unit = _ADVERBS.get(last, (Fraction(1), last))
        yield Frequency(every * _how_many(before), unit, (*before, last))


def lone_units(text: str) -> set[str]:
    """The units outside of its frequencies that stand without a number and may be one each: "a week"."""
    words = _FREQUENCY.sub(" ", _words(text)).split()
    return {
        word
        for before, word in pairwise(["", *words])
        if word in TIMES and before not in _PARTING and not before[-1:].isdecimal()
    }


def _words(text: str) -> str:
    return " ".join(tokens(_MANIFOLD.sub(" ", text)))


def _how_many(before: list[str]) -> Fraction:
    for word in before:
        if word[0].isdecimal():
            return 1 / Fraction(word) if "times" in before else Fraction(word)
    return next((_PARTING[word] for word in before if word in _PARTING), Fraction(1))
