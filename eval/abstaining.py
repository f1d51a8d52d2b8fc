"""How often a pipeline answers, declines, and makes up answers, and how many of its replies may be otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from corpora.model import Question, Record
from eval import numbers
from eval.replies import Replies, shares
from eval.statistics import Estimate, wilson
from eval.trial import Trial
from eval.uncounted import UNCOUNTED_MATTERS


class Abstention(Record):
    """Shares with Wilson intervals; `n` is how many questions each is a share of. One that was asked repeatedly counts
    once, by the share of its replies.

    `answer_rate` is of all questions. Of the unanswerable ones that did not fail, `right_refusals` were refused and
    `made_up` answered all the same: to fail is not honest. Of the answerable ones, `wrong_refusals` were refused.
    Failures are neither answered nor refused. Of the `replies` to questions without an answer, `perhaps_refused` are
    made up and may be refusals, and `perhaps_made_up` right refusals and may be made up; beside them
    `unanswerable_failed` failed (`eval.replies`).
    """

    answer_rate: Estimate
    right_refusals: Estimate
    made_up: Estimate
    wrong_refusals: Estimate
    replies: int = 0
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
        """The same, and how many requests failed, of which nobody knows what would have been said."""
        n = self.unanswerable_failed
        failed = [f"{numbers.count(n)} of {numbers.counted(self._total + n, 'request')} failed with {name}"]
        return ", and ".join([*filter(None, [self.may_be(name)]), *(failed if n else [])])

    def told_of(self, name: str) -> str | None:
        """How many replies of the pipeline of that name may be something else than they count as, in a sentence that
        says what to do; None where they are few.
        """
        unsure = self.perhaps_refused + self.perhaps_made_up
        if not unsure or unsure < UNCOUNTED_MATTERS * self._total:
            return None
        return (
            f"Of the questions without an answer, {self.may_be(name)}: read them (“perhaps refused, or made up” among "
            "the kinds of question in report.html). Have it say that it does not know, and no more than that."
        )

    @property
    def _replies(self) -> str:
        return numbers.amount_of(self._total, "reply", "replies")

    @property
    def _total(self) -> int:
        return self.replies or self.made_up.n  # an earlier version counted first replies alone


def _counts(n: int) -> str:
    return "counts as" if n == 1 else "count as"


def _refusals(n: int) -> str:
    return "a refusal" if n == 1 else "refusals"


def abstention(questions: Sequence[Question], trials: Sequence[Trial], replied: Replies, level: float) -> Abstention:
    """Of one pipeline's trials, some of which `replied` to what has no answer; `level` is of confidence."""
    answerable = {question.id for question in questions if question.answerable}
    answered = shares(trials, lambda trial: trial.answer is not None and not trial.abstained)
    refused = shares([each for each in trials if each.question_id in answerable], lambda trial: trial.abstained)
    made_up, hard = sum(replied.made_up.values()), len(replied.made_up)
    return Abstention(
        answer_rate=wilson(sum(answered.values()), len(answered), level),
        right_refusals=wilson(hard - made_up, hard, level),
        made_up=wilson(made_up, hard, level),
        wrong_refusals=wilson(sum(refused.values()), len(refused), level),
        replies=replied.total,
        perhaps_refused=replied.perhaps_refused,
        perhaps_made_up=replied.perhaps_made_up,
        unanswerable_failed=replied.failed,
    )
