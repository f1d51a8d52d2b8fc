"""Where a reply has something from, said beside what it says: "(Source: price list)", "Source: parking.md"."""

from __future__ import annotations

import re

from eval.metrics.source_names import CITED, FILE, NAME, NAME_ALONE, NAMED, OF_A_TEXT, PLACES, SAYS, TITLE, ZH_PLACE

MARKS = r"[\s*_#>\"'“‘]{0,8}"
_FROM = r"(?:sources?|ref(?:erence)?s?)"
_ZH_FROM = r"(?:(?:资料|信息|数据|参考|内容)?来源|出处|参考(?:资料|文献|文档|文件)?|参见|摘自|引自|出自)"
_ZH_NAME = (
    r"(?![^）)】\]\n]{0,40}(?:是|不|没|可以|需|将|在|元))"
    rf"(?:{TITLE}|{FILE}|[^\W\d]|第\d{{1,3}}[页章节条]|(?:文档|文件|资料)\s?\d{{1,3}}|(?:19|20)\d\d年?"
    r"|[ 、,，/-]){1,30}"
)
_PAGE_OF_A_NAME = (
    rf"{SAYS}(?-i:[A-Z])[^\d()\[\]\n,]{{0,60}},? (?:(?:pages?|sections?|chapters?) |(?:pp?|sec|ch)\.\s?|§\s?)"
    r"\d{1,4}(?:[.–-]\d{1,3}){0,3}"
)
_IN_BRACKETS = (
    rf"(?:(?:see |cf\.? |from |in )?(?:{PLACES}|{OF_A_TEXT})(?::\s?{NAME})?|{_PAGE_OF_A_NAME}"
    rf"|{_FROM}\s?:\s?[*_]{{0,2}}(?:{NAME}|\d{{1,2}}(?:\s?[,&]\s?\d{{1,2}}){{0,5}})|(?:see|from)\s?:\s?{NAME_ALONE}"
    rf"|(?:{_FROM}|see|from)\s?:?\s(?:{NAMED}|{TITLE})|(?:见|详见|参见)?{ZH_PLACE}"
    rf"|{_ZH_FROM}\s?(?:[:：]\s?{_ZH_NAME}|{TITLE}|{FILE}))"
)
"""As they were shown to the model, "[Document 1: Parking]", or as a reader names them, "(Handbook, p. 7)"."""
_NOTE = re.compile(
    rf"\s?(?:\([*_]{{0,2}}{_IN_BRACKETS}[.*_]{{0,3}}\)|\[{_IN_BRACKETS}\.?\]|（{_IN_BRACKETS}）|【{_IN_BRACKETS}】"
    rf"|\[{FILE}\](?!\()|【{FILE}】)",
    re.IGNORECASE,
)
"""In brackets. "From" and "see" may begin a claim, "(from 27 to 30 degrees)", and need more of a name."""
_TOLD = (
    r"(?:stated|mentioned|described|explained|specified|given|noted|found|covered|documented|outlined|detailed|written)"
)
_ELSEWHERE = (
    rf"(?:please )?(?:see|refer to) {PLACES}(?: for (?:more |further |the )?(?:details?|information))?"
    rf"|(?:(?:this|that|it)(?: (?:is|was)(?: also)?| can be) {_TOLD}"
    rf"|(?:the|this|that) (?:information|answer) (?:is|was|can be)(?: {_TOLD})?) (?:in|on|by|from) {PLACES}"
)
_LINE = re.compile(
    rf"{MARKS}(?:[-•]\s)?(?:{_FROM}[*_]{{0,2}}\s?:[*_]{{0,2}}\s{{0,4}}{NAME}|{_ZH_FROM}\s?[:：]\s?{_ZH_NAME}"
    rf"|{_ELSEWHERE})"
    r"[\s.。*_\"”]{0,8}",
    re.IGNORECASE,
)
_LISTED = rf"\s{{0,8}}(?:[-*•]|\d{{1,2}}[.)]|{CITED}:?)\s{{1,4}}(?:{NAME}|{_ZH_NAME})[ \t.。]{{0,4}}(?:\n|\Z)"
_LIST = re.compile(
    rf"(?:^|(?<=\n)){MARKS}(?:{_FROM}|{_ZH_FROM})[*_]{{0,2}}\s?[:：]?[*_]{{0,2}}[ \t]{{0,4}}\n"
    rf"(?:{_LISTED}){{1,20}}\s{{0,8}}\Z",
    re.IGNORECASE,
)
"""At the end, under a heading."""


def without_notes(text: str) -> str:
    """A text without notes in brackets that say where it is from, and without a list of sources at its end."""
    return _LIST.sub("", _NOTE.sub("", text))


def is_note(sentence: str) -> bool:
    """Whether it says nothing but where something is from: "Source: parking.md", "See section 2 for details."."""
    return _LINE.fullmatch(sentence) is not None
