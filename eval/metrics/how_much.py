"""Questions that ask for a number, and answers that give none: "for several days", asked for how long."""

from __future__ import annotations

import re
from functools import lru_cache

from eval.metrics.asked import OPENS, parts_of
from eval.metrics.lexical import KEPT, tokens
from eval.metrics.polite import INTERROGATIVE
from eval.metrics.word_lists import NUMBER_WORDS, OTHER_AMOUNTS, UNITS

_AMOUNT = re.compile(
    r"\bhow (?:long|many|much|old|far|high|deep|wide|large|big|tall|heavy)\b"
    r"|\bwhat(?:['’]s| (?:is|are|was|were)) the (?:(?!the\b)[\w-]+ ){0,3}?(?:number|amount|percentage) of\b"
    r"|\b(?:what|which) (?:number|amount|percentage) of\b",
    re.IGNORECASE,
)
"""Not "how often": "daily" is right beside "daily at 2"."""
_ZH_AMOUNT = re.compile(r"多[少久长大高远]|几(?!乎)")
_ZH_OPEN = re.compile(r"什么|甚么|哪|谁|怎么|怎样|如何|为何")
_CLAUSE = re.compile(r"\W*(?:when|where)\b[^,]*,", re.IGNORECASE)
_ASKS_OTHER = re.compile(INTERROGATIVE, re.IGNORECASE)
_BREAK = re.compile(r",|\band\b", re.IGNORECASE)
FEW = 3
"""Words that may stand before "how long" where the question opens with it: "For up to how long"."""
_UNIT_NAMES = "|".join(sorted(form for form in UNITS if len(form) > 2))
_ONE_UNIT = re.compile(
    r"\b(?:an?|one|each|every) (?:(?:full|whole|single|calendar|working|business) )?"
    rf"(?:{_UNIT_NAMES}|night|fortnight|decade|century|mile|foot|inch|degree)\b"
)
_ZH_NUMBER = re.compile(r"[零〇二三四五六七八九十百千万亿两半]|一(?![些段般直定样起旦])")


@lru_cache(maxsize=KEPT)
def asks_how_much(question: str) -> bool:
    """Whether it asks for a number: how long, how many, what the number is.

    It opens with that, perhaps after a clause: "If I leave, how many days do I get?". "Which field sets how many
    replicas run?" and "Can I limit how much it uses?" ask for something else, and so does "I forgot how many days I
    have. Where do I see it?".
    """
    texts = [part.text.rstrip() for part in parts_of(question)]
    asking = [text for text in texts if text.endswith(("?", "？"))]
    return any(map(_opens_with_amount, asking or texts))


def _opens_with_amount(text: str) -> bool:
    if _ZH_AMOUNT.search(text) and not _ZH_OPEN.search(text):
        return True
    amount = _AMOUNT.search(text)
    if amount is None:
        return False
    before = _CLAUSE.sub("", text[: amount.start()], count=1)
    opening = _BREAK.split(before)[-1]
    return not _ASKS_OTHER.search(before) and not OPENS.match(opening) and len(opening.split()) <= FEW


def gives_no_number(question: str, reference: str, response: str) -> bool:
    """Whether a question asks for a number, a reference has one that the question lacks, and a response holds none.

    Whatever may be one counts, right or wrong, unless the question has it already: figures and number words, "half",
    "twice", "a dozen", and a single unit ("a week"). So does what says how much without a number, where the reference
    has such a word too ("until", "till").
    """
    if not asks_how_much(question) or not _own_numbers(reference, question):
        return False
    otherwise = all(OTHER_AMOUNTS.intersection(tokens(text)) for text in (reference, response))
    return not otherwise and _like_numbers(response) <= _like_numbers(question)


def lacks_the_number(reference: str, question: str, response: str) -> bool:
    """Whether a response holds none of the numbers that a reference has and its question lacks, and there are any."""
    numbers = _numbers(reference) - _numbers(question)
    return bool(numbers) and numbers.isdisjoint(_numbers(response))


def _own_numbers(reference: str, question: str) -> set[str]:
    """The numbers that a question lacks; "one" and "first" are none here, which mean something else as often."""
    own = _numbers(reference) - _numbers(question)
    return own if re.search(r"\b1\b", reference) else own - {"1"}


def _numbers(text: str) -> set[str]:
    return {token for token in tokens(text) if token[-1].isdecimal()}


def _like_numbers(text: str) -> set[str]:
    return {
        *_numbers(text),
        *NUMBER_WORDS.intersection(tokens(text)),
        *_ONE_UNIT.findall(text.casefold()),
        *_ZH_NUMBER.findall(text),
    }
