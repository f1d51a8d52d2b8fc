"""What a number is per, "$49 per month", how often something is, and whether another text has it otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from itertools import pairwise

from eval.metrics.amounts import Amount, amounts, lasting
from eval.metrics.claims import claims
from eval.metrics.lexical import tokens
from eval.metrics.word_lists import OF_A_TIME, UNITS

_TIMES = ("second", "minute", "hour", "day", "week", "month", "year")
_NAMES = {form: unit for form, unit in UNITS.items() if unit in _TIMES and len(form) > 1}
_RATE = re.compile(
    r"(?<![\d.,])(?P<number>\d[\d.,]*)"
    r"(?:[^\S\n]*[^\s\d.,;:!?()/]+){0,4}?"  # requests, €, per user
    rf"(?:\s*(?:\b(?:per|an?|each|every)\s+|/\s*)(?P<unit>{'|'.join(_NAMES)})|\s+(?P<adverb>{'|'.join(OF_A_TIME)}))\b"
)

_ADVERBS = {adverb: ("1", unit) for adverb, unit in OF_A_TIME.items() if adverb != "annual"} | {
    "biweekly": ("2", "week"),
    "fortnightly": ("2", "week"),
    "bimonthly": ("2", "month"),
}
_OFTEN = ("once", "twice", "thrice", "times")
PARTING = ("bi", "semi", "half", *_OFTEN)
"""What makes another frequency of the one behind it: semi-annually, twice weekly."""
_MANIFOLD = re.compile(r"\b(?:twice|times)\s+(?:the|your|their|its|our|his|her|my|as)\b", re.IGNORECASE)
"""Twice the monthly fee is no frequency."""
_ENUMERATING = re.compile(r"\d|\b(?:and|or|both|weekdays?)\b|\b(?:two|three|four|five|six|bi-?\w+)\b", re.IGNORECASE)


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


def has_other_frequency(reference: str, response: str) -> bool:
    """Whether something is every so many weeks in a response, and every so many others in the reference: "every two
    weeks" for "weekly".

    Not where the response may tell how often by numbers or a list, as "every day at 02:00 and 14:00" for "twice a day",
    or tells a frequency of the reference, be it by a mere "week": "weekly, every two weeks in summer", "once a week".
    """
    wanted, given = set(_frequencies(reference)), set(_frequencies(response))
    if any(number.startswith("1/") for number, _ in wanted) and _ENUMERATING.search(response):
        return False
    told = given | {("1", word) for before, word in pairwise(["", *_words(response)]) if _is_one(before, word)}
    return wanted.isdisjoint(told) and not {unit for _, unit in wanted}.isdisjoint(unit for _, unit in given)


def _frequencies(text: str) -> Iterator[tuple[str, str]]:
    """Every how many of which unit: daily is every 1 day, "every other week" every 2 weeks, "twice a week" every 1/2.
    "Bi-weekly" may be either of two things, and is taken for the same.
    """
    words = ["", *_words(text), "", ""]
    for before, word, following, after in zip(words, words[1:], words[2:], words[3:], strict=False):
        if word in ("every", "each") and following in _TIMES:
            yield "1", following
        elif word == "every" and after in _TIMES and (following == "other" or following[:1].isdecimal()):
            yield "2" if following == "other" else following, after
        elif word in _ADVERBS and before == "bi":
            yield "2", _ADVERBS[word][1]
        elif word in _ADVERBS and before not in PARTING and not before[-1:].isdecimal():
            yield _ADVERBS[word]
        elif (number := _so_often(before, word)) and (following in _TIMES or following in _ADVERBS):
            yield number, _ADVERBS[following][1] if following in _ADVERBS else following


def _words(text: str) -> list[str]:
    """With "twice week" for "twice a week" and for "twice per week"."""
    words = tokens(_MANIFOLD.sub(" ", text))
    return [
        word for before, word in pairwise(["", *words]) if before not in _OFTEN or word not in ("per", "each", "every")
    ]


def _so_often(before: str, word: str) -> str | None:
    """Every how many, of once, twice and 3 times; None of other words."""
    if word == "times":
        return f"1/{before}" if before.isdecimal() else None
    return {"once": "1", "twice": "1/2", "thrice": "1/3"}.get(word)


def _is_one(before: str, word: str) -> bool:
    return word in _TIMES and before not in {"other", *_OFTEN} and not before[-1:].isdecimal()


def says_always_for_an_amount(reference: str, response: str) -> bool:
    """Whether a response says "24 hours a day" where the reference has 1 day: as many as there are in it are no amount
    in another unit.
    """
    per = dict(rates(response))
    if not per:
        return False
    found = claims(response)
    given = [amount for claim in found for amount in amounts(claim)]
    always = {each for each in given if each.number in per and _fills(each, per[each.number])}
    others = {each for each in given if each not in always or given.count(each) > 1}.union(*map(lasting, found))
    return any(
        any(each.is_same(other) and each.unit != other.unit for other in always)
        and not any(each.is_same(other) for other in others)
        for claim in claims(reference)
        for each in amounts(claim)
    )


def _fills(amount: Amount, unit: str) -> bool:
    """Whether it is one of a unit, in others: 7 days of a week."""
    return amount.unit != unit and any(amount.is_same(one) for one in amounts(claims(f"1 {unit}")[0]))
