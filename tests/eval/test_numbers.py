"""The table of how numbers are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eval import numbers


@pytest.mark.parametrize(
    ("write", "arguments", "expected"),
    [
        (numbers.count, (None,), "unknown"),
        (numbers.count, (0,), "0"),
        (numbers.count, (999,), "999"),
        (numbers.count, (1234,), "1 234"),
        (numbers.count, (1234567.4,), "1 234 567"),
        (numbers.counted, (1, "question"), "1 question"),
        (numbers.counted, (1234, "question"), "1 234 questions"),
        (numbers.score, (None,), "unknown"),
        (numbers.score, (0.85,), "0.85"),
        (numbers.score, (1,), "1.00"),
        (numbers.score, (-0.001,), "0.00"),
        (numbers.difference, (0.123,), "+0.12"),
        (numbers.difference, (-0.2,), "−0.20"),
        (numbers.difference, (-0.001,), "0.00"),
        (numbers.difference, (None,), "unknown"),
        (numbers.interval, (0.8, 0.891), "0.80 to 0.89"),
        (numbers.interval, (-0.1, 0.2, True), "−0.10 to +0.20"),
        (numbers.interval, (None, None), "unknown"),
        (numbers.plain, (None,), "unknown"),
        (numbers.plain, (0.72543,), "0.7254"),
        (numbers.plain, (-2.0,), "−2"),
        (numbers.plain, (12340.4,), "12 340"),
        (numbers.percent, (0.853,), "85 %"),
        (numbers.percent, (0,), "0 %"),
        (numbers.percent, (None,), "unknown"),
        (numbers.seconds, (None,), "unknown"),
        (numbers.seconds, (0,), "0 ms"),
        (numbers.seconds, (0.0004,), "0.4 ms"),
        (numbers.seconds, (0.00996,), "10 ms"),
        (numbers.seconds, (0.012,), "12 ms"),
        (numbers.seconds, (0.9994,), "999 ms"),
        (numbers.seconds, (0.9996,), "1.00 s"),
        (numbers.seconds, (1.25,), "1.25 s"),
        (numbers.seconds, (9.996,), "10.0 s"),
        (numbers.seconds, (59.96,), "1 min"),
        (numbers.seconds, (200,), "3 min 20 s"),
        (numbers.seconds, (3599.6,), "1 h"),
        (numbers.seconds, (3900,), "1 h 5 min"),
        (numbers.money, (None,), "unknown"),
        (numbers.money, (0,), "$0"),
        (numbers.money, (0.00012,), "$0.000 12"),
        (numbers.money, (0.0000012345,), "$0.000 001 2"),
        (numbers.money, (0.0999,), "$0.10"),
        (numbers.money, (12.5,), "$12.50"),
        (numbers.money, (1234.5, "EUR"), "€1 234.50"),
        (numbers.money, (1.5, "CHF"), "CHF 1.50"),
        (numbers.rate, (None,), "unknown"),
        (numbers.rate, (9.52,), "9.5"),
        (numbers.rate, (1210.2,), "1 210"),
    ],
)
def test_a_number(write: Callable[..., str], arguments: tuple[Any, ...], expected: str) -> None:
    assert write(*arguments).replace(numbers.THIN, " ") == expected
