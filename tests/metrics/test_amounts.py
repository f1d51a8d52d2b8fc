"""Numbers with their units: which are the same amount."""

from __future__ import annotations

import pytest

from eval.metrics.amounts import gives_in_another_unit
from eval.metrics.contradiction import contradicts

SAME = [
    ("2 weeks", "14 days"),
    ("two weeks", "14 days"),
    ("a fortnight", "14 days"),
    ("1 hour", "60 minutes"),
    ("half an hour", "30 minutes"),
    ("90 minutes", "1 hour and 30 minutes"),
    ("90 minutes", "1 hour 30 minutes"),
    ("90 minutes", "1.5 hours"),
    ("100 minutes", "1.7 hours"),
    ("1.5 GB", "1500 MB"),
    ("2 GiB", "2048 MiB"),
    ("one year", "12 months"),
    ("a year", "12 months"),
    ("52 weeks", "365 days"),
    ("30 days", "one month"),
    ("90 days", "3 months"),
    ("1.2 km", "1200 metres"),
]
OTHERS = [
    ("11 days", "3 months"),
    ("2 weeks", "15 days"),
    ("10 seconds", "5 minutes"),
    ("1 MiB", "4 GiB"),
    ("800 metres", "3 km"),
    ("one year", "18 months"),
    ("two years", "three years"),
    ("14 May", "3 June"),
    ("14 May", "14 June"),
]


@pytest.mark.parametrize(("one", "other"), [*SAME, *((other, one) for one, other in SAME)])
def test_the_same_amount_is_no_other_number(one: str, other: str) -> None:
    assert not contradicts(f"The tall ships rest for {one}.", f"The tall ships rest for {other}.")
    assert gives_in_another_unit("How long do they rest?", f"They rest for {one}.", f"They rest for {other}.")


@pytest.mark.parametrize(("one", "other"), [*OTHERS, *((other, one) for one, other in OTHERS)])
def test_another_amount_of_the_same_dimension_contradicts(one: str, other: str) -> None:
    assert contradicts(f"The tall ships rest for {one}.", f"The tall ships rest for {other}.")
    assert not gives_in_another_unit("How long do they rest?", f"They rest for {one}.", f"They rest for {other}.")


def test_what_the_question_has_already_is_not_given() -> None:
    assert not gives_in_another_unit("How is it after 7 days?", "After 7 days it is cold.", "After a week it is.")
    assert not gives_in_another_unit("How long?", "7 days", "7 days")  # the same unit
