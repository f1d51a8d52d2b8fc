"""Two pipelines that are as often right: how often is the one that earns parts of wrong answers called better?

    python benchmarks/level_in_right_answers.py [--bake-offs 300]

Where it is not right, the first writes an answer that holds part of the right one; the second does as well, or says
that it does not know, and earns nothing. "By score" asks for a difference in the score alone
(`Paired.differs_in_score`), "by both" for one in right answers as well, as a verdict does (`Paired.differs`).
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np
from a_against_a import RESAMPLES, share

from eval.right_answers import Rights, compare_answers
from eval.statistics import Confidence, wilson

PART = 0.45
"""What a wrong sentence earns, about as much as one with another number in it (docs/metrics.md)."""

TOGETHER = 0.6
"""The share of questions on which both are right or wrong together, beyond chance."""

ROWS = tuple(product((40, 120), (0.3, 0.5), (0.0, 0.5, 1.0)))


def called_better(questions: int, right: float, silent: float, rng: np.random.Generator) -> tuple[bool, bool]:
    """One bake-off: whether the first is called better, by score and by both.

    Args:
        right: the chance that an answer is right, of either.
        silent: the share of its other questions to which the second says that it does not know.
    """
    keys, confidence = [str(number) for number in range(questions)], Confidence(resamples=RESAMPLES)
    shared, together = rng.random(questions) < right, rng.random(questions) < TOGETHER
    first, second = (np.where(together, shared, rng.random(questions) < right) for _ in range(2))
    refused = rng.random(questions) < silent
    scores = {"a": np.where(first, 1.0, PART), "b": np.where(second, 1.0, np.where(refused, 0.0, PART))}
    values = {name: dict(zip(keys, each.tolist(), strict=True)) for name, each in scores.items()}
    known = {}
    for name, each in (("a", first), ("b", second)):
        sure = dict(zip(keys, each.astype(float).tolist(), strict=True))
        known[name] = Rights(sure, sure)
    clusters = {key: key for key in keys}
    paired = compare_answers(values, known, [("a", "b")], clusters, confidence)["a", "b"]
    if (paired.estimate.mean or 0.0) <= 0:
        return False, False
    return paired.differs_in_score(confidence.level), paired.differs(confidence.level)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bake-offs", type=int, default=300)
    bake_offs = parser.parse_args().bake_offs
    print("| questions | right | silent where not right | called better, by score | by both |")
    print("|---|---|---|---|---|")
    for questions, right, silent in ROWS:
        rng = np.random.default_rng(3)
        found = [called_better(questions, right, silent, rng) for _ in range(bake_offs)]
        shares = [share(wilson(sum(each), bake_offs, 0.95)) for each in zip(*found, strict=True)]
        print(f"| {questions} | {right:.0%} | {silent:.0%} | {shares[0]} | {shares[1]} |", flush=True)


if __name__ == "__main__":
    main()
