"""Chinese numbers before what they count as digits: 三十天 is 30天, 二〇二四年 2024年, 百分之五 5%."""

from __future__ import annotations

import re
from decimal import Decimal
from math import prod

_DIGIT = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_SCALE = {"十": 10, "百": 100, "千": 1000}
_MYRIAD = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CHARACTERS = "".join((*_DIGIT, *_SCALE, *_MYRIAD))
_COUNTED = (
    "个|個|天|日|年|月|周|週|小时|小時|分钟|分鐘|秒|元|块|次|人|名|倍|位|级|層|层|台|份|张|页|条|岁|米|公里|千米|公斤|吨"
    f"|工作日|星期|项|種|种|家|辆|本|篇|轮|届|度|点(?![{_CHARACTERS}])"
)
_DECIMALS = f"(?:点[{''.join(_DIGIT)}]{{1,6}})?"
_MINUTE = f"[{_CHARACTERS}]{{1,3}}(?=分(?![之钟鐘]))|[二三四五]?十[一二三四五六七八九]?(?![{_CHARACTERS}分])"
_FIGURE = r"\d{1,9}(?:\.\d{1,4})?\s?[百千万萬亿億]{1,2}"
_SCALED = re.compile(r"([\d.]+)\s?([^\d\s]+)")
_NUMBER = re.compile(
    rf"(?<![\d.几幾数數{_CHARACTERS}])(?P<hour>[{_CHARACTERS}]{{1,3}})点(?P<minute>{_MINUTE})"
    rf"|百分之(?P<percent>[{_CHARACTERS}]{{1,12}}{_DECIMALS})"  # 百分之百 is all of it
    rf"|(?<![\d.几幾数數点{_CHARACTERS}])(?P<number>[{_CHARACTERS}]{{1,12}}{_DECIMALS})(?=(?:多|余)?(?:{_COUNTED}))"
    rf"|(?<![\d.,百千万萬亿億])(?P<figures>(?:{_FIGURE}\s?){{0,3}}{_FIGURE})(?=(?:多|余)?(?:{_COUNTED}))"
)


def in_digits(text: str) -> str:
    """The text with its Chinese numbers in digits, and 2万5千 too. As they are stay 三五天, from three to five days,
    几十天 and 万一.
    """
    return _NUMBER.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    if found["figures"]:
        return _sum(found["figures"]) or found[0]
    if found["hour"]:
        hour, minute = _value(found["hour"]), _value(found["minute"])
        return found[0] if hour is None or minute is None else f"{hour}点{minute}"
    if found["percent"] == "百":
        return "100%"
    whole, _, decimals = (found["percent"] or found["number"]).partition("点")
    value = _value(whole)
    if value is None:
        return found[0]
    written = f"{value}.{''.join(str(_DIGIT[each]) for each in decimals)}" if decimals else str(value)
    return f"{written}%" if found["percent"] else written


def _sum(figures: str) -> str | None:
    """2万5千 as 25000; None where the scales do not fall."""
    total, least = Decimal(0), None
    for number, characters in _SCALED.findall(figures):
        scale = prod((_SCALE | _MYRIAD)[character] for character in characters)
        if least is not None and Decimal(number) * scale >= least:
            return None
        total, least = total + Decimal(number) * scale, scale
    return f"{total.normalize():f}"


def _value(characters: str) -> int | None:
    """None where the characters are no single number."""
    if all(character in _DIGIT for character in characters):
        as_year = len(characters) == 4 or len(characters) == 1 or "〇" in characters
        return int("".join(str(_DIGIT[character]) for character in characters)) if as_year else None
    total = group = digit = 0
    before = ""
    for character in characters:
        if character in _DIGIT:
            if _DIGIT.get(before):
                return None
            digit = _DIGIT[character]
        elif character in _SCALE:
            if not digit and not (character == "十" and before not in _DIGIT):
                return None
            group, digit = group + (digit or 1) * _SCALE[character], 0
        else:
            group += digit
            if not group:
                return None
            total, group, digit = total + group * _MYRIAD[character], 0, 0
        before = character
    return total + group + digit
