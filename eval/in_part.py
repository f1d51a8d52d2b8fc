"""Which right answers lack a word of a short reference: what they have in its place may be another name."""

from __future__ import annotations

from collections.abc import Iterable

from corpora.model import Record
from eval import numbers
from eval.assessed import Assessed
from eval.metrics.bare_answers import deciding, is_sentence
from eval.metrics.recall import token_recall
from eval.metrics.registry import RIGHT

MATTERS = 0.2
"""The share of the right answers from which it is told. Each of EVOUNA's five systems has 2 to 5 %, and people call 64
of these 68 answers right."""

FEWEST = 5
"""Answers from which it is told."""


class InPart(Record):
    """Of one pipeline's answers that count as right.

    Attributes:
        right: how many count so.
        lacking: of these, how many hold no right answer whole, and give more than half of one with fewer words than a
            sentence: "GET /api/users" beside "POST /api/users", or "Saint Ignatius" beside "St. Ignatius".
    """

    right: int = 0
    lacking: int = 0

    def told_of(self, name: str) -> str | None:
        """What is to be read before its right answers are believed in; None where that is little."""
        if self.lacking < max(FEWEST, MATTERS * self.right):
            return None
        return (
            f"{self.lacking} of {name}'s {numbers.counted(self.right, 'right answer')} lack a word of a short "
            "reference; another name or opposite in its place is not seen. Read those whose correctness is below 1."
        )


def in_part(assessed: Iterable[Assessed]) -> InPart:
    """Of the answers of one pipeline."""
    right = [each for each in assessed if each.right]
    return InPart(right=len(right), lacking=sum(_lacks(each) for each in right))


def _lacks(assessed: Assessed) -> bool:
    response = assessed.trial.answer.response if assessed.trial.answer else ""
    recalled = {right: token_recall(right, response) for right in deciding(assessed.question.right_answers, response)}
    best = max(recalled.values())
    return RIGHT <= best < 1 and all(not is_sentence(right) for right, recall in recalled.items() if recall == best)
