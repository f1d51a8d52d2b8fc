"""What a reply calls the texts that it was shown: "the documents", "parking.md", "section 4.2 of the handbook"."""

from __future__ import annotations

GIVEN = (
    r"(?:the|this|that|these|your|our|my|i|you|we|have|has|been|was|were|are|is|and|of|in|from|by|above|below|following"
    r"|provided|given|supplied|shared|available|retrieved|relevant|attached|official|information|info|details?|context"
    r"|contexts|documents?|documentation|docs|texts?|passages?|excerpts?|sources?|materials?|content|contents|knowledge"
    r"|base|data)"
)
_TEXT = (
    r"(?:information|info|contexts?|documents?|documentation|docs|texts?|passages?|excerpts?|sources?|materials?"
    r"|handbook|leaflet|manual|guide|faq|wiki|readme|instructions|page)"
)
_OF_TEXTS = (
    r"(?:handbook|leaflet|manual|guide|faq|wiki|readme|documentation|docs?|documents?|catalog(?:ue)?|brochure"
    r"|price list|release notes|change ?log|knowledge base|data ?sheet|fact ?sheet|instructions|polic(?:y|ies)"
    r"|regulations|rules|terms(?: and conditions| of (?:use|service))?|timetable|contract|agreement|statutes?)"
)
_TITLED = rf"(?:(?:the|this|your|our) )?(?:[^\W\d_][\w'’-]{{0,20}} ){{0,2}}{_OF_TEXTS}"
"""By a word or two of its own: "the employee handbook"."""
TITLE = r"(?:\"[^\"\n]{1,80}\"|“[^”\n]{1,80}”|['‘][^'’\n]{1,80}['’]|[「『《][^」』》\n]{1,60}[」』》])"
_ENDING = r"\.(?:md|mdx|rst|txt|adoc|pdf|html?|docx?|odt|pptx?|xlsx?|csv|tsv|json|ya?ml|xml)\b"
FILE = rf"[`*_]{{0,2}}[\w/.-]{{1,80}}{_ENDING}[`*_]{{0,2}}"
_WEB = r"(?:https?://|www\.)[^\s()\[\]]{1,200}"
CITED = r"[\[【]\^?\d{1,3}\^?[\]】]"
_NUMBERED = (
    r"(?:(?:pages?|pp?|sections?|sec|chapters?|ch|parts?|no|version|tables?|documents?|docs?|sources?|passages?|chunks?"
    r"|lines?)\.?\s?\d{1,4}(?:[.–-]\d{1,3}){0,3}|§\s?\d{1,3}|(?:19|20)\d\d(?!\d|\.\d))"
)
_ITEM = rf"(?:{TITLE}|{_WEB}|{CITED}|{_NUMBERED}|{FILE}|[^\W\d_]{{1,30}}(?:['’&/-][^\W\d_]{{1,20}}){{0,3}})"
SAYS = (  # what a claim has, and a name hardly
    r"(?![^()\[\]\n]{0,120}\b(?:is|are|was|were|be|has|have|had|do|does|did|will|would|can|could|may(?! \d)|might|must"
    r"|should|not|no(?! \d)|never|said|says?)\b)"
)
NAME = rf"{SAYS}{_ITEM}(?:(?:,| [&>–-])? {_ITEM}){{0,8}}"
"""Up to nine words; numbers are years, pages and the like, so that "Source: 30 days" is no name."""
NAME_ALONE = rf"(?![^()\[\]\n]{{0,120}}\d){NAME}"
_KIND = (
    r"(?:(?:documents?|docs?|passages?|chunks?|sources?|contexts?|excerpts?|snippets?|pages?|sections?|chapters?|articles?"
    r"|clauses?|paragraphs?|§{1,2})\.?\s?|(?:pp?|sec|ch|arts?|para)(?:\.\s?|\s))"  # CH4 is methane
)
_PART_NUMBER = r"[#\[]?\d{1,4}(?:\.\d{1,3}){0,3}\]?(?:\s?\(\d{1,3}\)){0,2}"
_PLACE = rf"{_KIND}{_PART_NUMBER}(?:(?:\s?[,&–-]\s?|,? and ){_PART_NUMBER}){{0,4}}"
PLACES = (
    rf"(?:the )?{_PLACE}(?:(?:,|,? and| &) {_PLACE}){{0,4}}"
    rf"(?:,? (?:of|in|from) (?:{GIVEN} ){{0,3}}(?:{_TEXT}(?:,? {TITLE})?|{_TITLED}|{TITLE}|{FILE})|(?<=\d) \({NAME}\))?"
)
"""Numbered passages as they were shown to the model, pages and sections: "doc 3, p. 7", "Document 1 (Parking)"."""
NAMED = (
    rf"(?:(?:{GIVEN} ){{0,10}}{_TEXT}(?: \d{{1,3}}|,? {TITLE}|,? {FILE})?(?: {GIVEN}){{0,6}}(?:,? {_PLACE})?"
    rf"|{_TITLED}(?:,? {_PLACE})?|{PLACES}|{FILE})"
)
"""A text that was shown, by a closed list of words or by the name of its file; "the policy of 2019" is none."""
OF_A_TEXT = rf"{_TITLED},? {PLACES}"
ACCORDING = (
    r"(?:according to|as per|as (?:is |it is )?(?:stated|described|mentioned|outlined|specified|noted|explained|given"
    r"|shown|listed|documented|set out) (?:in|on|by))"
)
ZH_TEXT = r"(?:资料|文档|文件|信息|上下文|内容|材料|文本)"
ZH_PLACE = (
    r"(?:第\s?\d{1,3}\s?[页章节段]|(?:文档|文件|资料|段落|片段|上下文)\s?\d{1,3}"
    r"(?:\s?[和与、,，]\s?(?:文档|文件|资料|段落|片段|上下文)?\s?\d{1,3}(?!\d|\s?[天日月年个小分元]))?)"
)
