"""Whether an answer names what is right only to set it aside: "billed yearly rather than monthly" beside "monthly"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.metrics.bare_answers import deciding
from eval.metrics.contradiction import with_plain_denials
from eval.metrics.lexical import tokens
from eval.metrics.recall import token_recall
from eval.metrics.registry import RIGHT
from eval.metrics.word_lists import HINGES, NEGATORS

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
    rf"{_BEFORE}|\b(?:discontinued|scrapped|unavailable|unsupported|formerly)\b|不再|取消|停用",
    re.IGNORECASE,
)


def sets_aside(question: str, rights: Sequence[str], response: str) -> bool:
    """Whether each part of a response that holds a right answer denies something, replaces it or speaks of the past, by
    a word that neither the question nor a right answer has.

    Which word of the part is meant is not looked at, so that "30 days, not counting weekends, ..." may be so too: what
    this finds is not surely right, and no more. What "not before 9" and "only" turn round is left alone.
    """
    known = with_plain_denials("\n".join((question, *rights)))
    said = _AHEAD.sub(r"\1\n", _BOUND.sub("", with_plain_denials(response)))
    wanted = [with_plain_denials(each) for each in deciding(rights, response)]
    held = [(part, max(token_recall(each, part) for each in wanted)) for part in _PART.split(said) if part.strip()]
    most = max((share for _, share in held), default=0.0)
    return most >= RIGHT and all(_sets_aside(part, known) for part, share in held if share == most)


def _sets_aside(part: str, known: str) -> bool:
    words = frozenset(tokens(part))
    if not HINGES.isdisjoint(words - {"except"}):
        return False
    denies = not NEGATORS.isdisjoint(words) and NEGATORS.isdisjoint(tokens(known))
    return denies or (_SETS_ASIDE.search(part) is not None and _SETS_ASIDE.search(known) is None)
