"""What the length of answers alone does to correctness, which counts shared words whatever they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpora.model import Question, Record
from eval.metrics.correctness import correctness, correctness_at_any_length
from eval.metrics.lexical import brevity, holds_enough, length
from eval.metrics.registry import CORRECTNESS, RIGHT
from eval.trial import Trial

SENTENCE = 8
"""Words from which a reference says more than what was asked for: a false answer may repeat most of it, and a right one
leave most of it out.
"""


class Lengths(Record):
    """Of one pipeline's answers to questions that have a right one.

    Attributes:
        answers: how many there are.
        too_long: so long that they cannot count as right, whatever they say.
        too_short: of so few words that they cannot hold half of a reference that is a sentence.
        cost: what `brevity` takes from the mean correctness, 0 to 1.
    """

    answers: int = 0
    too_long: int = 0
    too_short: int = 0
    cost: float = 0.0

    @property
    def mostly_too_short(self) -> bool:
        """Whether most answers cannot count as right for having too few words."""
        return 2 * self.too_short > self.answers

    @property
    def mostly_wrong(self) -> bool:
        """Whether most answers cannot count as right for their length."""
        return 2 * (self.too_short + self.too_long) > self.answers


def lengths(questions: Mapping[str, Question], trials: Sequence[Trial]) -> Lengths:
    """Of the trials of one pipeline; refusals and failures count in what `cost` is a mean of, and cost nothing."""
    scores = [trial for trial in trials if (score := trial.scores.get(CORRECTNESS)) and score.value is not None]
    said = [
        (rights, trial.answer.response)
        for trial in scores
        if trial.answer and not trial.abstained and (rights := questions[trial.question_id].right_answers)
    ]
    return Lengths(
        answers=len(said),
        too_long=sum(all(brevity(right, response) < RIGHT for right in rights) for rights, response in said),
        too_short=sum(all(_too_short(right, response) for right in rights) for rights, response in said),
        cost=sum(_cost(*each) for each in said) / len(scores) if scores else 0.0,
    )


def is_sentence(reference: str) -> bool:
    """Whether it has `SENTENCE` words or more."""
    return length(reference) >= SENTENCE


def _too_short(right: str, response: str) -> bool:
    return is_sentence(right) and not holds_enough(right, response, RIGHT)


def _cost(rights: Sequence[str], response: str) -> float:
    if all(brevity(right, response) == 1 for right in rights):
        return 0.0
    return max(correctness_at_any_length(right, response) for right in rights) - max(
        correctness(right, response) for right in rights
    )
