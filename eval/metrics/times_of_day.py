"""Times of day in a text, however they are written: 9:30, 09:30, 9.30 am, 2 pm, 14:00h, 9 o'clock, noon, 下午2点半."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_HALF = r"\s?(?P<half>[ap])\.?m\b\.?"
_TIME = re.compile(
    r"(?<![\w.,:])(?:(?P<word>noon|midday|midnight)\b|(?P<hour>[01]?\d|2[0-4])(?:"
    rf":(?P<minute>[0-5]\d)(?![\d:]|\.\d)|(?=\s?[ap]\.?m\b)|(?=\s?o['’]clock\b)"
    rf"|\.(?P<dotted>[0-5]\d)(?=\s?[ap]\.?m\b))(?:{_HALF})?"
    r"(?:\s?(?:h|hrs|hours|o['’]clock)\b)?)",
    re.IGNORECASE,
)
_ZH_EARLY = "凌晨|清晨|早上|早晨|上午"
_ZH_LATE = "中午|下午|傍晚|晚上|晚间|夜里"
_ZH_TIME = re.compile(
    rf"(?:(?P<early>{_ZH_EARLY})|(?P<late>{_ZH_LATE}))?\s?(?<![\d.,:])(?P<hour>[01]?\d|2[0-4])\s?[点點时時]"
    r"(?:\s?(?P<minute>[0-5]?\d)\s?分|(?P<half>半)|[整钟鐘])?"
)
_NOON = 12 * 60
_DAY = 24 * 60


class Time(NamedTuple):
    """A time of day.

    Attributes:
        hour: with its minutes, if there are any, as "9.30"; a word as it is.
        written: as the text has it.
        minute: of the day, from 0.
        or_minute: another that it may be, 12 hours from the first: of 9:30, which may be in the evening too.
    """

    hour: str
    written: str
    minute: int
    or_minute: int


def without_times(text: str) -> str:
    """The text with a comma for each time of day."""
    return _TIME.sub(", ", text)


def times(text: str) -> Iterator[Time]:
    """The times of day of a text. 9.30 is one only before am or pm, and 9 too."""
    return (_in_words(time) if time["word"] else _in_figures(time) for time in _TIME.finditer(text))


def with_times_as_in(texts: Sequence[str], response: str) -> str:
    """A response with each time as these texts write it, "18:00" for "6 p.m."; times are taken as they read, so that
    6:00 stays beside 18:00, which it may be.
    """
    written = {time.minute: time.written.removesuffix(".") for text in reversed(texts) for time in times(text)}

    def rewritten(found: re.Match[str]) -> str:
        (time,) = times(found[0])
        known = written.get(time.minute)
        if known is None:
            return found[0]
        # the point of "p.m." may end a sentence, too
        ends = found[0].endswith(".") and re.match(r"\s*(?:[A-Z]|$)", response[found.end() :])
        return f"{known}." if ends else known

    return _TIME.sub(rewritten, response)


def chinese_times(text: str) -> Iterator[Time]:
    """Those in Chinese, as they read: 上午10点, 下午2点半. They are apart, since 点 is a point as well ("3点要求")."""
    return map(_in_chinese, _ZH_TIME.finditer(text))


def _in_chinese(time: re.Match[str]) -> Time:
    hour, past = int(time["hour"]), 30 if time["half"] else int(time["minute"] or 0)
    minute = 60 * hour + past
    if time["early"] or (time["late"] and hour <= 12):
        noonish = time["late"] == "中午" and hour in (10, 11)
        minute = minute % _NOON + _NOON * (time["late"] is not None and not noonish)
    return Time(time[0], time[0], minute % _DAY, minute % _DAY)


def _in_words(time: re.Match[str]) -> Time:
    word = time["word"].casefold()
    minute = 0 if word == "midnight" else _NOON
    return Time(word, time[0], minute, minute)


def _in_figures(time: re.Match[str]) -> Time:
    hour, past = int(time["hour"]), int(time["minute"] or time["dotted"] or 0)
    minute = 60 * hour + past
    if time["half"] and hour <= 12:
        minute = minute % _NOON + _NOON * (time["half"] in "pP")
    either = not time["half"] and 1 <= hour <= 12 and not time["hour"].startswith("0")
    number = f"{hour}.{past:02}" if past else str(hour)
    return Time(number, time[0], minute % _DAY, (minute + _NOON * either) % _DAY)
