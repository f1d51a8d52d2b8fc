"""Beside a reference that is a mere bound, an answer may set the same one in other words."""

from __future__ import annotations

import pytest

from eval.metrics.beside_a_bound import may_be_right_beside_a_bound


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("Below 25 °C", "Do not store above 25 °C."),
        ("Below 25 °C", "Store it at a maximum of 25°C."),
        ("Below 25 °C", "It should not be kept at temperatures over 25 °C."),
        ("At most 5", "Up to 5 people may book."),
        ("Up to 5", "No more than 5."),
        ("At least 18", "You have to be 18 or older."),
        ("At least 18", "You must not be younger than 18."),
        ("At least 18", "The minimum age is 18."),
        ("Under $1,000", "Amounts of less than $1000 need no approval."),
        ("Below 5 seconds", "It is faster than 5 seconds."),
    ],
)
def test_the_same_bound_may_be_right(reference: str, response: str) -> None:
    assert may_be_right_beside_a_bound(reference, response)


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("Below 25 °C", "Store it above 25 °C."),
        ("Below 25 °C", "Store it at 25 °C."),
        ("Below 25 °C", "Do not store above 30 °C."),
        ("Below 25 °C", "Do not store below 25 °C."),
        ("Below 25 °C", "At most 25 °F."),
        ("At least 18", "Under 18."),
        ("At least 18", "18 or younger."),
        ("25 °C", "Do not store above 25 °C."),
        ("Between 2 and 8 °C", "Do not store above 8 °C."),
        ("Below 25 °C", "Store it in the original package."),
        ("The tablets are to be kept below 25 °C in the original package", "Do not store above 25 °C."),
    ],
)
def test_another_bound_or_none_is_not(reference: str, response: str) -> None:
    assert not may_be_right_beside_a_bound(reference, response)


def test_long_replies_take_no_long_time() -> None:
    assert not may_be_right_beside_a_bound("Below 25 °C", "no not never above of the is at " * 20_000)
