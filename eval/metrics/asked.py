"""What a question asks for: a yes or a no, or one of the things that it names; else its words hold no answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from eval.metrics.lexical import KEPT
from eval.metrics.polite import INTERROGATIVE, asked_plainly

_VERBS = (
    r"(?:is|are|am|was|were|do|does|did|can|could|may|might|must|shall|should|has|have|had|will|would)(?:n['’]t)?\b"
)
_PREPOSITION = (
    r"\b(?:about|after|as|at|before|by|during|for|from|in|of|on|per|since|than|through|to|under|until|with)\b"
)

_PART = re.compile(r"(?<=[.!?:;])\s+|(?<=[。！？；：])")
_WHETHER = re.compile(r"\W*(?:if|whether)\b", re.IGNORECASE)
OPENS = re.compile(rf"\W*(?:and |but |so )?{_VERBS}(?!\s\d)", re.IGNORECASE)
_TURNS = re.compile(rf",\s{_VERBS}")
"""In lower case after a comma: "In the museum, may visitors ...", not "In April, May and June"."""
_STATES = re.compile(rf"\w(?<!\bthat),?\s+{_VERBS}|(?:^|, )(?:right|correct|true)\W*$", re.IGNORECASE)
"""A question all the same where it ends so: "Pets are allowed?", "I heard that they are. Correct?"."""
_ASKED_WHETHER = re.compile(
    r"\b(?:know|wonder(?:ing)?|ask|sure)\s+(?:if|whether)\b|\bconfirm\s+(?:that|if|whether)\b", re.IGNORECASE
)
_ANY_INTERROGATIVE = re.compile(INTERROGATIVE, re.IGNORECASE)
_ASKS_OPENLY = re.compile(
    rf"(?:^\W*|[,:;–—]\s+)(?:(?:and|but|or|so|then)\s+)?(?:{_PREPOSITION}\s+)?(?:(?:exactly|about|roughly)\s+)?"
    rf"(?:\b(?:what|why|how|whom|whose)\b|\b(?:which|who)\b(?!\s+{_VERBS})|\b(?:when|where)\b,?(?=\s+{_VERBS}|,))"
    rf"|^\W*(?:{_PREPOSITION}\s+)?{INTERROGATIVE}\s+{_VERBS}",
    re.IGNORECASE,
)
"""Not "When a node fails, ..." or "In the hall, which was built later, ..."."""
_ASKS_MORE = re.compile(
    rf"[,;]? and (?:if so,? )?(?=how (?:much|many|long|often)\b)|, and (?:if so,? )?{INTERROGATIVE}", re.I
)
"""Whether, and also how much: a yes is half of the answer."""

_ONE_OF = re.compile(rf"\b(?:which|what|who)(?: one)? of (?:(?!{_VERBS})[\w-]+ ){{1,6}}?or\b", re.IGNORECASE)
_PAUSE = re.compile(r",\s*|\s+[–-]\s+|\s*—\s*|\s+\(")
_OR = re.compile(r"(?<=\w)\W+or\b", re.IGNORECASE)
_NO_THING = re.compile(rf"^\W*(?:or|and|if|because|while|that)\b|{INTERROGATIVE}|\b{_VERBS}|\bbe\b", re.IGNORECASE)
_WHERE = re.compile(rf"^\W*{_PREPOSITION}", re.IGNORECASE)
_ASKS_WHERE = re.compile(rf"^\W*$|\b(?:when|where|how)\s+{_VERBS}|\bwhich\b", re.IGNORECASE)
"""What "in March or in April" answers, or something in brackets; "in case of fire or flood" does not answer "what"."""
_IN_MIDDLE = re.compile(
    rf"{_PREPOSITION}(?:\s+[\w-]+){{1,3}}$"
    r"|\b(?:do|does|did|can|could|may|might|must|shall|should|will|would)\s+(?:the\s+)?[\w-]+$",
    re.IGNORECASE,
)
"""A list, of which what follows is the rest: "How long is it kept in A, B or C?", "Who can read, write or run it?"."""
_COMPARES = re.compile(
    rf"{INTERROGATIVE}.*\b(?:more|less|fewer|most|least|better|best|worse|worst|\w{{3,}}(?:er|est))\b"
    rf"|\bwhich(?: one)?\s+{_VERBS}",
    re.IGNORECASE,
)
LONGEST = 10
"""Words of what a question gives to choose from, at most: "at the beginning or at the end of the month"."""

_ZH_INTERROGATIVE = re.compile(r"什么|甚么|哪|谁|多[久少长大高远]|几(?!乎)|怎么|怎样|如何|为什么|为何|何[时地处人种]")
_ZH_ASKS = re.compile(r"是否|能否|可否|([^\W\d_a-zA-Z])[不没]\1")


class Part(NamedTuple):
    """A sentence of a question, or what follows its colon.

    Attributes:
        text: without the words that only ask to be told.
        polite: whether there were any: a verb or a 吗 that is gone with them asks for nothing else.
    """

    text: str
    polite: bool


@lru_cache(maxsize=KEPT)
def asks_yes_or_no(question: str) -> bool:
    """Whether a yes or a no is all that it asks for, in English or Chinese.

    It opens with its verb ("Are pets allowed?"), perhaps after a comma, asks whether, or is a statement with a question
    mark, once what only asks to be told ("Could you tell me ...") is taken away. "Can you tell me how long it takes?"
    asks for no yes.
    """
    parts = list(parts_of(question))
    return not any(map(_asks_openly, parts)) and any(map(_asks_whether, parts))


@lru_cache(maxsize=KEPT)
def names_the_answer(question: str) -> bool:
    """Whether its own words may be all of the answer: it asks for a yes or a no, or names what to choose from.

    It does where it asks which of these, or ends in them, after a comma, a colon, a dash or a bracket: "Which is the
    larger, A or B?".
    An "or" within the question names nothing to choose from: "Who can approve or reject a request?".
    """
    return asks_yes_or_no(question) or any(map(_names_alternatives, parts_of(question)))


def parts_of(question: str) -> Iterator[Part]:
    """The sentences of a question and what follows their colons, each without what only asks to be told."""
    for sentence in _PART.split(question):
        yield Part(*asked_plainly(sentence))


def _asks_openly(part: Part) -> bool:
    """Whether it asks what, who, how and the like."""
    if OPENS.match(part.text):
        return _ASKS_MORE.search(part.text) is not None
    return _ASKS_OPENLY.search(part.text) is not None


def _asks_whether(part: Part) -> bool:
    if part.polite and _WHETHER.match(part.text):
        return True
    in_chinese = _ZH_ASKS.search(part.text) or ("吗" in part.text and not part.polite)
    if in_chinese and not _ZH_INTERROGATIVE.search(part.text):
        return True
    if OPENS.match(part.text) or _TURNS.search(part.text):
        return True
    return _ANY_INTERROGATIVE.search(part.text) is None and _states_to_ask(part)


def _states_to_ask(part: Part) -> bool:
    """Whether it is a statement that wants a yes or a no: "Pets are allowed?", "Please confirm that they are."."""
    asks = part.text.rstrip(" \"'”’)").endswith("?") and not part.polite
    states = asks and _STATES.search(part.text) is not None and not _ends_in_alternatives(part.text)
    return states or _ASKED_WHETHER.search(part.text) is not None


def _names_alternatives(part: Part) -> bool:
    text = part.text
    if "还是" in text or ("或" in text and not _ZH_INTERROGATIVE.search(text)):
        return True
    return _ONE_OF.search(text) is not None or _ends_in_alternatives(text.rstrip())


def _ends_in_alternatives(sentence: str) -> bool:
    """Whether all behind one of its pauses are things with "or" between, or all of it is and it asks."""
    text = sentence.rstrip(" ?.!\"'”’)")
    if _are_alternatives("", text) and not sentence.endswith((".", ":")):
        return True
    pauses = list(_PAUSE.finditer(text))[-LONGEST:]
    return any(
        _are_alternatives(text[: pause.start()], text[pause.end() :])
        and not (pause[0].startswith(",") and _goes_on(text[: pause.start()]))
        and ("(" not in pause[0] or _ASKS_WHERE.search(text[: pause.start()]) is not None)
        for pause in pauses
    )


def _are_alternatives(head: str, things: str) -> bool:
    """Whether these are things with "or" between, and such as answer what stands before."""
    each = [thing for thing in _PAUSE.split(_OR.sub(",", things)) if thing.strip()]
    return (
        _OR.search(things) is not None
        and not any(_NO_THING.search(thing) for thing in each)
        and (not _WHERE.match(things) or _ASKS_WHERE.search(head) is not None)
        and len(things.split()) <= LONGEST
    )


def _goes_on(head: str) -> bool:
    """Whether a list began before the comma that a head ends at."""
    return _IN_MIDDLE.search(head) is not None and not _COMPARES.search(head)
