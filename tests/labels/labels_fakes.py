"""Labelled answers and scorers of the tests."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from eval.labels.labelled import Labelled, LabelledSet
from eval.metrics import lexical
from eval.metrics.recall import token_recall


class Scorer:
    """A function as a scorer; `None` never answers. Counts how often it was asked."""

    def __init__(self, function: Callable[..., Any] | None) -> None:
        self.function = function
        self.asked: list[dict[str, Any]] = []

    async def ascore(self, **inputs: Any) -> Any:
        self.asked.append(inputs)
        if self.function is None:
            await asyncio.Event().wait()
            raise AssertionError("an event that nobody sets")
        return SimpleNamespace(value=self.function(**inputs))


def recall() -> Scorer:
    return Scorer(token_recall)


def exact() -> Scorer:
    return Scorer(lambda reference, response: float(lexical.normalise(reference) == lexical.normalise(response)))


def answered(count: int, right: Callable[[int], bool] = lambda n: n % 2 == 0, each: int = 2) -> LabelledSet:
    """Answers to questions whose gold answer is their number; `each` answers share a question. Right ones say it, and
    in every fifth case people and words disagree.
    """
    generator = random.Random(0)
    rows = []
    for number in range(count):
        label = right(number)
        says = label != (generator.random() < 0.2)
        rows.append(
            Labelled(
                id=f"a{number}",
                dataset="made",
                cluster=f"question {number // each}",
                family="correctness",
                user_input=f"which is {number}",
                references=(f"node {number}", f"machine {number}"),
                evidence=(),
                response=f"It is node {number}." if says else "It is a cat.",
                label=label,
                language="en",
            )
        )
    return LabelledSet("made", "correctness", tuple(rows))
