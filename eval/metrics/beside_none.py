"""Replies that may say in a sentence what a bare "None", "No support", "0" or "Free" says: they deny what was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eval.metrics.claims import Claim, claims
from eval.metrics.contradiction import with_plain_denials
from eval.metrics.lexical import stem, tokens
from eval.metrics.no_limit import SOMETHING, names_no_limit, only_lifts_a_limit
from eval.metrics.opening import without_lead_in
from eval.metrics.refusal_signs import BOUNDS, PART
from eval.metrics.word_lists import FUNCTION_WORDS, HINGES, NEGATORS, OF_BEING_THERE, OF_LACK

_NOT_THERE = r"n/?a|not (?:applicable|included|available|supported|offered)"
_NONE = re.compile(rf"\W*(?:none|nothing|no[ -]?one|nobody|never|{_NOT_THERE})\W*", re.IGNORECASE)
_BARE_DENIAL = re.compile(rf"\W*(?:{_NOT_THERE})\W*", re.IGNORECASE)
_NO_THING = re.compile(rf"\W*no {SOMETHING}\W*", re.IGNORECASE)
_ZERO = re.compile(rf"0(?: {SOMETHING})?")
_MONEY = ["dollar", "euro", "pound", "yen", "yuan", "usd", "eur", "gbp"]
_FREE = re.compile(rf"\W*(?:free(?: of charge)?|no (?:charge|cost|fee)s?)\W*|0 (?:{'|'.join(_MONEY)})s?", re.IGNORECASE)
"""In words, or as `tokens` writes an amount of money."""
_COSTS = frozenset(map(stem, ("charge", "cost", "fee", "price", *_MONEY)))
_FOR_FREE = re.compile(
    r"(?<![\w-])(?<!\b[Ff]eel )(?:[Ff]or )?(?:free|(?<!\w )Free)\b(?: of charge\b)?"
    r"(?=\W*$|[^\w\s]| (?:for|in|on|with)\b)"
)
"""Neither "the Free plan" nor "it is on Free", which are names, nor "feel free to ask"."""
_DENYING = (NEGATORS | OF_LACK | {"0"}) - HINGES - {"nor"}  # "neither ... nor" denies once
_ADDING_NOTHING = frozenset(map(stem, OF_BEING_THERE | {"included", "0"}))
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


class _Nothing(NamedTuple):
    """What a reference says that there is none of.

    Attributes:
        things: the stems of what it names besides the question; none of a mere "None" or "0".
        amount: whether it stands for an amount, "0" or "Free", so that whoever gives another says otherwise.
        money: whether that is one of money.
    """

    things: frozenset[str] = frozenset()
    amount: bool = False
    money: bool = False


def may_be_right_beside_none(question: str, references: Sequence[str], response: str) -> bool:
    """Whether a response may be right where a reference says "None", "No support", "0", "Free" or the like and nothing
    else, since it denies once what was asked: "The Team plan does not come with any support.", "There is none.".

    A part of it denies, has a word of the question, or no part has a word of its own, and no number that the question
    lacks. Either it has no other words than the question's, or no other part tells something of what was asked: "It
    comes with e-mail support, but not with phone support" gives something. What "No support" or "Free" names counts as
    the question's, and behind the denial there has to be something of these, or nothing. Beside "0" and "Free" no part
    may have another number. A question that denies itself asks for what is not, which a denial gives.
    """
    nothing = [found for reference in references if (found := _nothing(reference)) is not None]
    if not nothing or _asks_for_what_is_not(question) or only_lifts_a_limit(question, response):
        return False
    said = without_lead_in(response)
    return answers_none(references, response) or any(_may_deny(question, each, said) for each in nothing)


def answers_none(references: Sequence[str], response: str) -> bool:
    """Whether a bare "Not included" or "N/A" answers a question that has a bare "None", "No support" or the like as a
    right answer.
    """
    nothing = (_nothing(reference) for reference in references)
    return _BARE_DENIAL.fullmatch(response) is not None and any(each and not each.amount for each in nothing)


def _nothing(reference: str) -> _Nothing | None:
    """None where it says something else. No limit is more than any amount."""
    amount = " ".join(tokens(reference))
    if _NONE.fullmatch(reference):
        return _Nothing()
    if _FREE.fullmatch(reference) or _FREE.fullmatch(amount):
        return _Nothing(_COSTS, amount=True, money=True)
    zero = _ZERO.fullmatch(amount)
    found = zero or _NO_THING.fullmatch(reference)
    things = tokens((found["something"] or "") if found else "")
    if not found or names_no_limit(reference) or not FUNCTION_WORDS.isdisjoint(things):
        return None
    return _Nothing(frozenset(map(stem, things)), amount=zero is not None)


def _asks_for_what_is_not(question: str) -> bool:
    return any(not (_DENYING - {"0"}).isdisjoint(claim.words) for claim in claims(with_plain_denials(question)))


def _may_deny(question: str, nothing: _Nothing, response: str) -> bool:
    asked = frozenset(tokens(question))
    known = frozenset(map(stem, asked)) | nothing.things
    said = _FOR_FREE.sub("at no charge", response) if nothing.money else response
    parts = [part for text in PART.split(with_plain_denials(said)) for part in claims(text)]
    if nothing.amount and any(_new_numbers(part, asked) for part in parts):
        return False
    of_it = [part for part in parts if not known.isdisjoint(_told(part))] if any(map(_told, parts)) else parts
    denying = [part for part in of_it if _denies(part, question) and _is_of(part, nothing.things, known)]
    others = [part for part in of_it if part not in denying]
    return any(_told(part) <= known for part in denying) or (
        bool(denying) and all(_told(part) <= known for part in others)
    )


def _told(part: Claim) -> frozenset[str]:
    return frozenset(part.content) - _ADDING_NOTHING


def _new_numbers(part: Claim, asked: frozenset[str]) -> frozenset[str]:
    return frozenset(number for number, _ in part.numbers) - asked - {"0"}


def _denies(part: Claim, question: str) -> bool:
    """With a 0 too, other than one of the question."""
    asked = frozenset(tokens(question))
    denials = sum(word in _DENYING - asked for word in part.words)
    if denials != 1 or _new_numbers(part, asked) or _NO_DENIAL.search(part.text):
        return False
    return all(told[0].casefold() in question.casefold() for told in _TELLING.finditer(part.text))


def _is_of(part: Claim, things: frozenset[str], known: frozenset[str]) -> bool:
    """Whether a part denies what a reference names, or something of the question, where it names any: "X has no SLA"
    denies nothing of "No support". That stands behind the denial, or before: "Support is not part of it."
    """
    behind = next(n for n, word in enumerate(part.words) if word in _DENYING)
    told = _told(part)
    denied = told.intersection(part.stems[behind + 1 :])
    before = not {"not", "0"}.isdisjoint(part.words) and not things.isdisjoint(told)
    return not things or not denied or before or not known.isdisjoint(denied)
