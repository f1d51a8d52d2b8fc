"""Edits of a true sentence: each changes one thing, so that the sentence is no longer borne out, or says the same.

An edit takes the sentence, a seeded random generator, and names to put in the place of others; it gives the new
sentence, or None where the sentence has nothing to edit.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

Edit = Callable[[str, random.Random, Sequence[str]], str | None]

_NUMBER = re.compile(r"(?<![\w.:/-])\d+(?:[.,]\d+)*(?![\w/]|[.:-]\w)")
_NUMBER_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w-]*(?: [A-Z][\w-]*)*|\b\w+[a-z][A-Z]\w*\b|`[^`]+`|\b[a-z]+(?:[_/.][a-z]+)+\b")
_UNITS = {
    "milliseconds": "seconds",
    "seconds": "minutes",
    "second": "minute",
    "minutes": "hours",
    "hours": "days",
    "days": "weeks",
    "months": "years",
    "percent": "percentage points",
    "%": "times",
    "GB": "TB",
    "metres": "kilometres",
    "kroner": "euros",
    "million": "thousand",
}
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|may|must|should|will|has been|have been)\b(?! not)")
_BASE_FORMS = {
    "has": "have",
    "goes": "go",
    "denies": "deny",
    "verifies": "verify",
    "publishes": "publish",
    "launches": "launch",
    "passes": "pass",
}
_VERBS = (
    "accepts adds admits allows answers averages avoids carries caused charges comes contains costs counts cuts delays "
    "deletes denies drains drops ends evicts fails favours frees gets gives handles has holds improves improved issues "
    "introduced joins keeps knows lasts leaves lets lists looks lowers makes manages marks means needs offers opens "
    "picks places predicts protects publishes puts reads reaches rebuilds receives registers rejects relies removes "
    "reports rotates runs scales scores sees selects sends serves sets shrinks speeds splits starts stays stops stores "
    "suits takes tells tests tolerates uses verifies waits warns watches works writes"
).split()
_VERB = re.compile(rf"\b(?:{'|'.join(_VERBS)})\b")
_OPPOSITES = {
    "most": "least",
    "least": "most",
    "more": "less",
    "less": "more",
    "before": "after",
    "after": "before",
    "first": "last",
    "last": "first",
    "fullest": "emptiest",
    "cooler": "warmer",
    "older": "newer",
    "new": "old",
    "old": "new",
    "largest": "smallest",
    "smallest": "largest",
    "larger": "smaller",
    "within": "beyond",
    "every": "no",
    "all": "few",
    "same": "different",
    "without": "with",
    "with": "without",
    "starts": "stops",
    "stops": "starts",
    "adds": "removes",
    "added": "removed",
    "deletes": "creates",
    "deleted": "created",
    "rejects": "accepts",
    "accepts": "rejects",
    "denies": "permits",
    "outbound": "inbound",
    "reading": "erasing",
    "idle": "busy",
    "running": "stopped",
    "favours": "shuns",
    "improves": "worsens",
    "raises": "lowers",
    "rose": "fell",
    "public": "private",
    "shared": "exclusive",
    "hard": "soft",
    "high": "low",
    "weaker": "stronger",
    "automatically": "by hand",
    "together": "separately",
    "above": "below",
    "unreachable": "reachable",
    "untagged": "tagged",
    "distributed": "central",
    "evicted": "kept",
    "drained": "filled",
    "allows": "forbids",
    "tolerate": "shun",
    "needs": "rules out",
    "joins": "separates",
    "keeps": "discards",
    "holds": "lacks",
}
_SAME = {
    "favours": "prefers",
    "evicted": "removed from the node",
    "is called": "goes by the name of",
    "called": "named",
    "at most": "no more than",
    "every": "each",
    "deletes": "removes",
    "deleted": "removed",
    "needs": "requires",
    "holds": "keeps",
    "gives": "grants",
    "takes": "requires",
    "begins": "starts",
    "starts": "begins",
    "lets": "allows",
    "automatically": "by itself",
    "is owned by": "belongs to",
    "per": "for each",
    "by default": "unless told otherwise",
    "maintenance": "upkeep",
    "uses": "makes use of",
    "tells": "informs",
    "largest": "biggest",
    "smallest": "least",
    "rejects": "refuses",
    "must": "has to",
    "may": "is free to",
    "percent": "%",
    "seconds": "s",
    "launches": "starts",
    "was caused by": "came about through",
    "predicts": "forecasts",
    "verifies": "checks",
    "runs": "is executed",
    "older": "more aged",
    "within": "in no more than",
    "all": "the whole of",
    "sends": "delivers",
}
_UNSUPPORTED = (
    ", and it encrypts what it stores",
    ", which was first proposed at a Berlin workshop",
    ", although larger clusters turn this off",
    ", and administrators receive an e-mail about it",
    ", because the licence demands it",
    ", a rule that an auditor asked for",
    ", but only for users in Asia",
    ", and the price doubles at weekends",
    ", as the founders had planned from the start",
    ", after which a robot replaces the cable",
    ", and the same holds on Windows",
    ", which saves about a third of the electricity",
)


def number(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """One number becomes another: a near one, twice, half."""
    found = [*_NUMBER.finditer(text), *_NUMBER_WORD.finditer(text)]
    if not found:
        return None
    match = rng.choice(found)
    if match.group() in _NUMBER_WORDS:
        return _put(text, match, rng.choice([word for word in _NUMBER_WORDS if word != match.group()]))
    head, dot, tail = match.group().replace(",", "").rpartition(".")
    value = int(tail)
    other = rng.choice([each for each in {value + 1, value + 3, value * 2, value // 2, value + 10} if each != value])
    return _put(text, match, f"{head}{dot}{other}")


def unit(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """The unit after a number becomes another."""
    found = list(re.finditer(rf"(?<=\d )(?:{'|'.join(_UNITS)})(?!\w)", text))
    return _put(text, match, _UNITS[match.group()]) if found and (match := rng.choice(found)) else None


def name(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """One name becomes another, which the sentence does not hold."""
    found = list(_NAME.finditer(text))
    others = [each for each in names if each.strip("`").casefold() not in text.casefold()]
    return _put(text, rng.choice(found), rng.choice(others)) if found and others else None


def negation(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """What was affirmed is denied, or the other way round."""
    if " not " in text:
        return text.replace(" not ", " ", 1)
    if match := re.search(r"\bnever\b", text):
        return _put(text, match, "always")
    if match := _AUXILIARY.search(text):
        return _put(text, match, f"{match.group()} {rng.choice(('not', 'not', 'never'))}")
    if match := _VERB.search(text):
        verb = match.group()
        base = _BASE_FORMS.get(verb, verb.removesuffix("s"))
        if verb.endswith("d"):
            return _put(text, match, f"never {verb}")
        return _put(text, match, rng.choice((f"does not {base}", f"doesn't {base}")))
    return None


def swapped_roles(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """Two names change places, or what stands before the verb and what stands after it."""
    found = list(_NAME.finditer(text))
    pairs = [(a, b) for a in found for b in found if a.end() + 1 < b.start() and a.group() != b.group()]
    if pairs:
        first, second = rng.choice(pairs)
        return _put(_put(text, second, first.group()), first, second.group())
    match = _VERB.search(text)
    if match is None or "," in text:
        return None
    before, after = text[: match.start()].strip(), text[match.end() :].strip().rstrip(".")
    if not 1 <= len(before.split()) <= 6 or not 1 <= len(after.split()) <= 8:
        return None
    return f"{after[0].upper()}{after[1:]} {match.group()} {_uncapitalised(before)}."


def opposite(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """A word becomes its opposite, a comparison is turned round."""
    return _replaced(text, rng, _OPPOSITES)


def added_clause(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """A clause is added that nothing bears out."""
    return f"{text.rstrip().removesuffix('.')}{rng.choice(_UNSUPPORTED)}."


def paraphrase(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """The same in other words: a synonym, a number as a word, the condition first."""
    changed = text
    for _ in range(2):
        changed = _replaced(changed, rng, _SAME) or changed
    if match := re.search(r"(?<![\d.,:])\b([2-9]|10)(?= [a-z])", changed):
        changed = _put(changed, match, _NUMBER_WORDS[int(match.group()) - 2])
    head, middle, tail = changed.rstrip().removesuffix(".").partition(" before ")
    if middle and "," not in head:
        changed = f"Before {tail}, {_uncapitalised(head)}."
    return changed if changed != text else None


FALSE: dict[str, Edit] = {
    "number": number,
    "unit": unit,
    "name": name,
    "negation": negation,
    "swapped roles": swapped_roles,
    "opposite": opposite,
    "added clause": added_clause,
}
"""The edits after which the sentence is not borne out."""

TRUE: dict[str, Edit] = {"paraphrase": paraphrase}
"""The edits after which it still is."""


def names_in(text: str) -> list[str]:
    """Names and identifiers, as the edits find them, in order of appearance."""
    return list(dict.fromkeys(match.group() for match in _NAME.finditer(text)))


def _replaced(text: str, rng: random.Random, table: dict[str, str]) -> str | None:
    found = list(re.finditer(rf"\b(?:{'|'.join(sorted(table, key=len, reverse=True))})\b", text))
    return _put(text, match, table[match.group()]) if found and (match := rng.choice(found)) else None


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _uncapitalised(text: str) -> str:
    """A sentence's opening for use inside one: only articles and common openings lose their capital."""
    opening, _, rest = text.partition(" ")
    common = opening in {"The", "A", "An", "Every", "Each", "In", "By", "On", "At", "After", "When", "With", "It"}
    return f"{opening.lower()} {rest}".strip() if common else text
