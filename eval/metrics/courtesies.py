"""What a reply says out of courtesy, or to lead to its answer, and claims nothing by: "I hope this helps!"."""

from __future__ import annotations

import re

from eval.metrics.claims import SENTENCE_END
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
_SOURCE = r"(?:information|info|contexts?|documents?|documentation|docs|texts?|passages?|excerpts?|sources?|materials?)"
_LEAD_IN = re.compile(
    rf"{_MARKS}(?:"
    rf"(?:based on|according to|going by|as per|per|from|as (?:stated|described|mentioned|outlined|specified|noted) in)"
    rf" (?:{_GIVEN} ){{0,10}}{_SOURCE}(?: {_GIVEN}){{0,6}}\s?,"
    r"|(?:the |my )?(?:short |final )?answer(?: to (?:your|this|the) question)?(?: is)?\s?:"
    r"|here(?: is|['’]s| are)(?: (?:the|a|an|your|what|i|we|found|have|some|short|brief|detailed|clear|direct|answer"
    r"|answers|explanation|summary|overview|information|details|response|reply|to|for|you|question)){1,10}\s?:"
    rf")[*_]{{0,4}}\s*",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\b(?:let (?:me|us) know|feel free to|(?:do not|never) hesitate|(?:happy|glad|pleased) to (?:help|assist|answer"
    r"|clarify|explain|elaborate|provide)|(?:i|we) hope|hope (?:this|that|it)|hopefully|(?:any|other|further|more"
    r"|additional) questions?|anything else|can (?:i|we) (?:help|assist)|would you like|(?:great|good|excellent)"
    r" question|(?:you are|you['’]re) welcome|good luck|have a (?:great|nice|good|wonderful) day|(?:kind|best|warm)"
    r" regards)\b|^\W*(?:thanks?|sure|certainly|of course|absolutely|no problem|hello|hi|here (?:is|are))\b"
)
_TOPIC = re.compile(
    r"\b(?:about|on|regarding|concerning|with|of)(?: [^\W\d]+){1,5}"
    r"(?:(?:,(?: and| or)?| and| or) [^\W\d]+(?: [^\W\d]+)?){0,4}(?=\s*(?:[,.!?]|$))"
)
"""What may be offered help with, whatever it is."""
_ZH_LEAD_IN = re.compile(
    r"\s*(?:根据|依据|按照|基于)(?:您|你|我)?(?:们)?(?:所)?(?:提供|给出|检索到|已有)?的?(?:上述|以上|相关|这些|该)?"
    r"(?:参考)?(?:资料|文档|文件|信息|上下文|内容|材料|文本)(?:中|里)?(?:的?(?:内容|信息|描述|说明))?[,，:：]\s*"
)
_ZH_COURTESY = re.compile(
    r"\s*(?:希望[^\d,，。]{0,10}(?:有(?:所)?帮助|帮到(?:您|你)|有用)"
    r"|(?:如果|如)(?:您|你)?(?:还)?有[^\d,，。]{0,10}(?:问题|疑问|需要)[,，]?[^\d,，。]{0,8}(?:随时|欢迎|告诉我|提问|联系|询问)"
    r"[^\d,，。]{0,10}|(?:我)?很?(?:高兴|乐意)(?:能)?(?:为|帮)(?:您|你)[^\d,，。]{0,8}|当然(?:可以)?|好的|您好|你好"
    r"|感谢(?:您|你)?的?(?:提问|咨询|询问))\s*[。！!.~～]?\s*"
)


def without_courtesies(text: str) -> str:
    """A text without sentences of mere courtesy, and without what only leads to an answer or names the material it is
    from: "Based on the documents, ...", "Here is the answer: ...".

    Courtesies are told by a closed list of words, so that what else a sentence says keeps it: "Let me know by 5 May."
    Empty where nothing else is said.
    """
    *parted, last = SENTENCE_END.split(text)
    ended = [*zip(parted[::2], parted[1::2], strict=True), (last, "")]
    kept = [(rest, end) for sentence, end in ended if not _is_courtesy(rest := _without_lead_in(sentence))]
    return "".join(rest + end for rest, end in kept).strip()


def _without_lead_in(sentence: str) -> str:
    found = _LEAD_IN.match(sentence) or _ZH_LEAD_IN.match(sentence)
    return sentence[found.end() :] if found else sentence


def _is_courtesy(sentence: str) -> bool:
    if _ZH_COURTESY.fullmatch(sentence):
        return True
    written = written_out(sentence).replace("n’t", " not").casefold()
    return bool(_COURTESY.search(written)) and OF_COURTESY.issuperset(tokens(_TOPIC.sub("", written)))
