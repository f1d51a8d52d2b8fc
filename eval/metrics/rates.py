"""What a number is per, "$49 per month", and whether another text has the same number per another time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from eval.metrics.lexical import tokens
from eval.metrics.word_lists import OF_A_TIME, UNITS

_TIMES = ("second", "minute", "hour", "day", "week", "month", "year")
_NAMES = {form: unit for form, unit in UNITS.items() if unit in _TIMES and len(form) > 1}
_RATE = re.compile(
    r"(?<![\d.,])(?P<number>\d[\d.,]*)"
    r"(?:[^\S\n]*[^\s\d.,;:!?()/]+){0,4}?"  # requests, €, per user
    rf"(?:\s*(?:\b(?:per|an?|each|every)\s+|/\s*)(?P<unit>{'|'.join(_NAMES)})|\s+(?P<adverb>{'|'.join(OF_A_TIME)}))\b"
)


def has_other_rate(reference: str, response: str) -> bool:
    """Whether a number that both have is per month in the one, and per another time, and never per month, in the other.

    The same number of other things may be per another time, as long as one rate of the reference is told: "$49 a month,
    or $490 a year".
    """
    return are_others(set(rates(reference)), set(rates(response)))


def are_others(wanted: Set[tuple[str, str]], given: Set[tuple[str, str]]) -> bool:
    """As `has_other_rate`, of the `rates` of two texts."""
    numbers = {number for number, _ in given}
    return wanted.isdisjoint(given) and any(number in numbers for number, _ in wanted)


def rates(text: str) -> Iterator[tuple[str, str]]:
    """The numbers of a text, as `tokens` writes them, each with the time that it is per."""
    for rate in _RATE.finditer(text.casefold()):
        yield tokens(rate["number"])[0], OF_A_TIME.get(rate["adverb"]) or _NAMES[rate["unit"]]
