"""How often a pipeline answers, declines, and makes up answers, and how many of its replies may be otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.model import Question, Record
from eval import numbers
from eval.replies import Replies
from eval.statistics import Estimate, wilson
from eval.trial import Trial
from eval.uncounted import UNCOUNTED_MATTERS


class Abstention(Record):
    """Shares with Wilson intervals, of each question's first answer; `n` is what each is a share of.

    `answer_rate` is of all questions. Of the unanswerable ones that did not fail, `right_refusals` were refused and
    `made_up` answered all the same: to fail is not honest. Of the answerable ones, `wrong_refusals` were refused.
    Failures are neither answered nor refused. `perhaps_refused` is how many of those that are made up may be refusals,
    `perhaps_made_up` how many of the right refusals may be made up, and `unanswerable_failed` how many of the questions
    without an answer failed (`eval.replies`).
    """

    answer_rate: Estimate
    right_refusals: Estimate
    made_up: Estimate
    wrong_refusals: Estimate
    perhaps_refused: int = 0
    perhaps_made_up: int = 0
    unanswerable_failed: int = 0

    def may_be(self, name: str) -> str:
        """How many replies of the pipeline of that name may be something else than they count as, as a clause; nothing
        where none may.
        """
        told = []
        if n := self.perhaps_refused:
            of = f"{self._replies} of {name}"
            told.append(f"{numbers.count(n)} of {of} {_counts(n)} made up and may be {_refusals(n)}")
        if n := self.perhaps_made_up:
            of = "" if told else f" of {self._replies} of {name}"
            told.append(f"{numbers.count(n)}{of} {_counts(n)} {_refusals(n)} and may be made up")
        return ", and ".join(told)

    def unknown(self, name: str) -> str:
        """The same, and how many questions failed, of which nobody knows what would have been said."""
        n = self.unanswerable_failed
        failed = [f"{numbers.count(n)} of {numbers.counted(self.made_up.n + n, 'question')} failed with {name}"]
        return ", and ".join([*filter(None, [self.may_be(name)]), *(failed if n else [])])

    def told_of(self, name: str) -> str | None:
        """How many replies of the pipeline of that name may be something else than they count as, in a sentence that
        says what to do; None where they are few.
        """
        unsure = self.perhaps_refused + self.perhaps_made_up
        if not unsure or unsure < UNCOUNTED_MATTERS * self.made_up.n:
            return None
        return (
            f"Of the questions without an answer, {self.may_be(name)}: read them (“perhaps refused, or made up” among "
            "the kinds of question in report.html). Have it say that it does not know, and no more than that."
        )

    @property
    def _replies(self) -> str:
        return numbers.amount_of(self.made_up.n, "reply", "replies")


def _counts(n: int) -> str:
    return "counts as" if n == 1 else "count as"


def _refusals(n: int) -> str:
    return "a refusal" if n == 1 else "refusals"


def abstention(questions: Sequence[Question], trials: Sequence[Trial], replied: Replies, level: float) -> Abstention:
    """Of one pipeline's trials, some of which `replied` to what has no answer; `level` is of confidence."""
    answerable = {question.id for question in questions if question.answerable}
    first = [trial for trial in trials if trial.repeat == 0]
    easy = [trial for trial in first if trial.question_id in answerable]
    answered = sum(trial.answer is not None and not trial.abstained for trial in first)
    made_up, hard = round(sum(replied.made_up.values())), len(replied.made_up)
    return Abstention(
        answer_rate=wilson(answered, len(first), level),
        right_refusals=wilson(hard - made_up, hard, level),
        made_up=wilson(made_up, hard, level),
        wrong_refusals=wilson(sum(trial.abstained for trial in easy), len(easy), level),
        perhaps_refused=replied.perhaps_refused,
        perhaps_made_up=replied.perhaps_made_up,
        unanswerable_failed=replied.failed,
    )
