"""Numbers that evidence has and a claim says otherwise: another date, another rate, the other half of the day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from eval.metrics.claims import Claim
from eval.metrics.rates import are_others, rates
from eval.metrics.spelling import is_date
from eval.metrics.times_of_day import Time, times

_VERB = re.compile(r"\bmay\b")
"""In lower case: "at most 5 may be carried over" has no date."""
_HALF_A_DAY = 12 * 60


class Numbers:
    """The dates, rates and times of day that the evidence has."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._dates = {date for claim in claims for date in _dates(claim)}
        self._months = {word for claim in claims for word in claim.words if is_date("1", word)}
        self._undated = {number for claim in claims for number in _undated(claim)}
        self._rates = {rate for claim in claims for rate in rates(claim.text)}
        self._times = [time for claim in claims for time in times(claim.text)]

    def has_date(self, day: str, month: str) -> bool:
        """Whether it has a day of a month, or the two apart: 3 May of "from 3 to 14 May", "in May, on the 3rd"."""
        return (day, month) in self._dates or (day in self._undated and month in self._months)

    def lacks_a_date(self, claim: Claim) -> bool:
        """Whether a claim has a date, in whatever form, of which the evidence has not both the day and the month."""
        return not all(self.has_date(*date) for date in _dates(claim))

    def has_otherwise(self, claim: Claim) -> bool:
        """Whether a number of a claim is per another time here ("$49 per year"), or a time of day is 12 hours off."""
        return are_others(self._rates, set(rates(claim.text))) or any(map(self._is_other_half, times(claim.text)))

    def _is_other_half(self, time: Time) -> bool:
        same = [each for each in self._times if each.minute % _HALF_A_DAY == time.minute % _HALF_A_DAY]
        return bool(same) and all(_minutes(each).isdisjoint(_minutes(time)) for each in same)


def _minutes(time: Time) -> set[int]:
    return {time.minute, time.or_minute}


def _dates(claim: Claim) -> set[tuple[str, str]]:
    found = {(day, month) for day, month in pairwise(claim.words) if is_date(day, month)}
    return {date for date in found if date[1] != "may"} if _VERB.search(claim.text) else found


def _undated(claim: Claim) -> set[str]:
    """Its numbers without a unit that are not the day of a date."""
    return {number for number, unit in claim.numbers if not unit}.difference(day for day, _ in _dates(claim))
