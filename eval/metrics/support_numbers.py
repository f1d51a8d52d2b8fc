"""Numbers that a claim says otherwise than the evidence: another date, in whatever form it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from eval.metrics.claims import Claim
from eval.metrics.spelling import is_date

_VERB = re.compile(r"\bmay\b")
"""In lower case: "at most 5 may be carried over" has no date."""


class Numbers:
    """The dates that the evidence has."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._dates = {date for claim in claims for date in _dates(claim)}
        self._months = {word for claim in claims for word in claim.words if is_date("1", word)}
        self._undated = {number for claim in claims for number in _undated(claim)}

    def has_date(self, day: str, month: str) -> bool:
        """Whether it has a day of a month, or the two apart: 3 May of "from 3 to 14 May", "in May, on the 3rd"."""
        return (day, month) in self._dates or (day in self._undated and month in self._months)

    def lacks_a_date(self, claim: Claim) -> bool:
        """Whether a claim has a date, in whatever form, of which the evidence has not both the day and the month."""
        return not all(self.has_date(*date) for date in _dates(claim))


def _dates(claim: Claim) -> set[tuple[str, str]]:
    found = {(day, month) for day, month in pairwise(claim.words) if is_date(day, month)}
    return {date for date in found if date[1] != "may"} if _VERB.search(claim.text) else found


def _undated(claim: Claim) -> set[str]:
    """Its numbers without a unit that are not the day of a date."""
    return {number for number, unit in claim.numbers if not unit}.difference(day for day, _ in _dates(claim))
