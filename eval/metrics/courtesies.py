"""What a reply says out of courtesy, or to lead to its answer, and claims nothing by: "I hope this helps!"."""

from __future__ import annotations

import re

from eval.metrics.claims import SENTENCE_END
from eval.metrics.hedges import without_hedges
from eval.metrics.lexical import tokens
from eval.metrics.spelling import written_out
from eval.metrics.word_lists import OF_COURTESY

_MARKS = r"[\s*_#>\"'“‘]{0,8}"
_GIVEN = (
    r"(?:the|this|that|these|your|our|my|i|you|we|have|has|been|was|were|are|is|and|of|in|from|by|above|below|following"
    r"|provided|given|supplied|shared|available|retrieved|relevant|attached|official|information|info|details?|context"
    r"|contexts|documents?|documentation|docs|texts?|passages?|excerpts?|sources?|materials?|content|contents|knowledge"
    r"|base|data)"
)
_SOURCE = (
    r"(?:information|info|contexts?|documents?|documentation|docs|texts?|passages?|excerpts?|sources?|materials?"
    r"|handbook|leaflet|manual|guide|faq|wiki|readme|instructions|page)"
)
_NAMED = rf"(?:{_GIVEN} ){{0,10}}{_SOURCE}(?: \d{{1,3}})?(?: {_GIVEN}){{0,6}}"
_LEAD_IN = re.compile(
    rf"{_MARKS}(?:"
    rf"(?:based on|according to|going by|as per|per|from|as (?:stated|described|mentioned|outlined|specified|noted) in)"
    rf" {_NAMED}\s?[,:]"
    rf"|(?:the|these|this|your) {_NAMED} (?:states?|says?|mentions?|specif(?:y|ies)|indicates?|explains?|notes?) that\b"
    r"|(?:the |my )?(?:short |final )?answer(?: to (?:your|this|the) question)?(?: is)?[*_]{0,4}\s?:"
    r"|to answer (?:your|the|this) question\s?[,:]"
    r"|here(?: is|['’]s| are)(?: (?:the|a|an|your|what|i|we|found|have|some|short|brief|detailed|clear|direct|answer"
    r"|answers|explanation|summary|overview|information|details|response|reply|to|for|you|question)){1,10}\s?:"
    rf")[*_]{{0,4}}\s*",
    re.IGNORECASE,
)
"""Narrower than what leads to a yes or no (`eval.metrics.opening`): "According to John Smith" says whose word it is."""
_NOTE = re.compile(rf"[(\[](?:sources?|see|from|ref(?:erence)?s?)\s?:?\s{_NAMED}[)\]]", re.IGNORECASE)
"""Where it is from, in brackets: "(Source: document 3)"."""
_OFFER = re.compile(
    r"\b(?:let (?:me|us) know|feel free to|(?:do not|never) hesitate|just ask|would you like"
    r"|(?:happy|glad|pleased|here) to (?:help|assist|answer|clarify|explain|elaborate|provide)"
    r"|(?:i|we) hope|hope (?:this|that|it)|hopefully|(?:any|other|further|more|additional) questions?|anything else"
    r"|can (?:i|we) (?:help|assist))\b"
)
_AFFIRMS = re.compile(
    r"\W*(?:sure(?: thing)?|certainly|of course|absolutely|no problem|(?:(?:that is )?an? )?(?:great|good|excellent)"
    r" question|thanks?(?: you)?(?: for (?:asking|(?:your|the) question))?|(?:you are|you['’]re) welcome|good luck"
    r"|have a (?:great|nice|good|wonderful) day|(?:kind|best|warm) regards|(?:hello|hi)(?: there)?"
    r"|here (?:is|are) (?:the|your|an?) (?:short )?(?:answer|explanation|summary|details))\W*"
)
_TOPIC = re.compile(
    r"(?<=\b)(?P<kept>questions?|details?|information|info|help|assistance|clarification|concerns?|more)"
    r" (?:about|on|regarding|concerning|with)(?: [^\W\d]+){1,5}"
    r"(?:(?:,(?: and| or)?| and| or) [^\W\d]+(?: [^\W\d]+)?){0,4}(?=\s*(?:[,.!?]|$))"
)
"""What help is offered with, whatever it is."""
_ZH_LEAD_IN = re.compile(
    r"\s*(?:根据|依据|按照|基于)(?:您|你|我)?(?:们)?(?:所)?(?:提供|给出|检索到|已有)?的?(?:上述|以上|相关|这些|该)?"
    r"(?:参考)?(?:资料|文档|文件|信息|上下文|内容|材料|文本)(?:中|里)?(?:的?(?:内容|信息|描述|说明))?[,，:：]\s*"
)
_ZH_COURTESY = re.compile(
    r"\s*(?:希望[^\d,，。]{0,10}(?:有(?:所)?帮助|帮到(?:您|你)|有用)"
    r"|(?:如果|如)(?:您|你)?(?:还)?有[^\d,，。]{0,10}(?:问题|疑问|需要)[,，]?(?:请|欢迎|可以|您|你|都|随时|再|继续){0,5}(?:告诉我|提问|联系我|询问|咨询)"
    r"(?:们)?|(?:我)?很?(?:高兴|乐意)(?:能)?(?:为|帮)(?:您|你)(?:解答|服务|效劳|提供帮助)?|当然|好的|您好|你好"
    r"|感谢(?:您|你)?的?(?:提问|咨询|询问))\s*[。！!.~～]?\s*"
)


def without_courtesies(text: str) -> str:
    """A text without sentences of mere courtesy, and without what only leads to an answer or names the material it is
    from: "Based on the documents, ...", "Here is the answer: ...", "(Source: document 3)". Hedges go as well
    (`eval.metrics.hedges`).

    English courtesies are told by a closed list of words, so that what else a sentence says keeps it: "Let me know by
    5 May." Empty where nothing else is said.
    """
    *parted, last = SENTENCE_END.split(_NOTE.sub("", text))
    ended = [*zip(parted[::2], parted[1::2], strict=True), (last, "")]
    kept = [
        (rest, end) for sentence, end in ended if not _is_courtesy(rest := without_hedges(_without_lead_in(sentence)))
    ]
    return "".join(rest + end for rest, end in kept).strip()


def _without_lead_in(sentence: str) -> str:
    found = _LEAD_IN.match(sentence) or _ZH_LEAD_IN.match(sentence)
    return sentence[found.end() :] if found else sentence


def _is_courtesy(sentence: str) -> bool:
    written = written_out(sentence).casefold()
    if _AFFIRMS.fullmatch(written) or _ZH_COURTESY.fullmatch(sentence):
        return True
    return bool(_OFFER.search(written)) and OF_COURTESY.issuperset(tokens(_TOPIC.sub(r"\g<kept>", written)))
