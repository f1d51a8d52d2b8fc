"""Is this text a refusal, or an answer?"""

from __future__ import annotations

import re
import unicodedata

_ADVERBS = re.compile(r"\b(?:really|actually|currently|simply|just|honestly|explicitly|directly|clearly|specifically) ")
_NOT = r"(?:(?:do|does|did|can|could|is|are|was|were|am|have|has) not|(?:am|is|are) unable to)"
_SOURCE = (
    r"(?:context|passage|document|documentation|text|information|source|corpus|excerpt|material|handbook|result)s?"
    r"(?: (?:provided|given|above|available|i have))?"
)
_SAYS = (
    r"(?:say|state|mention|specify|contain|include|provide|give|tell|indicate|answer|cover|discuss|describe|address|"
    r"reveal|disclose|list|name|explain|have)"
)
_SAID = r"(?:mentioned|stated|specified|disclosed|documented|discussed|indicated|said)"
_KNOWN = rf"(?:{_SAID}|known|given|provided|available|clear|included|found|covered|described|listed|named)"
_KNOWLEDGE = r"(?:information|mention|answer|data|details?|evidence|indication|record|idea|knowledge|context)"
_ENOUGH = r"(?:(?:no|not (?:enough|any)|insufficient)(?: \w+)?|not)"

# On text that `_plain` has made plain. The speaker, or what it was shown, has no answer: "the scheduler does not know"
# is about somebody else, and an answer.
_REFUSALS = re.compile(
    "|".join(
        (
            rf"\b(?:i|we) {_NOT} (?:know|find|answer|say|tell|determine|provide|give|have|recall|see|sure|certain|aware"
            r"|familiar|able)\b",
            rf"\b(?:i|we) (?:(?:have|found|find|see) no {_KNOWLEDGE}|am (?:unsure|unaware|uncertain))",
            rf"\b{_SOURCE} {_NOT} {_SAYS}\b",
            rf"\b{_SOURCE} (?:says|gives|contains|provides|has) (?:nothing|{_ENOUGH} {_KNOWLEDGE})",
            rf"\b{_NOT} {_SAID}(?:[.!]?$| (?:in|by|from|within|anywhere|here)\b)",
            rf"\b{_NOT} {_KNOWN} (?:in|by|from|within) (?:\w+ ){{0,3}}{_SOURCE}",
            rf"^(?:it|this|that|(?:the|this|that) (?:answer|information|question))? ?{_NOT} {_KNOWN}\b",
            rf"^not {_KNOWN}\b",
            rf"\bthere (?:is|was|are) {_ENOUGH} {_KNOWLEDGE}\b",
            rf"^{_ENOUGH} {_KNOWLEDGE}\b",
            r"\b(?:can|could) not be (?:answered|determined|found|known|inferred)",
            r"^(?:(?:it|this|that|the answer) is )?(?:unknown|unclear|unanswerable|n/a)\b[.!]*",
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
        ("'m ", " am "),
        ("'re ", " are "),
    ):
        plain = plain.replace(short, long)
    return _APOLOGY.sub("", _ADVERBS.sub("", plain))
