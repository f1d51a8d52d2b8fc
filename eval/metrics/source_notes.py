"""Where a reply has something from, said beside what it says: "(Source: price list)", "Source: parking.md"."""

from __future__ import annotations

import re

MARKS = r"[\s*_#>\"'“‘]{0,8}"
_GIVEN = (
    r"(?:the|this|that|these|your|our|my|i|you|we|have|has|been|was|were|are|is|and|of|in|from|by|above|below|following"
    r"|provided|given|supplied|shared|available|retrieved|relevant|attached|official|information|info|details?|context"
    r"|contexts|documents?|documentation|docs|texts?|passages?|excerpts?|sources?|materials?|content|contents|knowledge"
    r"|base|data)"
)
_TEXT = (
    r"(?:information|info|contexts?|documents?|documentation|docs|texts?|passages?|excerpts?|sources?|materials?"
    r"|handbook|leaflet|manual|guide|faq|wiki|readme|instructions|page)"
)
TITLE = r"(?:\"[^\"\n]{1,80}\"|“[^”\n]{1,80}”|['‘][^'’\n]{1,80}['’]|[「『《][^」』》\n]{1,60}[」』》])"
_ENDING = r"\.(?:md|mdx|rst|txt|adoc|pdf|html?|docx?|odt|pptx?|xlsx?|csv|tsv|json|ya?ml|xml)\b"
FILE = rf"[`*_]{{0,2}}[\w/.-]{{1,80}}{_ENDING}[`*_]{{0,2}}"
NAMED = rf"(?:(?:{_GIVEN} ){{0,10}}{_TEXT}(?: \d{{1,3}}|,? {TITLE}|,? {FILE})?(?: {_GIVEN}){{0,6}}|{FILE})"
"""A text that was shown, by a closed list of words or by the name of its file; "the policy of 2019" is none."""
_WEB = r"(?:https?://|www\.)[^\s()\[\]]{1,200}"
_CITED = r"[\[【]\^?\d{1,3}\^?[\]】]"
_NUMBERED = (
    r"(?:(?:pages?|pp?|sections?|sec|chapters?|ch|parts?|no|version|tables?|documents?|docs?|sources?|passages?|chunks?"
    r"|lines?)\.?\s?\d{1,4}(?:[.–-]\d{1,3}){0,3}|§\s?\d{1,3}|(?:19|20)\d\d(?!\d|\.\d))"
)
_ITEM = rf"(?:{TITLE}|{_WEB}|{_CITED}|{_NUMBERED}|{FILE}|[^\W\d_]{{1,30}}(?:['’&/-][^\W\d_]{{1,20}}){{0,3}})"
_SAYS = (  # what a claim has, and a name hardly
    r"(?![^()\[\]\n]{0,120}\b(?:is|are|was|were|be|has|have|had|do|does|did|will|would|can|could|may(?! \d)|might|must"
    r"|should|not|no(?! \d)|never|said|says?)\b)"
)
_NAME = rf"{_SAYS}{_ITEM}(?:(?:,| [&>–-])? {_ITEM}){{0,8}}"
"""Up to nine words; numbers are years, pages and the like, so that "Source: 30 days" is no name."""
_NAME_ALONE = rf"(?![^()\[\]\n]{{0,120}}\d){_NAME}"
_FROM = r"(?:sources?|ref(?:erence)?s?)"
_ZH_FROM = r"(?:(?:资料|信息|数据|参考|内容)?来源|出处|参考(?:资料|文献|文档|文件)?|参见|摘自|引自|出自)"
_ZH_NAME = (
    r"(?![^）)】\]\n]{0,40}(?:是|不|没|可以|需|将|在|元))"
    rf"(?:{TITLE}|{FILE}|[^\W\d]|第\d{{1,3}}[页章节条]|(?:文档|文件|资料)\s?\d{{1,3}}|(?:19|20)\d\d年?"
    r"|[ 、,，/-]){1,30}"
)
_PLACE = (
    r"(?:documents?|docs?|passages?|chunks?|sources?|contexts?|excerpts?|pages?|pp?)\.?\s?#?\d{1,4}"
    rf"(?:\s?[,&–-]\s?\d{{1,4}}){{0,4}}(?::\s?{_NAME})?"
)
"""A passage as it was shown to the model, or a page: "[Document 1: Parking]"."""
_IN_BRACKETS = (
    rf"(?:{_PLACE}|{_FROM}\s?:\s?[*_]{{0,2}}(?:{_NAME}|\d{{1,2}}(?:\s?[,&]\s?\d{{1,2}}){{0,5}})|(?:see|from)\s?:\s?{_NAME_ALONE}"
    rf"|(?:{_FROM}|see|from)\s?:?\s(?:{NAMED}|{TITLE})|{_ZH_FROM}\s?(?:[:：]\s?{_ZH_NAME}|{TITLE}|{FILE}))"
)
_NOTE = re.compile(
    rf"\s?(?:\([*_]{{0,2}}{_IN_BRACKETS}[.*_]{{0,3}}\)|\[{_IN_BRACKETS}\.?\]|（{_IN_BRACKETS}）|【{_IN_BRACKETS}】"
    rf"|\[{FILE}\](?!\()|【{FILE}】)",
    re.IGNORECASE,
)
"""In brackets. "From" and "see" may begin a claim, "(from 27 to 30 degrees)", and need more of a name."""
_LINE = re.compile(
    rf"{MARKS}(?:[-•]\s)?(?:{_FROM}[*_]{{0,2}}\s?:[*_]{{0,2}}\s{{0,4}}{_NAME}|{_ZH_FROM}\s?[:：]\s?{_ZH_NAME})"
    r"[\s.。*_\"”]{0,8}",
    re.IGNORECASE,
)
_LISTED = rf"\s{{0,8}}(?:[-*•]|\d{{1,2}}[.)]|{_CITED}:?)\s{{1,4}}(?:{_NAME}|{_ZH_NAME})[ \t.。]{{0,4}}(?:\n|\Z)"
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
    """Whether it says nothing but where something is from: "Source: parking.md"."""
    return _LINE.fullmatch(sentence) is not None
