"""Intervals that say no more than the data do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.statistics import Confidence, mean_interval, paired_difference, wilson

QUICK = Confidence(resamples=300)
SCORES = st.lists(st.floats(0, 1), min_size=2, max_size=40)


def test_no_value_and_one_value_have_no_interval() -> None:
    nothing, one = mean_interval([], QUICK), mean_interval([0.4], QUICK)
    assert (nothing.mean, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)
    assert (one.mean, one.low, one.high, one.n) == (0.4, None, None, 1)
    assert not nothing.clear_of_zero
    assert not one.clear_of_zero


def test_equal_values_are_not_certainty() -> None:
    few, many = mean_interval([1.0] * 5, QUICK), mean_interval([1.0] * 500, QUICK)
    assert few.low is not None
    assert many.low is not None
    assert few.low < many.low < 1
    assert few.high == many.high == 1
    middle = mean_interval([0.5, 0.5], QUICK)
    assert middle.low is not None
    assert middle.high is not None
    assert middle.low < 0.5 < middle.high
    assert mean_interval([3.0, 3.0], QUICK, bounds=None).low is None


def test_equal_pipelines_do_not_differ() -> None:
    same = {f"q{n}": n % 2 / 1 for n in range(50)}
    difference = paired_difference(same, same, QUICK)
    assert difference.mean == 0
    assert not difference.clear_of_zero
    assert difference.low is not None
    assert difference.low < 0


def test_a_steady_gain_on_hard_and_easy_questions_is_clear() -> None:
    hard = np.random.default_rng(0).random(30)
    a = {f"q{n}": value * 0.7 + 0.2 for n, value in enumerate(hard)}
    b = {f"q{n}": value * 0.8 for n, value in enumerate(hard)}
    assert paired_difference(a, b, QUICK).clear_of_zero
    assert not mean_interval(list(a.values()), QUICK).low > mean_interval(list(b.values()), QUICK).high  # type: ignore[operator]


def test_only_common_questions_are_paired() -> None:
    assert paired_difference({"q1": 1.0, "q2": 0.0}, {"q2": 0.0, "q3": 1.0}, QUICK).n == 1
    assert paired_difference({"q1": 1.0}, {"q2": 0.0}, QUICK).n == 0


@given(SCORES)
@settings(max_examples=40, deadline=None)
def test_the_interval_holds_the_mean_and_stays_on_the_scale(values: list[float]) -> None:
    estimate = mean_interval(values, QUICK)
    assert estimate.mean is not None
    assert estimate.low is not None
    assert estimate.high is not None
    assert -1e-9 <= estimate.low <= estimate.mean + 1e-9
    assert estimate.mean - 1e-9 <= estimate.high <= 1 + 1e-9


@given(SCORES)
@settings(max_examples=20, deadline=None)
def test_turning_the_pair_turns_the_sign(values: list[float]) -> None:
    a = {str(n): value for n, value in enumerate(values)}
    b = {str(n): 0.5 for n in range(len(values))}
    there, back = paired_difference(a, b, QUICK), paired_difference(b, a, QUICK)
    assert there.mean == pytest.approx(-(back.mean or 0.0))


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_bootstrap_covers_the_truth_about_as_often_as_it_says(share: float) -> None:
    generator = np.random.default_rng(7)
    hits = 0
    for _ in range(200):
        estimate = mean_interval((generator.random(80) < share).astype(float).tolist(), QUICK)
        assert estimate.low is not None
        assert estimate.high is not None
        hits += estimate.low <= share <= estimate.high
    assert hits >= 0.90 * 200


def test_wilson_against_published_values() -> None:
    # Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20
    for count, total, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        estimate = wilson(count, total, 0.95)
        assert estimate.low == pytest.approx(low, abs=1e-4)
        assert estimate.high == pytest.approx(high, abs=1e-4)
    assert wilson(0, 0, 0.95).mean is None
