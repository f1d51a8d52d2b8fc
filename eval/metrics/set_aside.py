"""Whether an answer names what is right only to set it aside: "billed yearly rather than monthly" beside "monthly"."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from eval.metrics.bare_answers import deciding
from eval.metrics.contradiction import with_plain_denials
from eval.metrics.lexical import tokens
from eval.metrics.recall import token_recall
from eval.metrics.registry import RIGHT
from eval.metrics.word_lists import DOWNWARDS, FUNCTION_WORDS, HINGES, NEGATORS, UPWARDS

_BEFORE = (  # what of these follows is set aside, and not what stands before them
    r"\b(?:rather than|instead of|in place of|as opposed to|in contrast to|unlike|other than|anything but|far from"
    r"|neither|without|except|excluding|no)\b|而不是|而非"
)
_BOUND = re.compile(r"\b(?:no|not) (?:later|earlier|more|less|fewer|longer) than\b", re.IGNORECASE)
_AHEAD = re.compile(rf"((?:^|[.!?;]\s+)(?:{_BEFORE})[^,.!?;\n]{{1,100}}), ", re.IGNORECASE)
"""What is set aside before it is said what is so: "Rather than yearly, it is billed monthly"."""
_PART = re.compile(
    rf"(?<=[.!?])\s+|[。！？，；;\n()（）]|\s[–—-]\s|—"
    r"|,? (?=\b(?:and|(?<!anything )but|or|so|while|whereas|though|although|because|since|which)\b)|, (?=not\b)"
    rf"|(?={_BEFORE})",
    re.IGNORECASE,
)
"""Where an answer may turn to something else. A mere comma is none: "The alternative, monthly, does not apply"."""
_SETS_ASIDE = re.compile(
    rf"{_BEFORE}|\b(?:discontinued|scrapped|unavailable|unsupported|former(?:ly)?|previous(?:ly)?|used to be"
    r"|before that|in the past|until recently|(?:up|down) from|legacy|older|outdated|both)\b"
    r"|不再|取消|停用|以前|原来|曾经",
    re.IGNORECASE,
)
_TWICE = re.compile(r"\bnot\b([^.,;\n]{0,80}?)\b(?:without|other than|except)\b", re.IGNORECASE)
"""Two denials, which set a condition: "You cannot enter without a badge"."""

NEAR = 1
"""Words of content that may stand between a denial and what it denies: do not use channel 7."""


def sets_aside(question: str, rights: Sequence[str], response: str) -> bool:
    """Whether each part of a response that holds a right answer denies something, replaces it, speaks of the past or of
    both, by a word that neither the question nor a right answer has.

    So "30 days that do not include weekends" may be meant too: what this finds is not surely right, and no more. What
    "not before 9" and "only" turn round is left alone.
    """
    known = with_plain_denials("\n".join((question, *rights)))
    said = _AHEAD.sub(r"\1\n", _TWICE.sub(r"\1", _BOUND.sub("", with_plain_denials(response))))
    wanted = [with_plain_denials(each) for each in deciding(rights, response)]
    own = frozenset(word for each in wanted for word in tokens(each)) - FUNCTION_WORDS
    held = [(part, max(token_recall(each, part) for each in wanted)) for part in _PART.split(said) if part.strip()]
    most = max((share for _, share in held), default=0.0)
    return most >= RIGHT and all(_sets_aside(part, known, own) for part, share in held if share == most)


def _sets_aside(part: str, known: str, own: Set[str]) -> bool:
    if _SETS_ASIDE.search(part) is not None and _SETS_ASIDE.search(known) is None:
        return True
    words = tokens(part)
    return HINGES.isdisjoint(words) and NEGATORS.isdisjoint(tokens(known)) and _denies_some_of(words, own)


def _denies_some_of(words: Sequence[str], own: Set[str]) -> bool:
    """Whether a negator stands behind one of these words, or before them with at most `NEAR` others of content between:
    "Do not use channel 7", and not "A pod that does not tolerate a taint will be evicted".
    """
    places = [place for place, word in enumerate(words) if word in own]
    negators = [place for place, word in enumerate(words) if word in NEGATORS]
    if not places:  # it is spelt otherwise
        return bool(negators)
    return any(places[0] < negator or _is_near(words[negator + 1 : places[0]]) for negator in negators)


def _is_near(between: Sequence[str]) -> bool:
    """Not where these set a bound: "cannot be larger than 2 GB", "not after 30 days"."""
    if not (UPWARDS | DOWNWARDS).isdisjoint(between):
        return False
    return sum(word not in FUNCTION_WORDS for word in between) <= NEAR
