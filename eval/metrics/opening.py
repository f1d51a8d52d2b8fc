"""The yes or no that a text opens with, in whatever word, and behind words that only lead to it."""

from __future__ import annotations

import re
from typing import Literal

from eval.metrics.lexical import tokens
from eval.metrics.spelling import written_out
from eval.metrics.word_lists import DENIERS

Said = Literal["yes", "no"]

_ZH_YES = frozenset({"是", "是的", "可以", "能", "会", "对"})
_ZH_NO = frozenset({"否", "不", "不是", "不是的", "不可以", "不能", "不会", "不行", "不对"})
_ZH_PAUSE = re.compile(r"[,，.。;；:：!！\n]")

_MARKS = "[*_\"'”’`]{0,4}"  # bounded: a small model may write nothing but stars
_HEAD = r"[\s*_\"'“‘`>#]{0,8}(?:(?:[•–—-]|\d{1,2}[.)])\s+)?[*_\"'“‘`]{0,4}"
_ENDS = rf"(?:\s*[,.:;!]|\s+[–—-]){_MARKS}(?:\s+|$)|{_MARKS}(?:\s*$|\s*\n|\s*—\s*)"
_OPENING = re.compile(  # not "no credit card is needed", which denies one thing, nor "yes or no"
    rf"{_HEAD}\b(yes|no)\b{_MARKS}(?:{_ENDS}|\s+(?=\()"
    r"|(?<=yes)\s+(?!(?:or|and)\b)|\s+(?=(?:it|they|you|he|she|we|i|this|that|there)\b))",
    re.IGNORECASE,
)

_TEXT = r"(?:[\w'’-]+ ){0,4}[\w'’-]+"
_LEADS = (  # a few, none of which is about what was asked: "For dogs, no" is no answer about cats
    r"(?:hi|hello|hey)(?: (?:there|all|everyone))?",
    r"(?:(?:that['’]s|that is) )?an? (?:great|good|excellent) question|(?:great|good|excellent) (?:question|news)",
    r"thank(?:s| you)(?: for (?:asking|your question|the question))?",
    rf"(?:(?:based on|according to|(?:as )?per|going by) {_TEXT}|from (?:the|your|our|what) {_TEXT}|a)(?=[*_]*\s?[,:])",
    r"(?:the |my )?(?:(?:short|simple|quick|direct|final) )?answer(?: to (?:your|this|the) question)?(?: is)?",
    r"in (?:short|brief|a word)|to (?:be clear|answer your question)|no (?:problem|worries)",
    r"(?:(?:i|we)(?:['’](?:m|re)| am| are) )?(?:(?:so|very) )?(?:sorry|afraid)|(?:my )?apologies",
    r"unfortunately|regrettably|sadly|fortunately|luckily|happily",
    r"well|so|ok|okay|hmm+|actually|honestly|technically|sure|of course|certainly|absolutely",
)
_LEAD = rf"(?:(?:{'|'.join(_LEADS)})\b{_MARKS}[\s,.:;!*_—–-]{{1,8}}(?:but )?)"
_LEAD_IN = re.compile(rf"{_HEAD}{_LEAD}{{1,4}}", re.IGNORECASE)
_LIKE_YES = r"absolutely|certainly|definitely|indeed|of course|sure|yep|yeah|yea|correct|true"
_LIKE_NO = (
    r"(?:(?:absolutely|certainly|definitely|of course|unfortunately|regrettably|sadly|afraid),? not)"
    r"|not (?:at all|at the moment|at present|currently|yet)|nope|nah|incorrect|false"
)
_LIKE = re.compile(
    rf"{_HEAD}(?:(?:i['’]m |i am )(?=afraid not)|{_LEAD}{{0,4}})"
    rf"(?:(?P<no>no(?!\.\s*\d)|{_LIKE_NO})|yes|(?P<like>{_LIKE_YES}))\b{_MARKS}(?:{_ENDS})",
    re.IGNORECASE,
)
_DENIES = DENIERS | {"no", "here"}
"""By what follows them, "Sure!" and its like are mere courtesy: "Sure! Pets are not allowed.", "Sure! Here it is."."""


def opens_with(text: str) -> Said | None:
    """The yes or no that a text opens with, in English or Chinese: "Yes, you can.", "Absolutely!", "Nope.", and behind
    words that only lead to it: "Based on the documents, no.".

    None for "No credit card is needed", which denies one thing, also behind such words.
    """
    opening = _opening(text)
    if opening:
        return opening[0]
    opening_in_chinese = _in_chinese(text)
    return opening_in_chinese[0] if opening_in_chinese else None


def in_chinese(text: str) -> Said | None:
    """The yes or no that is all of a Chinese text."""
    joined = "".join(tokens(text))
    return "yes" if joined in _ZH_YES else "no" if joined in _ZH_NO else None


def without_opening(text: str) -> str:
    """The text without the yes or no that it opens with, and without what led to that."""
    opening = _opening(text) or _in_chinese(text)
    return text[opening[1] :] if opening else text


def without_lead_in(text: str) -> str:
    """The text without words that only lead to an answer: "Unfortunately, ..."."""
    return _LEAD_IN.sub("", text, count=1) if _LEAD_IN.match(text) else text


def _in_chinese(text: str) -> tuple[Said, int] | None:
    """The Chinese yes or no that a text opens with, and where what follows begins."""
    if text.isascii():
        return None
    pause = _ZH_PAUSE.search(text)
    said = in_chinese(text[: pause.start()] if pause else text)
    return (said, pause.end() if pause else len(text)) if said else None


def _opening(text: str) -> tuple[Said, int] | None:
    """The English yes or no that a text opens with, and where it ends."""
    if opening := _OPENING.match(text):
        return ("yes" if opening[1].casefold() == "yes" else "no"), opening.end()
    like = _LIKE.match(text)
    if like is None or (like["like"] and not _DENIES.isdisjoint(tokens(written_out(text[like.end() :])))):
        return None
    return ("no" if like["no"] else "yes"), like.end()
