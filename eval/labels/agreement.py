"""How well a metric agrees with people: does it rank as they do, decide as they do, and mean what it says?

Every figure has a bootstrap interval that resamples whole clusters (Field & Welsh 2007): five answers to one question
are not five independent observations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from corpora.model import Record
from eval.numbers import NOTHING
from eval.statistics import EQUAL, Confidence

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""Weights of the answers, (resamples, answers), to one figure for each resample; nan where it has none."""

BINS = 10
BATCH = 100
"""Resamples that are held in memory at once."""


class Figure(Record):
    """A figure with its interval. All None where it cannot be told; without an interval where there is one cluster, and
    where no resample moves the figure: a metric that made no mistake yet is not one that makes none.
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def above_zero(self) -> bool:
        return self.low is not None and self.low > 0


def figure(figure: Figure, signed: bool = False) -> str:
    """0.947 (0.931 to 0.961): three decimals, since what matters here differs in the third."""
    if figure.value is None:
        return NOTHING
    write = "{:+.3f}" if signed else "{:.3f}"
    text = write.format(figure.value)
    if figure.low is not None and figure.high is not None:
        text += f" ({write.format(figure.low)} to {write.format(figure.high)})"
    return text.replace("-", "−")


class Bin(Record):
    """The answers whose score is from `low` to `high`, the last bin's included: a point of the reliability curve."""

    low: float
    high: float
    n: int
    mean_score: float | None
    share_right: float | None


class Agreement(Record):
    """A metric beside people's labels.

    - `auroc`: the chance that an answer that people approve scores above one that they do not, ties counting half;
      1 always, 0.5 a coin. The metric's ranking, whatever the threshold.
    - `balanced_accuracy`: mean of the shares of approved and of disapproved answers that the threshold puts on the
      right side; 0.5 is a coin however unequal the classes. Its halves are `sensitivity` and `specificity`.
    - `calibration_error`: expected calibration error over ten bins of equal width (Naeini et al. 2015), and `brier`,
      the mean squared distance of score and label (Brier 1950), both with the score read as the chance of approval; 0
      is best.

    `n` answers, `approved` of them by people, in `clusters`.
    """

    n: int = Field(ge=0)
    approved: int = Field(ge=0)
    clusters: int = Field(ge=0)
    threshold: float | None
    auroc: Figure
    balanced_accuracy: Figure
    sensitivity: Figure
    specificity: Figure
    calibration_error: Figure
    brier: Figure
    bins: tuple[Bin, ...]

    @property
    def doubt(self) -> str | None:
        """Why agreement cannot be told, where it cannot."""
        if self.n == 0:
            return "no answer has a score"
        if self.approved in (0, self.n):
            return f"all labels are {'positive' if self.approved else 'negative'}"
        return None


def agreement(
    scores: Sequence[float],
    labels: Sequence[bool],
    clusters: Sequence[str],
    threshold: float | None,
    confidence: Confidence,
) -> Agreement:
    """Sets scores from 0 to 1 beside labels, one each for every answer; what cannot be told is None.

    Args:
        threshold: from which score on the metric says yes; None where nobody makes a yes or no of it.

    Raises:
        ValueError: the three have different lengths, or a score is not a finite number.
    """
    score, label = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool)
    if not len(score) == len(label) == len(clusters) or not np.isfinite(score).all():
        raise ValueError("each answer needs a finite score, a label and a cluster")
    place = np.clip((score * BINS).astype(int), 0, BINS - 1)

    def measure(statistic: Statistic) -> Figure:
        return _with_interval(statistic, clusters, confidence)

    def rate(wanted: bool) -> Statistic:
        if threshold is None:
            return lambda weights: np.full(len(weights), np.nan)
        said = (score >= threshold) == wanted
        return lambda weights: _ratio(weights @ (said & (label == wanted)), weights @ (label == wanted))

    return Agreement(
        n=len(score),
        approved=int(label.sum()),
        clusters=len(set(clusters)),
        threshold=threshold,
        auroc=measure(_auroc(score, label)),
        balanced_accuracy=measure(lambda weights: (rate(True)(weights) + rate(False)(weights)) / 2),
        sensitivity=measure(rate(True)),
        specificity=measure(rate(False)),
        calibration_error=measure(_calibration_error(score, label, place)),
        brier=measure(lambda weights: _ratio(weights @ (score - label) ** 2, weights.sum(axis=1))),
        bins=tuple(_bin(number, score[place == number], label[place == number]) for number in range(BINS)),
    )


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """The area under the ROC curve; None where all labels are the same."""
    ones = np.ones((1, len(scores)))
    value = float(_auroc(np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool))(ones)[0])
    return None if np.isnan(value) else value


def auroc_difference(
    a: Sequence[float], b: Sequence[float], labels: Sequence[bool], clusters: Sequence[str], confidence: Confidence
) -> Figure:
    """The AUROC of one metric minus that of another on the same answers, each resample drawn once for both."""
    label = np.asarray(labels, dtype=bool)
    first, second = (_auroc(np.asarray(scores, dtype=float), label) for scores in (a, b))
    return _with_interval(lambda weights: first(weights) - second(weights), clusters, confidence)


def best_threshold(scores: Sequence[float], labels: Sequence[bool]) -> tuple[float, float]:
    """The threshold with the best balanced accuracy, and that accuracy; of equal ones the lowest.

    It is one of the scores, and the metric says yes from it on. Raises ValueError where all labels are the same.
    """
    score, label = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool)
    if label.all() or not label.any():
        raise ValueError("a threshold needs answers that people approve, and answers that they do not")
    found = {t: float(((score[label] >= t).mean() + (score[~label] < t).mean()) / 2) for t in np.unique(score)}
    best = max(found, key=lambda t: found[t])
    return float(best), found[best]


def _auroc(score: Floats, label: NDArray[np.bool_]) -> Statistic:
    """The Mann-Whitney statistic over all pairs, for weighted answers."""
    order = np.argsort(score, kind="stable")
    groups = np.flatnonzero(np.r_[True, np.diff(score[order]) > 0]) if len(score) else np.zeros(0, dtype=int)
    right = label[order].astype(float)

    def statistic(weights: Floats) -> Floats:
        if not len(score):
            return np.full(len(weights), np.nan)
        ordered = weights[:, order]
        above = np.add.reduceat(ordered * right, groups, axis=1)
        below = np.add.reduceat(ordered * (1 - right), groups, axis=1)
        lower = np.cumsum(below, axis=1) - below / 2
        return _ratio((above * lower).sum(axis=1), above.sum(axis=1) * below.sum(axis=1))

    return statistic


def _calibration_error(score: Floats, label: NDArray[np.bool_], place: NDArray[np.int64]) -> Statistic:
    gaps = np.zeros((len(score), BINS))
    gaps[np.arange(len(score)), place] = score - label
    return lambda weights: _ratio(np.abs(weights @ gaps).sum(axis=1), weights.sum(axis=1))


def _bin(number: int, score: Floats, label: NDArray[np.bool_]) -> Bin:
    return Bin(
        low=number / BINS,
        high=(number + 1) / BINS,
        n=len(score),
        mean_score=float(score.mean()) if len(score) else None,
        share_right=float(label.mean()) if len(label) else None,
    )


def _with_interval(statistic: Statistic, clusters: Sequence[str], confidence: Confidence) -> Figure:
    """The figure on the answers as they are, and the percentiles of it over resampled clusters."""
    value = float(statistic(np.ones((1, len(clusters))))[0])
    if np.isnan(value):
        return Figure(value=None)
    names, belongs = np.unique(np.asarray(clusters), return_inverse=True)
    if len(names) < 2:
        return Figure(value=value)
    generator = np.random.default_rng(confidence.seed)  # the same resamples for every figure of the same answers
    drawn = []
    for start in range(0, confidence.resamples, BATCH):
        size = min(BATCH, confidence.resamples - start)
        counts = generator.multinomial(len(names), np.full(len(names), 1 / len(names)), size=size)
        drawn.append(statistic(counts[:, belongs].astype(float)))
    figures = np.concatenate(drawn)
    figures = figures[~np.isnan(figures)]  # a resample without one of the classes has no figure
    if not len(figures) or np.ptp(figures) < EQUAL:
        return Figure(value=value)
    outside = (1 - confidence.level) / 2
    low, high = np.quantile(figures, (outside, 1 - outside))
    return Figure(value=value, low=float(low), high=float(high))


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
