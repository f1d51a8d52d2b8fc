"""What a text may write otherwise and mean the same: 14:00 as 2 pm, 24 hours as 1 day, Wi-Fi as WiFi, U.S. as US.

Two texts have to be looked at for that: as words by themselves "14", "00", "wi" and "us" go on to mean what they do.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from eval.metrics.amounts import lasting
from eval.metrics.capitals import LETTER_A, NAMES, may_be_letter_a
from eval.metrics.claims import claims
from eval.metrics.frequencies import frequencies
from eval.metrics.initialisms import initialisms
from eval.metrics.lexical import KEPT, stem, terms, tokens
from eval.metrics.no_limit import gives_no_limit
from eval.metrics.spelling import MONTHS, cleaned, of_zeros
from eval.metrics.times_of_day import chinese_times, times
from eval.metrics.word_lists import EXACT_SIZES, UNITS

_EXACTLY = {**EXACT_SIZES, "months": {"month": "1", "year": "12"}}
_BYTES = ("kilobyte", "megabyte", "gigabyte", "terabyte")
_SIZES: dict[str, tuple[tuple[str, Decimal], ...]] = {
    **{unit: ((counted, Decimal(size)),) for counted, sizes in _EXACTLY.items() for unit, size in sizes.items()},
    "g": (("mass", Decimal(1)),),  # a capital G, of a network or of bytes: as "5g" is written, which may be either
    "m": (("length", Decimal(1)),),  # where the other text has it in metres; else it may be minutes or millions
    **{
        unit: tuple((f"bytes by {base}", Decimal(base**power)) for base in (1000, 1024))
        for power, unit in enumerate(_BYTES)
    },
}
"""In what each unit can be counted exactly: months in no days; a thousand bytes may be 1 024."""
_UNITS = "|".join(_SIZES)
_STEMS = frozenset(map(stem, _SIZES))
_HALF = re.compile(rf"(?:\b(\d{{1,4}}) and )?\bhalf ({_UNITS})s?\b|(?<!\d )\b({_UNITS}) and half\b", re.ASCII)
_AMOUNT = re.compile(r"(?!0+$)\d{1,12}(?:\.\d{1,6})?", re.ASCII)
_JOINED = re.compile(r"(?<![\w‐‑-])[^\W\d_]++(?:[‐‑-][^\W\d_]++)++(?![\w‐‑-])")
_IN_ENGLISH = re.compile(rf"\b(?P<day>\d\d?) (?P<name>{'|'.join(MONTHS)})\b(?: (?P<year>\d{{4}})\b)?", re.ASCII)
_IN_CHINESE = re.compile(
    r"(?:\b(?P<year>\d{4}) 年 )?\b(?P<month>0?[1-9]|1[0-2]) 月 (?P<day>0?[1-9]|[12]\d|3[01]) [日号號]", re.ASCII
)
"""A day of a month among the words of a text, with its year or without."""
_STRUCK = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"})
"""Letters that Unicode takes for no other letter with a mark."""
_CAPITALS = re.compile(r"(?<![\w.])(?:(?:[A-Z]\.){2,6}(?!\w)|(?:[A-Z]\.){1,5}[A-Z]\b|[A-Z]{2,6}\b)")
_WEEK_DAY = re.compile(r"(?<!\b[Tt]he )\b(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b")
"""Capitalised, since "sun", "sat" and "wed" are words; "the Sun" is the star, or a newspaper."""
_WEEK_DAYS = {day[:3]: day for day in ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]}
_AGE = re.compile(
    r"\b(?:aged?|ages)(?: [^\W\d_]+){0,4}? (?P<age>\d{1,3})\b"
    r"(?! (?:year|month|week|day|hour)|[.,]\d)",
    re.ASCII,
)
"""Among the words of a text: from the age of 12, aged 12 and over, the minimum age for it is 12."""
_VERSION = re.compile(r"(?<![\w.])v\d{1,9}(?:\.\d{1,9}){1,5}(?!\w|\.\d)", re.IGNORECASE | re.ASCII)
"""With a point; "v3" is a word."""

_WITH_ZEROS = re.compile(r"(?<![\w.,])(\d{1,9})(?:\.0)+(?!\w|[.,]\d)", re.ASCII)
"""4 of 4.0."""

_SHORTENED = {
    **{word: (word[0],) for word in ("version", "priority", "level", "tier", "quarter")},
    "release": ("v",),
    **dict.fromkeys(("severity", "sev"), ("s", "sev")),
}
"""Before a number."""
_AS_VALUES: dict[tuple[str, ...], list[str]] = {("true",): ["yes"], ("false",): ["no"]}
"""What a text that is nothing else says, as structured output has it."""


class Spelling(NamedTuple):
    """One way to write a thing.

    Attributes:
        meant: the same for whatever means the same.
        written: the terms by which a text has it (`eval.metrics.lexical.terms`).
    """

    meant: str
    written: tuple[str, ...]


def respelled(reference: str, response: str) -> list[str]:
    """The terms of what a reference and a response both have and write otherwise, as the reference writes them; a mere
    "true" or "false" is a yes or no, initials are what they stand for (`initialisms`), and to say that there is no
    limit is all of "Unlimited" (`gives_no_limit`).
    """
    given: dict[str, Counter[tuple[str, ...]]] = {}
    for each in spellings(response):
        given.setdefault(each.meant, Counter())[each.written] += 1
    found: list[str] = [*_AS_VALUES.get(tuple(tokens(response)), ())]
    if gives_no_limit(reference, response):
        return [*found, *terms(reference)]
    for each in spellings(reference):
        others = given.get(each.meant, Counter())
        other = next((other for other, left in others.items() if left and other != each.written), None)
        if other:
            others[other] -= 1
            found += each.written
    return found + initialisms(reference, response)


def has_other_half(reference: str, response: str) -> bool:
    """Whether two texts have one amount each, of one unit, and differ by a half: half an hour, an hour."""
    sides = [tokens(text) for text in (reference, response)]
    units = [[stem(word) for word in words if stem(word) in _STEMS] for words in sides]
    if units[0] != units[1] or len(units[0]) != 1 or not any(_HALF.search(" ".join(words)) for words in sides):
        return False
    wanted, given = (
        {each.meant for each in (*_halves(words), *_amounts(words), *_lasting(text, words))}
        for words, text in zip(sides, (reference, response), strict=True)
    )
    return bool(wanted) and bool(given) and wanted.isdisjoint(given)


@lru_cache(maxsize=KEPT)
def spellings(text: str) -> tuple[Spelling, ...]:
    """Every word of a text, and what of it may be written otherwise.

    Times of day (2 pm, 14:00, 9:30, noon). Days of a month, in English or in Chinese.
    Numbers with a unit that others of its kind convert into exactly, and halves of one; with a unit also the zeros that
    were written at the end, which a bare number keeps (49.50, $49.50). Ages, which are in years. Every week, as
    "weekly". Words with hyphens.
    Capitals, with dots or without, so that the pronoun "us" is no "U.S.". Days of the week cut short; version 3 as v3,
    priority 1 as P1.
    """
    plain = unicodedata.normalize("NFKC", cleaned(text))
    words, named = tokens(text), [Spelling(_without_accents(term), (term,)) for term in terms(text)]
    amounts = (*_amounts(words), *_halves(words), *_lasting(text, words), *_ages(words), *_frequencies(text))
    chosen = [Spelling(LETTER_A, ("a",))] if may_be_letter_a(plain) else []
    zeros = [Spelling(written, (number,)) for written, number in of_zeros(plain.casefold())]
    further = (*zeros, *_joined(plain), *_capitals(plain, words), *chosen, *_week_days(plain), *_versions(plain, words))
    return (*named, *_times(plain), *_dates(words), *amounts, *further)


def _without_accents(term: str) -> str:
    """As who has no such keys writes it: Jose, Zurich. Other scripts stay."""
    if term.isascii() or not term.isalpha():
        return term
    parts = unicodedata.normalize("NFD", term.translate(_STRUCK))
    plain = "".join(each for each in parts if not unicodedata.combining(each))
    return stem(plain) if plain.isascii() else term


def _times(text: str) -> Iterator[Spelling]:
    """As they read: 8:38 as 08:38, which it may be; not as 20:38, which it may be as well."""
    for time in (*times(text), *chinese_times(text)):
        yield Spelling(f"minute {time.minute}", tuple(terms(time.written)))


def _dates(words: Sequence[str]) -> Iterator[Spelling]:
    """Each day of a month, and again with its year."""
    text = " ".join(words)
    for date in _IN_ENGLISH.finditer(text):
        day = f"{int(date['day'])} {date['name']}"
        yield Spelling(day, (day,))
        if date["year"]:
            yield Spelling(f"{day} {date['year']}", (day, date["year"]))
    for date in _IN_CHINESE.finditer(text):
        written, day = tuple(date[0].split()), f"{int(date['day'])} {MONTHS[int(date['month']) - 1]}"
        yield Spelling(day, written[-4:])
        if date["year"]:
            yield Spelling(f"{day} {date['year']}", written)


def _amounts(words: Sequence[str]) -> Iterator[Spelling]:
    for number, unit in pairwise(words):
        if unit in _SIZES and _AMOUNT.fullmatch(number):
            for counted, size in _SIZES[unit]:
                yield Spelling(f"{(Decimal(number) * size).normalize()} {counted}", (number, stem(unit)))


def _halves(words: Sequence[str]) -> Iterator[Spelling]:
    """Half an hour, an hour and a half, two and a half hours."""
    for half in _HALF.finditer(" ".join(words)):
        number, unit, one = half.groups()
        for counted, size in _SIZES[unit or one]:
            amount = Decimal(1 if one else number or 0) + Decimal("0.5")
            yield Spelling(f"{(amount * size).normalize()} {counted}", tuple(map(stem, half[0].split())))


def _ages(words: Sequence[str]) -> Iterator[Spelling]:
    """In years, where no unit is told: "aged 12"."""
    for found in _AGE.finditer(" ".join(words)):
        for counted, size in _SIZES["year"]:
            yield Spelling(f"{(Decimal(found['age']) * size).normalize()} {counted}", (found["age"],))


def _frequencies(text: str) -> Iterator[Spelling]:
    """Weekly, every week, once a week; every two weeks, fortnightly."""
    for each in frequencies(text):
        yield Spelling(f"every {each.every} {each.unit}", tuple(terms(" ".join(each.written))))


def _lasting(text: str, words: Sequence[str]) -> Iterator[Spelling]:
    """One of a unit without a number: "within a day", or "A day." alone, and not "twice a day"."""
    units = [amount.unit for claim in claims(text) for amount in lasting(claim)]
    for unit in units or (words if len(words) == 1 else ()):
        for counted, size in _SIZES.get(unit, ()):
            yield Spelling(f"{size.normalize()} {counted}", (stem(unit),))


def _joined(text: str) -> Iterator[Spelling]:
    for word in _JOINED.findall(text):
        parts = re.split("[‐‑-]", word.casefold())
        yield Spelling(stem("".join(parts)), tuple(map(stem, parts)))


def _capitals(text: str, words: Sequence[str]) -> Iterator[Spelling]:
    """With dots or without; a word that may be a pronoun only where it is a name."""
    for word in _CAPITALS.findall(text):
        name = NAMES.get(word.casefold())
        letters = [name] if name else word.casefold().replace(".", " ").split()
        if not name or name in words:
            yield Spelling(f"capitals {word.replace('.', '')}", tuple(map(stem, letters)))


def _week_days(text: str) -> Iterator[Spelling]:
    for day in _WEEK_DAY.findall(text):
        yield Spelling(stem(_WEEK_DAYS[day[:3]].casefold()), (stem(day.casefold()),))


def _versions(text: str, words: Sequence[str]) -> Iterator[Spelling]:
    """Version 3 as "v3" is, priority 1 as "P1", and v3.2, which is a mere number by itself, as version 3.2; a number
    with a point and without a unit may be one, too, with a zero behind it as well, which `tokens` leaves out.
    """
    alone = {number for number, following in pairwise([*words, ""]) if following not in UNITS}
    with_zeros = frozenset(_WITH_ZEROS.findall(text))
    for number in alone:
        if number[0].isdecimal() and ("." in number or number in with_zeros):
            yield Spelling(f"v{number}", (number,))
    for word, number in pairwise(words):
        for short in _SHORTENED.get(word, ()) if number[0].isdecimal() else ():
            yield Spelling(f"{short}{number}", (stem(word), number))
    for version in _VERSION.findall(text):
        written = tuple(terms(version))
        yield Spelling(f"v{written[0]}", written)
