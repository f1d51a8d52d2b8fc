"""Populations of which the truth is known: bake-offs drawn from them, in which nothing differs, or just so much."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from corpora.model import Evidence, Question
from eval.measures import values
from eval.metrics.registry import CORRECTNESS
from eval.pairing import question_clusters
from eval.run import RunFolder
from eval.statistics import Floats

Places = NDArray[np.int64]
Scores = dict[str, dict[str, float]]
"""By name and question id."""

Again = Literal["asked", "made"]

SCALES: dict[str, Callable[[Floats], Floats]] = {
    "0 or 1": lambda rank: np.asarray(rank > 0.5, dtype=float),
    "0, .5 or 1": lambda rank: np.floor(rank * 3).clip(0, 2) / 2,
    "continuous": lambda rank: rank,
    "sparse": lambda rank: np.where(rank > 0.9, (rank - 0.9) * 10, 0.0),
}
"""Scores from ranks that are uniform from 0 to 1. Of the sparse ones 90 % are zero."""

STEADY = 0.5
"""How much of a simulated score's variance, before it is cut into a scale, is the question's and not the run's."""


class Population(Protocol):
    """Questions in documents, and one pipeline that can be run on them any number of times."""

    def draw(self, rng: np.random.Generator, runs: int) -> tuple[Floats, list[str]]:
        """Fresh questions, and what each of so many runs scores on them: (runs, questions), and each one's document."""
        ...


@dataclass(frozen=True)
class Simulated:
    """Scores cut from normal variables.

    Attributes:
        within: the intraclass correlation of the questions on one document.
        again: what makes two runs of one pipeline differ. `asked`: each answer by itself, as sampling does; `made`: the
            runs as a whole, as training does, so that their luck is as alike within a document as the questions are.
        documents: how many there are, with equally many questions on each; None: as many as have 1 to 10.
    """

    scale: str
    questions: int
    within: float
    again: Again = "asked"
    documents: int | None = None

    def draw(self, rng: np.random.Generator, runs: int) -> tuple[Floats, list[str]]:
        at = np.arange(self.questions) % self.documents if self.documents else places(rng, self.questions)
        steady = np.sqrt(STEADY) * normal(rng, at, self.within)
        luck = self.within if self.again == "made" else 0.0
        ranks = [ndtr(steady + np.sqrt(1 - STEADY) * normal(rng, at, luck)) for _ in range(runs)]
        return SCALES[self.scale](np.array(ranks)), [str(place) for place in at]


def places(rng: np.random.Generator, questions: int) -> Places:
    """The number of each question's document; 1 to 10 questions share one."""
    sizes: list[int] = []
    while sum(sizes) < questions:
        sizes.append(int(rng.integers(1, 11)))
    return np.repeat(np.arange(len(sizes)), sizes)[:questions]


def normal(rng: np.random.Generator, at: Places, within: float) -> Floats:
    """A standard normal value for each question, with the correlation `within` where documents are the same."""
    shared, own = rng.standard_normal(at.max() + 1)[at], rng.standard_normal(len(at))
    return np.asarray(np.sqrt(within) * shared + np.sqrt(1 - within) * own, dtype=float)


class FromRun:
    """The questions and scores of one pipeline of a real run; whole documents are drawn with replacement.

    Where the run asked each question repeatedly, a run drawn from it has one of the repeats, no two the same one. Else
    asking again gives to a share `unsteady` of the questions the score of another question, and so the same scores on
    the whole.
    """

    def __init__(self, run: RunFolder, pipeline: str, unsteady: float) -> None:
        trials = [trial for trial in run.trials() if trial.pipeline == pipeline]
        repeats = [
            values([trial for trial in trials if trial.repeat == k], CORRECTNESS)
            for k in range(run.manifest.evaluation.repeat)
        ]
        clusters = question_clusters(run.questions)
        keys = sorted(set.intersection(*(set(each) for each in repeats)))
        self.scores = np.array([[each[key] for key in keys] for each in repeats])
        self.unsteady = unsteady
        self.members: dict[str, list[int]] = {}
        for place, key in enumerate(keys):
            self.members.setdefault(clusters[key], []).append(place)

    def draw(self, rng: np.random.Generator, runs: int) -> tuple[Floats, list[str]]:
        names = list(self.members)
        drawn = [self.members[names[place]] for place in rng.integers(len(names), size=len(names))]
        chosen = np.concatenate(drawn)
        documents = [str(number) for number, each in enumerate(drawn) for _ in each]
        if len(self.scores) >= runs:
            order = np.argsort(rng.random((len(self.scores), len(chosen))), axis=0)[:runs]
            return self.scores[order, chosen], documents
        again = rng.choice(self.scores[0], size=(runs, len(chosen)))
        return np.where(rng.random(again.shape) < self.unsteady, again, self.scores[0, chosen]), documents


def named(rows: Floats, documents: Sequence[str], rng: np.random.Generator) -> tuple[Scores, Mapping[str, str], str]:
    """Runs under names put to them by lot, the clusters that a bake-off would take, and the name of the first run."""
    names = [chr(ord("a") + place) for place in rng.permutation(len(rows))]
    scores = {
        name: {f"q{number}": float(value) for number, value in enumerate(row)}
        for name, row in sorted(zip(names, rows, strict=True), key=lambda each: each[0])
    }
    asked = [
        Question(
            id=f"q{number}",
            user_input="?",
            reference_contexts=(Evidence(document_id=document, start=0, end=1, text="."),),
        )
        for number, document in enumerate(documents)
    ]
    return scores, question_clusters(asked), names[0]


def improve(rows: Floats, share: float, rng: np.random.Generator) -> Floats:
    """The first run made better: such a share of its questions, taken at random, is answered fully right."""
    better = rows.copy()
    better[0, rng.random(rows.shape[1]) < share] = 1.0
    return better
