"""Two pipelines that are level in the worst case: how often is one of them called better?

    python benchmarks/level_at_worst.py [--bake-offs 300]

None of the second's answers counts, and as many may be right as the first's are. "By the share" asks no more than that
the interval's lower end be above the share that may be right; "question by question" is what a verdict asks
(`Paired.stays_ahead`).
"""

from __future__ import annotations

import argparse

import numpy as np
from a_against_a import RESAMPLES, share

from eval.right_answers import Rights, compare_answers
from eval.statistics import Confidence, wilson

ROWS = tuple((n, right, apart) for n in (40, 120) for right in (0.2, 0.3) for apart in (True, False))


def called_better(questions: int, right: float, apart: bool, rng: np.random.Generator) -> tuple[bool, bool]:
    """One bake-off, by the share and question by question.

    Args:
        right: the chance that an answer of the first is right, and that one of the second may be.
        apart: whether these are never the same questions; else whichever.
    """
    keys, confidence = [str(number) for number in range(questions)], Confidence(resamples=RESAMPLES)
    clusters, drawn = {key: key for key in keys}, rng.random(questions)
    may_be = drawn > 1 - right if apart else rng.random(questions) < right
    first = dict(zip(keys, (drawn < right).astype(float), strict=True))
    none = dict.fromkeys(keys, 0.0)
    perhaps = dict(zip(keys, may_be.astype(float), strict=True))
    known = {"a": Rights(first, first), "b": Rights(none, perhaps, perhaps)}
    paired = compare_answers({"a": first, "b": none}, known, [("a", "b")], clusters, confidence)["a", "b"]
    if not paired.differs(confidence.level):
        return False, False
    return (paired.estimate.low or 0.0) > float(may_be.mean()), paired.stays_ahead(confidence.level)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bake-offs", type=int, default=300)
    bake_offs = parser.parse_args().bake_offs
    print(
        "| questions | right, or may be | on the same questions | called better, by the share | question by question |"
    )
    print("|---|---|---|---|---|")
    for questions, right, apart in ROWS:
        rng = np.random.default_rng(3)
        found = [called_better(questions, right, apart, rng) for _ in range(bake_offs)]
        shares = [share(wilson(sum(each), bake_offs, 0.95)) for each in zip(*found, strict=True)]
        same = "never" if apart else "by chance"
        print(f"| {questions} | {right:.0%} | {same} | {shares[0]} | {shares[1]} |", flush=True)


if __name__ == "__main__":
    main()
