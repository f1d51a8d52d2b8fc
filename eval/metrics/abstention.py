"""Is this text a refusal, or an answer?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from eval.metrics.correctness import correctness
from eval.metrics.registry import RIGHT

_ADVERBS = re.compile(r"\b(?:really|actually|currently|simply|just|honestly|explicitly|directly|clearly|specifically) ")
_NOT = r"(?:(?:do|does|did|can|could|is|are|was|were|am|have|has) not|(?:am|is|are) unable to)"
_GIVEN = r"(?: (?:provided|given|above|available|i have))?"
_TEXT = rf"(?:(?:context|passage|document|documentation|text|excerpt)s?{_GIVEN})"
_SOURCE = rf"(?:{_TEXT}|(?:information|source|corpus|material|handbook|result)s?{_GIVEN})"
_SPEAKS = (
    r"(?:say|state|mention|specify|tell|indicate|answer|cover|discuss|describe|address|reveal|disclose|explain)"
    r"(?:e?s)?|specifies"
)
_HOLDS = r"(?:contain|include|provide|give|list|name|have)s?|has"  # as other things do: "the source does not list pods"
_SAID = r"(?:mentioned|stated|specified|disclosed|documented|discussed|indicated|said)"
_KNOWN = rf"(?:{_SAID}|known|clear|given|provided|available|included|found|covered|described|listed|named)"
_KNOWLEDGE = r"(?:information|mention|answer|data|details?|evidence|indication|record|idea|knowledge|context)"
_ENOUGH = r"(?:(?:no|not (?:enough|any)|insufficient)(?: \w+)?|not)"
_ANSWER = r"(?:answer|information|question|detail|name|number|date|value)"
_FIND_OUT = r"(?:answer|determine|say|tell|know|infer|ascertain)"
_END = r"(?:[.!]*$|,| (?:who|whom|whose|what|when|where|which|how|why|whether|if|here|to me|at this time)\b)"
_IN_SOURCE = rf"(?:in|by|from|within|part of) (?:\w+ ){{0,3}}{_SOURCE}\b"
_LACKING = (  # "no data" is lacking where nothing is said of it but that; "no data is lost" is an answer
    rf"(?:not (?:enough|any)|insufficient)(?: \w+)? {_KNOWLEDGE}\b"
    rf"|{_ENOUGH} (?:information|mention|answer|evidence|indication)\b"
    rf"|{_ENOUGH} {_KNOWLEDGE}(?:$|[.,;:!]| (?:about|on|of|for|regarding|concerning|as to|to|that|which|whether|here"
    rf"|available|given|provided|in (?:it|this|these)\b)| (?:(?:is|are|was|were) )?(?:{_KNOWN}|there)\b| {_IN_SOURCE})"
)

# On text that `_plain` has made plain. The speaker, or what it was shown, has no answer: "the scheduler does not know"
# is about somebody else, and an answer.
_REFUSALS = re.compile(
    "|".join(
        (
            rf"\b(?:i|we) {_NOT} (?:know|find|answer|say|tell|determine|provide|give|have|recall|see|sure|certain|aware"
            r"|familiar|able|access)\b",
            rf"\b(?:i|we) (?:(?:have|have found|found|find|see) no {_KNOWLEDGE}|am (?:unsure|unaware|uncertain))",
            rf"\b{_SOURCE} {_NOT} (?:{_SPEAKS})\b",
            rf"\b{_TEXT} {_NOT} (?:{_HOLDS})\b",
            rf"\b{_SOURCE} {_NOT} (?:{_HOLDS}) (?:\w+ ){{0,2}}{_KNOWLEDGE}\b",
            rf"\b(?:(?:none|neither) of (?:\w+ ){{0,2}}|no ){_SOURCE} (?:{_SPEAKS}|{_HOLDS})\b",
            rf"\b{_SOURCE} (?:lack|omit)s? (?:\w+ ){{0,2}}{_KNOWLEDGE}\b",
            rf"\b{_SOURCE} (?:says|gives|contains|provides|has) (?:nothing|{_ENOUGH} {_KNOWLEDGE})",
            rf"\b{_NOT} {_SAID}(?:[.!]?$| (?:in|by|from|within|anywhere|here)\b)",
            rf"\b{_NOT} {_KNOWN} {_IN_SOURCE}",
            rf"^(?:it|this|that|(?:the|this|that) {_ANSWER}) {_NOT} {_IN_SOURCE}",
            rf"^(?:it|this|that)? ?{_NOT} (?:{_SAID}|known|clear|given|provided|available){_END}",
            rf"^(?:the|this|that) {_ANSWER} {_NOT} {_KNOWN}{_END}",
            rf"^not {_KNOWN}{_END}",
            rf"(?:^|\bthere (?:is|was|are) )(?:{_LACKING})",
            r"\b(?:can|could) not be (?:answered|determined|found|known|inferred)",
            rf"\b(?:not possible|impossible) to {_FIND_OUT}\b|^(?:unable to|can not|could not) {_FIND_OUT}\b",
            rf"^(?:(?:it|this|that|the answer) is )?(?:unknown|unclear|unanswerable|n/a)(?:{_END}| from\b)",
            r"我(?:真的|也|并)?不(?:知道|清楚|确定|了解)|^不(?:知道|清楚|确定|详)|(?:无法|不能)(?:回答|确定|得知|判断|提供)",
            r"(?:没有|未|没)(?:提到|提及|说明|提供|给出|包含|找到)|没有(?:相关|足够|任何)?的?(?:信息|资料|答案)",
        )
    )
)
_APOLOGY = re.compile(
    r"^(?:(?:i am |we are )?(?:so |very )?(?:sorry|afraid)|i apologi[sz]e|unfortunately)\b[\s,.;]*(?:but )?"
)
_TURN = re.compile(r"\b(?:but|however)\b[\s,]*(?:i (?:think|believe|guess) )?(.*)", re.DOTALL)
_OFFER = re.compile(r"i (?:can|could|will|would) (?:help|look|search|try|check)|(?:you|we|please|feel|if|let) ")


def declines(response: str, references: Sequence[str]) -> bool:
    """Whether a reply to a question with these right answers, or with none, is a refusal.

    Right answers may read like one ("Unknown" is a phase of a pod): who gives such an answer has answered. Where the
    reference does not read so, a reply that does is a refusal, however many of its words are the reference's: refusals
    repeat the question, and references share its words.
    """
    return is_refusal(response) and not any(
        is_refusal(reference) and correctness(reference, response) >= RIGHT for reference in references
    )


def is_refusal(text: str) -> bool:
    """Whether a reply says that it does not know, or says nothing at all.

    Rules for English and Chinese; `tests/eval/test_abstention.py` is their table. A refusal opens the reply: what
    comes later qualifies an answer. "I don't know, but it may be Kueue" is an answer.
    """
    plain = _plain(text)
    if not any(character.isalnum() for character in plain):
        return True
    sentences = re.split(r"(?<=[.!?])\s+|(?<=[。！？])", plain)
    opening = sentences[0]
    turn = _TURN.search(plain)
    if turn and turn.start() < len(opening):
        opening = opening[: turn.start()].rstrip(" ,;.")
    if not _REFUSALS.search(opening):
        return False
    return turn is None or _OFFER.match(turn.group(1)) is not None or _REFUSALS.search(turn.group(1)) is not None


def _plain(text: str) -> str:
    """Lower case, straight quotes, contractions written out, without adverbs and an opening apology."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold().strip(" \t\r\n\"'*_`-")
    for short, long in (
        ("can't", "can not"),
        ("cannot", "can not"),
        ("n't", " not"),
        ("it's ", "it is "),
        ("that's ", "that is "),
        ("there's ", "there is "),
        ("'m ", " am "),
        ("'re ", " are "),
        ("'ve ", " have "),
    ):
        plain = plain.replace(short, long)
    return _APOLOGY.sub("", _ADVERBS.sub("", plain))
