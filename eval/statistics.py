"""How sure a mean is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import Field

from corpora.model import Record

EQUAL = 1e-9
"""Values closer than this differ by rounding only."""


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


class Confidence(Record):
    """How intervals are made: their level, the number of resamples, and the seed that makes them repeatable."""

    level: float = Field(default=0.95, gt=0, lt=1)
    resamples: int = Field(default=5000, ge=100)
    seed: int = 0


def mean_interval(
    values: Sequence[float], confidence: Confidence, bounds: tuple[float, float] | None = (0.0, 1.0)
) -> Estimate:
    """The mean with its bias-corrected and accelerated bootstrap interval (Efron 1987, `scipy.stats.bootstrap`).

    Where all values are equal, resampling would claim certainty. Then none of n questions deviated, so at most the
    share u may (Wilson's upper bound for 0 of n), at worst to a bound of the scale: the interval reaches that far. It
    is None where the scale has no `bounds`.
    """
    data = np.asarray(values, dtype=float)
    n = len(data)
    if n == 0:
        return Estimate(mean=None, low=None, high=None, n=0)
    mean = float(data.mean())
    if n == 1:
        return Estimate(mean=mean, low=None, high=None, n=1)
    if np.ptp(data) < EQUAL:
        if bounds is None:
            return Estimate(mean=mean, low=None, high=None, n=n)
        share = wilson(0, n, confidence.level).high or 0.0
        return Estimate(mean=mean, low=mean - share * (mean - bounds[0]), high=mean + share * (bounds[1] - mean), n=n)
    from scipy.stats import bootstrap

    interval = bootstrap(
        (data,),
        np.mean,
        n_resamples=confidence.resamples,
        confidence_level=confidence.level,
        rng=np.random.default_rng(confidence.seed),
        batch=500,
    ).confidence_interval
    return Estimate(mean=mean, low=float(interval.low), high=float(interval.high), n=n)


def paired_difference(a: Mapping[str, float], b: Mapping[str, float], confidence: Confidence) -> Estimate:
    """The mean of a minus b over the questions that both have a value for, by question id, for scores from 0 to 1.

    The same questions are compared with themselves, so that how hard they are falls out of the difference.
    """
    common = sorted(a.keys() & b.keys())
    return mean_interval([a[key] - b[key] for key in common], confidence, bounds=(-1.0, 1.0))


def wilson(count: int, total: int, level: float) -> Estimate:
    """A share with its score interval (Wilson 1927), which stays honest at 0 and 1 and for few."""
    if total == 0:
        return Estimate(mean=None, low=None, high=None, n=0)
    from scipy.stats import binomtest

    interval = binomtest(count, total).proportion_ci(confidence_level=level, method="wilson")
    return Estimate(mean=count / total, low=float(interval.low), high=float(interval.high), n=total)
