"""Texts that say yes or no and nothing else, and when that may be right."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from eval.metrics.asked import asks_yes_or_no
from eval.metrics.contradiction import with_plain_denials
from eval.metrics.lexical import stem, terms, tokens
from eval.metrics.opening import Said, in_chinese, opens_with, without_opening
from eval.metrics.word_lists import FUNCTION_WORDS, YES_NO

_PAUSE = re.compile(r"[,，.。;；:：!！]")
_BINDING = frozenset(map(stem, FUNCTION_WORDS | {"not"})) - YES_NO


def said_alone(text: str, usual: Set[str] = frozenset()) -> Said | None:
    """Which of the two a text says, with nothing but words that bind a sentence or lead to it: "No, they are not.",
    "Unfortunately not."; else None.

    Args:
        usual: terms that do not count, since they are said to every question (`usual_words`).
    """
    if said := in_chinese(text):
        return said
    if (said := opens_with(text)) and not _told(without_opening(text), usual):
        return said
    told = _told(text, usual)
    return "yes" if told == ["yes"] else "no" if told == ["no"] else None


def _told(text: str, usual: Set[str]) -> list[str]:
    return [term for term in terms(with_plain_denials(text)) if term in YES_NO or term not in _BINDING | usual]


def may_be_right_alone(question: str, references: Sequence[str], response: str, usual: Set[str] = frozenset()) -> bool:
    """Whether a bare yes or no to a question that asks for one may be right: no right answer says the other.

    A reference that is a sentence without a yes or no ("Pets are allowed in the garden.") says neither to these rules.
    """
    said = said_alone(response, usual)
    if said is None or not asks_yes_or_no(question):
        return False
    return all(_opening(reference) in (None, said) for reference in references)


def _opening(text: str) -> Said | None:
    """The yes or no that a text opens with, be it in "No credit card is needed"."""
    if said := opens_with(text):
        return said
    first = tokens(text)[:1]
    return "yes" if first == ["yes"] else "no" if first == ["no"] else said_alone(_PAUSE.split(text, maxsplit=1)[0])
