"""How sure a mean is."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from corpora.model import Record

EQUAL = 1e-9
"""Values closer than this differ by rounding only."""

WIDEST = 0.9999
"""No bootstrap interval takes a higher level: beyond it, resamples do not tell."""

Floats = NDArray[np.float64]


class Estimate(Record):
    """A mean with its interval; `n` values went into it. All None where nothing can be said: no value has no mean, and
    one value no interval.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int = Field(ge=0)

    @property
    def clear_of_zero(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def negated(self) -> Estimate:
        """The same difference, the other way round."""
        mean, low, high = (None if value is None else -value for value in (self.mean, self.high, self.low))
        return Estimate(mean=mean, low=low, high=high, n=self.n)


class Confidence(Record):
    """How intervals are made: their level, the number of resamples, and the seed that makes them repeatable."""

    level: float = Field(default=0.95, gt=0, lt=1)
    resamples: int = Field(default=5000, ge=100)
    seed: int = 0


@dataclass(frozen=True)
class Draws:
    """What intervals resample: documents, and where time matters turns, both by question id."""

    clusters: Mapping[str, str]
    turns: Mapping[str, int]
    confidence: Confidence


def mean_interval(
    values: Sequence[float],
    confidence: Confidence,
    bounds: tuple[float, float] = (0.0, 1.0),
    clusters: Sequence[Hashable] | None = None,
) -> Estimate:
    """The mean with its bias-corrected and accelerated bootstrap interval (Efron 1987, `scipy.stats.bootstrap`).

    Values of one cluster are alike, so whole clusters are resampled (Miller 2024, section 2.2); without `clusters`
    each value is one. Values of a single cluster have no interval. Resampling few clusters spreads too little, so the
    level is raised as the t interval's is over the normal one's (`_expanded`).

    Where all clusters have one mean, resampling would claim certainty. Then none of n clusters deviated, so at most the
    share u may (Wilson's upper bound for 0 of n), at worst to a bound of the scale: the interval reaches that far.

    Args:
        values: n of them.
        bounds: of the scale.
        clusters: n labels.
    """
    data = np.asarray(values, dtype=float)
    if not len(data):
        return Estimate(mean=None, low=None, high=None, n=0)
    mean, n = float(data.mean()), len(data)
    low, high = _ends(*cluster_sums(data, clusters), mean, confidence, bounds) or (None, None)
    return Estimate(mean=mean, low=low, high=high, n=n)


def successes_for_cost(
    costs: Sequence[float], successes: Sequence[bool], confidence: Confidence, clusters: Sequence[Hashable]
) -> Estimate:
    """How many successes a unit of cost buys: their number over all costs, which are not 0.

    Whole clusters are resampled. This has an interval as a mean has it (`mean_interval`), and is 0 where nothing
    succeeds, while the cost of one success would be without bound.
    """
    n, paid = len(costs), float(sum(costs))
    bought, _ = cluster_sums(np.asarray(successes, dtype=float), clusters)
    spent, _ = cluster_sums(np.asarray(costs, dtype=float), clusters)
    mean = float(sum(successes)) / paid
    low, high = (_ends(bought, spent, mean, confidence, (0.0, n / paid)) if spent.all() else None) or (None, None)
    return Estimate(mean=mean, low=low, high=high, n=n)


def least_mean(values: Sequence[float], level: float) -> float:
    """A lower bound of the mean of independent values from 0 to 1, right with a chance of `level` however they spread.

    By betting (Waudby-Smith and Ramdas 2024, section 4): who puts some share of a purse on each value's being above m,
    at odds that are fair if m is the mean, gets rich with a small chance only. A mean at which the purse would have
    grown 1 / (1 - `level`) times is not believed. The purse is an even mixture of shares from 0 to 1.
    """
    from scipy.optimize import brentq

    data = np.asarray(values, dtype=float)
    mean = float(data.mean())
    bets = np.linspace(0.005, 0.995, 100)[:, None]

    def excess(m: float) -> float:
        purse = np.prod(1 + bets * (data / m - 1), axis=1).mean()
        return float(purse * (1 - level) - 1)

    least = mean * (1 - level) / 10
    if mean < EQUAL or excess(least) <= 0:
        return 0.0
    return float(brentq(excess, least, mean))


def cluster_sums(values: Floats, clusters: Sequence[Hashable] | None) -> tuple[Floats, Floats]:
    """The sum and the number of the values of each cluster."""
    if clusters is None:
        return values, np.ones(len(values))
    places: dict[Hashable, int] = {}
    at = [places.setdefault(cluster, len(places)) for cluster in clusters]
    return np.asarray(np.bincount(at, weights=values), dtype=float), np.asarray(np.bincount(at), dtype=float)


def effective_clusters(sizes: Floats) -> float:
    """How many clusters of one size would spread as these do (Kish 1965): their number where all are alike, fewer
    where some hold most of the values.
    """
    return float(sizes.sum() ** 2 / np.square(sizes).sum())


def standard_error(values: Sequence[float], clusters: Sequence[Hashable] | None = None) -> float | None:
    """The cluster-robust standard error of a mean (Miller 2024, equation 4), with G / (G - 1) for G clusters; None for
    fewer than two clusters.
    """
    data = np.asarray(values, dtype=float)
    sums, sizes = cluster_sums(data, clusters)
    groups = len(sums)
    if groups < 2:
        return None
    deviations = sums - sizes * data.mean()
    return float(np.sqrt(groups / (groups - 1) * np.square(deviations).sum()) / len(data))


def jackknife_error(sums: Floats, sizes: Floats) -> float | None:
    """The standard error of a mean from the means that are left when each cluster is (Cameron and Miller 2015, section
    VI.B, CR3); None for fewer than two clusters. It is `standard_error` where all clusters are alike. Where one has
    most of the values, that is far too small: the mean is its mean, from which it hardly deviates.

    Args:
        sums, sizes: of each cluster's values (`cluster_sums`).
    """
    groups = len(sums)
    if groups < 2:
        return None
    left = (sums.sum() - sums) / (sizes.sum() - sizes)
    deviations = left - sums.sum() / sizes.sum()
    return float(np.sqrt((groups - 1) / groups * np.square(deviations).sum()))


def t_interval(
    values: Sequence[float], labels: Sequence[str], level: float, bounds: tuple[float, float]
) -> tuple[Estimate, float | None]:
    """The mean with its t interval, kept within the `bounds` of the scale, and the p of its being 0.

    From the error that leaving each cluster out gives (`jackknife_error`), with as many degrees of freedom as clusters
    less one, unequal ones counting as fewer (`effective_clusters`; Cameron and Miller 2015, section VI). Of fewer than
    two clusters there is neither, and no p of a mean of 0.

    Args:
        labels: the cluster of each value.
    """
    from scipy.stats import t

    if not values:
        return Estimate(mean=None, low=None, high=None, n=0), None
    sums, sizes = cluster_sums(np.asarray(values, dtype=float), labels)
    mean, error = float(np.mean(values)), jackknife_error(sums, sizes)
    if error is None:
        return Estimate(mean=mean, low=None, high=None, n=len(values)), None
    freedom = max(1.0, effective_clusters(sizes) - 1)
    reach = float(t.ppf((1 + level) / 2, freedom)) * error
    low, high = max(mean - reach, bounds[0]), min(mean + reach, bounds[1])
    p = float(2 * t.sf(abs(mean) / max(error, EQUAL * abs(mean)), freedom)) if mean else None
    return Estimate(mean=mean, low=low, high=high, n=len(values)), p


def wilson(count: float, total: int, level: float) -> Estimate:
    """A share with its score interval (Wilson 1927), which stays honest at 0 and 1 and for few.

    Args:
        count: of `total`; parts where each is itself a share, 0 to 1. These vary less than yes and no would, so that
            the interval is then rather too wide.
    """
    if total == 0:
        return Estimate(mean=None, low=None, high=None, n=0)
    from scipy.stats import norm

    # scipy.stats.binomtest has the interval too, of whole counts alone
    share, square = count / total, float(norm.ppf((1 + level) / 2)) ** 2 / total
    middle = share + square / 2
    reach = math.sqrt(square * (share * (1 - share) + square / 4))
    low, high = ((middle + each) / (1 + square) for each in (-reach, reach))
    return Estimate(mean=share, low=max(0.0, low), high=min(1.0, high), n=total)


def _ends(
    sums: Floats, sizes: Floats, mean: float, confidence: Confidence, bounds: tuple[float, float]
) -> tuple[float, float] | None:
    """The interval of the sum of all `sums` over that of all `sizes`, one of each for a cluster."""
    if len(sums) == 1:
        return None
    rates = sums / sizes
    if np.ptp(rates) < EQUAL * max(1.0, float(np.abs(rates).max())):
        share = wilson(0, len(sums), confidence.level).high or 0.0
        return mean - share * (mean - bounds[0]), mean + share * (bounds[1] - mean)
    return _bootstrap(sums, sizes, confidence)


def _bootstrap(sums: Floats, sizes: Floats, confidence: Confidence) -> tuple[float, float]:
    from scipy.stats import bootstrap

    def mean(sums: Floats, sizes: Floats, axis: int = -1) -> Any:
        return sums.sum(axis=axis) / sizes.sum(axis=axis)

    interval = bootstrap(
        (sums, sizes),
        mean,
        paired=True,
        vectorized=True,
        n_resamples=confidence.resamples,
        confidence_level=_expanded(confidence.level, effective_clusters(sizes)),
        rng=np.random.default_rng(confidence.seed),
        batch=500,
    ).confidence_interval
    return float(interval.low), float(interval.high)


def _expanded(level: float, clusters: float) -> float:
    """The level at which a bootstrap of so many clusters keeps to `level` (expanded percentiles, Hesterberg 2015).

    Where one cluster holds nearly all values, not even the widest interval would: then all resamples are inside.
    """
    from scipy.stats import norm, t

    reach = t.ppf((1 + level) / 2, clusters - 1) * np.sqrt(clusters / (clusters - 1))
    return float(min(2 * norm.cdf(reach) - 1, WIDEST))
