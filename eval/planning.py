"""What so many questions can show, and how many would show more."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from eval.statistics import EQUAL, cluster_sums, effective_clusters, jackknife_error, standard_error

POWER = 0.8
"""The chance with which a difference of the size that is called the smallest is found, at least."""

FEWEST = 10
"""On fewer questions than this nothing is called different: the exact tests can hardly reach significance with them."""

PLANNED_POWER = 0.9
"""The power that the formula of the smallest difference is given, so that such a one is found in 80 of 100 bake-offs at
least. It is that of a t test: given .8, simulated differences were found in 62 to 79 of 100 (docs/statistics.md).
"""

ROUNDS = 20
"""t falls with the number of clusters that it gives: each round is nearer, and the number that is named is rounded."""

FEWEST_EFFECTIVE = 5
"""Of fewer clusters (`effective_clusters`) their spread is known too badly to plan by: from one with 91 of 100
questions and nine more, the number named was .7 of the right one in the middle of 200 draws, .003 to 3 of it in 160.
"""

MOST_QUESTIONS = 10_000
"""More questions than this are not a plan: nobody writes them, and what would take so many is a small part of its own
error, so that the number says nothing but that.
"""


def smallest_difference(
    differences: Sequence[float], labels: Sequence[str], alpha: float, leaving_out: bool = False
) -> float | None:
    """The smallest mean that so many differences of such a spread show; None without spread.

    By the normal theory (Miller 2024, equation 9), and half a step of the scale more, which exact tests lose where the
    scale is coarse (the correction for continuity that Edwards 1948 gives for McNemar's test).

    Args:
        labels: the cluster of each.
        alpha: the level of the test.
        leaving_out: the test goes by the error that leaving each cluster out gives, as that of turns does.
    """
    sums, sizes = cluster_sums(np.asarray(differences, dtype=float), labels)
    error = jackknife_error(sums, sizes) if leaving_out else standard_error(differences, labels)
    reach = _reach(differences, labels, alpha, error)
    return None if reach is None else sum(reach)


def more_questions(
    differences: Sequence[float], labels: Sequence[str], alpha: float, far: float, level: float
) -> int | None:
    """About how many more questions would show a mean of the size seen, if that is the true one.

    Args:
        labels: the cluster of each.
        alpha: the level of the test.
        far: the bound of a difference.
        level: of the interval.

    Returns:
        None where nothing differs, or so little that it would take more than `MOST_QUESTIONS`, or where it cannot be
        foreseen, since most questions are of a few clusters (`FEWEST_EFFECTIVE`).
    """
    n, clusters = len(differences), len(set(labels))
    size = abs(float(np.mean(differences))) if n else 0.0
    sums, sizes = cluster_sums(np.asarray(differences, dtype=float), labels)
    if size < EQUAL or effective_clusters(sizes) < FEWEST_EFFECTIVE:
        return None
    error = jackknife_error(sums, sizes)
    times = 1.0
    for _ in range(ROUNDS):
        reach = _reach(differences, labels, alpha, error, times)
        if reach is None:
            times = _steady(size, clusters, far, level)
            break
        spread, step = reach
        # so that spread / sqrt(times) + step / times = size
        root = (spread + math.hypot(spread, 2 * math.sqrt(step * size))) / (2 * size)
        times = root * root  # not `root**2`, which raises where this is infinite
    times = max(times, fewest_clusters(alpha) / clusters)
    if not n * times - n <= MOST_QUESTIONS:
        return None
    return max(1, FEWEST - n, math.ceil(n * times) - n)


def fewest_clusters(alpha: float) -> int:
    """With fewer, the sign-flip test cannot reach the level, however large the difference: its least p is 2 / 2^G."""
    return math.ceil(1 - math.log2(alpha))


def _reach(
    differences: Sequence[float], labels: Sequence[str], alpha: float, error: float | None, times: float = 1.0
) -> tuple[float, float] | None:
    """The two parts of the smallest difference: one falls with the root of the number of questions, one with it.

    Args:
        error: the standard error of their mean.
        times: how many times as many clusters t is taken for.
    """
    from scipy.stats import t

    sums, sizes = cluster_sums(np.asarray(differences, dtype=float), labels)
    steps = np.abs(sums)
    if error is None or error <= EQUAL * steps.max():
        return None
    freedom = effective_clusters(sizes) * max(times, 1.0) - 1
    step = float(steps[steps > EQUAL * steps.max()].min()) / len(differences)
    return float(t.ppf(1 - alpha / 2, freedom) + t.ppf(PLANNED_POWER, freedom)) * error, step


def _steady(size: float, clusters: int, far: float, level: float) -> float:
    """How many times as many clusters of one mean leave zero out of the interval (`mean_interval`): Wilson's bound for
    0 of n is z² / (n + z²), and the interval reaches that share of the way to the bound of the scale that is `far`.
    """
    from scipy.stats import norm

    return float(norm.ppf((1 + level) / 2)) ** 2 * far / size / clusters
