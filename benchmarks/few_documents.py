"""How often is one pipeline, trained twice, called different from itself where all questions are on few documents?

    python benchmarks/few_documents.py [--bake-offs 200] [--seed 0]

Simulated as in `a_against_a.py --again made`: 100 questions, equally many on each document, two names, scores of 0 or
1. Of fewer than ten documents a bake-off resamples questions.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np
from a_against_a import RESAMPLES, any_differs, share
from planted_populations import Simulated

from eval.statistics import Confidence, wilson


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bake-offs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    print("| within | documents | called different |\n|---|--:|---|")
    for within, documents in product((0.3, 0.6), (3, 5, 9, 10, 20)):
        population = Simulated("0 or 1", 100, within, "made", documents)
        rng = np.random.default_rng(asked.seed)
        different = sum(
            any_differs(population, 2, Confidence(resamples=RESAMPLES), rng) for _ in range(asked.bake_offs)
        )
        print(f"| {within} | {documents} | {share(wilson(different, asked.bake_offs, 0.95))} |", flush=True)


if __name__ == "__main__":
    main()
