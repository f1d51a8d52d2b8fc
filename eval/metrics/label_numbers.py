"""Numbers by which a reply only names what was asked about: "Severity 1 incidents are answered within 8 hours."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.metrics.amounts import amounts, readings
from eval.metrics.claims import claims
from eval.metrics.lexical import content_terms, stem, tokens
from eval.metrics.word_lists import NUMBERING, UNITS

_SHORT = 4
"""So many words has a right answer at most that is a count: "3 replicas in each zone"."""
_WORD = r"[^\W\d_]{2,30}"
_NUMBER = re.compile(
    rf"(?:(?P<before>{_WORD})[ -]|(?<![\w$€£¥.,:/-]))(?P<number>\d{{1,6}}(?:\.\d{{1,3}}){{0,2}})(?![\w%°$€£¥])"
    rf"(?![.,:/-]\d)(?![ -](?:{'|'.join(UNITS)}|million|billion)\b)(?:(?=[ -](?P<after>{_WORD})))?",
    re.IGNORECASE,
)
"""With the words beside it; none that has a unit or is money."""

Beside = tuple[str, str, str]
"""The stem of the word before a number or "", the number, the stem of the word behind it or ""."""


def without_label_numbers(response: str, question: str, right_answers: Sequence[str]) -> str:
    """A response without the numbers that only repeat of whom or what was asked: the 1 of "severity 1" is not that of
    the right answer "1 hour".

    Only what is also a number of a right answer is looked at, and no right answer may have it beside the same word. It
    is left out where that is an amount with a unit and the question has it beside the same word, or the word before it
    is one that numbers things ("tier", "article"); and where that is a mere count, "3" or "3 replicas", and the
    question has the word before it with this number alone: asked for "tier 2 or tier 3", "Tier 3" is the answer.
    """
    asked, right = list(_beside(question)), {each for text in right_answers for each in _beside(text)}
    measured, counted = _measured(right_answers), {number for text in right_answers for number in _count(text)}
    if not measured | counted:
        return response

    def kept(found: re.Match[str]) -> str:
        number, pairs = found["number"], list(_pairs(found))
        repeats = any(pair in asked for pair in pairs)
        if any(pair in right for pair in pairs):
            return found[0]
        named = (found["before"] or "").casefold() in NUMBERING
        of_amount = number in measured and (repeats or named)
        of_count = number in counted and _labels_alone(found["before"], number, asked)
        return (found["before"] or "") if of_amount or of_count else found[0]

    return _NUMBER.sub(kept, response)


def has_other_label(reference: str, response: str) -> bool:
    """Whether a reference of a few words numbers something by a word that does so, and a response has other numbers
    behind that word alone: "Severity 1 incidents get priority 2." beside "Priority 1".
    """
    if len(tokens(reference)) > _SHORT:
        return False
    wanted, given = _labels(reference), _labels(response)
    return any(word in given and not numbers & given[word] for word, numbers in wanted.items())


def _labels(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in _NUMBER.finditer(text):
        word = (each["before"] or "").casefold()
        if word in NUMBERING:
            found.setdefault(word, set()).add(each["number"].removesuffix(".0").lstrip("0"))
    return found


def _beside(text: str) -> Iterator[Beside]:
    for found in _NUMBER.finditer(text):
        yield from _pairs(found)


def _pairs(found: re.Match[str]) -> Iterator[Beside]:
    if found["before"]:
        yield stem(found["before"].casefold()), found["number"], ""
    if found["after"]:
        yield "", found["number"], stem(found["after"].casefold())


def _labels_alone(word: str | None, number: str, asked: Sequence[Beside]) -> bool:
    """Whether this word has this number in the question, and no other: not "the 30", nor one of "tier 2 or tier 3"."""
    if word is None or not content_terms(word):
        return False
    label = stem(word.casefold())
    return {other for before, other, _ in asked if before == label} == {number}


def _measured(right_answers: Sequence[str]) -> set[str]:
    """Numbers that stand with a unit in every right answer that has them."""
    every = [each for text in right_answers for claim in claims(text) for each in (*amounts(claim), *readings(claim))]
    return {each.number.split()[0] for each in every if each.unit} - {each.number for each in every if not each.unit}


def _count(text: str) -> Iterator[str]:
    """The number of a right answer that is a mere count."""
    words = tokens(text)
    if 0 < len(words) <= _SHORT and words[0].isdecimal() and text == text.lower():
        yield words[0]
