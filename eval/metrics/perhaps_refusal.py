"""What a reply to a question without an answer may be, beside what the rules take it for: a refusal, or an invention.

The rules of refusals (`eval.metrics.refusal_rules`) list wordings, of which there is no end. Here little is asked for,
so that hardly any refusal is missed, nor any invention behind one; many an invented denial is taken for a possible
refusal: docs/metrics.md says how many.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.metrics.as_said import as_said
from eval.metrics.asked import asks_yes_or_no
from eval.metrics.claims import Claim, claims
from eval.metrics.clauses import PREPARES
from eval.metrics.courtesies import without_courtesies
from eval.metrics.opening import opens_with
from eval.metrics.refusal_rules import PAPER, REFUSALS, SOURCE, ZH_SOURCE
from eval.metrics.spelling import written_out
from eval.metrics.support_features import Source, source
from eval.metrics.word_lists import NEGATORS, SPEAKERS

_OTHERS = {"you", "your", "yours", "您", "你"}
_SPEAKERS = SPEAKERS - _OTHERS
_PART = re.compile(
    r"[;:()|\n，、；：（）]|,(?!\d)|\s[–-]\s|—|\.{3}|…"
    r"|\b(?:and|but|yet|so(?! that)|because|since|which|though|although|therefore)\b",
    re.IGNORECASE,
)
"""Where a sentence may go on to tell something else."""
_HOWEVER = re.compile(r",?\s*\b(?:however|though|unfortunately|therefore)\b,", re.IGNORECASE)
_BEGINS = r"(?:^|(?<=[.:!?]\s))"
_LEADS_IN = re.compile(
    rf"{_BEGINS}\W{{0,4}}(?:confidence|sources?|references?)\W{{0,4}}:.*$|{_BEGINS}(?:\s*(?:\d[.)]|[-*•#]+)\s+)"
    rf"|{_BEGINS}[^.:;|\n]{{1,60}}:[*_]{{0,2}}(?=\s)"
    r"|\b(?:it|they|the [\w-]+(?: [\w-]+)?)(?: only (?:mention|state|say|note)s?(?: that)?"
    r"| (?:mention|state|say|note)s? (?:only(?: that)?|that))\b",
    re.MULTILINE | re.IGNORECASE,
)
"""What stands before what is told, as a heading does, or beside it."""
_TEXT = (
    rf"(?:{SOURCE}|{PAPER}s?|rules?|charters?|by-?laws?|statutes?|conditions|wording|handouts?|schedule|calendar"
    r"|changelog|extract|lease|text|cards?|edition|clauses?)"
)
_OF_A_TEXT = re.compile(
    rf"\b(?:the|this|that|these|those|your|our|my|any|no|all|\d+) (?:[\w'-]+ ){{0,3}}?{_TEXT}\b"
    rf"|\b(?:here|in there)\b|{ZH_SOURCE}"
)
_AT_ITS_HEAD = re.compile(
    rf"\W*(?:(?:the|this|that|these|those|your|our) (?:[\w'-]+ ){{0,3}}?{_TEXT}\b"
    r"|(?:section|clause|page|chapter|article|paragraph|table) [\w.]+)|.{0,4}" + ZH_SOURCE
)
_SAYS_THAT = re.compile(r"\b(?:say|state|indicate|confirm)s? that\b")
_COVERS = re.compile(
    r"\b(?:(?:is|are) (?:\w+ )?(?:about|on|for)|talks?|speaks?|deals?|go(?:es)?|runs?|focus\w*|has|lists?"
    r"|covers?(?= \w)|describes?|discuss\w*|contains?)\b(?! that\b)"
)
"""What a text does that tells nothing of what was asked: "the pages are about cameras"."""
_SENDS = re.compile(
    r"(?:^\W*|\b(?:please|you|you'd|should|could|would|must|might|best|better|have to|need to|want to|to|try|suggest|or"
    r"|and|so|call to|i'd|recommend|advise|worth) )"
    r"(?:ask|check|contact|consult|call(?! for)|ring|phone|e-?mail|see|look|refer|turn|talk|speak|write|visit|try"
    r"|enquire|inquire|get in touch|reach(?:ing)? out|pop in|drop by|go to)(?:ing)?\b"
    r"|\b(?:open|file|submit|raise) (?:a|an|the) (?:[\w-]+ )?(?:ticket|request|issue)\b"
    r"|咨询|联系|查阅|参阅|查看|建议|(?<!访)问(?!题)"
)
"""What sends the asker elsewhere."""
_OFFERS = re.compile(
    r"\b(?:(?:may|might|can|will|would|should|could)(?: \w+)? (?:know|tell|help|say|advise|settle|show)|knows|if you"
    r"|(?:could|can|would) you|let me know|feel free|(?:happy|glad) to|information|details)\b"
)
"""Who may know, or what one may ask for."""
_LACKS = re.compile(
    r"\b(?:silent|silence|quiet|mum|blank|gap|gaps|missing|absent|absence|lack(?:s|ed|ing)?|omit(?:s|ted)?|skip(?:s|ped)?"
    r"|fail(?:s|ed)? to|(?:stops?|falls?|comes? up) short|left (?:out|open|unsaid|blank)|leaves? .{0,40}\b(?:open"
    r"|blank|out|dark)|unsaid|unstated|unmentioned|unaddressed|unspecified|undocumented|unclear|unknown|uncertain|unsure"
    r"|unable|undisclosed|guess(?:es|ing|work)?|mystery|beats me|search me|dunno|clue|luck|idea|beyond what"
    r"|outside|elsewhere|sorry|afraid|apolog\w+|(?:regrettab|unfortunate|sad)ly|empty-handed|speculat\w+"
    r"|all about|ends? with)\b|缺|抱歉|对不起|遗憾"
)
"""What says without a denial that something is not there, or is sorry for it."""
_OF_KNOWING = re.compile(
    r"\b(?:know[ns]?|knowledge|unknown|unclear|clear|unsure|sure|uncertain|certain|say|says|said|tell|tells|mention\w*"
    r"|stat(?:e|es|ed|ing)|specif\w+|unspecified|disclos\w+|document(?:s|ed)?|discuss\w*|indicat\w+|answer\w*|unanswer\w+"
    r"|inform\w*|info|details?|data|determin\w+|infer\w*|idea|clue|evidence|question|scope|found|find\w*|locate\w*"
    r"|nothing (?:about|on|regarding)|access|help|assist)\b"
    r"|知|提|说|讲|写|回答|信息|资料|确定|清楚|答案|找到|数据|内容|记载"
)
"""Words of knowing and telling: who denies these declines."""
_GIVES_NONE = re.compile(
    r"\b(?:(?:give|provide|list|name|set)s? (?:no|one)|gives?"
    r"|(?:do|does|did) not (?:provide|list|name|cover|address|include|contain|designate|set|reveal|show))\b"
)
_NO_MORE = re.compile(
    r"\b(?:that|this|there) is all\b"
    r"|\ball (?:that )?(?:i|we|it|they|the (?:[\w-]+ ){0,3}\w+) (?:have|has|see|says?|know)\b"
    rf"|\b(?:no|0|zero|none of the)(?: (?:of )?(?:the )?\d+)? (?:relevant )?(?:chunks?|results?|matches|{SOURCE})\b"
    r"|\bgo(?:es)? beyond (?:them|it|that|these|this|the|what)\b"
)
"""What says that nothing else is told, or was found."""
_LOOKED = re.compile(
    r"\b(?:i|we)(?: have|'ve| can| could|'m| am| only| just)* (?:looked|searched|checked|read|went|see|reviewed"
    r"|only have|able|happy|based|limited|take|try|help|look)\b"
)
"""What whoever declines has done, or can do."""
_ASIDE = re.compile(
    r"\b(?:i am|as|being) (?:just |only )?an? (?:[\w-]+ ){0,2}(?:ai|assistant|model)\b"
    r"|\bmy (?:last update|training|knowledge)\b|^\w+ly$"
)
"""What a reply says of itself, or by the way."""


QUOTED = 4
"""Words of a part, from which on one that stands in a text that was shown is quoted from it, and made up by nobody:
"It is 25 days" stands in many.
"""


def may_be_refusal(question: str, reply: str) -> bool:
    """Whether a reply that no rule takes for a refusal may be one.

    A part of it declines: a rule for refusals says so, or it denies, and speaks of knowing or telling, of a text, or of
    itself. Or else the reply opens with neither yes nor no, no part tells a number or a name that the question lacks,
    and one denies or lacks something, sends the asker elsewhere, or says what a text is about.
    """
    asked, said = source((question,)), _parts(reply)
    if any(_declines(part) and (not _has_number(part, asked) or _tells_nothing(part)) for part in said):
        return True
    if any(map(_is_of_a_text, said)) and any(_denies(part) and not _tells(part, asked) for part in said):
        return True
    if opens_with(reply) or any(_tells(part, asked) and not _hints(part) for part in said):
        return False
    return any(
        _hints(part) or (_denies(part) and not _names(part, asked)) for part in said if not _has_number(part, asked)
    )


def may_be_invention(question: str, refusal: str, shown: Sequence[str] = ()) -> bool:
    """Whether a reply that reads like a refusal may be made up.

    It is a bare denial, which speaks neither of a text nor of who speaks, nor of knowing or telling ("This is not
    covered."). Or a part of it, behind what declines, tells something that the question does not, and is not quoted
    from what was shown: "I do not know for certain. It is 30 days."
    """
    asked, texts, whether = source((question,)), source(tuple(shown)), asks_yes_or_no(question)
    said = _parts(_LEADS_IN.sub("", without_courtesies(as_said(refusal))))
    if any(_adds(part, asked, whether) and not _is_quoted(part, texts) for part in said):
        return True
    return any(map(_denies, said)) and not any(_speaks(part) or _OF_KNOWING.search(_plain(part)) for part in said)


def _parts(reply: str) -> tuple[Claim, ...]:
    """What a reply says, clause by clause, in words that are written out."""
    pieces = _PART.split(_HOWEVER.sub(" ", written_out(as_said(reply).replace("’", "'"))))
    return tuple(part for piece in pieces for part in claims(piece))


def _declines(part: Claim) -> bool:
    plain = _plain(part)
    if REFUSALS.search(plain) or _NO_MORE.search(plain):
        return True
    tells = _OF_KNOWING.search(plain) or _GIVES_NONE.search(plain)
    return _denies(part) and (tells is not None or _speaks(part))


def _tells_nothing(part: Claim) -> bool:
    """Whether it is of a text, or of who speaks, that a part says that it does not tell, whatever number it has."""
    plain = _plain(part)
    if REFUSALS.search(plain) or _NO_MORE.search(plain):
        return True
    return _speaks(part) and _denies(part) and _OF_KNOWING.search(plain) is not None


def _hints(part: Claim) -> bool:
    """Whether a part has something of a refusal beside a denial."""
    plain = _plain(part)
    return bool(
        _is_about(plain)
        or _LOOKED.search(plain)
        or _LACKS.search(plain)
        or _SENDS.search(plain)
        or _OFFERS.search(plain)
        or (_denies(part) and _speaks(part))
    )


def _adds(part: Claim, asked: Source, whether: bool) -> bool:
    """Whether a part of a refusal tells something: a number or a name that the question lacks, or words half of which
    are not the question's; where that asks `whether` something is so, its own words tell it.
    """
    plain = _plain(part)
    if _has_number(part, asked):
        return not _tells_nothing(part) and not _SENDS.search(plain)
    if _declines(part) or any(each.search(plain) for each in (_SENDS, _OFFERS, _ASIDE)):
        return False
    if _names(part, asked):
        return not (_LACKS.search(plain) and _AT_ITS_HEAD.match(plain))
    if _LACKS.search(plain) or _LOOKED.search(plain) or PREPARES.search(plain) or _is_about(plain):
        return False
    told = [stem for stem in part.content if not _OF_KNOWING.search(stem)]
    new = [stem for stem in told if stem not in asked.stems]
    return bool(told) and (whether or 2 * len(new) >= len(told))


def _is_quoted(part: Claim, shown: Source) -> bool:
    """Whether a sentence that was shown has all words of a part, which are not few."""
    best = shown.best(part)
    return best is not None and len(part.content) >= QUOTED and best.stem_set.issuperset(part.content)


def _is_of_a_text(part: Claim) -> bool:
    """Whether it tells what a text holds, and not that something is so by it."""
    plain = _plain(part)
    return _AT_ITS_HEAD.match(plain) is not None and _SAYS_THAT.search(plain) is None


def _is_about(plain: str) -> bool:
    return _AT_ITS_HEAD.match(plain) is not None and _COVERS.search(plain) is not None


def _speaks(part: Claim) -> bool:
    """Whether it is about a text, or about who speaks."""
    return not _SPEAKERS.isdisjoint(part.words) or _OF_A_TEXT.search(_plain(part)) is not None


def _denies(part: Claim) -> bool:
    return not NEGATORS.isdisjoint(part.words)


def _tells(part: Claim, known: Source) -> bool:
    return _has_number(part, known) or _names(part, known)


def _has_number(part: Claim, known: Source) -> bool:
    return any(not known.has_number(number) for number, _ in part.numbers)


def _names(part: Claim, known: Source) -> bool:
    return any(not known.has_name(name) for name in part.names)


def _plain(part: Claim) -> str:
    return part.text.casefold().strip()
