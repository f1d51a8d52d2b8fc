"""Two different pipelines, equal on average: how often is one of them called better?

    python benchmarks/planted_skew.py [--bake-offs 300]

A harder truth than A against A, in which the two are exchangeable: here one is much better on few questions and a
little worse on all others, so that nothing but the mean of their differences is zero.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from a_against_a import RESAMPLES, any_differs, share
from planted_populations import normal, places
from scipy.special import ndtr

from eval.statistics import Confidence, Floats, wilson

ROWS = (
    (30, 0.0, 0.1),
    (126, 0.0, 0.1),
    (126, 0.3, 0.1),
    (126, 0.3, 0.2),
    (300, 0.3, 0.1),
    (55, 1.0, 0.1),
    (126, 1.0, 0.1),
    (300, 1.0, 0.1),
    (300, 1.0, 0.3),
)


@dataclass(frozen=True)
class Skewed:
    """The first wins `1 - rare` on the share `rare` of the questions, and loses `rare` on the others.

    `within` is the intraclass correlation of what decides which questions these are.
    """

    questions: int
    within: float
    rare: float

    def draw(self, rng: np.random.Generator, runs: int) -> tuple[Floats, list[str]]:
        at = places(rng, self.questions)
        gain = np.where(ndtr(normal(rng, at, self.within)) < self.rare, 1 - self.rare, -self.rare)
        return np.array([0.5 + gain / 2, 0.5 - gain / 2]), [str(place) for place in at]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bake-offs", type=int, default=300)
    bake_offs = parser.parse_args().bake_offs
    print("| questions | within | one wins on | called different |\n|---|---|---|---|")
    for questions, within, rare in ROWS:
        rng, population = np.random.default_rng(3), Skewed(questions, within, rare)
        different = sum(any_differs(population, 2, Confidence(resamples=RESAMPLES), rng) for _ in range(bake_offs))
        print(f"| {questions} | {within} | {rare:.0%} | {share(wilson(different, bake_offs, 0.95))} |", flush=True)


if __name__ == "__main__":
    main()
