"""Whether an answer contradicts its reference, as far as a few rules can tell: another number or unit, a denial.

An answer may leave things out, and say more, and be right all the same: each rule asks for what cannot both be true.
Names, roles and opposites are not looked at; docs/metrics.md has what that lets through, and what the rules cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from eval.metrics.amounts import CLOCK, Amount, amounts, is_told, lasting, readings
from eval.metrics.claims import Claim, claims, with_plain_not
from eval.metrics.lexical import tokens
from eval.metrics.support_features import Source, has_other_unit, source
from eval.metrics.word_lists import FUNCTION_WORDS, HINGES, NEGATORS

_OPENING = re.compile(r"\s*(yes|no)(?:\s*[,.:;!]|\s+[–—-])\s+", re.IGNORECASE)
_NO_LONGER = re.compile(r"\bno longer\b(?! than)", re.IGNORECASE)
_HALF = re.compile(
    r"(?<!\bnothing)(?<!\banything)(?<!\ball)(?<!\bnone),? \bbut (?!also\b|rather\b)|,? (?:al)?though |,? whereas |; ",
    re.IGNORECASE,
)
_PART = re.compile(rf"{_HALF.pattern}|, while |, (?=not\b)|,? and (?=(?:\w+ )?not\b|never\b)", re.IGNORECASE)
"""Where a sentence of the answer may turn to something else; who joins "dogs and cats" denies something of both."""
_DENIALS = (
    (re.compile(r"\b(?:forbidden|prohibited|banned|disallowed)\b", re.IGNORECASE), "not allowed"),
    (re.compile(r"\bunable\b", re.IGNORECASE), "not able"),
    (re.compile(r"\bimpossible\b", re.IGNORECASE), "not possible"),
)
_TURNING = NEGATORS | HINGES

_UPWARDS = ("more", "longer", "later", "higher", "larger", "greater", "bigger", "older", "after", "above", "beyond")
_DOWNWARDS = "less|fewer|shorter|earlier|sooner|lower|smaller|newer|younger|before|below|under"
_PLACES = frozenset({"after", "before", "above", "below", "beyond", "under"})
"""Comparisons that may tell when or where only: they compare where the other text has a bound."""
_BOUNDED = re.compile(r"\b(?:only|within|until|till|up to|at most|at least|latest|earliest|first|by)\b", re.IGNORECASE)
_COMPARISON = (
    rf"\b({'|'.join(_UPWARDS)}|over(?=\s[\d$€£])|{_DOWNWARDS})\b"  # "carry over" is no comparison
    r"(?=((?:\s+[^\s,;:.!?]+(?:[.,]\d+)*){1,4}))"
)
_COMPARED = re.compile(_COMPARISON, re.IGNORECASE)
_BOUND = re.compile(rf"\b(?:not|never|no)\b(?=(?:\s+[\w'’-]+){{0,8}}?\s+{_COMPARISON})\s?", re.IGNORECASE)
"""A negator that a comparison follows in the same clause: not ... more than 5."""
_SETTING_APART = frozenset({*_UPWARDS, *_DOWNWARDS.split("|"), "over", "other", "own"})
_ADDING_NOTHING = (FUNCTION_WORDS | NEGATORS | {"anymore", "currently", "ever", "however", "still", "yet"}) - _SETTING_APART


def contradicts(reference: str, response: str) -> bool:
    """Whether a response says otherwise than the reference, in one of these ways:

    - It opens with yes where the reference opens with no, or the other way round.
    - A sentence of it has a number that the reference lacks, where the response lacks one of the same dimension, or of
      no unit, that the nearest sentence of the reference has, and both are about the same: months for days, another
      day of a month. The same amount in another unit is the same number. A year and its decade do not differ.
    - It gives a number of the reference another unit, and not the right one anywhere.
    - A sentence of it denies, by not or never, a word of the nearest sentence of the reference, or affirms what is
      denied there, is about the same, and the two differ by an odd number of negators, "until" and the like counted:
      "not before 9" does not deny "at 9". So for what stands before and after a "but" in the reference, each by itself.
      "Not more than 5" sets a bound and denies nothing, unless the other text has "more than 5" too. Nor is denied what
      another part of the response tells in full, if this one is about something else: "After 30 days, they are not."

    Sentences are about the same where that of the response shares at least half of its other content words; of numbers
    also where that of the reference does, as "27 days" beside a whole sentence.
    """
    wanted, given = _opening(reference), _opening(response)
    if wanted and given and wanted != given:
        return True
    reference, response = _plain(reference), _plain(response)
    reference, response = _without_bounds(reference, response), _without_bounds(response, reference)
    evidence, found = source((reference,)), claims(response)
    told = {claim.words for claim in evidence.claims}
    parts = _parts(response)
    return (
        _has_other_number(evidence, found)
        or _has_other_unit(evidence, found)
        or any(_denies_by_a_part(claim, evidence, parts) for claim in found if claim.words not in told)
        or _denies_a_half(reference, response, parts)
    )


def _opening(text: str) -> str:
    opening = _OPENING.match(text)
    return opening[1].casefold() if opening else ""


def _plain(text: str) -> str:
    """Without an opening yes or no, which denies what was asked and not what follows; each denial is a "not"."""
    opening = _OPENING.match(text)
    return with_plain_denials(text[opening.end() :] if opening else text)


def _without_bounds(text: str, other: str) -> str:
    """The text without the negators that set a bound; where the other compares so too, one of them denies it."""
    compared = {_comparison(found) for found in _COMPARED.finditer(other)}

    def shortened(bound: re.Match[str]) -> str:
        said = _comparison(bound)
        compares = bound[1].casefold() not in _PLACES or _BOUNDED.search(other)
        return "" if said and said not in compared and compares else bound[0]

    return _BOUND.sub(shortened, text)


def _comparison(found: re.Match[str]) -> tuple[bool, str] | None:
    """Whether it is upwards, and the number that it is with; None where no number is near."""
    word, following = found.groups()
    number = next((each for each in tokens(following) if each[0].isdecimal()), None)
    return None if number is None else (word.casefold() in (*_UPWARDS, "over"), number)


def with_plain_denials(text: str) -> str:
    """The text with "not" for "no longer", and for what "cannot", "isn't", "forbidden" or "unable" hold of it."""
    plain = _NO_LONGER.sub("not", with_plain_not(text))
    for pattern, denial in _DENIALS:
        plain = pattern.sub(denial, plain)
    return plain


def _has_other_number(evidence: Source, response: Sequence[Claim]) -> bool:
    decades = _decades(evidence.claims) | _decades(response)
    wanted, given = _amounts(evidence.claims, decades, readings), _amounts(response, decades, readings)
    for claim in response:
        best = evidence.best(claim)
        if best is None or not (_tells_the_same(claim, best) or _tells_the_same(best, claim)):
            continue
        asked = (*_amounts((best,), decades), *lasting(best))
        said = _amounts((claim,), decades)
        if not _untold(asked, given).isdisjoint(_untold(said or lasting(claim), wanted)):
            return True
    return False


def _has_other_unit(evidence: Source, response: Sequence[Claim]) -> bool:
    given = {number for claim in response for number in claim.numbers}
    return any(
        has_other_unit(number, unit, evidence)
        and not given.issuperset((number, known) for known in evidence.units[number] if known)
        for number, unit in given
    )


def _tells_the_same(claim: Claim, other: Claim) -> bool:
    """Whether two sentences are about the same apart from the numbers of the first."""
    numbers = [each.number.split()[0] for each in amounts(claim)]
    return _is_about_the_same(claim, other, frozenset(numbers).union(*(number.split(".") for number in numbers)))


def _untold(found: Sequence[Amount], others: Sequence[Amount]) -> set[str]:
    """The dimensions of amounts that are not told; a time of day may be a mere number: at 9."""
    dimensions = {each.dimension for each in found if not is_told(each, others)}
    return dimensions | {""} if CLOCK in dimensions else dimensions


def _decades(found: Sequence[Claim]) -> set[str]:
    """The first three digits of each decade: 196 of "the 1960s"."""
    return {
        word[:3]
        for claim in found
        for word, following in pairwise(claim.words)
        if following == "s" and len(word) == 4 and word.isdecimal() and word.endswith("0")
    }


def _amounts(
    found: Sequence[Claim], decades: set[str], further: Callable[[Claim], Sequence[Amount]] = lambda _: ()
) -> list[Amount]:
    """The amounts of some sentences, and what is made of them; years of these decades are all one number."""
    return [
        replace(each, number=each.number[:3]) if len(each.number) == 4 and each.number[:3] in decades else each
        for claim in found
        for each in (*amounts(claim), *further(claim))
    ]


def _parts(text: str) -> tuple[Claim, ...]:
    return claims(_PART.sub(". ", text))


def _denies_by_a_part(claim: Claim, evidence: Source, parts: Sequence[Claim]) -> bool:
    """Whether a sentence denies something, as a whole and by a part of it that is not set apart from the reference."""
    return _denies(claim, evidence) and any(
        _denies(part, evidence) and not _is_set_apart(part, evidence, parts) for part in _parts(claim.text)
    )


def _is_set_apart(claim: Claim, evidence: Source, parts: Sequence[Claim]) -> bool:
    """Whether a claim has something beyond the nearest sentence, and a part of the response tells that sentence; "it"
    may be what the claim names: "It is not in the free plan" beside "The feature is in the Pro plan".
    """
    best = evidence.best(claim)
    if best is None or _ADDING_NOTHING.issuperset(set(claim.words) - set(best.words)):
        return False
    named = {part: claim.stem_set if part.words[0] in ("it", "they") else frozenset() for part in parts}
    return any(part.stem_set.union(named[part]).issuperset(best.content) and not _differ(part, best) for part in parts)


def _denies(claim: Claim, evidence: Source) -> bool:
    best = evidence.best(claim)
    if best is None or not _differ(claim, best) or _tells_a_half(claim, best):
        return False
    denied = (claim.denied - best.negated) & best.stem_set
    affirmed = (best.denied - claim.negated) & claim.stem_set
    return bool(denied or affirmed) and _is_about_the_same(claim, best, denied | affirmed)


def _tells_a_half(claim: Claim, best: Claim) -> bool:
    """Whether a claim holds a half of a sentence, before or after a "but", and all that it holds as they are there."""
    held = [half for half in claims(_HALF.sub(". ", best.text)) if claim.stem_set.issuperset(half.content)]
    return bool(held) and not any(_differ(claim, half) for half in held)


def _denies_a_half(reference: str, response: str, parts: Sequence[Claim]) -> bool:
    """Whether a half of a sentence of the response, before or after a "but", denies a half of the reference and has
    nothing of the others: "It runs not on Linux" beside "It runs on Linux, but not on Windows".
    """
    halves = _HALF.sub(". ", reference)
    if halves == reference:
        return False
    evidence = source((halves,))
    told = {claim.words for claim in evidence.claims}
    for claim in claims(_HALF.sub(". ", response)):
        best = evidence.best(claim)
        others = {its_stem for each in evidence.claims if each is not best for its_stem in each.content}
        only_there = others - best.stem_set if best else others
        if claim.words in told or not only_there.isdisjoint(claim.content):
            continue
        if _denies(claim, evidence) and not _is_set_apart(claim, evidence, parts):
            return True
    return False


def _is_about_the_same(claim: Claim, best: Claim, differing: frozenset[str]) -> bool:
    others = [its_stem for its_stem in claim.content if its_stem not in differing]
    return 2 * sum(its_stem in best.stem_set for its_stem in others) >= len(others)


def _differ(claim: Claim, other: Claim) -> bool:
    """Whether one of two sentences turns round what the other says: they differ by an odd number of turning words."""
    return sum(word in _TURNING for word in (*claim.words, *other.words)) % 2 == 1
