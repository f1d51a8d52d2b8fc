"""Fits the weights of `eval.metrics.support`, says what each feature adds, and measures what was not fitted on.

    python benchmarks/fit_support.py DATA [--write]

DATA holds `begin/begin_dev_wow.tsv` and `begin/begin_dev_cmu.tsv` (github.com/google/BEGIN-dataset), `uhgeval/*.jsonl`
(github.com/IAAR-Shanghai/UHGEval) and, where it is there, `clapnq/*.jsonl` (github.com/primeqa/clapnq). Fitted on: those
two files of BEGIN, the `dev` half of the altered claims, and for Chinese the `dev` half of UHGEval. Other files of BEGIN
that lie there are only measured on. `--write` replaces `eval/metrics/support.json`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import altered_claims
import numpy as np
from agreement_tables import auroc_interval, expected_calibration_error
from scipy.optimize import minimize
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from eval.labels.readers import read_labelled
from eval.metrics import support_features
from eval.metrics.claims import claims
from eval.metrics.lexical import k_precision
from eval.metrics.support import WEIGHTS, Logistic, Weights

UNTOLD, ALTERED = support_features.UNTOLD, support_features.ALTERED
PEOPLE = ("BEGIN dev wow", "BEGIN dev cmu")
OF_PEOPLE = 2.0
"""People's labels count twice as much as our own edits; otherwise each set counts the same, however large it is."""
RIDGE = 1.0
