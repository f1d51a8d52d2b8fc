"""How often is one pipeline, run twice, called different from itself? And is a difference found where there is one?

    python benchmarks/a_against_a.py [--again made] [--names 2 3 4] [--bake-offs 200] [--seed 0]
    python benchmarks/a_against_a.py --run runs/ID --pipeline NAME [--unsteady .3] [--names 2 3 4]

Without a run, simulated populations. Each line draws so many bake-offs from one population and judges them as a run is
judged, by the scores and by which of them are right answers. `called different`: all names stand for one pipeline; the
share of bake-offs in which any two differ. `found`: one of them is made better by the difference that bake-offs of this
size say they can show, on average (`Paired.smallest`); the share in which it is called better than another. With 95 %
Wilson intervals.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import get_args

import numpy as np
from planted_populations import SCALES, Again, FromRun, Population, Scores, Simulated, improve, named

from eval.metrics.registry import RIGHT
from eval.paired import Paired
from eval.planning import smallest_difference
from eval.right_answers import Rights, compare_answers
from eval.run import RunFolder
from eval.statistics import Confidence, Estimate, Floats, wilson

RESAMPLES = 1000
"""Fewer than a bake-off takes, of which there are many here."""

FITTING = 100
"""Draws by which the planted difference is found that is as large as the smallest one they show."""


@dataclass(frozen=True)
class Judged:
    """Of bake-offs drawn from one population."""

    different: Estimate
    planted: float
    found: Estimate


def judge(population: Population, names: int, bake_offs: int, confidence: Confidence, seed: int = 0) -> Judged:
    """Draws bake-offs with and without a planted difference."""
    rng = np.random.default_rng(seed)
    different = sum(any_differs(population, names, confidence, rng) for _ in range(bake_offs))
    share, planted = plant(population, names, 1 - confidence.level, rng)
    found = sum(finds(population, names, share, confidence, rng) for _ in range(bake_offs))
    return Judged(wilson(different, bake_offs, 0.95), planted, wilson(found, bake_offs, 0.95))


def plant(population: Population, names: int, alpha: float, rng: np.random.Generator) -> tuple[float, float]:
    """The share of questions to improve so that the difference is the smallest that bake-offs show on average, and the
    difference.
    """
    seeds = rng.integers(2**32, size=FITTING)
    pairs = names * (names - 1) // 2
    share = 0.2
    for _ in range(6):
        shown, room = [], []
        for seed in seeds:
            fresh = np.random.default_rng(seed)
            rows, documents = population.draw(fresh, names)
            _, clusters, _ = named(rows, documents, fresh)
            better = improve(rows, share, fresh)
            labels = list(clusters.values())
            shown.append(max(_smallest(each, labels, alpha / pairs) for each in (better, right(better))))
            room.append(1 - rows[0].mean())
        share = min(1.0, float(np.mean(shown) / np.mean(room)))
    return share, share * float(np.mean(room))


def _smallest(rows: Floats, labels: Sequence[str], alpha: float) -> float:
    return smallest_difference((rows[0] - rows[1]).tolist(), labels, alpha) or 0.0


def right(scores: Floats) -> Floats:
    """Which scores are those of right answers: 1, or 0."""
    return np.asarray(scores >= RIGHT, dtype=float)


def compared(scores: Scores, clusters: Mapping[str, str], confidence: Confidence) -> dict[tuple[str, str], Paired]:
    """Every pair, as correctness is compared in a run."""
    sure = {
        name: dict(zip(each, right(np.array(list(each.values()))).tolist(), strict=True))
        for name, each in scores.items()
    }
    known = {name: Rights(each, each) for name, each in sure.items()}
    return compare_answers(scores, known, list(combinations(scores, 2)), clusters, confidence)


def any_differs(population: Population, names: int, confidence: Confidence, rng: np.random.Generator) -> bool:
    """Whether any two runs of one pipeline are called different, in one bake-off."""
    scores, clusters, _ = named(*population.draw(rng, names), rng)
    found = compared(scores, clusters, confidence)
    return any(each.differs(confidence.level) for each in found.values())


def finds(population: Population, names: int, share: float, confidence: Confidence, rng: np.random.Generator) -> bool:
    rows, documents = population.draw(rng, names)
    scores, clusters, best = named(improve(rows, share, rng), documents, rng)
    found = compared(scores, clusters, confidence)
    other = next(name for name in scores if name != best)
    paired = found[best, other] if (best, other) in found else found[other, best].negated()
    return paired.differs(confidence.level) and (paired.estimate.mean or 0.0) > 0


def simulated(again: Again, names: Sequence[int]) -> Iterator[tuple[str, Population, int]]:
    """All sizes and correlations with two names, and one of two kinds with more."""
    for many, scale, questions, within in product(names, SCALES, (30, 126, 300), (0.0, 0.3, 0.6)):
        few = scale in ("0 or 1", "continuous") and (questions, within) == (126, 0.3)
        if (again == "asked" or within) and (many == 2 or few):
            yield f"{scale}, {questions} questions, within {within}", Simulated(scale, questions, within, again), many


def from_run(path: Path, pipeline: str, unsteady: float, names: Sequence[int]) -> Iterator[tuple[str, Population, int]]:
    """One pipeline of a run, under as many names as its repeats allow."""
    population = FromRun(RunFolder.open(path), pipeline, unsteady)
    repeats = len(population.scores)
    text = f"{pipeline}, {repeats} repeats" if repeats > 1 else f"{pipeline}, {unsteady} unsteady"
    for many in names:
        if repeats == 1 or many <= repeats:
            yield text, population, many


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--pipeline")
    parser.add_argument("--unsteady", type=float, default=0.3)
    parser.add_argument("--again", choices=get_args(Again), default="asked")
    parser.add_argument("--bake-offs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--names", type=int, nargs="+", default=[2, 3, 4])
    asked = parser.parse_args()
    if asked.run and not asked.pipeline:
        parser.error("--run needs --pipeline: the one that is run twice")
    rows = (
        from_run(asked.run, asked.pipeline, asked.unsteady, asked.names)
        if asked.run
        else simulated(asked.again, asked.names)
    )
    print("| population | names | called different | planted | found |\n|---|---|---|---|---|")
    judged = []
    for text, population, many in rows:
        each = judge(population, many, asked.bake_offs, Confidence(resamples=RESAMPLES), asked.seed)
        judged.append(each)
        print(f"| {text} | {many} | {share(each.different)} | {each.planted:.2f} | {share(each.found)} |", flush=True)
    different, found = (
        pooled(group) for group in ([each.different for each in judged], [each.found for each in judged])
    )
    print(f"| all of them | | {share(different)} | | {share(found)} |")


def pooled(shares: Sequence[Estimate]) -> Estimate:
    total = sum(each.n for each in shares)
    return wilson(round(sum((each.mean or 0.0) * each.n for each in shares)), total, 0.95)


def share(estimate: Estimate) -> str:
    """4.5 % (2.4 to 8.3)."""
    mean, low, high = (100 * (value or 0.0) for value in (estimate.mean, estimate.low, estimate.high))
    return f"{mean:.1f} % ({low:.1f} to {high:.1f})"


if __name__ == "__main__":
    main()
