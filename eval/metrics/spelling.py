"""English numbers and dates, written one way, so that "the sixth" is 6 and "May 18th" is "18 May".

Other languages pass unchanged, but for their commas before the decimals of money. Not undone: dates of which nobody can
tell day and month (3/4/2019), Roman numerals, and zeros at the end of a fraction that no unit follows: 1.30 may be a
version, of which 1.3 is another. What only a second text tells, `eval.metrics.other_spellings` has (24 hours, 1 day).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

from corpora.scripts import UNSPACED
from eval.metrics import chinese_numbers
from eval.metrics.number_words import SCALES
from eval.metrics.short_units import in_full
from eval.metrics.word_lists import UNITS

MINUS = "\u2212"
"""What a number below zero begins with; a hyphen parts words and the ends of a range."""

_SIGN = re.compile(
    rf"{MINUS}(?=\d)|(?:(?<=[为為是至到于於达達值率])|(?<=增长|增長|返回)|(?<![\w)\]%.,])(?<!\d ))-"
    r"(?=\d)(?!\d{4}\s?年)"
)
"""In Chinese a number below zero follows its verb, or what it is of, without a space; elsewhere a hyphen joins."""
_VERSION = re.compile(r"(?<!\w)v(?=\d+\.\d)")
_AMOUNT = r"(\d+(?:,\d{3})*(?:\.\d+)?)"
_CURRENCY = {"$": "dollar", "us$": "dollar", "usd": "dollar", "€": "euro", "eur": "euro", "£": "pound", "gbp": "pound"}
_SCALE_OF = {"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion", "tn": "trillion"}
_SCALED = rf"{_AMOUNT}(?:\s?({'|'.join((*_SCALE_OF, *SCALES))})\b)?"
_MONEY = re.compile(rf"((?:\bus)?\$|[€£]|\b(?:usd|eur|gbp)\b)\s?{_SCALED}")
_MONEY_LAST = re.compile(rf"(?<![\d.,]){_SCALED}\s{{0,2}}((?:\bus)?\$|[€£])(?!\s?\d)")
_SHORT_SCALE = re.compile(rf"(?<![\w.,])(?!401\s?k){_AMOUNT}\s?(k|bn)\b")  # a 401k is a pension
_RANGE = re.compile(
    rf"(?<![\w.,])(\d{{1,3}}(?:\.\d+)?)(?=(?:\s?[-–]\s?|\sto\s|\sor\s)(\d+(?:\.\d+)?)\s({'|'.join(SCALES)})\b)"
    rf"|(?<=\bbetween )(\d{{1,3}}(?:\.\d+)?)(?= and (\d+(?:\.\d+)?)\s({'|'.join(SCALES)})\b)"
)
"""5 to 10 million; 200 to 1 million is another thing."""
_PERCENT = re.compile(r"(?<=\d)\s?%")
_DEGREES = re.compile(r"(?<=\d)\s?(?:°|degrees?\b)\s?([cf])(?:elsius|ahrenheit)?\b")
_SCALES_OF_HEAT = {"c": "celsius", "f": "fahrenheit"}
_WHOLE = re.compile(r"(?<![\w.])(\d+)\.0+(?!\.?\d)")
_FRACTION = re.compile(rf"(?<![\w.])({MINUS}?\d+(?:,\d{{3}}){{0,4}}\.\d*[1-9])0+(?=\s*(?:{'|'.join(UNITS)})\b)")
_COMPARED = re.compile(rf"(?:(?<![^\s(\[\"'`|{UNSPACED}])(?:>=|<=|>|<)|[≥≤])(?=\s?[{MINUS}-]?\d)")
"""Not the > of a tag or an arrow."""
_COMPARISONS = {">": " more ", "<": " less ", ">=": " least ", "≥": " least ", "<=": " most ", "≤": " most "}
_ORDINAL = re.compile(r"(?<![\w.,])(\d+)(?:st|nd|rd|th)\b")
_HALF_OF_DAY = re.compile(r"(?<=\d)\s?([ap])\.\s?m\b\.?")
_GROUPED = r"\d{1,3}(?:\.\d{3}){1,4}"
_COMMA = re.compile(
    rf"(?<![\w.,])(?:{_GROUPED}|\d{{1,12}}),\d\d(?=\s?(?:[€$£]|(?:euros?|eur|dollars?|usd|pounds?|gbp)\b))"
    rf"|(?<=[€$£])\s?(?:{_GROUPED}|\d{{1,12}}),\d\d(?![.,]?\d)"
    rf"|(?<![\w.,]){_GROUPED},\d\d?(?![.,]?\d)"
)
"""Before decimals: 3,50 where it is money, and 1.200,50. "2,3 days" may be a list."""
_IN_DAYS, _IN_MONTHS = r"(?P<day>0?[1-9]|[12]\d|3[01])", r"(?P<month>0?[1-9]|1[0-2])"
_AFTER_MONTHS = r"(?P<{}>1[3-9]|2\d|3[01])"
_DATES = tuple(
    re.compile(rf"(?<![\w./-]){date}(?!(?!t\d\d:)[\w/-]|\.\d)", re.ASCII)
    for date in (
        r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])",
        rf"(?P<year>(?:19|20)\d\d)/{_IN_MONTHS}/{_IN_DAYS}",
        rf"{_IN_DAYS}\.{_IN_MONTHS}\.(?P<year>(?:19|20)\d\d)",
        rf"{_AFTER_MONTHS.format('day')}(?P<by>[/-]){_IN_MONTHS}(?P=by)(?P<year>(?:19|20)\d\d)",
        rf"{_IN_MONTHS}(?P<by>[/-]){_AFTER_MONTHS.format('day')}(?P=by)(?P<year>(?:19|20)\d\d)",
    )
)
"""2018-05-18, 2018/5/18, 18.5.2018, and 18/05/2018 or 05/18/2018, where the day is beyond the months; a time of day
may follow: 2018-05-18t09:00."""

_THOUSANDS = re.compile(
    r"(?:(?<=\b\d)|(?<=\b\d{2})|(?<=\b\d{3}))(?:['’\u00a0\u2009\u202f](?=\d{3}(?!\d))| (?=(?:\d{3} ){0,4}000(?!\d)))"
)
"""A plain space before three digits may part two columns of a table, unless the last three are zeros."""
_MEETING = re.compile(rf"(?<=[{UNSPACED}])(?=[^\W{UNSPACED}])|(?<=[^\W{UNSPACED}])(?=[{UNSPACED}])")
_ACCENTS = re.compile(r"(?<=[A-Za-z])[\u0300-\u036f]+")
_ZH_WEEK_DAY = re.compile("(?:星期|礼拜|禮拜|週)([一二三四五六日])|(?:星期|礼拜|禮拜)天")
_CITATION = re.compile(r"\s?[\[【]\^?[1-9]\d{0,2}\^?(?:\s*[,–-]\s*[1-9]\d{0,2})*[\]】]")
_MARKS = str.maketrans("", "", "™℠")
"""NFKC makes letters of them, which would be part of the word."""
_WITH_FRACTION = re.compile(
    r"(?:(?<![\d.,/])(\d{1,12})\s?)?([¼½¾⅕-⅘⅛-⅞])|(?:(?<![\d.,/])(\d{1,12})[ -])?(?<![\d.,/])([13])/([24])(?![\d/])"
)
"""Those that have an end in decimals, not ⅓; with a slash halves and quarters, which are no dates as often: 1 1/2."""
_LIST_NUMBER = re.compile(r"^[ \t]*(\d{1,2})[.)][ \t]+(?=\S)", re.MULTILINE)

_SHORTENED = (
    (r"\b(can)(?:not|['’]t)\b", r"\1 not"),
    (r"\bwon['’]t\b", "will not"),
    (r"\bshan['’]t\b", "shall not"),
    (r"(?<=\w)\s?n['’]t\b", " not"),
    (r"\b(it|that|there|here|what|who|where|how|he|she)['’]s\b", r"\1 is"),
    (r"\b(i)['’]m\b", r"\1 am"),
    (r"\b(we|you|they|who)['’]re\b", r"\1 are"),
    (r"\b(i|we|you|they|who)['’]ve\b", r"\1 have"),
    (r"\b(i|we|you|they|it|he|she|there|that|who)['’]ll\b", r"\1 will"),
    (r"\b(i|we|you|they|it|he|she)['’]d\b", r"\1 would"),
)
_SHORT_FORMS = tuple((re.compile(short, re.IGNORECASE), whole) for short, whole in _SHORTENED)

_MONTHS = "january february march april may june july august september october november december"
MONTHS = tuple(_MONTHS.split())
_MONTH = {name[:3]: name for name in MONTHS} | {name: name for name in MONTHS} | {"sept": "september"}

_WRITTEN_AS_SIGNS = frozenset({"percent", "celsius", "fahrenheit", *_CURRENCY.values()})

_MORE_OR_LESS = {"greater": "more", "fewer": "less"}


def written_out(text: str) -> str:
    """With "can not", "is not" and "it is" for "can't", "isn't" and "it's"."""
    for short, whole in _SHORT_FORMS:
        text = short.sub(whole, text)
    return text


def cleaned(text: str) -> str:
    """Without what claims nothing: citations ([2], [1, 3], 【2】), the numbers of a list, which count its lines from 1,
    ™, ℠, what parts the thousands of a number, commas aside (10 000, 10'000). Words stand apart from scripts without
    spaces; 1½ and 1 1/2 are 1.5: NFKC would make 11⁄2 of the first. Short units are written in full (`in_full`), and
    the days of a week in Chinese as 周一.

    A text that is nothing but numbers in brackets, [80, 443], is a list of them.
    """
    listed = [int(number) for number in _LIST_NUMBER.findall(text)]
    plain = _LIST_NUMBER.sub("", text) if listed == list(range(1, len(listed) + 1)) else text
    plain = _WITH_FRACTION.sub(_in_decimals, plain.translate(_MARKS))
    uncited = _ZH_WEEK_DAY.sub(lambda day: f"周{day[1] or '日'}", _CITATION.sub(" ", plain))
    return in_full(_MEETING.sub(" ", _THOUSANDS.sub("", uncited if re.search(r"\w", uncited) else plain)))


def _in_decimals(number: re.Match[str]) -> str:
    before_sign, sign, before, above, below = number.groups()
    fraction = unicodedata.numeric(sign) if sign else int(above) / int(below)
    return str(int(before_sign or before or 0) + fraction)


def without_accents(text: str) -> str:
    """As who has no such keys writes it: Jose, Zurich. Letters of other scripts keep what stands on them."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def figures(text: str) -> str:
    """Lower-case text with 18th as 18, and 2018-05-18, 2018/5/18, 18.05.2018 and 18/5/2018 as 18 may 2018.

    Further v1.35 as 1.35, 10.0 as 10, 2.50 before a unit as 2.5, 2,50 € as 2.5 euro, < 5 as less 5, 5% as 5 percent,
    5 °C as 5 celsius, $5m as 5 million dollar, 5 € as 5 euro, 5k as 5 thousand, 5 p.m. as 5 pm, and `MINUS` for the
    sign of a number.
    """
    return _FRACTION.sub(r"\1", _with_zeros(text))


def of_zeros(text: str) -> list[tuple[str, str]]:
    """The numbers of lower-case text that `figures` takes zeros from, with them and without: 2.50, 2.5 of "$2.50"."""
    found = _FRACTION.finditer(_with_zeros(text))
    return [(number[0].replace(",", ""), number[1].replace(",", "")) for number in found]


def _with_zeros(text: str) -> str:
    """What `figures` makes of a text, but for zeros at the end of a fraction."""
    pointed = _COMMA.sub(_with_point, _HALF_OF_DAY.sub(r" \1m", chinese_numbers.in_digits(text)))
    for date in _DATES:
        pointed = date.sub(_in_words, pointed)
    dated = _ORDINAL.sub(r"\1", pointed)
    compared = _COMPARED.sub(lambda sign: _COMPARISONS[sign[0]], dated)
    signed = _SIGN.sub(MINUS, compared)
    scaled = _SHORT_SCALE.sub(_in_long, _RANGE.sub(_with_scale, signed))
    paid = _MONEY_LAST.sub(_with_last, _MONEY.sub(_with_currency, _PERCENT.sub(" percent ", scaled)))
    warm = _DEGREES.sub(lambda unit: f" {_SCALES_OF_HEAT[unit[1]]} ", paid)
    return _WHOLE.sub(r"\1", _VERSION.sub("", warm))


def _with_point(number: re.Match[str]) -> str:
    return number[0].replace(".", "").replace(",", ".")


def _in_long(short: re.Match[str]) -> str:
    number, scale = short.groups()
    return f"{number} {_SCALE_OF[scale]} "


def _with_scale(first: re.Match[str]) -> str:
    number, last, scale = filter(None, first.groups())
    return f"{number} {scale}" if float(number) < float(last) else number


def _with_currency(money: re.Match[str]) -> str:
    currency, number, scale = money.groups(default="")
    return _paid(number, scale, currency)


def _with_last(money: re.Match[str]) -> str:
    return _paid(*money.groups(default=""))


def _paid(number: str, scale: str, currency: str) -> str:
    return f" {number} {_SCALE_OF.get(scale, scale)} {_CURRENCY[currency]} "


def _in_words(date: re.Match[str]) -> str:
    return f"{int(date['day'])} {MONTHS[int(date['month']) - 1]} {date['year']}"


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
    """Words in which the unit after a number is written one way: 5 GiB as 5 gigabyte. Of a decade, 1960s, s is none."""
    return [
        UNITS.get(word, word) if before[-1:].isdecimal() and not (word == "s" and len(before) == 4) else word
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
    return len(word) <= 2 and word.isascii() and word.isdecimal() and 1 <= int(word) <= 31
