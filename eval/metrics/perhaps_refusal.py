"""What a reply to a question without an answer may be, beside what the rules take it for: a refusal, or an invention.

The rules of refusals (`eval.metrics.refusal_rules`) list wordings, of which there is no end. Here little is asked for,
so that hardly any refusal is missed, and many an invention without a number or a name is taken for a possible one:
docs/metrics.md says how many.
"""

from __future__ import annotations

import re

from eval.metrics.claims import Claim, claims
from eval.metrics.opening import opens_with
from eval.metrics.refusal_rules import PAPER, SOURCE, ZH_SOURCE
from eval.metrics.support_features import Source, source
from eval.metrics.word_lists import NEGATORS, SPEAKERS

_SPEAKERS = SPEAKERS - {"you", "your", "yours", "您", "你"}

_TEXT = (
    rf"(?:{SOURCE}|{PAPER}s?|rules?|charters?|by-?laws?|statutes?|conditions|wording|handouts?|schedule|calendar"
    r"|changelog|extract|lease|text|cards?|edition)"
)
_OF_A_TEXT = re.compile(
    rf"^\W*(?:[\w'-]+ ){{0,6}}?(?:the|this|that|these|those|your|our|my|any|no) (?:[\w'-]+ ){{0,3}}?{_TEXT}\b"
    rf"|\b(?:here|in there)\b|{ZH_SOURCE}"
)
_SENDS = re.compile(
    r"(?:^\W*|\b(?:please|you|you'd|should|could|would|must|might|best|better|have to|need to|want to|to|try|suggest|or"
    r"|and|so|call to|i'd) )"
    r"(?:ask|check|contact|consult|call(?! for)|ring|phone|e-?mail|see|look|refer|turn|talk|speak|write|visit|try"
    r"|enquire|inquire|get in touch|reach out|pop in|drop by|go to)\b"
    r"|\b(?:(?:may|might|can|will|would|should|could)(?: \w+)? (?:know|tell|help|say)|knows)\b"
    r"|咨询|联系|查阅|参阅|查看|(?<!访)问(?!题)"
)
_LACKS = re.compile(
    r"\b(?:silent|silence|quiet|mum|blank|gap|gaps|missing|absent|absence|lack(?:s|ed|ing)?|omit(?:s|ted)?|skip(?:s|ped)"
    r"|fail(?:s|ed)? to|(?:stops?|falls?|comes? up) short|left (?:out|open|unsaid|blank)|leaves? .{0,40}\b(?:open"
    r"|blank|out|dark)|unsaid|unstated|unmentioned|unaddressed|unspecified|undocumented|unclear|unknown|uncertain|unsure"
    r"|unable|undisclosed|guess(?:es|ing|work)?|mystery|beats me|search me|pass|dunno|clue|luck|idea|beyond what"
    r"|outside|elsewhere|sorry|afraid|apolog\w+|regrettably|empty-handed|speculat\w+|all about|ends? with)\b"
)
_OF_KNOWING = re.compile(
    r"\b(?:know[ns]?|knowledge|unknown|unclear|clear|unsure|sure|uncertain|certain|say|says|said|tell|tells|mention\w*"
    r"|stat(?:e|es|ed|ing)|specif\w+|unspecified|disclos\w+|document(?:s|ed)?|discuss\w*|indicat\w+|answer\w*|unanswer\w+"
    r"|inform\w*|info|details?|determin\w+|infer\w*|idea|clue|evidence|question|scope)\b"
    r"|知|提|说|回答|信息|资料|确定|清楚|答案"
)


def may_be_refusal(question: str, reply: str) -> bool:
    """Whether a reply that no rule takes for a refusal may be one.

    It opens with neither a yes nor a no, and in one of its sentences it denies something, lacks something, sends the
    asker elsewhere, or speaks of itself or of a text. No such sentence tells a number that the question lacks, and no
    other one a number or a name.
    """
    if opens_with(reply):
        return False
    asked, said = source((question,)), claims(reply)
    if any(_tells(claim, asked) and not _may_refuse(claim) for claim in said):
        return False
    return any(
        _may_refuse(claim) or (_denies(claim) and not _names(claim, asked))
        for claim in said
        if not _has_number(claim, asked)
    )


def may_be_invention(question: str, refusal: str) -> bool:
    """Whether a reply that reads like a refusal may be made up: a denial that speaks neither of a text nor of who
    speaks, nor of knowing or telling ("This is not covered."), or a refusal after which a sentence has a number or a
    name that the question lacks ("I do not know for certain. It is 30 days.").
    """
    asked, said = source((question,)), claims(refusal)
    if any(_tells(claim, asked) and not _may_refuse(claim) and not _denies(claim) for claim in said[1:]):
        return True
    return not any(_speaks(claim) or _OF_KNOWING.search(_plain(claim)) for claim in said) and any(map(_denies, said))


def _may_refuse(claim: Claim) -> bool:
    """Whether a sentence has more of a refusal than a denial."""
    plain = _plain(claim)
    says_nothing = _denies(claim) and _OF_KNOWING.search(plain) is not None
    return says_nothing or _speaks(claim) or bool(_SENDS.search(plain) or _LACKS.search(plain))


def _speaks(claim: Claim) -> bool:
    """Whether it is about a text, or about who speaks."""
    return not _SPEAKERS.isdisjoint(claim.words) or _OF_A_TEXT.search(_plain(claim)) is not None


def _denies(claim: Claim) -> bool:
    return not NEGATORS.isdisjoint(claim.words)


def _tells(claim: Claim, asked: Source) -> bool:
    return _has_number(claim, asked) or _names(claim, asked)


def _has_number(claim: Claim, asked: Source) -> bool:
    return any(not asked.has_number(number) for number, _ in claim.numbers)


def _names(claim: Claim, asked: Source) -> bool:
    return any(not asked.has_name(name) for name in claim.names)


def _plain(claim: Claim) -> str:
    return claim.text.replace("’", "'").casefold()
