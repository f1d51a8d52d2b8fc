"""Edits of a true sentence: each changes one thing, so that the sentence is no longer borne out, or says the same.

An edit takes the sentence, a seeded random generator, and names to put in the place of others; it gives the new
sentence, or None where the sentence has nothing to edit.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from edit_words import BASE_FORMS, COMPARATORS, DENIALS, OPPOSITES, SAME, UNITS, UNSUPPORTED, VERBS

Edit = Callable[[str, random.Random, Sequence[str]], str | None]

_NUMBER = re.compile(r"(?<![\w.:/-])\d+(?:[.,]\d+)*(?![\w/]|[.:-]\w)")
_NUMBER_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w-]*(?: [A-Z][\w-]*)*|\b\w+[a-z][A-Z]\w*\b|`[^`]+`|\b[a-z]+(?:[_/.][a-z]+)+\b")
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|may|must|should|will|has been|have been)\b(?! not)")
_MODAL = re.compile(r"\b(?:can|may|must|should|will)\b(?! not)")
_BE = re.compile(r"\b(?:is|are|was|were)\b(?! not)")
_VERB = re.compile(rf"\b(?:{VERBS})\b")


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
    found = list(re.finditer(rf"(?<=\d )(?:{'|'.join(UNITS)})(?!\w)", text))
    return _put(text, match, UNITS[match.group()]) if found and (match := rng.choice(found)) else None


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
        base = BASE_FORMS.get(verb, verb.removesuffix("s"))
        if verb.endswith("d"):
            return _put(text, match, f"never {verb}")
        return _put(text, match, rng.choice((f"does not {base}", f"doesn't {base}")))
    return None


def verbal_negation(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """What was affirmed is denied by a verb: it fails to, is unable to, is forbidden to."""
    denial = rng.choice(DENIALS)
    if match := _MODAL.search(text):
        return _put(text, match, denial)
    if match := _VERB.search(text):
        verb = match.group()
        return _put(text, match, f"{denial} {BASE_FORMS.get(verb, verb[:-1])}")
    match = _BE.search(text)
    return _put(text, match, f"{denial} be") if match else None


def comparator(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """A bound is turned round: at most and at least, after and before, within and only after."""
    return _replaced(text, rng, COMPARATORS)


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
    return _replaced(text, rng, OPPOSITES)


def added_clause(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """A clause is added that nothing bears out."""
    return f"{text.rstrip().removesuffix('.')}{rng.choice(UNSUPPORTED)}."


def paraphrase(text: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """The same in other words: a synonym, a number as a word, the condition first."""
    changed = text
    for _ in range(2):
        changed = _replaced(changed, rng, SAME) or changed
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
"""The edits after which the sentence is not borne out; the weights of `eval.metrics.support` are fitted on them."""

UNSEEN: dict[str, Edit] = {"verbal negation": verbal_negation, "comparator": comparator}
"""More of them, which nothing is fitted on: what to expect of edits that nobody foresaw."""

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
