"""How often is one pipeline, made twice, called different from itself where questions quote no evidence?

    python benchmarks/without_evidence.py [--bake-offs 200] [--seed 0]

Simulated as in `a_against_a.py --again made`: 126 questions, two names, scores of 0 or 1. Such a share of the questions
does not say which document it is on. Each is a cluster of its own, or is put on a document, another one than its own in
`misplaced` of the cases.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from itertools import product

import numpy as np
from a_against_a import RESAMPLES, any_differs
from a_against_a import share as written
from planted_populations import Population, Simulated

from eval.statistics import Confidence, Floats, wilson


@dataclass(frozen=True)
class Unquoted:
    """Another population's bake-offs, the documents of some questions not known.

    Attributes:
        share: of the questions.
        misplaced: how many of these are put on another document; None where each is a cluster of its own.
    """

    population: Population
    share: float
    misplaced: float | None

    def draw(self, rng: np.random.Generator, runs: int) -> tuple[Floats, list[str]]:
        rows, documents = self.population.draw(rng, runs)
        unknown = rng.random(len(documents)) < self.share
        if self.misplaced is None:
            return rows, [f"alone {n}" if unknown[n] else each for n, each in enumerate(documents)]
        elsewhere = unknown & (rng.random(len(documents)) < self.misplaced)
        others = rng.choice(documents, len(documents))
        return rows, [str(others[n]) if elsewhere[n] else each for n, each in enumerate(documents)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bake-offs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    print("| within | without evidence | each | called different |\n|---|---|---|---|")
    for within, share, misplaced in product((0.3, 0.6), (0.5, 1.0), (None, 0.0, 0.01, 0.1)):
        population = Unquoted(Simulated("0 or 1", 126, within, "made"), share, misplaced)
        rng = np.random.default_rng(asked.seed)
        different = sum(
            any_differs(population, 2, Confidence(resamples=RESAMPLES), rng) for _ in range(asked.bake_offs)
        )
        how = "by itself" if misplaced is None else f"on a document, {100 * misplaced:.0f} % on another"
        told = written(wilson(different, asked.bake_offs, 0.95))
        print(f"| {within} | {100 * share:.0f} % | {how} | {told} |", flush=True)


if __name__ == "__main__":
    main()
