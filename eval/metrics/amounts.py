"""Numbers with their units, and whether two of them are the same amount: 2 weeks are 14 days, 1.5 GB 1500 MB."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from eval.metrics.claims import Claim, claims
from eval.metrics.spelling import MINUS, is_date
from eval.metrics.times_of_day import Time, times, without_times
from eval.metrics.word_lists import EXACT_SIZES, UNITS

DATE = "date"
"""What stands for the unit of a day with its month."""
CLOCK = "time of day"

ROUNDING = 0.02
"""By how much, relatively, amounts in different units may differ and be the same: 100 minutes, 1.7 hours."""

_DAY = 86_400.0
_UNIT_SIZES: dict[str, tuple[str, float, float]] = {
    **{unit: (of, float(size), float(size)) for of, sizes in EXACT_SIZES.items() for unit, size in sizes.items()},
    "working day": ("time", _DAY, 1.4 * _DAY),  # 5 are a week, unless weekends are no part of it
    "fortnight": ("time", 14 * _DAY, 14 * _DAY),
    "month": ("time", 28 * _DAY, 31 * _DAY),
    "year": ("time", 360 * _DAY, 366 * _DAY),
    "kilobyte": ("bytes", 1e3, 2**10),  # decimal or binary: few who write it tell them apart
    "megabyte": ("bytes", 1e6, 2**20),
    "gigabyte": ("bytes", 1e9, 2**30),
    "terabyte": ("bytes", 1e12, 2**40),
}
"""The dimension of a unit, and its least and greatest size; every other is a dimension of its own."""

_IN_WORDS = {"one": "1", "two": "2", "a": "1", "an": "1", "half a": "0.5", "half an": "0.5"}
_NAMES = {form: unit for form, unit in UNITS.items() if len(form) > 2} | {"fortnight": "fortnight"}
_KINDS = ("working", "business", "work", "calendar", "consecutive", "full", "whole", "solid", "normal")
"""What may stand between a number and its unit."""
_SMALL = re.compile(rf"\b(one|two|(?:half )?an?)[\s-](?:(?:{'|'.join(_KINDS)})[\s-])?({'|'.join(_NAMES)})\b")
_LASTING = re.compile(
    r"\b(?:(?:for|within|after|than|least|most|exactly|is|takes?|lasts?|up to) an?|(?:every|each)(?! second)) "
    rf"({'|'.join(_NAMES)})\b(?! and (?:an?\b|\d|\w+ (?:{'|'.join(_NAMES)})\b))"  # an hour and a half
)
"""One of a unit that is no rate, such as "28 days a year" is."""
_PER = re.compile(rf"\bper ({'|'.join(_NAMES)})\b|\b(dai|week|month|year|annual)ly\b")
_ADVERBS = {"dai": "day", "annual": "year"}
_PHONE = re.compile(r"(?<![\w.,/+-])(?!\d\d[/-]\d\d[/-]\d{2,4}\b)(?:\+|0)\d(?:[\s()/-]{0,3}\d){5,}")
"""A number that begins as those of phones do, and is no date (05/14/2024)."""
_COMMA = re.compile(
    rf"(?<![\d.,])(\d+),(\d\d?)(?=\s?(?:[€$%]|(?:{'|'.join(form for form in UNITS if len(form) > 1)})\b))"
)
_DASH = re.compile(r"\d\s?[-–]\s?\d")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit.

    Attributes:
        number: as `eval.metrics.lexical.tokens` writes it; a day with its month, as "14 may"; of 9:30 am "9.30".
        unit: "" where none that is known follows; that of a sum is "" too; of a time of day, how it is written.
        dimension: what it may be compared in: "time" for every unit of time.
        low, high: its size, in seconds, bytes, metres, grams, litres or the unit itself; of a time of day the two
            minutes of the day that it may be, which differ where it may be in the morning as well as in the evening.
    """

    number: str
    unit: str
    dimension: str
    low: float
    high: float

    def is_same(self, other: Amount) -> bool:
        """Whether both are the same amount; numbers of one unit, or of none, only if they are written alike."""
        if self.dimension == other.dimension == CLOCK:
            return not {self.low, self.high}.isdisjoint({other.low, other.high})
        if self.dimension != other.dimension:
            return False
        if self.unit == other.unit:
            return self.number == other.number or (self.dimension != "" and self.low == other.low)
        return self.low <= other.high * (1 + ROUNDING) and other.low <= self.high * (1 + ROUNDING)


@lru_cache(maxsize=4096)
def amounts(claim: Claim) -> tuple[Amount, ...]:
    """The numbers of a sentence in their order, then its times of day."""
    return (*(amount for _, amount in _ranged(_plain(claim))), *(_at(time) for time in times(claim.text)))


@lru_cache(maxsize=4096)
def readings(claim: Claim) -> tuple[Amount, ...]:
    """What else a sentence says by its numbers and units, if it is read so.

    Two amounts of one dimension side by side are their sum (1 hour and 30 minutes), a number may be the day of a month
    ("in May 2024, on the 14th"), "a week" and "weekly" are 1 week, "half an hour" 0.5 hours and "v3" may be a mere 3.
    """
    rest = _plain(claim)
    return (*_sums(rest), *_days(rest), *_singles(rest), *_versions(rest), *lasting(rest))


def lasting(claim: Claim) -> tuple[Amount, ...]:
    """The amounts of one without a number, "for a week", "every month", that are no rate."""
    return tuple(_one("a", unit) for unit in _LASTING.findall(claim.text.casefold()))


def gives_in_another_unit(question: str, reference: str, response: str) -> bool:
    """Whether a response gives an amount of a reference that the question lacks in another unit: a week for 7 days."""
    wanted = [each for each in _all(reference) if each.dimension and not is_told(each, _all(question))]
    return any(each.unit != other.unit and each.is_same(other) for each in wanted for other in _all(response))


def _all(text: str) -> list[Amount]:
    return [each for claim in claims(text) for each in (*amounts(claim), *readings(claim))]


def is_told(amount: Amount, others: Collection[Amount]) -> bool:
    """Whether an amount is among others, or its number with none of the same dimension; the day of a date may be a mere
    number there, and so may the hour of a time.
    """
    return any(
        _is_number_of(amount, other)
        or amount.is_same(other)
        or _is_hour_of(amount, other)
        or _is_hour_of(other, amount)
        or (other.unit == DATE and other.number.split()[0] == amount.number)
        for other in others
    )


def _is_number_of(amount: Amount, other: Amount) -> bool:
    """Whether they are the same number, of different things or of none; 2.50 without a unit keeps its zero."""
    if amount.dimension == other.dimension:
        return amount.dimension == "" and amount.number == other.number
    return _without_zeros(amount.number) == _without_zeros(other.number)


def _without_zeros(number: str) -> str:
    return number.rstrip("0") if "." in number else number


def _is_hour_of(number: Amount, time: Amount) -> bool:
    """Whether a mere number may be the hour of a time of day: 5, 17 or half past five of 5:30 pm."""
    is_hour = number.dimension == "" and time.dimension == CLOCK and number.low <= 24
    return is_hour and number.low // 1 % 12 == time.low // 60 % 12


def _sums(claim: Claim) -> Iterator[Amount]:
    for (place, amount), (following, other) in pairwise(_placed(claim)):
        side_by_side = following - place == 2 + (claim.words[following - 1] == "and")
        if side_by_side and amount.dimension == other.dimension != "":
            low, high = amount.low + other.low, amount.high + other.high
            yield Amount(f"{amount.number} and {other.number}", "", amount.dimension, low, high)


def _singles(claim: Claim) -> Iterator[Amount]:
    yield from (_one(word, unit) for word, unit in _small(claim))
    for unit, adverb in _PER.findall(claim.text.casefold()):
        yield _one("a", unit or _ADVERBS.get(adverb, adverb))


def _one(word: str, unit: str) -> Amount:
    return replace(_amount(_IN_WORDS[word], _NAMES[unit]), number=f"{word} {unit}")  # tells no other 1


def _days(claim: Claim) -> Iterator[Amount]:
    months = {word for word in claim.words if is_date("1", word)}
    return (
        _amount(f"{amount.number} {month}", DATE)
        for amount in amounts(claim)
        if amount.unit == ""
        for month in months
        if is_date(amount.number, month)
    )


def _versions(claim: Claim) -> Iterator[Amount]:
    return (_amount(word[1:], "") for word in claim.words if word[0] == "v" and word[1:].isdecimal())


def _placed(claim: Claim) -> Iterator[tuple[int, Amount]]:
    """The numbers of a sentence, each with its place among the words."""
    known = {*claim.numbers, *_one_or_two(claim)}
    for place, (word, following, after) in enumerate(
        zip(claim.words, (*claim.words[1:], ""), (*claim.words[2:], "", ""), strict=False)
    ):
        unit = _unit_behind(following, after)
        if (word, following) in known:
            yield place, _amount(word, following)
        elif (word, "") in known or (unit and (word, UNITS[after]) in known):
            dated = is_date(word, following)
            yield place, _amount(f"{word} {following}", DATE) if dated else _amount(word, unit)


def _ranged(claim: Claim) -> Iterator[tuple[int, Amount]]:
    """As `_placed`, the first number of a range ("3 to 5 days") with the unit of the second."""
    for (place, amount), (following, other) in pairwise((*_placed(claim), (len(claim.words), _amount("0", "")))):
        joined = claim.words[place + 1 : following]
        rising = amount.low < _size(other.number)  # In 2019, 5 days
        ranged = joined in (("to",), ("or",)) or (joined == () and rising and _DASH.search(claim.text))
        bare = amount.unit == "" and other.unit not in ("", DATE)
        yield place, _amount(amount.number, other.unit) if ranged and bare else amount


def _unit_behind(kind: str, unit: str) -> str:
    """The unit of "10 working days", "" if it is none."""
    if kind not in _KINDS or unit not in _NAMES:
        return ""
    return "working day" if _NAMES[unit] == "day" and kind in _KINDS[:3] else _NAMES[unit]


def _one_or_two(claim: Claim) -> set[tuple[str, str]]:
    """One and two in words, which mean something else as often, where a unit follows."""
    return {(_IN_WORDS[word], _NAMES[unit]) for word, unit in _small(claim) if word in ("one", "two")}


def _plain(claim: Claim) -> Claim:
    """Without its times of day, and the digits of a phone number as one; 1,4 kg as 1.4 kg."""
    joined = _PHONE.sub(lambda phone: re.sub(r"[^\d+]", "", phone[0]), without_times(claim.text))
    text = _COMMA.sub(r"\1.\2", joined)
    if text == claim.text:
        return claim
    rest = claims(text)
    return rest[0] if rest else replace(claim, text="", words=(), numbers=())


def _small(claim: Claim) -> list[tuple[str, str]]:
    return _SMALL.findall(claim.text.casefold())


def _amount(number: str, unit: str) -> Amount:
    dimension, least, greatest = _UNIT_SIZES.get(unit, (unit, 1, 1))
    size = _size(number)
    return Amount(number, unit, dimension, *sorted((size * least, size * greatest)))


def _at(time: Time) -> Amount:
    return Amount(time.hour, time.written, CLOCK, time.minute, time.or_minute)


def _size(number: str) -> float:
    try:
        return float(number.replace(MINUS, "-"))
    except ValueError:  # a version, a date
        return float("nan")
