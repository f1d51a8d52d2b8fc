"""Is this text a refusal, or an answer?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from eval.metrics.as_said import as_said, is_label
from eval.metrics.beside_none import answers_none
from eval.metrics.clauses import clauses
from eval.metrics.correctness import correctness
from eval.metrics.lexical import holds_phrase, tokens
from eval.metrics.no_limit import gives_no_limit
from eval.metrics.referral import answers_by_referring, only_refers
from eval.metrics.refusal_rules import HOLDS, REFUSALS, SOURCE, THE_DOCUMENTS, ZH_SOURCE
from eval.metrics.registry import RIGHT
from eval.metrics.spelling import written_out
from eval.metrics.word_lists import NEGATORS

_ADVERBS = re.compile(
    r"\b(?:really|actually|currently|simply|just|honestly|explicitly|directly|clearly|specifically"
    r"|(?:appear|seem)s? to(?: be)?) | any ?more\b| any longer\b"
)
_APOLOGY = re.compile(  # and greetings, thanks, a look or what is apologised for before it
    r"^(?:(?:hello|hi|hey|greetings|good (?:morning|afternoon|evening|day))\b(?: (?:there|all|everyone))?[.!,]+ )?"
    r"(?:(?:您好|你好)[,!。]\s*)?(?:(?:谢谢|感谢)[^,!。]{0,12}[,!。]\s*)?"
    r"(?:(?:thank(?:s| you)|(?:good|great) question|let me (?:check|look|see)|certainly|sure|of course)\b"
    r"[^.!,]*[.!,]+ )?"
    r"(?:(?:(?:i am |we are )?(?:so |very )?sorry|i apologi[sz]e|(?:my )?apologies) (?:about|for|to hear)\b"
    r"[^.!,]*[.!]+ )?"
    r"(?:(?:(?:i am |we are )?(?:so |very )?(?:sorry|afraid)|i apologi[sz]e|(?:my )?apologies|unfortunately"
    r"|regrettably)\b[\s,.;:—–-]*(?:but )?"
    r"|(?:非常|很)?(?:抱歉|对不起|不好意思|遗憾)[\s,。!]*)?"
)
_EMPHASIS = re.compile(r"\*\*|__")
_CONDITION = re.compile(r"^(?:if|when|unless|where|once|until) [^,.]*, ")
_OFFER = re.compile(
    r"i (?:can|could|will|would) (?:help|look|search|try|check)"
    r"|(?:you|we|please|feel|if|let|ask|try|check|contact|consult|because) "
    r"|(?:the [\w ]{1,30}|some(?:one|body)(?: else)?) (?:knows?|can)\b"
    r"|.{0,60}\b(?:elsewhere|somewhere else|(?:another|other) (?:document|source|page)s?)\b"
    r"|(?:such|this|that|it|the default)\b.{0,30}\b(?:found|mentioned|described|documented|covered|stated|given)"
    rf" in (?:\w+ ){{0,3}}(?:{SOURCE}|notes|reference|website)\b"
    r"|您|你|如果|请|建议|在其他|.{0,6}(?:咨询|联系|查阅|询问)"
)
_BUT_FOR = re.compile(  # "does not specify any limit other than 110 pods"
    r"\b(?:any|an?|no) (?!(?:\w+ ){0,2}(?:info|information|details?|data|mention|evidence)\b)(?:\w+ ){1,4}"
    r"(?:other than|except(?: for)?|apart from) [^,]{0,80}\d"
)
_ASKED = re.compile(r"(?<=\w )(?:whether|if)\b|是否", re.IGNORECASE)
_NAMED_SOURCE = re.compile(rf" in {THE_DOCUMENTS}\b|^{THE_DOCUMENTS} (?:{HOLDS})(?= no\b)|^{ZH_SOURCE}[中里内]")


def declines(response: str, references: Sequence[str]) -> bool:
    """Whether a reply to a question with these right answers, or with none, is a refusal.

    Right answers may read like one ("Unknown" is a phase of a pod), or deny something ("no limit"). Who gives the
    former has answered; who gives the latter word for word has too, where nothing but the naming of a source makes it
    read like a refusal: "There is no limit in the documents", and not "I do not know if there is no limit". Beyond that
    a reply that reads like a refusal is one, however many of its words are the reference's: refusals repeat the
    question, and references share its words. A label that a right answer holds is an answer: NOT_FOUND beside "404
    NOT_FOUND". So is a bare "Not included" beside "None" (`answers_none`).

    Who only sends the asker elsewhere ("Please ask your manager.") declines too, unless that gives a right answer.
    """
    if any(response.strip().casefold() == each.strip().casefold() for each in references):
        return False
    if is_label(response) and any(response.strip().casefold() in each.casefold() for each in references):
        return False
    if answers_none(references, response):
        return False
    plain = _plain(response)
    if only_refers(plain):
        return not any(answers_by_referring(reference, response) for reference in references)
    if not is_refusal(response):
        return False
    stated = _ASKED.split(response, maxsplit=1)[0]
    denies = not is_refusal(_NAMED_SOURCE.sub("", plain))
    return not any(
        (is_refusal(reference) and correctness(reference, stated) >= RIGHT)
        or (denies and not NEGATORS.isdisjoint(tokens(reference)) and holds_phrase(reference, stated))
        or (denies and gives_no_limit(reference, stated))
        for reference in references
    )


def is_refusal(text: str) -> bool:
    """Whether a reply says that it does not know, or says nothing at all.

    Rules for English and Chinese; `tests/eval/` has their tables: `test_abstention.py`, `test_refusal_rules.py` and
    `test_clauses.py`. A refusal opens the reply: it is the first clause, those that only prepare it left aside ("The
    documents describe X; they do not say Y"). What comes later qualifies an answer: "60 seconds; the documents do not
    say why" is one, "I don't know, but it may be Kueue" too. That something is no longer said is a refusal; that it is
    no longer so, "the scheme was discontinued", is an answer.
    """
    plain = _plain(text)
    if not any(character.isalnum() for character in plain):
        return True
    said = clauses(plain)
    _, first = next(said, (False, ""))
    if not REFUSALS.search(first) or _BUT_FOR.search(first):
        return False
    turn = next((clause for turned, clause in said if turned), None)
    return turn is None or _OFFER.match(turn) is not None or REFUSALS.search(turn) is not None


def _plain(text: str) -> str:
    """Lower case, straight quotes, contractions written out, without adverbs, an opening apology or condition."""
    plain = unicodedata.normalize("NFKC", as_said(text)).replace("’", "'").casefold().strip(" \t\r\n\"'*_`#>()-")
    plain = re.sub(r"[^\S\n]+", " ", _EMPHASIS.sub("", plain))
    plain = written_out(plain).replace("is not anything", "is nothing")
    return _CONDITION.sub("then ", _APOLOGY.sub("", _ADVERBS.sub("", plain)))
