"""Whether an answer contradicts its reference, as far as a few rules can tell: another number, unit, address, a denial.

An answer may leave things out, and say more, and be right all the same: each rule asks for what cannot both be true.
Names, roles and opposites are not looked at; docs/metrics.md has what that lets through, and what the rules cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from eval.metrics.addresses import names_another_address
from eval.metrics.amounts import CLOCK, Amount, amounts, is_told, lasting, readings
from eval.metrics.bounds import OF_PLACE, turns_a_bound
from eval.metrics.chinese_polar import contradicts_in_chinese
from eval.metrics.claims import Claim, claims
from eval.metrics.denials import denies, is_about_the_same, is_bare, may_be_turned_round
from eval.metrics.label_numbers import has_other_label
from eval.metrics.lexical import tokens
from eval.metrics.opening import opens_with, without_opening
from eval.metrics.other_spellings import has_other_half
from eval.metrics.rates import has_other_frequency, has_other_rate, says_always_for_an_amount
from eval.metrics.spelling import written_out
from eval.metrics.support_features import Source, has_other_unit, source
from eval.metrics.word_lists import DOWNWARDS, NEGATORS, OF_LACK, UPWARDS

_VALUE = re.compile(r"\W*(?:true|false)\W*", re.IGNORECASE)
_NO_LONGER = re.compile(r"\bno longer\b(?! than)", re.IGNORECASE)
_DENIALS = (
    (re.compile(r"\b(?:forbidden|prohibited|banned|disallowed)\b", re.IGNORECASE), "not allowed"),
    (re.compile(r"\bunable\b", re.IGNORECASE), "not able"),
    (re.compile(r"\bimpossible\b", re.IGNORECASE), "not possible"),
)
_MAY_NOT = re.compile(
    r"\bnot (?:be )?(?:currently |yet )?"
    r"(?:(allowed|permitted|authori[sz]ed|able|possible|need|required|expected|obliged) (?:to|from)"
    r"|(eligible|entitled) (?:to|for))\b",
    re.IGNORECASE,
)

_BOUNDED = re.compile(r"\b(?:only|within|until|till|up to|at most|at least|latest|earliest|first|by)\b", re.IGNORECASE)
_COMPARISON = (
    rf"\b({'|'.join(sorted(UPWARDS | DOWNWARDS))}|over(?=\s[\d$€£]))\b"  # "carry over" is no comparison
    r"(?=((?:\s+[^\s,;:.!?]+(?:[.,]\d+)*){1,4}))"
)
_COMPARED = re.compile(_COMPARISON, re.IGNORECASE)
_BOUND = re.compile(rf"\b(?:not|never|no)\b(?=(?:\s+[\w'’-]+){{0,8}}?\s+{_COMPARISON})\s?", re.IGNORECASE)
"""A negator that a comparison follows in the same clause: not ... more than 5."""


def contradicts(reference: str, response: str) -> bool:
    """Whether a response says otherwise than the reference, in one of these ways:

    - It opens with yes where the reference opens with no, or is nothing else, or the other way round.
    - A sentence of it has a number that the reference lacks, where the response lacks one of the same dimension, or of
      no unit, that the nearest sentence of the reference has, and both are about the same: months for days, another
      day of a month. The same amount in another unit is the same number. A year and its decade do not differ.
    - It gives a number of the reference another unit, and not the right one anywhere, or has it per another time: per
      year, not per month.
    - Something is "every two weeks", or "twice a week", and weekly in the reference, or the reverse
      (`has_other_frequency`), "24 hours a day" stands for one day, or half an hour for an hour (`has_other_half`).
    - It has fewer than a number of which the reference has more (`turns_a_bound`).
    - It names another address, or code (`names_another_address`), or another number of what is numbered
      (`has_other_label`).
    - A sentence of it denies, by not or never, what the nearest sentence of the reference says, or affirms what is
      denied there (`denies`). "Not more than 5" sets a bound and denies nothing, unless the other text has "more than
      5" too. So it does of a bare Chinese reference (`contradicts_in_chinese`).

    Sentences are about the same where that of the response shares at least half of its other content words; of numbers
    also where that of the reference does, as "27 days" beside a whole sentence.
    """
    plain = _comparable(reference, response)
    return _says_otherwise(reference, response) or _counts_or_names_otherwise(*plain) or denies(*plain)


def contradicts_perhaps(reference: str, response: str, question: str = "") -> bool:
    """Whether a response contradicts a reference by nothing but a denial that may be turned round
    (`may_be_turned_round`), so that it may be right all the same; of a bare reference also where the question asks for
    what is not: "SSO is not in Basic" names what was asked for by "Which plan lacks SSO?".
    """
    plain = _comparable(reference, response)
    elsewise = _says_otherwise(reference, response) or _counts_or_names_otherwise(*plain)
    if elsewise or not denies(*plain):
        return False
    return may_be_turned_round(*plain) or (is_bare(reference) and _asks_for_what_is_not(question))


def _asks_for_what_is_not(question: str) -> bool:
    return not (NEGATORS | OF_LACK).isdisjoint(tokens(with_plain_denials(question)))


def _says_otherwise(reference: str, response: str) -> bool:
    """Whether it opens otherwise, turns a bound round, or a bare Chinese word: what is lost once both texts are made
    comparable.
    """
    return (
        _opens_otherwise(reference, response)
        or turns_a_bound(_plain(reference), _plain(response))
        or contradicts_in_chinese(reference, response)
    )


def _opens_otherwise(reference: str, response: str) -> bool:
    wanted, given = opens_with(reference), opens_with(response)
    return wanted is not None and given is not None and wanted != given


def _counts_or_names_otherwise(reference: str, response: str) -> bool:
    evidence, found = source((reference,)), claims(response)
    return (
        _has_other_number(evidence, found)
        or _has_other_unit(evidence, found)
        or has_other_rate(reference, response)
        or has_other_frequency(reference, response)
        or says_always_for_an_amount(reference, response)
        or has_other_half(reference, response)
        or names_another_address(reference, response)
        or has_other_label(reference, response)
    )


def _comparable(reference: str, response: str) -> tuple[str, str]:
    """Both without opening yes or no, with each denial as "not", and without those that only set a bound."""
    reference, response = _plain(reference), _plain(response)
    reference, response = _with_mere_not(reference, response), _with_mere_not(response, reference)
    return _without_bounds(reference, response), _without_bounds(response, reference)


def _plain(text: str) -> str:
    """Without an opening yes or no, which denies what was asked and not what follows; each denial is a "not". A mere
    "true" is the value that was asked for.
    """
    return with_plain_denials(text if _VALUE.fullmatch(text) else without_opening(text))


def _with_mere_not(text: str, other: str) -> str:
    """The text with "not" for "not allowed to", "not need to" and the like, which "may not" and "need not" are too; not
    where the other text has the word, which is what is denied then: "not allowed to bring dogs", "dogs are allowed".
    """
    there = frozenset(tokens(other))

    def shortened(denial: re.Match[str]) -> str:
        word = denial[1] or denial[2]
        return denial[0] if word.casefold() in there else "not"

    return _MAY_NOT.sub(shortened, text)


def _without_bounds(text: str, other: str) -> str:
    """The text without the negators that set a bound; where the other compares so too, one of them denies it."""
    compared = {_comparison(found) for found in _COMPARED.finditer(other)}

    def shortened(bound: re.Match[str]) -> str:
        said = _comparison(bound)
        compares = bound[1].casefold() not in OF_PLACE or _BOUNDED.search(other)
        return "" if said and said not in compared and compares else bound[0]

    return _BOUND.sub(shortened, text)


def _comparison(found: re.Match[str]) -> tuple[bool, str] | None:
    """Whether it is upwards, and the number that it is with; None where no number is near."""
    word, following = found.groups()
    number = next((each for each in tokens(following) if each[0].isdecimal()), None)
    return None if number is None else (word.casefold() in UPWARDS | {"over"}, number)


def with_plain_denials(text: str) -> str:
    """The text with "not" for "no longer", and for what "cannot", "isn't", "forbidden" or "unable" hold of it."""
    plain = _NO_LONGER.sub("not", written_out(text))
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
    return is_about_the_same(claim, other, frozenset(numbers).union(*(number.split(".") for number in numbers)))


def _untold(found: Sequence[Amount], others: Sequence[Amount]) -> set[str]:
    """The dimensions of amounts that are not told; a time of day may be a mere number: at 9. A time that may be either
    tells one alone: the 8:00 of "8:00 to 21:00" is no 20:00 beside "8:00 to 20:00".
    """
    faces = {each.low for each in found if each.dimension == CLOCK}
    dimensions = {
        each.dimension
        for each in found
        if not is_told(each, [other for other in others if not _is_taken(other, faces - {each.low})])
    }
    return dimensions | {""} if CLOCK in dimensions else dimensions


def _is_taken(time: Amount, faces: Set[float]) -> bool:
    """Whether a time is one of these as it reads."""
    return time.dimension == CLOCK and time.low in faces


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
