"""What is known of each answer to a question that has a right one: whether it counts as right, and what it may lack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from corpora.model import Question
from eval.borne_out import OfSeveral, of_several
from eval.lacking import Lacking, copies_a_passage, what_may_lack
from eval.metrics.registry import CORRECTNESS
from eval.metrics.set_aside import sets_aside
from eval.metrics.terse import usual_words
from eval.outcomes import is_right
from eval.trial import Trial

MOST = 0.5
"""A word in more than this share of a pipeline's answers is none of what a reference tells: few questions of a corpus
have one answer."""


class Assessed(NamedTuple):
    """One trial of a question that has a right answer.

    Attributes:
        right: whether it counts as right.
        lacks: what its score may lack.
        beside_several: what is known of it where another name is not seen (`eval.borne_out`).
    """

    question: Question
    trial: Trial
    right: bool
    lacks: Lacking
    beside_several: OfSeveral

    @property
    def scored(self) -> bool:
        """Whether it is in the mean of correctness."""
        score = self.trial.scores.get(CORRECTNESS)
        return score is not None and score.value is not None


def assess(questions: Sequence[Question], trials: Sequence[Trial]) -> tuple[Assessed, ...]:
    """Of the trials of one pipeline, those of questions that have a right answer; once, since it takes milliseconds
    each.
    """
    asked = {question.id: question for question in questions if question.answerable}
    told = [trial.answering(asked[trial.question_id]) for trial in trials if trial.question_id in asked]
    said = [each.answer.response for each in told if each.answer and not each.abstained]
    usual, always = usual_words(said), usual_words(said, MOST)
    found = []
    for trial in told:
        question = asked[trial.question_id]
        right = is_right(question, trial)
        lacks = what_may_lack(question, trial.answer, usual)
        seen = of_several(question, trial, right, always)
        surely = seen.surely and not _may_be_undeserved(question, trial)
        found.append(Assessed(question, trial, right, lacks, seen._replace(surely=surely)))
    return tuple(found)


def _may_be_undeserved(question: Question, trial: Trial) -> bool:
    """Whether what counts as right copies a passage, or names what is right only to set it aside."""
    if copies_a_passage(question, trial.answer):
        return True
    return trial.answer is not None and sets_aside(question.user_input, question.right_answers, trial.answer.response)
