"""English number words as digits: twenty-fifth is 25, two hundred and five thousand 205000, and 205 thousand too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TEN = {word: 10 * tens for tens, word in enumerate(_TENS.split(), start=2)}
_ORDINAL = {word: number for number, word in enumerate(_ORDINALS.split(), start=1)}
_NUMBER = {word: number for number, word in enumerate(_CARDINALS.split())} | _TEN | _ORDINAL
CARDINALS = (*_CARDINALS.split(), *_TENS.split())
SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_LARGEST = 10**12
"""What has reached it is scaled no further, and so has an end."""
_SCALABLE = re.compile(r"(?!(?:19|20)\d\d$)\d{1,12}(?:\.\d{1,6})?", re.ASCII)
"""No year: "in 2019 million-dollar deals"."""


def in_digits(words: Sequence[str]) -> list[str]:
    """Lower-case words with each number that is in words, or has a scale in words (2.5 million), in digits."""
    written: list[str] = []
    place = 0
    while place < len(words):
        if words[place] == "second" and written and written[-1][-1].isdecimal():  # a 30-second period
            number, after = None, place + 1
        else:
            number, after = _number(words, place)
        written.append(words[place] if number is None else f"{number.normalize():f}")
        place = after
    return written


def _number(words: Sequence[str], place: int) -> tuple[Decimal | None, int]:
    """The number that begins at a place, None where none does, and the place after it.

    Groups of falling scales are one number: two million | five hundred thousand | and six.
    """
    total, scale, after = _group(words, place)
    while total is not None and scale > 1:
        start = after + (_at(words, after) == "and")
        group, next_scale, end = _group(words, start)
        if group is None or group >= scale or _at(words, start)[0].isdecimal():
            break
        total, scale, after = total + group, next_scale, end
    return total, after


def _group(words: Sequence[str], place: int) -> tuple[Decimal | None, int, int]:
    """A number up to its last scale ("two hundred and five thousand"), what may be added to it is below, and the place
    after it.
    """
    word, scale = _at(words, place), 1
    number, after = _below_hundred(words, place)
    if number is None and word in SCALES:  # a million
        number, after = Decimal(1), place
    elif number is None and _SCALABLE.fullmatch(word) and _at(words, place + 1) in SCALES:
        number = Decimal(word)
    elif number is not None and words[after - 1] in _ORDINAL:  # the first hundred
        return number, scale, after
    while number is not None and number < _LARGEST and _at(words, after) in SCALES:
        scale = SCALES[words[after]]
        number, after = number * scale, after + 1
        small, end = _below_hundred(words, after + (_at(words, after) == "and"))
        if scale == 100 and small and _at(words, end) != "hundred":
            number, scale, after = number + small, 1, end
    return number, scale, max(after, place + 1)


def _below_hundred(words: Sequence[str], place: int) -> tuple[Decimal | None, int]:
    number, ones = _NUMBER.get(_at(words, place)), _NUMBER.get(_at(words, place + 1), 0)
    if number is None:
        return None, place + 1
    if _at(words, place) in _TEN and 0 < ones < 10:
        return Decimal(number + ones), place + 2
    return Decimal(number), place + 1


def _at(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""
