"""Bare Chinese answers and their denials: 支持 and 不支持 share characters, and 是 stands in any sentence."""

from __future__ import annotations

import re

from corpora.scripts import UNSPACED
from eval.metrics.opening import opens_with

_BARE = 5
"""Characters of a bare reference, at most; longer ones are compared as sentences are (`eval.metrics.denials`)."""
_MARKS = re.compile(r"\W+")
_IS_CHINESE = re.compile(f"[{UNSPACED}]+")
_NOT = r"[不没未无勿]"
_DENIED = re.compile(
    rf"{_NOT}(?:有|再|能够?|会|可以?|予|被|作|太|必须?|用|曾|得|提供|直接|强制){{0,2}}\Z"  # 不再支持, 不能直接退款
)
_FAR = 8
"""Characters that a denial and what stands behind it have at most."""
_PLAIN_YES_OR_NO = frozenset({"是", "是的", "对", "对的", "否"})
"""By themselves an answer; within a sentence they mean something else as often: 这是, 对于, 是否."""
_OTHER_WORDS = re.compile("功能|可能|性能|智能|节能|所有|只有|有效|有关|有限|会议|会员|社会|机会|主要|重要|要求")
"""In which 能, 有, 会 and 要 are no answer."""


def contradicts_in_chinese(reference: str, response: str) -> bool:
    """Whether a response says otherwise than a bare Chinese reference whose characters it has.

    It denies each time what the reference says (应用不支持离线使用 beside 支持), never what the reference denies, has
    是 or 否 in a sentence that opens with no such word, or a single character in other words only (功能 beside 能).
    """
    bare = _MARKS.sub("", reference)
    if len(bare) > _BARE or not _IS_CHINESE.fullmatch(bare):
        return False
    if bare in _PLAIN_YES_OR_NO:
        return opens_with(response) != opens_with(bare)
    denies = re.match(_NOT, bare) is not None
    named = bare[1:] if denies else bare
    text = _OTHER_WORDS.sub("…", response) if len(named) == 1 else response
    denied = [_is_denied(text, found.start()) for found in re.finditer(re.escape(named), text)] if named else []
    if not denied:
        return bool(named) and named in response
    return not any(denied) if denies else all(denied)


def _is_denied(text: str, place: int) -> bool:
    return _DENIED.search(text[max(0, place - _FAR) : place]) is not None
