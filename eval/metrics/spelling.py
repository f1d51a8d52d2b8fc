"""English numbers and dates, written one way, so that "the sixth" is 6 and "May 18th" is "18 May".

Other languages pass unchanged. Not undone: dates of which nobody can tell day and month (3/4/2019), numbers in words of
more than one scale (two thousand five hundred), Roman numerals, other units of the same (90 seconds, 1.5 minutes), and
zeros at the end of a fraction that no unit follows: 1.30 may be a version, of which 1.3 is another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from eval.metrics.word_lists import UNITS

MINUS = "\u2212"
"""What a number below zero begins with; a hyphen parts words and the ends of a range."""

_SIGN = re.compile(rf"{MINUS}(?=\d)|(?<![\w)\]%.,])(?<!\d )-(?=\d)")
_VERSION = re.compile(r"(?<!\w)v(?=\d+\.\d)")
_MONEY = re.compile(
    r"([$€£])\s?(\d+(?:,\d{3})*(?:\.\d+)?)((?:\s?(?:k|m|mn|bn)|\s(?:thousand|million|billion|trillion))\b)?"
)
_SCALE_OF = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion"}
_CURRENCY = {"$": "dollar", "€": "euro", "£": "pound"}
_PERCENT = re.compile(r"(?<=\d)\s?%")
_SHORT_SCALE = re.compile(r"(?<![\w.,])(\d+(?:,\d{3})*(?:\.\d+)?)(k|\s?bn)\b")
_WHOLE = re.compile(r"(?<![\w.])(\d+)\.0+(?!\.?\d)")
_FRACTION = re.compile(rf"(?<![\w.])(\d+\.\d*[1-9])0+(?=\s*(?:{'|'.join(UNITS)})\b)")
_COMPARED = re.compile(rf"(?:(?<![^\s(\[\"'`|])(?:>=|<=|>|<)|[≥≤])(?=\s?[{MINUS}-]?\d)")  # no > of a tag or an arrow
_COMPARISONS = {">": " more ", "<": " less ", ">=": " least ", "≥": " least ", "<=": " most ", "≤": " most "}
_ORDINAL = re.compile(r"(?<![\w.,])(\d+)(?:st|nd|rd|th)\b")
_ISO_DATE = re.compile(r"(?<![\w-])(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\w-])", re.ASCII)

_THOUSANDS = re.compile(r"(?<=\d)(?:['’\u00a0\u2009\u202f](?=\d{3}(?!\d))| (?=(?:\d{3} )*000(?!\d)))")
"""A plain space before three digits may part two columns of a table, unless the last three are zeros."""
_CITATION = re.compile(r"\s?\[\^?[1-9]\d{0,2}\^?(?:\s*[,–-]\s*[1-9]\d{0,2})*\]")
_LIST_NUMBER = re.compile(r"^[ \t]*(\d{1,2})[.)][ \t]+(?=\S)", re.MULTILINE)

_MONTHS = "january february march april may june july august september october november december"
_MONTH = {name[:3]: name for name in _MONTHS.split()} | {name: name for name in _MONTHS.split()} | {"sept": "september"}

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
_NTH = {word: number for number, word in enumerate(_ORDINALS.split(), start=1)}
_NUMBER = {word: number for number, word in enumerate(_CARDINALS.split())} | _NTH | _TEN
_SCALE = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SCALABLE = re.compile(r"\d{1,12}(?:\.\d{1,6})?", re.ASCII)  # a number that is scaled on and on would have no end

_WRITTEN_AS_SIGNS = frozenset({"percent", *_CURRENCY.values()})

_MORE_OR_LESS = {"greater": "more", "fewer": "less"}


def unmarked(text: str) -> str:
    """Without what marks a text up and claims nothing: citations ([2], [1, 3]), the numbers of a list, which count its
    lines from 1, and what parts the thousands of a number, commas aside (10 000, 10'000).
    """
    listed = [int(number) for number in _LIST_NUMBER.findall(text)]
    plain = _LIST_NUMBER.sub("", text) if listed == list(range(1, len(listed) + 1)) else text
    return _THOUSANDS.sub("", _CITATION.sub(" ", plain))


def figures(text: str) -> str:
    """Lower-case text with 18th as 18 and 2018-05-18 as 18 may 2018.

    Further v1.35 as 1.35, 10.0 as 10, 2.50 before a unit as 2.5, < 5 as less 5, 5% as 5 percent, $5m as 5 million
    dollar, 5k as 5 thousand, and `MINUS` for the sign of a number.
    """
    dated = _ORDINAL.sub(r"\1", _ISO_DATE.sub(_in_words, text))
    compared = _COMPARED.sub(lambda sign: _COMPARISONS[sign[0]], dated)
    signed = _SIGN.sub(MINUS, compared)
    paid = _SHORT_SCALE.sub(_long_scale, _MONEY.sub(_with_currency, _PERCENT.sub(" percent", signed)))
    return _FRACTION.sub(r"\1", _WHOLE.sub(r"\1", _VERSION.sub("", paid)))


def _with_currency(money: re.Match[str]) -> str:
    currency, number, scale = money.groups(default="")
    return f" {number} {_SCALE_OF.get(scale.strip(), scale)} {_CURRENCY[currency]}"


def _long_scale(short: re.Match[str]) -> str:
    number, scale = short.groups()
    return f"{number} {_SCALE_OF[scale.strip()]}"


def _in_words(date: re.Match[str]) -> str:
    year, month, day = date.groups()
    return f"{int(day)} {_MONTHS.split()[int(month) - 1]} {year}"


def numbers(words: Sequence[str]) -> list[str]:
    """Lower-case words with number words as digits, each scale with what stands before it: 2.5 million is 2500000.

    What stands after a scale is added where it has none of its own: two hundred and five is 205.
    """
    written: list[str] = []
    room = 0  # what comes next is added to the last number where it is less
    for before, word, after in zip(["", *words][:-1], words, [*words, ""][1:], strict=True):
        number = _NUMBER.get(word)
        is_scaled = bool(written) and before not in _NTH and _SCALABLE.fullmatch(written[-1]) is not None
        if word in _SCALE:
            room = _SCALE[word]
            written.append(f"{(Decimal(written.pop() if is_scaled else 1) * room).normalize():f}")
        elif number and number < room and (room == 10 or after not in _SCALE):
            written[-1] = str(int(written[-1]) + number)
            room = 10 if word in _TEN else 0
        elif not (word == "and" and room > 10 and 0 < _NUMBER.get(after, 0) < room):
            written.append(word if number is None else str(number))
            room = 10 if word in _TEN else 0
    return written


def signs(words: Sequence[str]) -> list[str]:
    """Words, numbers as digits, with "minus 5" as one below zero and "greater than" as "more than"."""
    written: list[str] = []
    for word, following in zip_longest(words, words[1:]):
        negative = bool(written) and written[-1] in ("minus", "negative") and word[0].isdecimal()
        if negative and not (len(written) > 1 and written[-2][-1].isdecimal()):  # 10 minus 3
            written[-1] = f"{MINUS}{word}"
        else:
            written.append(_MORE_OR_LESS.get(word, word) if following == "than" else word)
    return written


def units(words: Sequence[str]) -> list[str]:
    """Words in which the unit after a number is written one way: 5 GiB as 5 gigabyte."""
    return [
        UNITS.get(word, word) if before[-1:].isdecimal() else word
        for before, word in zip(["", *words], words, strict=False)
    ]


def is_sign(word: str, before: str) -> bool:
    """Whether it is a unit that `units` has written, and that people write as a sign or leave out: $, %."""
    return word in _WRITTEN_AS_SIGNS and before[-1:].isdecimal()


def dates(words: Sequence[str]) -> list[str]:
    """Words in which the day stands before its month, which is written out."""
    written: list[str] = []
    undated = False  # whether the last word is a month without a day
    for word, following in zip_longest(words, words[1:]):
        day_first = word in _MONTH and _ends_in_day(written)
        if undated and is_day(word) and following not in _MONTH:
            written[-1:] = [str(int(word)), _MONTH[written[-1]]]
        elif day_first:
            written += [str(int(written.pop())), _MONTH[word]]
        else:
            written.append(word)
        undated = word in _MONTH and not day_first
    return written


def _ends_in_day(words: list[str]) -> bool:
    """Whether the last word is a day; the "of" of "the 18th of May" is taken away."""
    if len(words) > 1 and words[-1] == "of" and is_day(words[-2]):
        words.pop()
    return bool(words) and is_day(words[-1])


def is_date(day: str, month: str) -> bool:
    """Whether two words that `dates` has written are a day and its month."""
    return _MONTH.get(month) == month and is_day(day)


def is_day(word: str) -> bool:
    return word.isascii() and word.isdecimal() and 1 <= int(word) <= 31
