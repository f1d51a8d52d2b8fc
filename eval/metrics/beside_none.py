"""Replies that may say in a sentence what a bare "None", "Nobody" or "Never" says: those that deny what was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.metrics.claims import Claim, claims
from eval.metrics.contradiction import with_plain_denials
from eval.metrics.lexical import stem, tokens
from eval.metrics.no_limit import only_lifts_a_limit
from eval.metrics.opening import without_lead_in
from eval.metrics.refusal_signs import BOUNDS, PART
from eval.metrics.word_lists import HINGES, NEGATORS, OF_BEING_THERE, OF_LACK

_NONE = re.compile(
    r"\W*(?:none|nothing|no[ -]?one|nobody|never|n/?a|not (?:applicable|included|available))\W*", re.IGNORECASE
)
_DENYING = (NEGATORS | OF_LACK) - HINGES - {"nor"}  # "neither ... nor" denies once
_ADDING_NOTHING = frozenset(map(stem, OF_BEING_THERE | {"included"}))
_NO_DENIAL = re.compile(
    rf"{BOUNDS.pattern}|\bnot (?:just|merely|simply)\b"
    r"|\b(?:only|except|besides|other than|(?:apart|aside) from)\b",
    re.IGNORECASE,
)
"""By which a denial excepts what it then gives, or denies nothing: "no support other than e-mail"."""
_TELLING = re.compile(
    r"\b(?:know\w*|mention\w*|stat(?:e|es|ed)|specif\w+|sa(?:y|ys|id)|tells?|told|finds?|found|indicat\w*|sure|clear)\b",
    re.IGNORECASE,
)
"""Who denies these declines, or nearly so."""


def may_be_right_beside_none(question: str, references: Sequence[str], response: str) -> bool:
    """Whether a response may be right where a reference says "None" or the like and nothing else, since it denies once
    what was asked: "The Team plan does not come with any support.", "There is none.".

    A part of it denies, has a word of the question, or no part has a word of its own, and no number that the question
    lacks. Either it has no other words than the question's, or no other part tells something of what was asked: "It
    comes with e-mail support, but not with phone support" gives something. A question that denies itself asks for what
    is not, which a denial gives.
    """
    asked = claims(with_plain_denials(question))
    if not any(map(_NONE.fullmatch, references)) or any(not _DENYING.isdisjoint(claim.words) for claim in asked):
        return False
    if only_lifts_a_limit(question, response):
        return False
    known = frozenset(stem(word) for word in tokens(question))
    parts = [part for text in PART.split(with_plain_denials(without_lead_in(response))) for part in claims(text)]
    of_it = [part for part in parts if not known.isdisjoint(_told(part))] if any(map(_told, parts)) else parts
    denying = [part for part in of_it if _denies(part, question)]
    others = [part for part in of_it if part not in denying]
    return any(_told(part) <= known for part in denying) or (
        bool(denying) and all(_told(part) <= known for part in others)
    )


def _told(part: Claim) -> frozenset[str]:
    return frozenset(part.content) - _ADDING_NOTHING


def _denies(part: Claim, question: str) -> bool:
    denials = sum(word in _DENYING for word in part.words)
    new = {number for number, _ in part.numbers} - set(tokens(question))
    if denials != 1 or new or _NO_DENIAL.search(part.text):
        return False
    return all(told[0].casefold() in question.casefold() for told in _TELLING.finditer(part.text))
