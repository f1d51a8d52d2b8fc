"""What a reply says out of courtesy, and claims nothing by: "I hope this helps!"."""

from __future__ import annotations

import re

from eval.metrics.claims import SENTENCE_END
from eval.metrics.hedges import without_hedges
from eval.metrics.lead_ins import without_lead_ins
from eval.metrics.lexical import tokens
from eval.metrics.source_mentions import without_mentions
from eval.metrics.source_notes import is_note, without_notes
from eval.metrics.spelling import written_out
from eval.metrics.word_lists import OF_COURTESY

_OFFER = re.compile(
    r"\b(?:let (?:me|us) know|feel free to|(?:do not|never) hesitate|just ask|would you like"
    r"|(?:happy|glad|pleased|here) to (?:help|assist|answer|clarify|explain|elaborate|provide)"
    r"|(?:i|we) hope|hope (?:this|that|it)|hopefully|(?:any|other|further|more|additional) questions?|anything else"
    r"|can (?:i|we) (?:help|assist))\b"
)
_WAITING = (
    r"(?:confusion|inconveniences?|delays?|wait|trouble|mistakes?|errors?|misunderstandings?|oversight|mix-?up|reply"
    r"|response)"
)
_SORRY = (
    r"(?:(?:please accept )?(?:(?:my|our) )?(?:sincere(?:st)? |deepest )?apologies"
    r"|(?:i|we) (?:do )?(?:sincerely |deeply )?apologi[sz]e"
    r"|(?:(?:i am|we are) )?(?:very |so |really |truly |terribly )?sorry)"
    r"(?: (?:for|about) (?:(?:the|any|this|that|my|our|your) )?(?:(?:earlier|previous|possible|late|slow|long) )?"
    rf"{_WAITING}(?: (?:and|or) (?:(?:the|any|this|that) )?{_WAITING})?"
    r"(?: (?:this|that|it) (?:may |might )?(?:have |has )?caused?(?: you)?)?"
    r"| (?:for|about) (?:that|this|it)| to hear (?:that|this)| (?:to keep|for keeping) you waiting)?(?: again)?"
)
_KINDNESS = (
    r"(?:asking|reaching out(?: to (?:us|me))?|contacting (?:us|me)|getting in touch|writing(?: (?:in|to us|to me))?"
    r"|waiting|bringing this (?:up|to (?:our|my) attention)|(?:(?:your|the) )?(?:kind )?(?:message|e-?mail|letter|note"
    r"|question|inquiry|enquiry|query|request|interest|patience|understanding|time|feedback|visit|cooperation))"
)
_THANKS = (
    r"(?:(?:(?:many )?thanks|thank you)(?: (?:so|very) much| a lot| again)?"
    rf"(?: (?:in advance )?for {_KINDNESS}(?:(?:,| and|, and) {_KINDNESS}){{0,2}})?"
    rf"|(?:i|we) (?:really )?appreciate {_KINDNESS}(?: and {_KINDNESS})?)"
)
_MY_VIEW = (
    r"(?:at least,? )?(?:that|this|it) is(?:,? at least,?)? (?:only |just )?(?:my (?:best |own )?(?:understanding|guess"
    r"|impression|recollection)|(?:what|how) i (?:understand|know|remember|recall)(?: it)?)"
)
_COURTEOUS = re.compile(
    r"\W*(?:sure(?: thing)?|certainly|of course|absolutely|no problem|(?:(?:that is )?an? )?(?:great|good|excellent)"
    r" question|(?:you are|you['’]re) welcome|good luck|take care|cheers|enjoy|here you (?:go|are)"
    r"|(?:(?:i|we) wish you|wishing you|have|enjoy) (?:a|an|the|your)"
    r"(?: (?:great|nice|good|wonderful|lovely|pleasant|enjoyable|fantastic|rest of (?:your|the)))?"
    r" (?:day|morning|afternoon|evening|weekend|week|time|stay|visit|trip)(?: ahead)?"
    r"|(?:(?:kind|best|warm) )?regards|(?:yours )?sincerely|all the best"
    r"|(?:hello|hi|hey|greetings|good (?:morning|afternoon|evening|day))(?: there| again| everyone)?"
    r"|dear (?:valued |esteemed )?(?:customer|user|guest|visitor|reader|member|client|sir|madam|sir or madam|all)s?"
    r"|here (?:is|are) (?:the|your|an?) (?:short )?(?:answer|explanation|summary|details)"
    rf"|{_SORRY}|{_THANKS}|{_MY_VIEW})\W*"
)
"""As whole sentences: "I'm sorry for the inconvenience, but the pool is closed" says something."""
_TOPIC = re.compile(
    r"(?<=\b)(?P<kept>questions?|details?|information|info|help|assistance|clarification|concerns?|more)"
    r" (?:about|on|regarding|concerning|with)(?: [^\W\d]+){1,5}"
    r"(?:(?:,(?: and| or)?| and| or) [^\W\d]+(?: [^\W\d]+)?){0,4}(?=\s*(?:[,.!?]|$))"
)
"""What help is offered with, whatever it is."""
_ZH_COURTESY = re.compile(
    r"\s*(?:希望[^\d,，。]{0,10}(?:有(?:所)?帮助|帮到(?:您|你)|有用)"
    r"|(?:如果|如)(?:您|你)?(?:还)?有[^\d,，。]{0,10}(?:问题|疑问|需要)[,，]?(?:请|欢迎|可以|您|你|都|随时|再|继续){0,5}(?:告诉我|提问|联系我|询问|咨询)"
    r"(?:们)?|(?:我)?很?(?:高兴|乐意)(?:能)?(?:为|帮)(?:您|你)(?:解答|服务|效劳|提供帮助)?|当然|好的|您好|你好"
    r"|(?:非常)?感谢(?:您|你)?的?(?:提问|咨询|询问|来信|联系|来电|留言|反馈|理解|支持|耐心(?:等待)?|关注)"
    r"(?:(?:和|与|及)(?:您的)?(?:理解|支持|耐心|关注))?"
    r"|(?:很|非常|十分)?(?:抱歉|对不起)[,，]?(?:让(?:您|你)久等了?"
    r"|(?:给|为)(?:您|你)(?:带来|造成)了?(?:的)?(?:不便|困扰|麻烦|误解)(?:了)?)?"
    r"|(?:对此|为此)?(?:我们?)?(?:深表歉意|表示歉意|(?:向(?:您|你))?(?:致歉|道歉))|(?:不便之处[,，]?)?敬请(?:谅解|见谅)"
    r"|祝(?:您|你)[^\d,，。]{0,8}(?:愉快|快乐|顺利)(?:的一天)?"
    r"|(?:早上|上午|下午|晚上)好|(?:尊敬|亲爱)的[^\d,，。]{1,4}[,，:：]?"
    r")\s*[。！!.~～]?\s*"
)


def without_courtesies(text: str) -> str:
    """A text without sentences of mere courtesy, and without what only leads to an answer or names the material it is
    from: "Based on the documents, ...", "Here is the answer: ...", "(Source: document 3)" (`eval.metrics.lead_ins`,
    `eval.metrics.source_notes`). Hedges go as well (`eval.metrics.hedges`).

    English courtesies are told by a closed list of words, so that what else a sentence says keeps it: "Let me know by
    5 May." Empty where nothing else is said.
    """
    *parted, last = SENTENCE_END.split(without_notes(text))
    ended = [*zip(parted[::2], parted[1::2], strict=True), (last, "")]
    kept = [
        (rest, end)
        for sentence, end in ended
        if not is_note(sentence)
        and not _is_courtesy(rest := without_hedges(without_mentions(without_lead_ins(sentence))))
    ]
    return "".join(rest + end for rest, end in kept).strip()


def _is_courtesy(sentence: str) -> bool:
    written = written_out(sentence).casefold()
    if _COURTEOUS.fullmatch(written) or _ZH_COURTESY.fullmatch(sentence):
        return True
    return bool(_OFFER.search(written)) and OF_COURTESY.issuperset(tokens(_TOPIC.sub(r"\g<kept>", written)))
