"""Two pipelines on the same questions: how they differ, whether it may be chance, and what it would take to know.

Everything is paired by question, so that how hard the questions are falls out of the difference, and clustered by
document, since questions on one document are alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from corpora.model import Question
from eval.paired import Paired
from eval.planning import FEWEST, fewest_clusters, more_questions, smallest_difference
from eval.sign_flips import sign_flip
from eval.statistics import (
    Confidence,
    Estimate,
    mean_interval,
    t_interval,
)

FEWEST_CLUSTERS = 10
"""With fewer documents than this their spread cannot be estimated, and each question is a cluster of its own: what is
found then holds for other questions on these documents, not for other documents.
"""

BEYOND = 5
"""Resamples beyond each end of an interval that holds for all pairs at once, at least."""


def question_documents(questions: Sequence[Question]) -> dict[str, str]:
    """The document that each question's evidence is first taken from, by question id; without evidence the nearest, as
    far as there is one.
    """
    return {question.id: document for question in questions if (document := _document(question))}


def _document(question: Question) -> str | None:
    return question.reference_contexts[0].document_id if question.reference_contexts else question.nearest_document


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
    simultaneous: bool = False,
) -> dict[tuple[str, str], Paired]:
    """Every pair's difference, corrected for looking at all of them.

    Args:
        values: by pipeline and question id.
        bounds: of a difference; where the scale has none, as for seconds, those of the values seen.
        simultaneous: whether to give the intervals that hold for all pairs at once (`Paired.of_all`), too.
    """
    found = {
        pair: _compare(values[pair[0]], values[pair[1]], clusters, confidence, bounds, len(pairs), simultaneous)
        for pair in pairs
    }
    return corrected(found, confidence)


def corrected(found: Mapping[tuple[str, str], Paired], confidence: Confidence) -> dict[tuple[str, str], Paired]:
    """All pairs after Holm's correction; those that differ need no more questions."""
    adjusted = holm([each.p for each in found.values()])
    corrected = {
        pair: each.model_copy(update={"adjusted": p}) for (pair, each), p in zip(found.items(), adjusted, strict=True)
    }
    return {
        pair: each.model_copy(update={"more": 0}) if each.differs(confidence.level) else each
        for pair, each in corrected.items()
    }


def comparable(values: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Of each pipeline, the values of the questions that all of them have one for.

    A pipeline that fails on what takes long would have a low mean over the rest, so every mean is taken over the same
    questions. Where these are too few, pipelines are left out, one after another, the one with the fewest values first.
    Enough are `FEWEST` questions, or a single one where no two of the pipelines left have `FEWEST` values. A pipeline
    without any value is left out from the start.

    Args:
        values: by pipeline and question id.
    """
    left = {name: each for name, each in values.items() if each}
    while left:
        common = set.intersection(*(set(each) for each in left.values()))
        enough = sum(len(each) >= FEWEST for each in left.values()) > 1
        if len(left) == 1 or len(common) >= (FEWEST if enough else 1):
            return {name: {key: each[key] for key in each if key in common} for name, each in left.items()}
        del left[min(left, key=lambda name: len(left[name]))]
    return {}


def holm(values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down correction (1979); what is None was not tested, and counts for nothing."""
    order = sorted((p, place) for place, p in enumerate(values) if p is not None)
    adjusted: list[float | None] = [None] * len(values)
    least = 0.0
    for step, (p, place) in enumerate(order):
        least = max(least, min(1.0, p * (len(order) - step)))
        adjusted[place] = least
    return adjusted


def _compare(
    a: Mapping[str, float],
    b: Mapping[str, float],
    clusters: Mapping[str, str],
    confidence: Confidence,
    bounds: tuple[float, float],
    pairs: int,
    simultaneous: bool,
) -> Paired:
    common = sorted(a.keys() & b.keys())
    differences = [a[key] - b[key] for key in common]
    labels = [clusters[key] for key in common]
    alpha = (1 - confidence.level) / pairs
    too_few = len(set(labels)) < fewest_clusters(alpha)
    return Paired(
        estimate=mean_interval(differences, confidence, bounds, labels),
        p=sign_flip(np.asarray(differences, dtype=float), labels, confidence.seed),
        adjusted=None,
        smallest=None if too_few else within_scale(smallest_difference(differences, labels, alpha), bounds[1]),
        more=more_questions(differences, labels, alpha, bounds[1], confidence.level),
        of_all=_simultaneous(differences, labels, confidence, bounds, alpha) if simultaneous else None,
    )


def _simultaneous(
    differences: Sequence[float],
    labels: Sequence[str],
    confidence: Confidence,
    bounds: tuple[float, float],
    alpha: float,
) -> Estimate:
    """The interval that holds for all pairs at once. Each end is the further one of bootstrap and t: no test stands
    beside this interval, and the bootstrap alone is too narrow where few values are far from the others.
    """
    # with many pairs more are drawn, so that there are some beyond each end
    drawn = max(confidence.resamples, math.ceil(2 * BEYOND / alpha))
    stricter = confidence.model_copy(update={"level": 1 - alpha, "resamples": drawn})
    found = mean_interval(differences, stricter, bounds, labels)
    by_t, _ = t_interval(differences, labels, 1 - alpha, bounds)
    if found.low is None or found.high is None or by_t.low is None or by_t.high is None:
        return found.model_copy(update={"low": None, "high": None})
    return found.model_copy(update={"low": min(found.low, by_t.low), "high": max(found.high, by_t.high)})


def within_scale(smallest: float | None, far: float) -> float | None:
    """None where a difference of that size is more than there can be."""
    return None if smallest is None or smallest > far else smallest
