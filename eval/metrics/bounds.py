"""Bounds turned round: "fewer than 5" where another text has "more than 5"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from eval.metrics.claims import Claim, claims
from eval.metrics.lexical import stem
from eval.metrics.support_features import source
from eval.metrics.word_lists import DOWNWARDS, UNITS, UPWARDS

OF_PLACE = frozenset({"after", "before", "above", "below", "beyond", "under"})
"""Comparisons that may tell when or where only."""
_UP, _DOWN = (UPWARDS - OF_PLACE) | {"least"}, (DOWNWARDS - OF_PLACE) | {"most"}
_BINDING = frozenset(map(stem, _UP | _DOWN | set(UNITS.values())))


class Bound(NamedTuple):
    upwards: bool
    number: str


def turns_a_bound(reference: str, response: str) -> bool:
    """Whether a response has less than a number of which the reference has more, or at most for at least, and neither
    has both.

    By a sentence without a negator that has no other words than the nearest of the reference, or beside one that is
    nothing but the bound: "Orders of less than $50 pay for shipping" may be what follows from "Orders of more than $50
    ship free".

    Args:
        reference, response: with each denial written as "not" (`with_plain_denials`).
    """
    evidence, found = source((reference,)), claims(response)
    wanted, given = _all(evidence.claims), _all(found)
    turned = {bound for bound in given - wanted if _other(bound) in wanted - given}
    return any(
        not turned.isdisjoint(_bounds(claim)) and (not _own(best) or _own(claim) <= best.stem_set)
        for claim in found
        if turned and (best := evidence.best(claim))
    )


def _other(bound: Bound) -> Bound:
    return bound._replace(upwards=not bound.upwards)


def _all(found: Sequence[Claim]) -> set[Bound]:
    return {bound for claim in found for bound in _bounds(claim)}


def _bounds(claim: Claim) -> Iterator[Bound]:
    if claim.negators:
        return
    for word, following in pairwise(word for word in claim.words if word != "than"):
        if word in _UP | _DOWN and following[0].isdecimal():
            yield Bound(word in _UP, following)


def _own(claim: Claim) -> set[str]:
    """Its content words but for numbers, units and what compares them."""
    return {each for each in claim.content if not each[-1].isdecimal()} - _BINDING
