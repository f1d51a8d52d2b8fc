"""Is this text a refusal, or an answer?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from eval.metrics.correctness import correctness
from eval.metrics.lexical import holds_phrase, tokens
from eval.metrics.registry import RIGHT
from eval.metrics.word_lists import NEGATORS

# Rules for text that `_plain` has made plain: first their parts, then the rules by what a refusal speaks of.
_ADVERBS = re.compile(
    r"\b(?:really|actually|currently|simply|just|honestly|explicitly|directly|clearly|specifically"
    r"|(?:appear|seem)s? to(?: be)?) | any ?more\b| any longer\b"
)
_IS_NOT = r"(?:(?:do|does|did|can|could|is|are|was|were|am|have|has) not(?: been)?|(?:am|is|are|was|were) unable to)"
# Who says since when, or why, something is no longer said has answered.
_NO_LONGER = r"(?:(?:is|are|was|were|can|could) )?no longer(?!.{0,200}\b(?:since|because|as of)\b)"
_NOT = rf"(?:{_IS_NOT}|{_NO_LONGER}|(?:(?:is|are|was|were|has|have) )?(?:never|neither|nowhere)(?: been)?)"
_WAS = r"(?:was|were|has been|have been)"
_IS = rf"(?:is|are|remains?|{_WAS})"
_OPENS = r"^(?:(?:based on|according to|from|in) [^,]*, |it (?:seems|appears) (?:that )?)?"
_STOP = r"(?:[.!]*$|,? (?:so (?:i|we)|sorry|here|to me|at this time|at all)\b)"  # nothing follows that would answer

# What the speaker was shown
_GIVEN = (
    r"(?: (?:that |which )?(?:(?:(?:is|are|was|were) )?(?:provided|given|above|available|retrieved)|i have|i was given"
    r"|you (?:gave|provided|sent|shared))(?: me)?)?"
)
_BOOK = r"(?:documentation|(?:handbook|manual|wiki|knowledge base)s?)"
_TEXT = rf"(?:(?:{_BOOK}|(?:context|passage|document|text|excerpt)s?){_GIVEN})"
_SOURCE = rf"(?:{_TEXT}|(?:information|source|corpus|material|result|guide|article)s?{_GIVEN})"
_SPEAKS = (
    r"(?:say|state|mention|specify|tell|indicate|answer|cover|discuss|describe|address|reveal|disclose|explain)"
    r"(?:e?s)?|specifies"
)
_HOLDS = r"(?:contain|include|provide|give|list|name|have)s?|has"  # as other things do: "the source does not list pods"
_IN_SOURCE = rf"(?:in|by|from|within|part of) (?:\w+ ){{0,3}}{_SOURCE}\b"
_THE_SOURCE = (  # and nothing else: neither "the documents folder" nor "the current context"
    r"(?:any of )?(?:(?:the|these|this|those|any|my|our|your) )?(?:(?:provided|given|retrieved|available) )?"
    rf"(?:{_TEXT}|(?:\w+ ){{0,2}}{_BOOK}|(?:source|corpus|material|guide|article)s?{_GIVEN})"
    rf"(?:{_STOP}| (?:about|on|for|of|regarding|that|which|i|we|you)\b)"
)

# What is asked for, and how it is given
_SAID = r"(?:mentioned|stated|specified|disclosed|documented|discussed|indicated|said)"
_TOLD = rf"(?:{_SAID}|known|clear|given|provided|available)"
_KNOWN = rf"(?:{_TOLD}|included|found|covered|described|listed|named)"
_UNKNOWN = r"(?:unknown|unclear|unspecified|undocumented|unanswerable|n/a)"
_KNOWLEDGE = r"(?:information|mention|answer|data|details?|evidence|indication|record|idea|clue|knowledge|context)"
_ENOUGH = r"(?:(?:no|not (?:enough|any)|no longer (?:any|enough)|insufficient)(?: \w+)?|not)"
_ANSWER = r"(?:answer|information|question|detail|name|number|date|value)"
_FACT = rf"(?:{_ANSWER}s?|reason|cause|amount|cost|price|age|year|identity|title)"
_ABOUT = r"(?:about|on|of|for|regarding|concerning|as to)"
_SOUGHT = rf"(?:[\w'-]+ ){{0,3}}?{_FACT}(?: (?:{_ABOUT}|you|needed|requested)(?: [\w'-]+){{0,6}}?)?"
_FIND_OUT = r"(?:answer|determine|say|tell|know|infer|ascertain)"
_END = rf"(?:{_STOP}|,(?! so (?!i\b|we\b))| (?:who|whom|whose|what|when|where|which|how|why|whether|if)\b)"

_SPEAKER = (  # "the scheduler does not know" is about somebody else, and an answer
    rf"\b(?:i|we) {_IS_NOT} (?:know|find|answer|say|tell|determine|provide|give|have|recall|see|sure|certain|aware"
    r"|familiar|able|access|locate)\b|\bi am (?:unsure|unaware|uncertain)",
    r"\b(?:i|we) (?:can not|(?:am|are) unable to) (?:help|assist)\b|\bi (?:have not been|was not) (?:given|told)\b",
    rf"\b(?:i|we) no longer (?:know|recall|have (?:\w+ ){{0,2}}(?:{_KNOWLEDGE}|access))\b",
    rf"\b(?:i|we) (?:have )?never heard of(?: [\w'-]+){{1,4}}{_END}",
    rf"\b(?:i|we) (?:have|have found|found|find|see) (?:no (?:{_KNOWLEDGE}|way of)|nothing {_ABOUT})",
    rf"^(?:do not know|not sure|dunno){_END}|^(?:unable to|can not|could not) {_FIND_OUT}\b",
)
_SHOWN = (
    rf"\b{_SOURCE}(?: (?:on|for|about)(?: \w+){{1,4}}?| (?:\w+ ){{1,4}}and)? {_NOT} (?:{_SPEAKS})\b",
    rf"\b{_TEXT} (?:{_IS_NOT}|{_NO_LONGER}) (?:{_HOLDS})\b",
    rf"\b{_SOURCE} {_NOT} (?:{_HOLDS}) (?:(?:\w+ ){{0,2}}(?:{_KNOWLEDGE}|anything)\b|(?:it|this|that){_STOP})",
    rf"\b(?:(?:none|neither) of (?:\w+ ){{0,2}}|no |neither ){_SOURCE} (?:{_SPEAKS}|{_HOLDS})\b",
    rf"\b{_SOURCE} (?:lack|omit)s? (?:\w+ ){{0,2}}{_KNOWLEDGE}\b",
    rf"\b{_SOURCE} (?:says?|gives?|makes?|contains?|provides?|has|have)"
    rf" (?:nothing(?:(?: \w+)? (?:about|on|regarding)\b|{_END}| that\b)|{_ENOUGH} {_KNOWLEDGE}"
    rf"|no (?:\w+ )?(?:reference|entry|section|page|chapter) (?:{_ABOUT}|to)\b)",
    rf"\b{_SOURCE} (?:mentions?|describes?|specify|specifies) no\b|\b{_TEXT} (?:name|list)s? no\b",
    rf"\b{_SOURCE} (?:give|state)s? no(?: \w+)? {_FACT}\b",
    rf"\b{_SOURCE} (?:(?:is|are) silent (?:on|about)|leaves? (?:it|this|that) open)\b",
    rf"^(?:it|they) {_NOT} (?:say|tell|specify){_END}",
    rf"\bnothing {_IN_SOURCE} (?:{_SPEAKS}|suggests?|{_ABOUT})\b",
    rf"\bnothing (?:{_ABOUT}(?: \S+){{1,6}} )?in {_THE_SOURCE}",
    rf"{_OPENS}there {_IS} no (?!need\b)(?:(?!to\b)\S+ ){{1,6}}in {_THE_SOURCE}",
    rf"(?:\b{_NOT}|^not)(?: anywhere)? (?:in|part of) {_THE_SOURCE}",
    rf"\b{_IS} (?:missing|absent|omitted) from {_THE_SOURCE}",
    rf"\b(?:outside|beyond) (?:of )?(?:my knowledge|(?:the scope of )?{_THE_SOURCE})",
)
_ASKED_FOR = (
    rf"\b{_NOT} {_SAID}(?:[.!]?$| (?:in|by|from|within|anywhere|here)\b)",
    rf"\b{_NOT} (?:{_KNOWN}|answered|addressed|contained|present) {_IN_SOURCE}",
    rf"^(?:it|this|that|(?:the|this|that) {_ANSWER}) {_NOT} {_IN_SOURCE}",
    rf"{_OPENS}(?:(?:it|this|that) )?{_NOT} (?:{_SAID}|known|clear){_END}",
    rf"^(?:(?:it|this|that) )?{_IS_NOT} (?:given|provided|available){_END}",
    rf"^(?:the|this|that) {_ANSWER} {_NOT} {_KNOWN}{_END}",
    rf"{_OPENS}{_SOUGHT} (?:{_NOT} (?:{_TOLD}|listed)|{_IS} {_UNKNOWN}){_STOP}",
    rf"^(?:the|this|that) (?:information|answer|details) {_WAS} (?:removed|withdrawn|deleted){_STOP}",
    rf"^(?:it|this|(?:the |this |that )?(?:\w+ )?(?:{_ANSWER}|section|page|entry)) {_WAS} removed from {_THE_SOURCE}",
    rf"^not {_KNOWN}{_END}",
    rf"^(?:(?:it|this|that|the answer) is )?{_UNKNOWN}(?:{_END}| from\b)",
    r"\b(?:can|could) not be (?:answered|determined|found|known|inferred)",
    rf"\b(?:not possible|impossible) to {_FIND_OUT}\b",
)
_NONE = r"(?:no(?: (?!need\b)[\w'-]+){1,6}?|none|nothing|nobody|no one)"
_NO = r"(?:^|\bthere (?:is|was|are|were|do|does) )"
_LACKING = (  # "no data" is lacking where nothing is said of it but that; "no data is lost" is an answer
    rf"{_NO}(?:not (?:enough|any)|insufficient)(?: \w+)? {_KNOWLEDGE}\b",
    rf"{_NO}{_ENOUGH} (?:information|mention|answer|evidence|indication)\b",
    rf"{_NO}{_ENOUGH} {_KNOWLEDGE}(?:$|[.,;:!]| (?:{_ABOUT}|to|that|which|whether|here"
    rf"|available|given|provided|in (?:it|this|these)\b)| (?:{_IS} )?(?:{_KNOWN}|there)\b| {_IN_SOURCE})",
    rf"{_OPENS}(?:there {_IS} {_NONE}|{_NONE} {_IS}) (?:{_KNOWN} {_IN_SOURCE}"
    rf"|mentioned in\b|(?:{_SAID}|known)(?:{_STOP}| (?:about|on)\b))",
    rf"{_OPENS}(?:there {_IS} )?no (?:\w+ )?{_FACT}(?: {_IS})? {_TOLD}{_STOP}",
)

_ZH_SOURCE = r"(?:资料|文档|上下文|材料|手册|文章|上文|(?<![中英日法德俄论作])文|文本|段落|知识库)"
_ZH_NOW = r"(?:现在|目前|已经|已|都|也|并|似乎)*"
_CHINESE = (
    r"我(?:真的|也|并)?不(?:知道|清楚|确定|了解)|^(?:目前|现在)?[尚还]?不(?:知道|清楚|确定|详)|不得而知|无从得知",
    r"(?:无法|不能)(?:回答|确定|得知|判断|提供)|我(?:无法|不能|没法|没办法)(?:帮|协助|告诉)|我[找查]不到|^我?帮不了",
    r"(?:没有|未|没)(?:提到|提及|说明|提供|给出|包含|找到)",
    r"没有(?:相关|足够|任何|这方面|这个|该|有关)?的?(?:信息|资料|答案)|没有(?:相关|这个|这方面)的?(?:内容|说明|记载)",
    r"没有(?:关于|有关)[^,。]{1,15}的?(?:信息|资料|内容|说明|记载)",
    rf"{_ZH_SOURCE}[中里内]{_ZH_NOW}(?:没有|无|不再有|[找查看]不到)",
    rf"{_ZH_SOURCE}[中里内]?{_ZH_NOW}(?:没有|没|未|不再)(?:说|写|讲|提|记载|涉及|介绍)",
    rf"(?:信息|资料|内容){_ZH_NOW}(?:不再(?:提供|可用)|不可用)|(?:信息|资料|内容)已经?被?(?:删除|移除|撤下)",
)

_REFUSALS = re.compile("|".join((*_SPEAKER, *_SHOWN, *_ASKED_FOR, *_LACKING, *_CHINESE)))
_APOLOGY = re.compile(
    r"^(?:(?:(?:i am |we are )?(?:so |very )?(?:sorry|afraid)|i apologi[sz]e|unfortunately)\b[\s,.;]*(?:but )?"
    r"|(?:非常|很)?(?:抱歉|对不起|不好意思|遗憾)[\s,。!]*)"
)
_CONDITION = re.compile(r"^(?:if|when|unless|where|while|once|until) [^,.]*, ")
_TURN = re.compile(r"\b(?:but|however)\b[\s,]*(?:i (?:think|believe|guess) )?(.*)", re.DOTALL)
_OFFER = re.compile(r"i (?:can|could|will|would) (?:help|look|search|try|check)|(?:you|we|please|feel|if|let) ")


def declines(response: str, references: Sequence[str]) -> bool:
    """Whether a reply to a question with these right answers, or with none, is a refusal.

    Right answers may read like one ("Unknown" is a phase of a pod), or deny something ("no limit"): who gives such an
    answer, the latter word for word, has answered: "There is no limit in the documents." Beyond that a reply that reads
    like a refusal is one, however many of its words are the reference's: refusals repeat the question, and references
    share its words.
    """
    return is_refusal(response) and not any(
        (is_refusal(reference) and correctness(reference, response) >= RIGHT)
        or (not NEGATORS.isdisjoint(tokens(reference)) and holds_phrase(reference, response))
        for reference in references
    )


def is_refusal(text: str) -> bool:
    """Whether a reply says that it does not know, or says nothing at all.

    Rules for English and Chinese; `tests/eval/test_abstention.py` is their table. A refusal opens the reply: what
    comes later qualifies an answer. "I don't know, but it may be Kueue" is an answer. That something is no longer said
    is a refusal; that it is no longer so, "the scheme was discontinued", is an answer.
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
    """Lower case, straight quotes, contractions written out, without adverbs, an opening apology or condition."""
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
        ("is not anything", "is nothing"),
    ):
        plain = plain.replace(short, long)
    return _CONDITION.sub("then ", _APOLOGY.sub("", _ADVERBS.sub("", plain)))
