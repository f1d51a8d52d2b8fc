"""Words of a question that only ask to be told: "Hi, could you please tell me ...", "I would like to know ..."."""

from __future__ import annotations

import re

INTERROGATIVE = r"\b(?:what|which|who|whom|whose|how|why|when|where)\b"

_ASKED_NEXT = rf"(?:{INTERROGATIVE}|if\b|whether\b)"
_ME = r"(?: (?:to )?(?:me|us))"
_TELL = (
    rf"(?:(?:tell|show|give|name|list|provide|teach){_ME}|(?:tell|explain|describe|clarify|outline|summari[sz]e){_ME}?"
    r"|elaborate on|(?:name|list|provide|share|give|mention)(?= (?:a few|some|any|one of|more|further|details|examples"
    r"|information|an? (?:brief|example|summary|synopsis|description|list|overview))\b)"
    rf"|let{_ME} know|help{_ME}?(?: (?:to )?(?:understand|find(?: out)?|see))|help me|know|say(?= {_ASKED_NEXT}))"
)
"""Not "Can you list Pods?", "Can you share a GPU?": who is asked there is anybody."""
_TELLING = rf"(?:telling|showing|giving|explaining|describing|clarifying|letting){_ME}?(?: know)?"
_SOMEBODY = r"(?:you|someone|somebody|anyone|anybody|one of you)"
_LEARN = rf"(?:know|ask(?! for)|hear|learn|understand|find out|be told|have you tell{_ME})"
_ADVERBS = r"(?:(?:please|kindly|perhaps|maybe|possibly|quickly|briefly|just|also) )*"
_TEXT = r"(?:(?:the|your|our|any|a) )?(?:\w+ ){1,3}"

_GREETING = (
    r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|dear|excuse me|sorry|thanks|thank you|please|ok|okay|so|and"
    r"|well|now|also)\b(?: (?:there|all|everyone|everybody|team|again|colleagues)\b)?[\s,.!:;–—-]*)+"
)
_REQUESTS = (
    rf"(?:(?:can|could|would|will) {_SOMEBODY}|is there (?:any|a) chance (?:that )?you (?:can|could))"
    rf" {_ADVERBS}(?:be so kind (?:as )?to )?{_TELL}",
    rf"(?:are {_SOMEBODY} able|is it possible|would it be possible)(?: for you)? to {_TELL}",
    rf"(?:do|does|would|did) {_SOMEBODY} (?:happen to |perhaps |by (?:any )?chance )?know(?: by (?:any )?chance)?",
    rf"do(?:es)? {_SOMEBODY} have (?:any|an) idea|(?:any|have you any) idea(?= {_ASKED_NEXT})",
    rf"(?:may|might|can|could) (?:i|we) {_ADVERBS}{_LEARN}(?: you)?",
    rf"(?:i|we)(?: (?:would|should)|['’]d) {_ADVERBS}(?:like|love|want|need) (?:you )?to (?:{_LEARN}|{_TELL})",
    rf"(?:i|we) {_ADVERBS}(?:want|need|wish)(?:ed)? to {_LEARN}",
    r"(?:i|we)(?:['’]m| am| was| are| were)(?: just)? wondering|(?:i|we) wonder(?:ed)?",
    rf"(?:explain|describe|remind|let){_ME}?(?: know)?(?= {_ASKED_NEXT}|:)|(?:tell|show|give|explain to){_ME}",
    r"is (?:it|anything) (?:known|clear|stated|specified|written|said|documented)(?: anywhere)?"
    rf"(?= (?:(?:in|for|on|to|by) )?{_ASKED_NEXT})",
    rf"do(?:es)? {_TEXT}(?:say|state|mention|specify|tell|explain|describe){_ME}?(?= {INTERROGATIVE})",
    rf"(?:would|do) {_SOMEBODY} mind {_TELLING}",
)
_ZH_REQUESTS = (
    r"(?:您|你)?(?:能不能|可不可以|是否可以|能否|可否|能|可以|请)(?:请|麻烦)?(?:您|你)?"
    r"(?:告诉|告知|说明|解释|介绍)(?:一下|下)?(?:我们|我)?(?:一下)?",
    r"(?:告诉|告知)(?:我们|我)",
    r"(?:您|你)(?:是否)?(?:知道|清楚|了解)",
    r"我?想(?:知道|问一下|问|了解)",
)
_GREETS = re.compile(rf"\W*{_GREETING}", re.IGNORECASE)
_REQUEST = re.compile(
    rf"\W*(?:{'|'.join(_REQUESTS)})\b(?: (?:please|about|by any chance|that))*[\s,:;–—-]*"
    rf"|\W*(?:(?:您好|你好|请问|麻烦|劳驾)\W*)*(?:{'|'.join(_ZH_REQUESTS)})\W*",
    re.IGNORECASE,
)


def asked_plainly(sentence: str) -> tuple[str, bool]:
    """A sentence without its opening words that only greet or ask to be told, and whether any asked to be told.

    "Hi, can you tell me if it floats?" is "if it floats?".
    """
    text, requests = sentence, False
    while taken := _GREETS.match(text) or _REQUEST.match(text):
        requests = requests or taken.re is _REQUEST
        text = text[taken.end() :]
    return text, requests
