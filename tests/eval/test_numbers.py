"""The table of how numbers are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eval import numbers
from eval.needs import Needs


@pytest.mark.parametrize(
    ("write", "arguments", "expected"),
    [
        (numbers.count, (None,), "unknown"),
        (numbers.count, (0,), "0"),
        (numbers.count, (999,), "999"),
        (numbers.count, (1234,), "1 234"),
        (numbers.count, (1234567.4,), "1 234 567"),
        (numbers.amount, (None,), "unknown"),
        (numbers.amount, (0,), "0"),
        (numbers.amount, (0.4,), "0.4"),
        (numbers.amount, (0.00001,), "0.00001"),
        (numbers.amount, (2.5,), "2.5"),
        (numbers.amount, (99.999,), "100"),
        (numbers.amount, (1234.4,), "1 234"),
        (numbers.amount, (1e6,), "1 000 000"),
        (numbers.amount, (1e12,), "1 000 000 000 000"),
        (numbers.amount_of, (1, "query", "queries"), "1 query"),
        (numbers.amount_of, (0.4, "query", "queries"), "0.4 queries"),
        (numbers.short, (0.1,), "0.1"),
        (numbers.short, (1e-6,), "0.000001"),
        (numbers.short, (100,), "100"),
        (numbers.short, (1000,), "1 k"),
        (numbers.short, (1e4,), "10 k"),
        (numbers.short, (1e7,), "10 M"),
        (numbers.short, (1e10,), "10 B"),
        (numbers.short, (1e12,), "1 T"),
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


@pytest.mark.parametrize(
    ("queries", "updates", "said"),
    [
        (10_000, 1, "10 000 queries and 1 new version of the knowledge a month"),
        (0.4, 0.5, "0.4 queries and 0.5 new versions of the knowledge a month"),
        (1, 1e6, "1 query and 1 000 000 new versions of the knowledge a month"),
        (1e12, 0, "1 000 000 000 000 queries and 0 new versions of the knowledge a month"),
    ],
)
def test_needs_are_told_as_they_are(queries: float, updates: float, said: str) -> None:
    needs = Needs(queries_per_month=queries, updates_per_month=updates)
    assert needs.in_words().replace(numbers.THIN, " ").startswith(f"{said}, ")
