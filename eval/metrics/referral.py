"""Replies that only send the asker elsewhere: "Please refer to the official documentation."."""

from __future__ import annotations

import re

from eval.metrics.correctness import correctness_at_any_length
from eval.metrics.lexical import stem
from eval.metrics.refusal_rules import SOURCE
from eval.metrics.registry import RIGHT
from eval.metrics.word_lists import FUNCTION_WORDS

_OPENS = (
    r"(?:(?:then|so|in (?:this|that|such an?) case"
    r"|for (?:(?:more|further|the|exact|specific|additional|that|this|such) ){1,3}\w+"
    r"(?: (?:about|on) (?:this|that|it))?),? )?"
    r"(?:please|kindly|maybe|perhaps)?,? ?"
)
_ADVISES = (
    r"(?:(?:i|we)(?: would|'d)? (?:strongly )?(?:recommend|suggest|advise)(?: that you(?: should)?| you(?: to)?| to)?"
    r"|you (?:should|can|could|may|might|must|(?:will )?(?:need|have) to|would have to|had better|'d better"
    r"|(?:may|might) want to|(?:can|could|may|might) (?:find out|learn|get) more by)"
    r"|it (?:is|would be|may be|might be) (?:best|better|advisable|a good idea) to"
    r"|(?:your|the) best (?:option|bet|course of action) is to|feel free to|try(?: to)?)"
)
_SEND = (
    r"(?:ask(?:ing)?|contact(?:ing)?|consult(?:ing)?|check(?:ing)?(?: (?:with|in|out))?|refer(?:ring)?(?: back)? to"
    r"|see(?:ing)?|look(?:ing)? (?:at|in|into|up|it up in)|reach(?:ing)? out to|get(?:ting)? in touch with"
    r"|(?:speak|talk)(?:ing)? (?:to|with)|turn(?:ing)? to|visit(?:ing)?|review(?:ing)?|read(?:ing)?|call(?:ing)?"
    r"|e-?mail(?:ing)?)"
)
_PEOPLE = (
    r"(?:support|help ?desk|help center|team|department|hr|human resources|managers?|supervisors?|boss"
    r"|administrators?|admins?|providers?|vendors?|suppliers?|manufacturers?|experts?|professionals?|specialists?"
    r"|lawyers?|doctors?|colleagues?|office|authorit(?:y|ies)|customer (?:service|care)|staff"
    r"|(?:somebody|someone)(?: else)?)"
)
_WHOM = (
    rf"(?:{SOURCE}|polic(?:y|ies)|website|web ?site|web ?page|page|intranet|portal|faqs?|wiki|{_PEOPLE}|contract"
    r"|terms(?: and conditions)?|release notes|instructions|regulations)"
)
_THEIR = r"(?:(?:the|your|our|my|their|its|an?|any|some) )?"
_WHICH = r"(?:(?!(?:or|and)\b)[\w'-]+ )"
_ONE = rf"{_THEIR}{_WHICH}{{0,3}}?{_WHOM}"
_WHY = (
    r"(?: directly| first| instead| again| yourself)?(?: (?:for|with|about|on|regarding|to)(?: (?:more|further|the|this"
    r"|that|these|those|such|any|an?|your|specific|exact|additional|detailed|details?|accurate|up-to-date|most|latest"
    r"|official|answers?|information|info|questions?|matter|topic|issue|help|assistance|guidance|clarification|it|them"
    r"|out|on|about|of|to|with|and|get|find|obtain|confirm|clarify|be|sure)){1,10})?"
)
_REFERRAL = re.compile(rf"{_OPENS}(?:{_ADVISES} )?{_SEND} {_ONE}(?:,? (?:or|and)(?: {_SEND})? {_ONE}){{0,2}}{_WHY}")
_ZH_REFERRAL = re.compile(
    r"(?:请|建议)(?:您|你)?(?:直接|先|向)?(?:咨询|联系|查阅|参阅|参考|参见|询问|查看|查询)(?:您|你)?的?"
    r"[^,，。;；0-9]{0,10}(?:部门?|客服|文档|手册|官网|网站|经理|主管|领导|同事|专家|人员|人|资料|说明书?|政策|支持)(?:团队)?"
)
_SENTENCE = re.compile(r"[.!;。!；]+\s*|\n+")
_POINTS = re.compile(rf"\b{_SEND}\b|咨询|联系|查阅|参阅|参考|参见|询问|查看|查询")
_HEAD = re.compile(rf"\b{_WHOM}\b|部门|客服|文档|手册|官网|网站|经理|主管|领导|同事|专家|资料|说明书|政策")
_NAMES = re.compile(rf"\b{_SEND} {_THEIR}+({_WHICH}{{1,3}}?){_PEOPLE}\b", re.IGNORECASE)
"""What people are called: "platform" of "ask the platform administrators"."""
LONGEST = 250
"""Characters of a reply that may do nothing but refer."""


def only_refers(reply: str) -> bool:
    """Whether each sentence of a reply, in lower case, sends the asker to somebody else or to another text."""
    sentences = [sentence.strip() for sentence in _SENTENCE.split(reply) if sentence.strip()]
    return 0 < len(reply) <= LONGEST and bool(sentences) and all(map(_refers, sentences))


def answers_by_referring(reference: str, reply: str) -> bool:
    """Whether a reply that only refers gives a right answer all the same, or most of it.

    It holds what makes that right ("Please ask the payroll team." beside "Payroll"), the right answer sends somewhere
    too, or it names where the reply sends: "Contact the IT department." beside "Broken laptops are handled by IT."
    """
    if correctness_at_any_length(reference, reply) >= RIGHT or _POINTS.search(reference.casefold()):
        return True
    heads = {stem(head) for head in _HEAD.findall(reply.casefold())}
    if any(stem(head) in heads for head in _HEAD.findall(reference.casefold())):
        return True
    return any(_is_named(name, reference) for names in _NAMES.findall(reply) for name in names.split())


def _is_named(name: str, reference: str) -> bool:
    """Whether a reference names somebody so, by itself or after what leads to people; "it" is not IT."""
    flags = re.NOFLAG if name.casefold() in FUNCTION_WORDS else re.IGNORECASE
    whole = rf"^\W*(?i:the )?{re.escape(name)}(?=\W*$| ?[(,.;:]| (?i:{_PEOPLE})\b)"
    to_whom = rf"\b(?i:by|to|from|with|at|via|through) (?i:{_THEIR}){re.escape(name)}\b"
    return re.search(rf"{whole}|{to_whom}", reference, flags) is not None


def _refers(sentence: str) -> bool:
    return _REFERRAL.fullmatch(sentence) is not None or _ZH_REFERRAL.fullmatch(sentence) is not None
