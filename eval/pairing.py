"""Two pipelines on the same questions: how they differ, whether it may be chance, and what it would take to know.

Everything is paired by question, so that how hard the questions are falls out of the difference, and clustered by
document, since questions on one document are alike.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from pydantic import Field

from corpora.model import Question, Record
from eval.statistics import (
    EQUAL,
    Confidence,
    Estimate,
    Floats,
    cluster_sums,
    effective_clusters,
    mean_interval,
    standard_error,
)

POWER = 0.8
"""The chance with which a difference of the size that is called the smallest is found, at least."""

PLANNED_POWER = 0.9
"""The power that the formula of the smallest difference is given, so that such a one is found in 80 of 100 bake-offs at
least. It is that of a t test: given .8, simulated differences were found in 62 to 79 of 100 (docs/statistics.md).
"""

FEWEST = 10
"""On fewer questions than this nothing is called different: the exact tests can hardly reach significance with them."""

FEWEST_CLUSTERS = 10
"""With fewer documents than this their spread cannot be estimated, and each question is a cluster of its own: what is
found then holds for other questions on these documents, not for other documents.
"""

MOST_QUESTIONS = 100_000
"""More questions than this are not a plan."""


class Discordance(Record):
    """A yes/no outcome on which two pipelines disagree: on `only_a` questions it is yes for the first alone, on
    `only_b` for the second alone. `p` is McNemar's exact test (1947; a binomial test of the disagreements), in which
    each question stands by itself; `adjusted` is `p` after Holm's correction over all pairs that are compared at once,
    None in a report of an earlier version.
    """

    only_a: int = Field(ge=0)
    only_b: int = Field(ge=0)
    p: float
    adjusted: float | None = None

    def negated(self) -> Discordance:
        return self.model_copy(update={"only_a": self.only_b, "only_b": self.only_a})


class Paired(Record):
    """The mean of a minus b over the questions that both have a value for.

    Attributes:
        p: of the sign-flip permutation test by cluster: how often a difference at least this large arises where the
            two are exchangeable; None where there is no spread to judge by.
        adjusted: `p` after Holm's correction over all pairs that are compared at once.
        smallest: the smallest difference that this many questions show with a power of 80 % at least
            (`smallest_difference`), at the level that the first of Holm's steps has.
        more: about how many more questions would show a difference of the size seen; 0 where it is shown already,
            None where none was seen, or so small a one that it is not worth looking for.
    """

    estimate: Estimate
    p: float | None
    adjusted: float | None
    smallest: float | None
    more: int | None

    def differs(self, level: float) -> bool:
        """Whether the two may be called different: there are `FEWEST` questions, and both the interval and the
        corrected test say so.
        """
        if self.estimate.n < FEWEST or self.adjusted is None:
            return False
        return self.estimate.clear_of_zero and self.adjusted <= 1 - level

    def negated(self) -> Paired:
        return self.model_copy(update={"estimate": self.estimate.negated()})


def question_documents(questions: Sequence[Question]) -> dict[str, str]:
    """The document that each question's evidence is first taken from, by question id; without evidence none."""
    return {
        question.id: question.reference_contexts[0].document_id for question in questions if question.reference_contexts
    }


def document_clusters(ids: Iterable[str], documents: Mapping[str, str]) -> dict[str, str]:
    """For each question's id its cluster: its document; a question without one is a cluster of its own, and so is each
    where there are fewer than `FEWEST_CLUSTERS` documents.
    """
    known = documents if len(set(documents.values())) >= FEWEST_CLUSTERS else {}
    return {each: f"document {known[each]}" if each in known else f"question {each}" for each in ids}


def question_clusters(questions: Sequence[Question]) -> dict[str, str]:
    """The cluster of each question, by its id."""
    return document_clusters([question.id for question in questions], question_documents(questions))


def compare_pairs(
    values: Mapping[str, Mapping[str, float]],
    pairs: Sequence[tuple[str, str]],
    clusters: Mapping[str, str],
    confidence: Confidence,
    bounds: tuple[float, float] = (-1.0, 1.0),
) -> dict[tuple[str, str], Paired]:
    """Every pair's difference, corrected for looking at all of them.

    Args:
        values: by pipeline and question id.
        bounds: of a difference; where the scale has none, as for seconds, those of the values seen.
    """
    found = {
        pair: _compare(values[pair[0]], values[pair[1]], clusters, confidence, bounds, len(pairs)) for pair in pairs
    }
    adjusted = holm([each.p for each in found.values()])
    corrected = {
        pair: each.model_copy(update={"adjusted": p}) for (pair, each), p in zip(found.items(), adjusted, strict=True)
    }
    return {
        pair: each.model_copy(update={"more": 0}) if each.differs(confidence.level) else each
        for pair, each in corrected.items()
    }


def mcnemar(a: Mapping[str, bool], b: Mapping[str, bool]) -> Discordance:
    """McNemar's exact test on the questions that both have an outcome for."""
    from scipy.stats import binomtest

    seen = Counter((a[key], b[key]) for key in a.keys() & b.keys())
    only_a, only_b = seen[True, False], seen[False, True]
    p = float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0
    return Discordance(only_a=only_a, only_b=only_b, p=p)


def mcnemar_pairs(
    outcomes: Mapping[str, Mapping[str, bool]], pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Discordance]:
    """Every pair's disagreements, corrected for looking at all of them; `outcomes` by pipeline and question id."""
    found = {(a, b): mcnemar(outcomes[a], outcomes[b]) for a, b in pairs}
    adjusted = holm([each.p for each in found.values()])
    return {
        pair: each.model_copy(update={"adjusted": p}) for (pair, each), p in zip(found.items(), adjusted, strict=True)
    }


def holm(values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down correction (1979); what is None was not tested, and counts for nothing."""
    order = sorted((p, place) for place, p in enumerate(values) if p is not None)
    adjusted: list[float | None] = [None] * len(values)
    least = 0.0
    for step, (p, place) in enumerate(order):
        least = max(least, min(1.0, p * (len(order) - step)))
        adjusted[place] = least
    return adjusted


def smallest_difference(differences: Sequence[float], labels: Sequence[str], alpha: float) -> float | None:
    """The smallest mean that so many differences of such a spread show; None without spread.

    By the normal theory (Miller 2024, equation 9), and half a step of the scale more, which exact tests lose where the
    scale is coarse (the correction for continuity that Edwards 1948 gives for McNemar's test).

    Args:
        labels: the cluster of each.
        alpha: the level of the test.
    """
    reach = _reach(differences, labels, alpha)
    return None if reach is None else sum(reach)


def _reach(differences: Sequence[float], labels: Sequence[str], alpha: float) -> tuple[float, float] | None:
    """The two parts of the smallest difference: one falls with the root of the number of questions, one with it."""
    from scipy.stats import t

    error = standard_error(differences, labels)
    sums, sizes = cluster_sums(np.asarray(differences, dtype=float), labels)
    steps = np.abs(sums)
    if error is None or error <= EQUAL * steps.max():
        return None
    freedom = effective_clusters(sizes) - 1
    step = float(steps[steps > EQUAL * steps.max()].min()) / len(differences)
    return float(t.ppf(1 - alpha / 2, freedom) + t.ppf(PLANNED_POWER, freedom)) * error, step


def _more(size: float, n: int, reach: tuple[float, float] | None, steady: float) -> int | None:
    """How many more than n questions show a mean of this size; without a spread, `steady` times as many do."""
    if size < EQUAL:
        return None
    times = steady
    if reach is not None:
        spread, step = reach
        # so that spread / sqrt(times) + step / times = size
        times = ((spread + math.sqrt(spread**2 + 4 * step * size)) / (2 * size)) ** 2
    more = max(1, FEWEST - n, math.ceil(n * times) - n)
    return more if more <= MOST_QUESTIONS else None


def _steady(size: float, clusters: int, far: float, level: float) -> float:
    """How many times as many clusters of one mean leave zero out of the interval (`mean_interval`): Wilson's bound for
    0 of n is z² / (n + z²), and the interval reaches that share of the way to the bound of the scale that is `far`.
    """
    from scipy.stats import norm

    if size < EQUAL or not clusters:
        return math.inf
    return float(norm.ppf((1 + level) / 2)) ** 2 * far / size / clusters


def _compare(
    a: Mapping[str, float],
    b: Mapping[str, float],
    clusters: Mapping[str, str],
    confidence: Confidence,
    bounds: tuple[float, float],
    pairs: int,
) -> Paired:
    common = sorted(a.keys() & b.keys())
    differences = [a[key] - b[key] for key in common]
    labels = [clusters[key] for key in common]
    alpha = (1 - confidence.level) / pairs
    estimate = mean_interval(differences, confidence, bounds, labels)
    size = abs(estimate.mean or 0.0)
    steady = _steady(size, len(set(labels)), bounds[1], confidence.level)
    return Paired(
        estimate=estimate,
        p=_sign_flip(np.asarray(differences, dtype=float), labels, confidence),
        adjusted=None,
        smallest=smallest_difference(differences, labels, alpha),
        more=_more(size, estimate.n, _reach(differences, labels, alpha), steady),
    )


def _sign_flip(differences: Floats, labels: Sequence[str], confidence: Confidence) -> float | None:
    """Two-sided; None where nothing differs, so that there is nothing to flip."""
    from scipy.stats import permutation_test

    sums, _ = cluster_sums(differences, labels)
    if len(sums) < 2 or np.abs(sums).max() < EQUAL:
        return None

    def total(sums: Floats, zeros: Floats, axis: int = -1) -> Floats:
        return np.asarray((sums - zeros).sum(axis=axis))

    # to exchange the two pipelines within a cluster is to exchange its sum with zero's negative
    result = permutation_test(
        (sums / 2, -sums / 2),
        total,
        permutation_type="samples",
        vectorized=True,
        n_resamples=confidence.resamples,
        batch=500,
        rng=np.random.default_rng(confidence.seed),
    )
    return float(result.pvalue)
