"""How often is a pipeline called quick enough, whose times hang on the machine's moods and on the documents?

    python benchmarks/late_by_moods.py [--bake-offs 300]

The logarithm of a time is normal, with a standard deviation of .3. Of its variance one part is the turn's, another the
document's, and the rest the question's own.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass

import numpy as np
from a_against_a import share
from scipy.special import ndtr

from eval.lateness import LATE, late_answers
from eval.statistics import Confidence, Draws, wilson
from eval.trial import Trial
from pipelines.contract import Answer, Timing, Usage

SPREAD = 0.3
ASKED = ((22, 5, 6), (40, 4, 10), (160, 1, 10))
"""Documents, questions on each, and turns: as many as a run of so many questions has, eight at once."""


@dataclass(frozen=True)
class Times:
    """Parts of the variance that are the turns' and the documents', and a limit in standard deviations."""

    moods: float
    of_documents: float
    limit: float

    @property
    def late(self) -> float:
        """The share of all answers that take longer, in the long run."""
        return float(ndtr(-self.limit))

    def draw(self, drawn: Draws, rng: np.random.Generator) -> list[Trial]:
        moods = math.sqrt(self.moods) * rng.normal(size=len(set(drawn.turns.values())))
        slowness = math.sqrt(self.of_documents) * rng.normal(size=len(set(drawn.clusters.values())))
        own = math.sqrt(1 - self.moods - self.of_documents)
        return [
            _trial(question, SPREAD * (moods[drawn.turns[question]] + slowness[int(document)] + own * rng.normal()))
            for question, document in drawn.clusters.items()
        ]


ROWS = (
    *(Times(moods, 0.0, limit) for moods in (0.2, 0.5, 0.8) for limit in (1.645, 1.405)),
    *(Times(moods, 0.0, 4.0) for moods in (0.0, 0.5)),
    *(Times(moods, documents, 6.0) for moods, documents in ((0.5, 0.0), (0.5, 0.3), (0.0, 0.8))),
)


def _trial(question: str, deviation: float) -> Trial:
    seconds = math.exp(deviation)
    timing = Timing(ttft=seconds, e2el=seconds, retrieval=0.0, generation=seconds)
    answer = Answer(response="x", usage=Usage(), timing=timing, model="m", finish_reason="stop")
    return Trial(pipeline="a", question_id=question, answer=answer, asked_at="")


def quick_enough(times: Times, asked: tuple[int, int, int], bake_offs: int) -> str:
    documents, questions, turns = asked
    clusters = {f"{document} {each}": str(document) for document in range(documents) for each in range(questions)}
    in_turns = {key: int(document) % turns for key, document in clusters.items()}
    drawn, rng, told = Draws(clusters, in_turns, Confidence(resamples=300)), np.random.default_rng(7), 0
    for _ in range(bake_offs):
        high = late_answers(times.draw(drawn, rng), math.exp(SPREAD * times.limit), drawn).at_most.high
        told += high is not None and high <= LATE
    return share(wilson(told, bake_offs, 0.95))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bake-offs", type=int, default=300)
    bake_offs = parser.parse_args().bake_offs
    heads = [f"{documents} × {questions} in {turns} turns" for documents, questions, turns in ASKED]
    print(f"| moods | documents | limit / median | late | {' | '.join(heads)} |\n{'|---' * (4 + len(ASKED))}|")
    for row in ROWS:
        told = " | ".join(quick_enough(row, asked, bake_offs) for asked in ASKED)
        limit = math.exp(SPREAD * row.limit)
        print(f"| {row.moods} | {row.of_documents} | {limit:.2f} | {row.late:.1g} | {told} |", flush=True)


if __name__ == "__main__":
    main()
