"""What only leads to an answer, and claims nothing: "Based on the documents, ...", "I can confirm that ..."."""

from __future__ import annotations

import re

from eval.metrics.source_names import ACCORDING, FILE, NAMED, PLACES, TITLE, ZH_PLACE, ZH_TEXT
from eval.metrics.source_notes import MARKS

_THAT = r"that\b(?=\s)(?! (?:is|are|was|were|has|does|will|would|can|could|may|might|should|must|for|much)\b)"
_GLAD = r"(?:very |really )?(?:happy|glad|pleased|delighted)"
_TELL = (
    rf"(?:(?:i|we) (?:can|could)(?: also| certainly| gladly)?|(?:i(?:['’]m| am)|we(?:['’]re| are)) (?:able|{_GLAD}) to)"
    r" (?:tell you|inform you|let you know|assure you|confirm|report|say)"
)
_ARTIFICIAL = (
    r"as an? (?:helpful |friendly )?(?:ai|artificial intelligence|virtual|digital)"
    r"(?: (?:language|powered|support|customer|service)){0,3}(?: (?:assistant|model|chatbot|bot|agent))?,\s{1,4}"
)
_STATES = (
    r"(?:states?|says?|mentions?|specif(?:y|ies)|indicates?|explains?|notes?|confirms?|shows?|reads?"
    r"|tells? (?:us|you|me))"
)
_IT_SAYS = rf"it (?:{_STATES}|is (?:stated|said|written|mentioned|noted|specified|explained))"
_ANSWER = r"(?:the |my )?(?:short |final )?answer(?: to (?:your|this|the) question)?"
_NOWHERE = (  # what the answer is that speaks of it, and does not give it
    r"(?!(?:not?|in|on|at|by|given|found|provided|stated|available|un\w+|below|above|as|here|there|missing|beyond"
    r"|outside|nowhere|somewhere|simple|complicated|still|within|only|also|yes|maybe|likely|hidden|contained|yours)\b)"
)
_LEAD_IN = re.compile(
    rf"{MARKS}(?:"
    rf"(?:(?:based on|going by|per|from|{ACCORDING}) {NAMED}|(?:under|pursuant to|in accordance with) {PLACES})\s?[,:]"
    rf"|(?:as )?(?:(?:the|these|this|your) {NAMED}|{PLACES}|{FILE})"
    rf" (?:{_STATES}(?: {_THAT}|\s?[,:])|(?:says?|states?)(?= (?!that|nothing|no|not|little|so)\b))"
    rf"|in {NAMED},? {_IT_SAYS}(?: {_THAT}|\s?[,:])|{_IT_SAYS} in {NAMED}(?: {_THAT}|\s?[,:])"
    rf"|the (?:answer|information) (?:is|can be found)(?: given)? (?:in|on) {PLACES}\s?[,:]|{PLACES}\s?:"
    rf"|{_ANSWER}(?: is)?[*_]{{0,4}}\s?:"
    rf"|{_ANSWER} is(?: {_THAT})? (?=[\w$£€*]){_NOWHERE}"
    r"|to answer (?:your|the|this) question\s?[,:]"
    r"|(?:(?:sure(?: thing)?|certainly|of course|absolutely|no problem)[,!.]\s{1,4})?(?:here you (?:go|are)\s?[:,!]"
    r"|here(?: is|['’]s| are)(?: (?:the|a|an|your|what|i|we|found|have|some|short|brief|detailed|clear|direct|answer"
    r"|answers|explanation|summary|overview|information|details|response|reply|to|for|you|question)){1,10}\s?:)"
    rf"|{_ARTIFICIAL}(?!(?:i|we|my)\b)|(?:{_ARTIFICIAL})?{_TELL} {_THAT}"
    rf"|you(?:['’]ll| will) be {_GLAD} to (?:hear|know|learn) {_THAT}"
    r"|(?:(?:hello|hi|hey)(?: there| again)?|good (?:morning|afternoon|evening)"
    r"|dear (?:valued |esteemed )?(?:customer|user|guest|visitor|reader|member|client|sir|madam|sir or madam|all)s?)"
    r",(?!\s*world)(?=\s)"
    rf")[*_]{{0,4}}\s*",
    re.IGNORECASE,
)
"""Narrower than what leads to a yes or no (`eval.metrics.opening`): "According to John Smith" says whose word it is."""
_OPENING = re.compile(rf"{MARKS}(?:yes|no)[*_]{{0,4}},[*_]{{0,4}}\s", re.IGNORECASE)
_ZH_LEAD_IN = re.compile(
    r"\s*(?:(?:根据|依据|按照|基于)(?:(?:您|你|我)?(?:们)?(?:所)?(?:提供|给出|检索到|已有)?的?(?:上述|以上|相关|这些|该)?"
    rf"(?:参考)?{ZH_TEXT}{TITLE}?|{TITLE}(?:这份|这一)?{ZH_TEXT}|\s?{FILE}|\s?{ZH_PLACE})"
    r"\s?(?:中|里)?(?:的?(?:内容|信息|描述|说明))?[,，:：]"
    rf"|在?{ZH_PLACE}\s?(?:中|里)?(?:明确)?(?:指出|提到|说明|显示|写道|提及)[,，:：]?"
    rf"|如\s?{ZH_PLACE}\s?(?:中|里)?所(?:述|示|说)[,，]"
    r"|(?:作为[^\d,，。]{0,6}(?:助手|模型|机器人)[,，])?"
    r"(?:我(?:可以|能)(?:告诉|确认|肯定地告诉)|很?高兴地?(?:告诉|通知))(?:您|你)?[,，:：]"
    r"|(?:(?:您|你|这个|该)(?:的)?问题的)?答案(?:是[:：]?|[:：])(?!否定|肯定|不|没|未|无)"
    r"|(?:您好|你好|(?:尊敬|亲爱)的[^\d,，。]{1,4})[,，:：])\s*"
)


def without_lead_ins(sentence: str) -> str:
    """A sentence without what leads to its answer, be it in several steps or behind a yes or no, in English and
    Chinese.
    """
    opening = _OPENING.match(sentence)
    begins = at = opening.end() if opening else 0
    while found := _LEAD_IN.match(sentence, at) or _ZH_LEAD_IN.match(sentence, at):
        at = found.end()
    return sentence[:begins] + sentence[at:]
