"""The yes or no that a text opens with."""

from __future__ import annotations

import re
from typing import Literal

from eval.metrics.lexical import tokens

Said = Literal["yes", "no"]

_ZH_YES = frozenset({"是", "是的", "可以", "能", "会", "对"})
_ZH_NO = frozenset({"否", "不", "不是", "不可以", "不能", "不会", "不行", "不对"})

_MARKS = "[*_\"'”’`]*"
_OPENING = re.compile(  # not "no credit card is needed", which denies one thing, nor "yes or no"
    rf"[\s*_\"'“‘`>#]*\b(yes|no)\b{_MARKS}(?:"
    rf"(?:\s*[,.:;!]|\s+[–—-]){_MARKS}(?:\s+|$)|\s*$|\s*\n|\s*—\s*|\s+(?=\()"
    r"|(?<=yes)\s+(?!(?:or|and)\b)|\s+(?=(?:it|they|you|he|she|we|i|this|that|there)\b))",
    re.IGNORECASE,
)
_ZH_PAUSE = re.compile(r"[,，.。;；:：!！\n]")
_LIKE_YES = r"absolutely|certainly|definitely|of course|sure|yep|yeah|yea|correct|true"
_LIKE_NO = r"(?:absolutely|certainly|definitely|of course) not|not at all|nope|incorrect|false"
_LIKE = re.compile(rf"\W*(?:({_LIKE_YES})|(?:{_LIKE_NO}))\b\W*(?:(?<=[,.:;!])|(?<=[–—-] )|$)", re.IGNORECASE)


def opens_with(text: str) -> Said | None:
    """The yes or no that a text opens with, in English or Chinese; None for "No credit card is needed"."""
    opening = _OPENING.match(text)
    if opening:
        return "yes" if opening[1].casefold() == "yes" else "no"
    return None if text.isascii() else in_chinese(_ZH_PAUSE.split(text, maxsplit=1)[0])


def in_chinese(text: str) -> Said | None:
    """The yes or no that is all of a Chinese text."""
    joined = "".join(tokens(text))
    return "yes" if joined in _ZH_YES else "no" if joined in _ZH_NO else None


def opens_like(text: str) -> Said | None:
    """The yes or no that a text opens with, in whatever word: "Absolutely!", "Not at all."."""
    said, like = opens_with(text), _LIKE.match(text)
    return said or (("yes" if like[1] else "no") if like else None)


def without_opening(text: str) -> str:
    """The text without the English yes or no that it opens with."""
    opening = _OPENING.match(text)
    return text[opening.end() :] if opening else text
