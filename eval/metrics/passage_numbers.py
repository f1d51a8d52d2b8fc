"""The numbers of passages, pages and files that a reply names as its source: "according to passage 3, ..."."""

from __future__ import annotations

import re
from collections.abc import Iterable

from eval.metrics.lexical import terms
from eval.metrics.source_names import FILE
from eval.metrics.word_lists import UNITS

_NUMBER = r"[#\[]{0,2}\d{1,3}\]?(?![\w%°$€£])(?![.,]\d)"
_NUMBERS = rf"\.?\s?{_NUMBER}(?:(?:\s?[,&–-]\s?|,? (?:and|or) ){_NUMBER}){{0,6}}(?! (?:{'|'.join(UNITS)}|million)\b)"
_SHOWN = re.compile(
    rf"\b(?:documents?|docs?|passages?|chunks?|sources?|excerpts?|snippets?|ref(?:erence)?s?){_NUMBERS}"
    rf"|(?:(?<![^\n])|(?<=[.!?]\s))[\s*_(\[]{{0,8}}sources?[*_]{{0,2}}:[*_]{{0,2}}{_NUMBERS}(?=[\s.)\]*_]{{0,4}}(?:\n|\Z))"
    r"|(?:文档|资料|段落|片段|来源)\s?\d{1,3}(?=\s?(?:[，,。、：:；;）)】\]\n]|中|里|内容|指出|显示|提到|说明|所述|\Z))"
    rf"|(?=[\w/.-]{{0,80}}\d)(?P<file>{FILE})",
    re.IGNORECASE,
)
"""Texts that were shown to the model, wherever it names them."""
_OF_FILES = frozenset(terms("file document name"))
_PART = re.compile(
    rf"(?:\b(?:pages?|pp?|sections?|sec|chapters?|ch|paragraphs?|para|(?P<law>articles?|arts?|clauses?))|§{{1,2}})"
    rf"{_NUMBERS}(?:\s?\(\d{{1,3}}\)){{0,2}}|第\s?\d{{1,3}}\s?[页章节]",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\bhow (?:many|much|long|old|often|far|big|large|high)\b", re.IGNORECASE)
_BESIDE = re.compile(
    r"[(\[（【](?:[^()\[\]（）【】\n]|\(\d{1,3}\)){1,120}[)\]）】]|(?<![^\n])\W{0,8}sources?\W{0,4}:[^\n]{1,200}"
    r"|\b(?:according to|as per|under|pursuant to|in accordance with|as [^\W\d_]{4,12} (?:in|on|by)) (?:the )?"
    r"(?:[^\W\d_]{1,10}\.?|§)\s?\d{1,3}(?:\s?\(\d{1,3}\)){0,2}"
    r"|\bsee (?:[^\W\d_]{1,20},? ){0,3}(?:[^\W\d_]{1,10}\.?|§)\s?\d{1,3}|(?<![^\n])[^\n:\d]{1,60}\d{1,3}:(?=\s)"
    r"|根据第\s?\d{1,3}\s?\w",
    re.IGNORECASE,
)
"""Where parts of a text are a source; elsewhere they may be what was asked for: "It is in section 3."."""


def without_passage_numbers(response: str, asked: Iterable[str]) -> str:
    """A response without the numbered passages, pages and files that it has something from: they are no answer, and 3
    of "passage 3" is none to "How many?".

    All of a response that is nothing else stays, and so do articles and clauses unless an amount is asked for: what
    governs something may be one.

    Args:
        asked: the question and its right answers. What they name as well stays: "(section 3)", asked for a section.
    """
    texts = tuple(asked)
    named = frozenset(term for text in texts for term in terms(text))

    def dropped(place: re.Match[str]) -> str:
        is_file = place.groupdict().get("file") is not None
        words = _OF_FILES if is_file else {term for term in terms(place[0]) if not term[0].isdecimal()}
        name = place[0].strip("`*_ ").rsplit(".", 1)[0] if is_file else place[0].strip()
        is_law = place.groupdict().get("law") is not None and not any(map(_HOW_MANY.search, texts))
        stays = is_law or not named.isdisjoint(words) or any(name in text for text in texts)
        return place[0] if stays else " "

    beside = _BESIDE.sub(lambda found: _PART.sub(dropped, found[0]), response)
    rest = _SHOWN.sub(dropped, beside)
    return rest if re.search(r"\w", rest) else response
