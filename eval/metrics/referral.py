"""Replies that only send the asker elsewhere: "Please refer to the official documentation."."""

from __future__ import annotations

import re

from eval.metrics.lexical import stem
from eval.metrics.refusal_rules import SOURCE

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
_WHOM = (
    rf"(?:{SOURCE}|polic(?:y|ies)|website|web ?site|web ?page|page|intranet|portal|faqs?|wiki|support|help ?desk"
    r"|help center|team|department|hr|human resources|managers?|supervisors?|boss|administrators?|admins?|providers?"
    r"|vendors?|suppliers?|manufacturers?|experts?|professionals?|specialists?|lawyers?|doctors?|colleagues?|office"
    r"|authorit(?:y|ies)|customer (?:service|care)|staff|(?:somebody|someone)(?: else)?|contract"
    r"|terms(?: and conditions)?|release notes|instructions|regulations)"
)
_ONE = rf"(?:(?:the|your|our|my|their|its|an?|any|some) )?(?:(?!(?:or|and)\b)[\w'-]+ ){{0,3}}?{_WHOM}"
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
LONGEST = 250
"""Characters of a reply that may do nothing but refer."""


def only_refers(reply: str) -> bool:
    """Whether each sentence of a reply, in lower case, sends the asker to somebody else or to another text."""
    sentences = [sentence.strip() for sentence in _SENTENCE.split(reply) if sentence.strip()]
    return 0 < len(reply) <= LONGEST and bool(sentences) and all(map(_refers, sentences))


def says_so(reference: str, reply: str) -> bool:
    """Whether a right answer, in lower case as the reply is, sends somewhere too, or names where that does."""
    heads = {stem(head) for head in _HEAD.findall(reply)}
    return _POINTS.search(reference) is not None or any(stem(head) in heads for head in _HEAD.findall(reference))


def _refers(sentence: str) -> bool:
    return _REFERRAL.fullmatch(sentence) is not None or _ZH_REFERRAL.fullmatch(sentence) is not None
