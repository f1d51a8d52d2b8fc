"""Fits the weights of `eval.metrics.support`, says what each feature adds, and measures what was not fitted on.

    python benchmarks/fit_support.py DATA [--write]

DATA is what `bakeoff check-metrics --data` takes. Fitted on the dev half of BEGIN's `begin_dev_wow.tsv` and
`begin_dev_cmu.tsv` and of the altered claims, and for Chinese on the dev half of UHGEval; everything else in BEGIN,
UHGEval and ClapNQ that lies there is only measured on. `--write` replaces `eval/metrics/support.json`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import altered_claims
import edits
import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from eval.labels.agreement import agreement, auroc_difference
from eval.labels.labelled import Labelled
from eval.labels.readers import read_labelled
from eval.labels.table import figure
from eval.metrics import support_features
from eval.metrics.lexical import k_precision
from eval.metrics.support import WEIGHTS, Logistic, Weights, claimed, evidence_of
from eval.statistics import Confidence

UNTOLD, ALTERED = support_features.UNTOLD, support_features.ALTERED
PEOPLE = ("BEGIN dev wow", "BEGIN dev cmu")
CHINESE = "UHGEval keywords"
FITTED = (*(f"{name}, dev" for name in PEOPLE), "altered, gold, dev", "altered, document, dev")
OF_PEOPLE = 2.0
"""People's labels weigh twice as much as our own edits; otherwise each set weighs the same, however large it is."""
RIDGE = 1.0
THRESHOLD = 0.5
"""The middle: true and false responses weigh the same in each set, so a score is the chance where half are true."""
INTERVALS = Confidence(resamples=1000)


@dataclass(frozen=True)
class Sample:
    """Responses as numbers: `untold` and `altered` are (responses, features); a cluster is what they have in common."""

    untold: np.ndarray
    altered: np.ndarray
    labels: np.ndarray
    k_precision: np.ndarray
    clusters: tuple[str, ...]


def sample(rows: Iterable[tuple[Sequence[str], str, bool, str]]) -> Sample:
    """From evidence, response, label and cluster; responses without words are left out."""
    kept = [
        (tuple(evidence), response, label, cluster) for evidence, response, label, cluster in rows if claimed(response)
    ]
    features = [support_features.features(claimed(response), evidence_of(evidence)) for evidence, response, *_ in kept]
    return Sample(
        untold=np.array([each.untold for each in features]),
        altered=np.array([each.altered for each in features]),
        labels=np.array([label for *_, label, _ in kept]),
        k_precision=np.array([k_precision(evidence, response) for evidence, response, *_ in kept]),
        clusters=tuple(cluster for *_, cluster in kept),
    )


def read_samples(data: Path) -> dict[str, Sample]:
    samples = {}
    for found in read_labelled(data):
        if found.family != "faithfulness":
            continue
        parts: dict[str, list[Labelled]] = {}
        for row in found.rows:
            halved = found.name in (*PEOPLE, CHINESE)
            parts.setdefault(f"{found.name}, {row.half}" if halved else found.name, []).append(row)
        for name, rows in parts.items():
            samples[name] = sample((row.evidence, row.response, row.label, row.cluster) for row in rows)
    for split in ("dev", "test"):
        altered = [claim for claim in altered_claims.claims(split) if claim.kind not in edits.UNSEEN]
        samples[f"altered, gold, {split}"] = sample((c.evidence, c.response, c.supported, c.document) for c in altered)
        samples[f"altered, document, {split}"] = sample(
            (c.passages, c.response, c.supported, c.document) for c in altered
        )
    return samples


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def fit(
    samples: dict[str, Sample], without: str | None = None, fixed: Logistic | None = None
) -> tuple[Logistic, Logistic]:
    """The two factors that make the labels likeliest: the product of two logistic functions with weights of one sign.

    Args:
        without: a feature whose weight stays 0.
        fixed: the second factor where only the first is to be fitted.
    """
    untold, altered = (np.vstack([getattr(each, part) for each in samples.values()]) for part in ("untold", "altered"))
    labels = np.concatenate([each.labels for each in samples.values()]).astype(float)
    weights = np.concatenate(
        [
            (OF_PEOPLE if name.startswith("BEGIN") else 1.0)
            * np.where(each.labels, 1 / each.labels.sum(), 1 / (~each.labels).sum())
            for name, each in samples.items()
        ]
    )
    weights *= len(labels) / weights.sum()
    first = untold.shape[1]

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        told = sigmoid(parameters[first] - untold @ parameters[:first])
        same = sigmoid(parameters[-1] - altered @ parameters[first + 1 : -1])
        both = np.clip(told * same, 1e-9, 1 - 1e-9)
        slope = weights * (both - labels) / (1 - both)  # of the negative log-likelihood, by the logarithm of `both`
        of_told, of_same = slope * (1 - told), slope * (1 - same)
        ridge = np.r_[parameters[:first], 0, parameters[first + 1 : -1], 0] * RIDGE
        gradient = np.r_[-untold.T @ of_told, of_told.sum(), -altered.T @ of_same, of_same.sum()] + ridge
        likelihood = weights @ (labels * np.log(both) + (1 - labels) * np.log(1 - both))
        return float(ridge @ parameters / 2 - likelihood), gradient

    # set to 0 or None, a bound keeps a weight out or leaves a bias free
    bounds = [(0, 0) if name == without else (0, None) for name in (*UNTOLD, None, *ALTERED, None)]
    bounds[first] = bounds[-1] = (None, None)
    start = np.array([0 if name == without else 1 for name in (*UNTOLD, None, *ALTERED, None)], dtype=float)
    if fixed is not None:
        start[first + 1 :] = (*fixed.weights.values(), fixed.bias)
        bounds[first + 1 :] = [(value, value) for value in start[first + 1 :]]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000}).x.round(3)
    return (
        Logistic(bias=found[first], weights=dict(zip(UNTOLD, found[:first].tolist(), strict=True))),
        Logistic(bias=found[-1], weights=dict(zip(ALTERED, found[first + 1 : -1].tolist(), strict=True))),
    )


def scores(each: Sample, told: Logistic, unaltered: Logistic) -> np.ndarray:
    return np.array([told(a) * unaltered(b) for a, b in zip(each.untold, each.altered, strict=True)])


def report(name: str, each: Sample, found: np.ndarray) -> None:
    """One line: AUROC with interval, beside K-Precision's, and how good the yes or no and the chance are."""
    labels, clusters = each.labels.tolist(), each.clusters
    if len(set(labels)) < 2:
        said, mean, share = "true" if all(labels) else "false", found.mean(), (found >= THRESHOLD).mean()
        print(f"{name:24} {len(labels):5} all {said}: mean {mean:.3f}, {share:.1%} supported")
        return
    ours = agreement(found.tolist(), labels, clusters, THRESHOLD, INTERVALS)
    theirs = agreement(each.k_precision.tolist(), labels, clusters, None, INTERVALS).auroc
    gain = auroc_difference(found.tolist(), each.k_precision.tolist(), labels, clusters, INTERVALS)
    figures = (
        f"{figure(ours.auroc)}  K-Precision {theirs.value:.3f}  "
        f"gain {figure(gain, signed=True)}  balanced accuracy "
        f"{ours.balanced_accuracy.value:.3f}  calibration error {ours.calibration_error.value:.3f}"
    )
    print(f"{name:24} {len(labels):5} {figures}")


def ablation(fitted: dict[str, Sample], full: tuple[Logistic, Logistic]) -> None:
    """What AUROC loses on the fitted sets when one feature is left out and the rest is fitted anew, in thousandths."""
    print(f"\nlost without it, in 1/1000 AUROC: {', '.join(fitted)}")
    whole = [roc_auc_score(each.labels, scores(each, *full)) for each in fitted.values()]
    for feature in (*UNTOLD, *ALTERED):
        less = fit(fitted, without=feature)
        lost = [
            1000 * (before - roc_auc_score(each.labels, scores(each, *less)))
            for before, each in zip(whole, fitted.values(), strict=True)
        ]
        print(f"  {feature:18} {' '.join(f'{value:+6.1f}' for value in lost)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    samples = read_samples(options.data)
    fitted = {name: samples[name] for name in FITTED}
    told, unaltered = fit(fitted)
    characters, _ = fit({CHINESE: samples[f"{CHINESE}, dev"]}, fixed=unaltered)
    by_set = {name: scores(each, told, unaltered) for name, each in samples.items()}
    by_set |= {name: scores(samples[name], characters, unaltered) for name in samples if name.startswith(CHINESE)}
    for title, fitted_on in (("fitted on", True), ("not fitted on", False)):
        print(f"\n{title}")
        for name in sorted(samples):
            if (name in FITTED or name == f"{CHINESE}, dev") == fitted_on:
                report(name, samples[name], by_set[name])
    print("\nthe whole file not fitted on")
    for left_out in PEOPLE:
        others = fit({name: each for name, each in fitted.items() if not name.startswith(left_out)})
        for half in ("dev", "test"):
            each = samples[f"{left_out}, {half}"]
            report(f"{left_out}, {half}", each, scores(each, *others))
    ablation(fitted, (told, unaltered))
    weights = Weights(told_in_words=told, told_in_characters=characters, unaltered=unaltered)
    print(f"\n{weights.model_dump_json(indent=2)}")
    if options.write:
        WEIGHTS.write_text(weights.model_dump_json(indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
