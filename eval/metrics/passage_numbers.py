"""The numbers of passages, pages and files that a reply names as its source: "according to passage 3, ..."."""

from __future__ import annotations

import re

from eval.metrics.lexical import terms
from eval.metrics.source_notes import FILE
from eval.metrics.word_lists import UNITS

_NUMBER = r"[#\[]{0,2}\d{1,3}\]?(?![\w%°$€£])(?![.,]\d)"
_NUMBERS = rf"\.?\s?{_NUMBER}(?:(?:\s?[,&–-]\s?|,? (?:and|or) ){_NUMBER}){{0,6}}(?! (?:{'|'.join(UNITS)}|million)\b)"
_SHOWN = re.compile(
    rf"\b(?:documents?|docs?|passages?|chunks?|sources?|contexts?|excerpts?|snippets?|references?|refs?){_NUMBERS}"
    rf"|\b(?:sources?|ref(?:erence)?s?)\s?:{_NUMBERS}(?=\s*(?:[.)\]\n]|\Z))"
    rf"|(?:文档|文件|资料|段落|片段|来源)\s?\d{{1,3}}(?![\d.%％个天年月日元])"
    rf"|(?=[\w/.-]{{0,80}}\d){FILE}",
    re.IGNORECASE,
)
"""Texts that were shown to the model, wherever it names them."""
_PART = re.compile(
    rf"\b(?:pages?|pp?|sections?|sec|chapters?|paragraphs?|articles?|lines?){_NUMBERS}|§\s?\d{{1,3}}"
    r"|第\s?\d{1,3}\s?[页章节条段篇]",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"[(\[（【][^()\[\]（）【】\n]{1,120}[)\]）】]|(?<![^\n])\W{0,8}sources?\W{0,4}:[^\n]{1,200}"
    r"|\b(?:according to|as per|per|see|cf\.|as [^\W\d_]{4,12} (?:in|on|by)) (?:the )?[^\W\d_]{1,10}\.?\s?\d{1,3}"
    r"|(?:根据|参见|见)第\s?\d{1,3}\s?\w",
    re.IGNORECASE,
)
"""Where parts of a text are a source; elsewhere they may be what was asked for: "It is in section 3."."""


def without_passage_numbers(response: str, reference: str) -> str:
    """A response without the numbered passages, pages and files that it has something from: they are no answer, and 3
    of "passage 3" is none to "How many?".

    What the reference names as well stays: "section 3" beside "Section 3". So does all of a response that is nothing
    else.
    """
    named = frozenset(terms(reference))

    def dropped(place: re.Match[str]) -> str:
        words = (term for term in terms(place[0]) if not term[0].isdecimal())
        return " " if named.isdisjoint(words) and place[0] not in reference else place[0]

    beside = _BESIDE.sub(lambda found: _PART.sub(dropped, found[0]), response)
    rest = _SHOWN.sub(dropped, beside)
    return rest if re.search(r"\w", rest) else response
