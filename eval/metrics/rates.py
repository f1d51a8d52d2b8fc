"""Whether a number is per another time in a second text ("$49 per month", "per year"), or a thing less often."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from fractions import Fraction

from eval.metrics.amounts import Amount, amounts, lasting
from eval.metrics.claims import claims
from eval.metrics.frequencies import TIMES, frequencies, lone_units
from eval.metrics.lexical import tokens
from eval.metrics.number_words import CARDINALS, SCALES
from eval.metrics.short_units import in_full
from eval.metrics.word_lists import OF_A_TIME, UNITS

_NAMES = {form: unit for form, unit in UNITS.items() if unit in TIMES and len(form) > 1}
_IN_WORDS = "|".join((*CARDINALS, *SCALES))
_NUMBER = (
    rf"(?<![\d.,])\d[\d.,]*(?:\s(?:{'|'.join(SCALES)})\b)?"
    rf"|(?<!no )\b(?!one of\b)(?:{_IN_WORDS})(?:(?:[\s-]|\sand\s)(?:{_IN_WORDS})){{0,8}}+\b"
)
_RATE = re.compile(
    rf"(?P<number>{_NUMBER})"
    rf"(?:[^\S\n]*(?!(?:{_IN_WORDS})\b)[^\s\d.,;:!?()/]{{1,40}}+){{0,4}}?"  # requests, €, per user
    rf"(?:\s*(?:\b(?:per|an?|each|every)\s+|/\s*)(?P<unit>{'|'.join(_NAMES)})|\s+(?P<adverb>{'|'.join(OF_A_TIME)}))\b"
)
_ENUMERATING = re.compile(r"\d|\b(?:and|or|both|weekdays?)\b|\b(?:two|three|four|five|six|bi-?\w+)\b", re.IGNORECASE)


def has_other_rate(reference: str, response: str) -> bool:
    """Whether a number that both have is per month in the one, and per another time, and never per month, in the other.

    The same number of other things may be per another time, as long as one rate of the reference is told: "$49 a month,
    or $490 a year". One per day may be told without a number: "every day".
    """
    wanted = set(rates(reference))
    once = {("1", unit) for unit in _once_a(response)}
    return wanted.isdisjoint(once) and are_others(wanted, set(rates(response)))


def are_others(wanted: Set[tuple[str, str]], given: Set[tuple[str, str]]) -> bool:
    """As `has_other_rate`, of the `rates` of two texts."""
    numbers = {number for number, _ in given}
    return wanted.isdisjoint(given) and any(number in numbers for number, _ in wanted)


def rates(text: str) -> Iterator[tuple[str, str]]:
    """The numbers of a text, as `tokens` writes them, each with the time that it is per."""
    for rate in _RATE.finditer(in_full(text).casefold()):
        yield tokens(rate["number"])[0], OF_A_TIME.get(rate["adverb"]) or _NAMES[rate["unit"]]


def has_other_frequency(reference: str, response: str) -> bool:
    """Whether something is every so many weeks in a response, and every so many others in the reference: "every two
    weeks" for "weekly".

    Not where the response may tell how often by numbers or a list, as "every day at 02:00 and 14:00" for "twice a day",
    or tells a frequency of the reference, be it by a mere "week": "weekly, every two weeks in summer", "once a week".
    """
    wanted, given = _frequencies(reference), _frequencies(response)
    if any(every < 1 for every, _ in wanted) and _ENUMERATING.search(response):
        return False
    told = given | {(Fraction(1), unit) for unit in _once_a(response)}
    return wanted.isdisjoint(told) and not {unit for _, unit in wanted}.isdisjoint(unit for _, unit in given)


def _frequencies(text: str) -> set[tuple[Fraction, str]]:
    """Without "annual" by itself, by which things are called: annual leave."""
    return {(each.every, each.unit) for each in frequencies(text) if each.written != ("annual",)}


def _once_a(text: str) -> set[str]:
    """The units that a text has one of: "every day", "a day"."""
    return lone_units(text) | {unit for every, unit in _frequencies(text) if every == 1}


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
