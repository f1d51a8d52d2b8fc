"""Agreement with labels: the figures are the field's, and their intervals cover."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, brier_score_loss, roc_auc_score

from eval.labels.agreement import agreement, auroc, auroc_difference, best_threshold
from eval.statistics import Confidence

FEW = Confidence(resamples=200)
PAIRS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5001, 0.9, 1.0]), st.booleans()), min_size=2)


@settings(max_examples=60, deadline=None)
@given(PAIRS.filter(lambda pairs: len({label for _, label in pairs}) == 2))
def test_the_figures_are_scikit_learns(pairs: list[tuple[float, bool]]) -> None:
    scores, labels = [score for score, _ in pairs], [label for _, label in pairs]
    found = agreement(scores, labels, [str(number) for number in range(len(pairs))], 0.5, FEW)
    said = [score >= 0.5 for score in scores]
    assert found.auroc.value == pytest.approx(roc_auc_score(labels, scores))
    assert found.auroc.value == pytest.approx(auroc(scores, labels))
    assert found.balanced_accuracy.value == pytest.approx(balanced_accuracy_score(labels, said))
    assert found.brier.value == pytest.approx(brier_score_loss(labels, scores))
    for figure in (found.auroc, found.balanced_accuracy, found.brier, found.calibration_error):
        if figure.low is None:  # no resample moves it
            continue
        assert figure.high is not None
        assert 0 <= figure.low <= figure.high <= 1


def test_calibration_is_the_gap_between_score_and_share() -> None:
    scores = [0.95] * 10 + [0.15] * 10
    labels = [True] * 6 + [False] * 4 + [True] * 1 + [False] * 9
    found = agreement(scores, labels, [str(n) for n in range(20)], None, FEW)
    assert found.calibration_error.value == pytest.approx((abs(0.95 - 0.6) + abs(0.15 - 0.1)) / 2)
    filled = {each.low: each for each in found.bins if each.n}
    assert {low: (each.n, each.share_right) for low, each in filled.items()} == {0.1: (10, 0.1), 0.9: (10, 0.6)}
    assert found.balanced_accuracy.value is None  # nobody has named a threshold


def test_a_score_of_one_is_in_the_last_bin() -> None:
    found = agreement([1.0, 0.0], [True, False], ["a", "b"], 0.5, FEW)
    assert (found.bins[0].n, found.bins[-1].n) == (1, 1)
    assert found.calibration_error.value == 0


@pytest.mark.parametrize(("label", "doubt"), [(True, "all labels are positive"), (False, "all labels are negative")])
def test_labels_of_one_class_cannot_tell(label: bool, doubt: str) -> None:
    found = agreement([0.2, 0.9, 0.7], [label] * 3, ["a", "b", "c"], 0.5, FEW)
    assert found.doubt == doubt
    assert found.auroc.value is None
    assert found.balanced_accuracy.value is None
    rate = found.sensitivity if label else found.specificity
    assert rate.value == pytest.approx(2 / 3 if label else 1 / 3)
    assert found.brier.value is not None


def test_no_answers_and_one_cluster() -> None:
    nothing = agreement([], [], [], 0.5, FEW)
    assert nothing.doubt == "no answer has a score"
    assert (nothing.auroc.value, nothing.brier.value) == (None, None)
    one = agreement([0.2, 0.9], [False, True], ["a", "a"], 0.5, FEW)
    assert (one.auroc.value, one.auroc.low) == (1, None)


@pytest.mark.parametrize(
    ("scores", "labels", "clusters"),
    [([math.nan], [True], ["a"]), ([0.1, 0.2], [True], ["a"]), ([math.inf], [True], ["a"])],
)
def test_what_is_no_score_is_refused(scores: list[float], labels: list[bool], clusters: list[str]) -> None:
    with pytest.raises(ValueError, match="finite score"):
        agreement(scores, labels, clusters, 0.5, FEW)


def test_copies_within_a_cluster_do_not_make_it_surer() -> None:
    generator = np.random.default_rng(1)
    labels = [bool(value) for value in generator.random(60) < 0.5]
    scores = [float(np.clip(0.3 + 0.2 * label + generator.normal(0, 0.2), 0, 1)) for label in labels]
    names = [str(number) for number in range(60)]
    confidence = Confidence(resamples=1000)
    alone = agreement(scores, labels, names, 0.5, confidence)
    copied = agreement(scores * 5, labels * 5, names * 5, 0.5, confidence)
    assert copied.auroc == alone.auroc
    apart = agreement(scores * 5, labels * 5, [f"{number}" for number in range(300)], 0.5, confidence)
    assert _width(apart.auroc) < 0.6 * _width(alone.auroc)


def test_intervals_cover_the_truth() -> None:
    # scores of two normal distributions one standard deviation apart: the true AUROC is Phi(1 / sqrt 2) = .760
    covered = 0
    for seed in range(100):
        generator = np.random.default_rng(seed)
        labels = [bool(value) for value in generator.random(80) < 0.5]
        scores = [float(1 / (1 + np.exp(-generator.normal(float(label), 1)))) for label in labels]
        found = agreement(scores, labels, [str(n) for n in range(80)], None, Confidence(resamples=300, seed=seed)).auroc
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.7602 <= found.high
    assert covered >= 88


def test_a_metric_does_not_differ_from_itself() -> None:
    labels, names = [True, False] * 20, [str(number) for number in range(40)]
    scores = [float(value) for value in np.random.default_rng(0).random(40)]
    same = auroc_difference(scores, scores, labels, names, FEW)
    assert (same.value, same.low, same.high) == (0, None, None)
    assert not same.above_zero
    assert auroc_difference([float(each) for each in labels], scores, labels, names, FEW).above_zero


def test_the_best_threshold() -> None:
    assert best_threshold([0.1, 0.4, 0.6, 0.9], [False, False, True, True]) == (0.6, 1)
    assert best_threshold([0.1, 0.4, 0.6, 0.9], [False, True, False, True])[1] == pytest.approx(0.75)
    with pytest.raises(ValueError, match="approve"):
        best_threshold([0.1, 0.2], [True, True])


def _width(figure: object) -> float:
    return float(figure.high - figure.low)  # type: ignore[attr-defined]


def test_no_mistake_yet_is_no_certainty() -> None:
    found = agreement([0.9] * 6 + [0.1] * 6, [True] * 6 + [False] * 6, [str(n) for n in range(12)], 0.5, FEW)
    assert (found.auroc.value, found.auroc.low, found.auroc.high) == (1.0, None, None)
    assert (found.sensitivity.value, found.sensitivity.low) == (1.0, None)
