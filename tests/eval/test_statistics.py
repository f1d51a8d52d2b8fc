"""Intervals that say no more than the data do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from eval.cost_per_success import cost_per_success
from eval.statistics import (
    Confidence,
    cluster_sums,
    effective_clusters,
    jackknife_error,
    least_mean,
    mean_interval,
    standard_error,
    wilson,
)

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


@given(SCORES)
@settings(max_examples=40, deadline=None)
def test_the_interval_holds_the_mean_and_stays_on_the_scale(values: list[float]) -> None:
    estimate = mean_interval(values, QUICK)
    assert estimate.mean is not None
    assert estimate.low is not None
    assert estimate.high is not None
    assert -1e-9 <= estimate.low <= estimate.mean + 1e-9
    assert estimate.mean - 1e-9 <= estimate.high <= 1 + 1e-9


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


@pytest.mark.parametrize("largest", [10, 75])
def test_few_documents_make_intervals_that_still_cover(largest: int) -> None:
    """Ten documents, alike or one of them with most of the questions; plain percentiles cover 87 and 86 of 100."""
    generator = np.random.default_rng(3)
    documents = [str(n) for n, size in enumerate([largest, *[10] * 9]) for _ in range(size)]
    hits = 0
    for _ in range(200):
        luck = dict(zip(dict.fromkeys(documents), generator.normal(0, 0.5, 10), strict=True))
        values = [luck[each] + generator.normal(0, 0.8) for each in documents]
        estimate = mean_interval(values, QUICK, clusters=documents)
        assert estimate.low is not None
        assert estimate.high is not None
        hits += estimate.low <= 0 <= estimate.high
    assert hits >= 0.90 * 200


def test_unequal_clusters_count_as_fewer() -> None:
    assert effective_clusters(np.array([4.0, 4.0, 4.0])) == pytest.approx(3)
    assert effective_clusters(np.array([100.0, 1.0, 1.0])) == pytest.approx(1.04, abs=0.01)


def test_the_error_from_leaving_clusters_out() -> None:
    alike = [1.0, 0.0, 0.5, 0.5, 0.0, 0.0]
    labels = ["a", "a", "b", "b", "c", "c"]
    sums, sizes = cluster_sums(np.array(alike), labels)
    assert jackknife_error(sums, sizes) == pytest.approx(standard_error(alike, labels))
    # nine of 1 and one of 0: the mean is .9, without the first cluster 0, without the second 1
    unlike = jackknife_error(np.array([9.0, 0.0]), np.array([9.0, 1.0]))
    assert unlike == pytest.approx(math.sqrt((0.9**2 + 0.1**2) / 2))
    assert standard_error([1.0] * 9 + [0.0], ["a"] * 9 + ["b"]) == pytest.approx(0.18)  # and that is far too small
    assert jackknife_error(np.array([9.0]), np.array([9.0])) is None


def test_one_document_with_nearly_all_questions_has_an_interval_still() -> None:
    estimate = mean_interval([0.0, 1.0] * 500 + [1.0, 0.0, 1.0], QUICK, clusters=["a"] * 1000 + ["b", "c", "d"])
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low <= 0.5 <= estimate.high


def test_wilson_against_published_values() -> None:
    # Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20
    for count, total, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        estimate = wilson(count, total, 0.95)
        assert estimate.low == pytest.approx(low, abs=1e-4)
        assert estimate.high == pytest.approx(high, abs=1e-4)
    assert wilson(0, 0, 0.95).mean is None


@pytest.mark.parametrize(("count", "total"), [(0, 20), (1, 20), (7, 9), (20, 20)])
def test_wilson_is_scipys(count: int, total: int) -> None:
    known = binomtest(count, total).proportion_ci(confidence_level=0.9, method="wilson")
    found = wilson(count, total, 0.9)
    assert (found.low, found.high) == (pytest.approx(known.low, abs=1e-12), pytest.approx(known.high, abs=1e-12))


def test_wilsons_interval_of_shares_lies_between_those_of_whole_counts() -> None:
    five, half, six = (wilson(count, 20, 0.95) for count in (5, 5.5, 6))
    assert half.mean == 5.5 / 20
    for end in ("low", "high"):
        assert getattr(five, end) < getattr(half, end) < getattr(six, end)


def test_alike_values_of_a_cluster_are_worth_less_than_as_many_values() -> None:
    values = [float(n % 2) for n in range(20) for _ in range(5)]
    apart, together = mean_interval(values, QUICK), mean_interval(values, QUICK, clusters=[n // 5 for n in range(100)])
    assert together.mean == apart.mean == 0.5
    assert together.n == apart.n == 100
    assert together.high - together.low > 1.8 * (apart.high - apart.low)  # type: ignore[operator]
    assert mean_interval(values, QUICK, clusters=["one"] * 100).low is None


def test_the_clustered_error_against_its_formula_by_hand() -> None:
    # three clusters with sums of deviations 1, -1/2, -1/2 about the mean 1/2 of four values
    error = standard_error([1.0, 1.0, 0.0, 0.0], ["a", "a", "b", "c"])
    assert error == pytest.approx((3 / 2 * (1 + 0.25 + 0.25)) ** 0.5 / 4)
    assert standard_error([1.0, 0.0, 1.0, 0.0]) == pytest.approx(np.std([1, 0, 1, 0], ddof=1) / 2)
    assert standard_error([1.0, 0.0], ["a", "a"]) is None


def test_the_clustered_bootstrap_covers_the_truth_where_the_plain_one_does_not() -> None:
    generator = np.random.default_rng(3)
    labels = [n // 5 for n in range(150)]
    hits = {"plain": 0, "clustered": 0}
    for _ in range(150):
        values = np.repeat(generator.random(30) < 0.5, 5).astype(float).tolist()
        for name, clusters in (("plain", None), ("clustered", labels)):
            estimate = mean_interval(values, QUICK, clusters=clusters)
            hits[name] += (
                estimate.low is not None and estimate.high is not None and estimate.low <= 0.5 <= estimate.high
            )
    assert hits["clustered"] >= 0.88 * 150
    assert hits["plain"] < 0.75 * 150


def test_clusters_of_equal_means_are_not_certainty_either() -> None:
    estimate = mean_interval([0.0, 1.0] * 20, QUICK, clusters=[n // 2 for n in range(40)])
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low < 0.5 < estimate.high


def test_the_cost_of_a_success_has_an_interval_that_holds_the_true_one() -> None:
    """Documents of four questions, of which some are hard throughout; two units of cost for each of .6 successes."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(100):
        chances = np.repeat(rng.choice([0.3, 0.9], 40), 4)
        right = [bool(each) for each in rng.random(160) < chances]
        costs = [float(each) for each in rng.uniform(0.5, 3.5, 160)]
        found = cost_per_success(costs, right, QUICK, [n // 4 for n in range(160)])
        assert found.mean == pytest.approx(sum(costs) / sum(right))
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.mean < found.high
        held += found.low <= 2 / 0.6 <= found.high
    assert held >= 90


def test_the_cost_of_a_success_may_be_without_bound() -> None:
    one_of_twelve = cost_per_success([1.0] * 12, [True, *[False] * 11], QUICK, list(range(12)))
    assert (one_of_twelve.mean, one_of_twelve.high) == (12.0, None)
    assert one_of_twelve.low is not None
    assert 1.0 <= one_of_twelve.low < 12.0
    assert cost_per_success([1.0] * 12, [False] * 12, QUICK, list(range(12))).mean is None
    assert cost_per_success([], [], QUICK, []).mean is None


def test_no_failure_is_no_certainty_of_what_a_success_costs() -> None:
    found = cost_per_success([0.001] * 12, [True] * 12, QUICK, list(range(12)))
    assert found.mean == pytest.approx(0.001)
    assert found.low == pytest.approx(0.001)  # it cannot cost less than an answer
    assert found.high is not None
    assert found.high > 0.0011
    alone = cost_per_success([1.0] * 12, [True] * 12, QUICK, ["one"] * 12)
    assert (alone.mean, alone.low, alone.high) == (1.0, None, None)
    assert cost_per_success([0.0] * 12, [True] * 12, QUICK, list(range(12))).mean == 0.0


def test_what_the_machine_took_in_few_turns_is_no_surer_than_the_turns_are() -> None:
    """Half of the answers are right; an answer costs 1, 3, 4 and 1 in the four turns."""
    turns = [n // 15 for n in range(60)]
    costs = [(1.0, 3.0, 4.0, 1.0)[turn] for turn in turns]
    right = [n % 2 == 0 for n in range(60)]
    ids = list(range(60))
    by_question = cost_per_success(costs, right, QUICK, ids)
    by_turn = cost_per_success(costs, right, QUICK, ids, [str(turn) for turn in turns])
    assert by_question.mean == by_turn.mean == pytest.approx(sum(costs) / 30)
    assert by_question.low is not None
    assert by_turn.low is not None
    assert by_turn.low < 0.9 * by_question.low
    assert by_turn.high is None or by_turn.high > 1.1 * (by_question.high or 0)
    once = cost_per_success(costs, right, QUICK, ids, ["one"] * 60)
    assert (once.low, once.high) == (None, None)


@pytest.mark.parametrize("turns", [2, 3, 12])
def test_a_mean_is_seldom_below_its_least_however_turns_spread(turns: int) -> None:
    """One turn in twenty stalls throughout, or turns are all alike: the least mean is above the true one seldom."""
    rng = np.random.default_rng(turns)
    stalled = [list((rng.random(turns) < 0.05).astype(float)) for _ in range(400)]
    alike = [list(rng.binomial(20, 0.05, turns) / 20) for _ in range(400)]
    for drawn in (stalled, alike):
        assert sum(least_mean(each, 0.975) > 0.05 for each in drawn) <= 0.025 * 400 + 6


def test_a_few_turns_that_are_all_late_tell() -> None:
    assert least_mean([0.0, 0.0, 0.0], 0.975) == 0.0
    assert least_mean([1.0], 0.975) < 0.05 < least_mean([14 / 15, 10 / 15], 0.975)
    assert 0.08 < least_mean([0.5] * 3, 0.975) < 0.5
    assert least_mean([1.0, *[0.0] * 11], 0.975) < 0.05
