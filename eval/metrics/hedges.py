"""How sure a reply says it is, which claims nothing of what was asked: "I think it is 27"."""

from __future__ import annotations

import re

from eval.metrics.lexical import tokens

_MARKS = "[*_]{0,4}"
_I_AM = r"i(?:['’]?m| am)"
_TO_A_DEGREE = (
    r"(?:(?:fairly|pretty|quite|very|reasonably|relatively|almost|nearly|absolutely|completely|totally|entirely|fully"
    r"|really|exactly|so|too|all that|\d{1,3}\s?(?:%|percent)) )?"
)
_MEANING_IT = r"(?:(?:also|certainly|do|honestly|just|personally|really|still|strongly) )?"
_THINK = r"(?:think(?! (?:of|about(?! \d))\b)|believe(?! in\b)|guess|suppose|reckon)"
_ASSUME = r"(?:assume|expect(?! to\b)|imagine|presume|suspect)"
_THAT = r"(?: that\b(?!['’]| (?:is|are|was|were|has|does|will|would|can|could|may|might|should|must|depends)\b))?"
_PROBABLY = r"(?:(?:most |very |quite )?(?:likely|probably)|presumably|possibly|perhaps|maybe|apparently)"
_RIGHT = r"(?:correctly|rightly|right)"
_KNOWING = (
    r"(?:as|so) far as (?:i|we) (?:know|understand|remember|recall|can (?:tell|see|judge))"
    r"|as far as (?:i['’]?m|(?:i|we) am|we are) aware|as i (?:understand|recall|remember)(?: it)?"
    r"|to (?:the best of )?(?:my|our) (?:knowledge|understanding|recollection)"
    rf"|if (?:i (?:remember|recall)(?: {_RIGHT})?|i['’]?m not mistaken|i am not mistaken|memory serves"
    rf"(?: me)?(?: {_RIGHT})?)"
    r"|in my (?:humble |personal )?(?:opinion|view|understanding)"
)
"""By what somebody knows it, at a sentence's head or end."""
_FROM_WHAT = (
    r"(?:from|based on|judging by|going by) (?:my (?:knowledge|understanding)"
    r"|what i (?:can (?:see|tell|gather|find)|see|know|understand|remember|recall|gather|have (?:seen|read)))"
    r"(?: in (?:the|these|this|your)(?: \w+){1,3})?(?=[*_]{0,4}\s?,)"
)
_UNSURE = rf"(?:(?:{_I_AM} )?(?:not {_TO_A_DEGREE}(?:sure|certain|positive)|unsure)|{_I_AM} no expert)"
_MISTAKEN = r"i (?:could|may|might) (?:well )?be (?:wrong|mistaken)"
_ASIDE = r"(?: (?:about|of|on) (?:it|this|that))?"
_BUT = rf"(?:{_UNSURE}|i (?:do not|don['’]?t) know for (?:sure|certain)|{_MISTAKEN}){_ASIDE}\s?[,;–—-]?\s?but\b"
"""Without its "but" it is a refusal: "I'm not sure."."""
_IT_SEEMS = (  # not "It appears in the list"
    r"it (?:(?:seems|appears)(?: to me)?(?: like)?|looks like|would (?:seem|appear))"
    r"(?: that\b|,|(?= (?!(?:to|in|on|at|as|under|below|above|between|before|after|with|within|when|where|if|for|from"
    r"|by|once|twice|again|only|a|an)\b)))"
    r"|it(?: is|['’]s) (?:very |most |quite )?(?:likely|probable) that"
)
_HEDGES = (
    rf"i {_MEANING_IT}(?:{_THINK}|{_ASSUME}){_THAT}",
    rf"we {_MEANING_IT}(?:{_THINK}{_THAT}|(?:assume|expect) that)",  # not "We assume no liability"
    rf"(?:i|we)(?: would|['’]d) (?:say|{_THINK}|{_ASSUME}){_THAT}",
    rf"{_I_AM} {_TO_A_DEGREE}(?:sure|certain|confident|positive)(?! (?:about|at|in|of|to)\b){_THAT}",
    _BUT,
    _KNOWING,
    _FROM_WHAT,
    r"my (?:best |own |educated )?(?:guess|understanding|impression|recollection|belief)"
    rf"(?:(?: is| would be){_THAT}|(?=\s?:))",
    _IT_SEEMS,
    _PROBABLY,
)
_SAID = r"(?!so\b(?! far\b)|not\b\s{0,4}(?:[.,;!?]|$)|i\b)(?=.{0,8}\w)"
"""Not "I think not" and "I believe so", which answer, nor "I think I like it", which is about who speaks."""
_HEAD = re.compile(
    r"(?P<kept>[\s*_#>\"'“‘•-]{0,8}(?:\d{1,2}[.)]\s{1,4})?"
    r"(?:(?:yes|no|well|so|ok|okay|sure|but|and|however|unfortunately|actually|honestly|to be honest)\b"
    r"[*_]{0,4}[,.:;!]?\s{1,4})?)"
    rf"(?:(?:{'|'.join(_HEDGES)}){_MARKS}\s?[,:]?{_MARKS}\s{{1,4}}){{1,3}}{_SAID}",
    re.IGNORECASE,
)
_JOINED = re.compile(rf"(?P<kept>[,;]\s(?:and|but|so)\s)(?:{'|'.join(_HEDGES[:3])}),?\s{{1,4}}{_SAID}", re.IGNORECASE)
"""At the head of a clause: "It is warm, and I think it is 27"."""
_BY_THE_WAY = rf"(?:(?:i|we) {_MEANING_IT}{_THINK}|i(?: would|['’]d) (?:say|{_THINK})|{_KNOWING}|{_PROBABLY})"
_WITHIN = re.compile(rf",\s{{1,4}}{_BY_THE_WAY},(?=\s)", re.IGNORECASE)
_END = re.compile(
    rf"(?:(?:,|\s[–—-])\s{{1,4}}(?:{_BY_THE_WAY}|(?:but|though|although) (?:{_UNSURE}{_ASIDE}|{_MISTAKEN}))"
    rf"|\s[(\[]{_BY_THE_WAY}[)\]])(?=[.!?*_\"”’)\s]{{0,8}}$)",
    re.IGNORECASE,
)
_VERB = r"(?:is|are|was|were|be|has|have|will|would|should|can|could|may|might|must|['’](?:s|re|ll|d|ve))"
_BESIDE_VERB = re.compile(  # not "Rain is likely in May", which denies that it is unlikely
    rf"((?:\b|(?=['’])){_VERB})\s{{1,4}}{_PROBABLY}\b"
    r"(?!\s(?:to|in|on|at|for|by|with|under|after|before|during|when|where|if|that|and|or|but|because)\b)(?=\s)",
    re.IGNORECASE,
)
_SEEMS = re.compile(
    r"(\b(?:not|do|does|did|will|would|may|might|can|could)\s|n['’]t\s)?\b(?:seem|appear)(s|ed)? to (be|have)\b",
    re.IGNORECASE,
)
_WITHOUT_SEEMS = {"be": "are", "bes": "is", "beed": "was", "have": "have", "haves": "has", "haveed": "had"}

_ZH_HEAD = re.compile(
    r"\s{0,8}(?:(?:我(?:个人)?(?:认为|觉得|猜|估计|相信)|[据就]我所知|如果我没有?记错(?:的话)?|看起来|似乎|好像|也许|或许"
    r"|我不(?:太|是很|完全)?(?:确定|肯定)[,，]?(?:但是?|不过))[,，:：]?\s{0,4}){1,3}(?=.{0,8}\w)"
)
_ZH_WITHIN = re.compile(r"(?<![不太有])(?:似乎|好像|大概|也许|或许|很?可能)(?=[是为])")


def without_hedges(sentence: str) -> str:
    """A sentence without what only says how sure it is, or by what somebody knows it: "I think", "As far as I know",
    "probably", in English and Chinese, by a closed list of words.

    What it says is so stays, with its denial: "I think it is not 27" is "it is not 27". So does all that answers by
    itself ("I'm not sure.", "I believe so."), and what denies the thought: "I don't think it is 27".
    """
    head = _HEAD.match(sentence)
    headless = head["kept"] + sentence[head.end() :] if head else sentence
    within = _WITHIN.sub("", _END.sub("", _JOINED.sub(r"\g<kept>", headless)))
    plain = _SEEMS.sub(_plainly, _BESIDE_VERB.sub(r"\1", within))
    if not sentence.isascii():
        found = _ZH_HEAD.match(plain)
        plain = _ZH_WITHIN.sub("", plain[found.end() :] if found else plain)
    return plain if plain == sentence or tokens(plain) else sentence


def _plainly(seems: re.Match[str]) -> str:
    before, ending, verb = seems.groups(default="")
    return before + verb if before else _WITHOUT_SEEMS[(verb + ending).casefold()]
