"""How fresh a pipeline is once its documents have changed: new answers right, old ones given, unchanged ones broken.

Every question counts by one rule (`eval.given`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from corpora.model import Question, Record
from eval.given import Outcome, gives, holds_more_of_old, outcome
from eval.lacking import what_may_lack
from eval.metrics.abstention import declines
from eval.metrics.perhaps_refusal import may_be_refusal
from eval.metrics.terse import usual_words
from eval.pairing import question_documents
from eval.refresh_price import Refresh
from eval.replies import refusal_may_be_made_up
from eval.statistics import Estimate, wilson
from eval.trial import Trial

FILE = "staleness.json"

Kind = Literal["changed", "withdrawn", "added"]

NOT_COUNTED = (
    "are not counted, since they are too long, too short, say neither yes nor no, are taken for denials, read like "
    "refusals, may be refusals where these are right, do not tell the new answer from the old one, were cut off, or "
    "never came"
)
"""Why an answer may be right and is not among the new ones."""

PERHAPS_MADE_UP = "are refusals where these are right, and may be made up"
"""Why an answer may not be right, and is among the new ones."""


@dataclass(frozen=True)
class Selection:
    """What is asked about a change, by question id.

    `kinds`: questions whose answer is another now, that lost their answer (`withdrawn`), or that are new. `unchanged`:
    a sample of the questions that the run asked and that have the answer they had. `before` has no new questions.
    """

    kinds: dict[str, Kind]
    unchanged: tuple[str, ...]
    before: dict[str, Question]
    after: dict[str, Question]

    @property
    def touched(self) -> tuple[Question, ...]:
        return tuple(self.after[key] for key in self.kinds)

    @property
    def documents(self) -> dict[str, str]:
        """The document of each touched question; that of a withdrawn one is where its answer was."""
        old = [self.before[key] for key in self.kinds if key in self.before]
        return question_documents(old) | question_documents(self.touched)

    @property
    def sample(self) -> tuple[Question, ...]:
        return tuple(self.after[key] for key in self.unchanged)


class Shares(Record):
    """How often an answer gave the new reference, the old one, or neither, with Wilson intervals.

    The new reference of a withdrawn question is to say that one does not know. Added questions have no old one.
    """

    new: Estimate
    old: Estimate
    neither: Estimate


class Asked(Record):
    """What one pipeline answered at one time. `failed` trials are among `neither`, and so are the questions in
    `uncounted`, whose answers may be right and are not counted (`NOT_COUNTED`), failures among them. `refused` are the
    other questions that were refused, and `perhaps_made_up` those among the new ones whose refusal is right and may be
    made up (`eval.metrics.perhaps_refusal`). A file of an earlier version has none of the three.
    """

    changed: Shares
    withdrawn: Shares
    added: Shares
    failed: int
    outcomes: dict[str, Outcome]
    uncounted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    perhaps_made_up: tuple[str, ...] = ()

    @property
    def right(self) -> int:
        """How many are right about what has changed, of all kinds together; of as many as there are outcomes."""
        return list(self.outcomes.values()).count("new")

    @property
    def share_right(self) -> float:
        """The freshness that the verdict goes by. Raises ZeroDivisionError where nothing was asked."""
        return self.right / len(self.outcomes)


class Unchanged(Record):
    """Questions whose answer did not change: `broken` is the share of those right before that are wrong afterwards,
    `mended` the number of those wrong before that are right afterwards. A failure, before or after, tells nothing of
    what the refresh did, and is in neither; `failed` are those afterwards. In a file of an earlier version they are
    wrong.
    """

    questions: int
    broken: Estimate
    mended: int
    broken_questions: tuple[str, ...]
    failed: int = 0


class PipelineStaleness(Record):
    """One pipeline. `before` is with its old index and adapter; what comes after a refresh is None where there was
    none, for the reason in `not_refreshed`.
    """

    name: str
    before: Asked
    after: Asked | None
    unchanged: Unchanged | None
    refresh: Refresh | None
    not_refreshed: str | None

    @property
    def failed(self) -> int:
        """How many questions failed after the refresh, of those that changed and of the others."""
        return (self.after.failed if self.after else 0) + (self.unchanged.failed if self.unchanged else 0)


class Staleness(Record):
    """What a change of the corpus did to the pipelines of a run; `staleness.json` in the run's folder.

    `documents` has that of each question in `kinds` with evidence, after the change or before it: changes sit in few
    documents. A file of an earlier version has none of them. `temperature` is that of decoding.
    """

    run_id: str
    description: str
    corpus_hash: str
    changed_hash: str
    metric: str
    threshold: float
    level: float
    seed: int
    kinds: dict[str, Kind]
    documents: dict[str, str] = Field(default_factory=dict)
    sample: tuple[str, ...]
    temperature: float = 0.0
    pipelines: tuple[PipelineStaleness, ...]


def select(
    before: Sequence[Question], after: Sequence[Question], asked: Sequence[Question], sample: int, seed: int
) -> Selection:
    """Sorts the questions of the changed corpus by what became of their answers.

    Args:
        asked: the questions of the run; `sample` of those unchanged are drawn from them, with `seed`.
    """
    old, new = ({question.id: question for question in questions} for questions in (before, after))
    kinds: dict[str, Kind] = {}
    for key, question in new.items():
        if key not in old:
            kinds[key] = "added"
        elif old[key].right_answers != question.right_answers:
            kinds[key] = "changed" if question.answerable else "withdrawn"
    unchanged = sorted(each.id for each in asked if each.answerable and each.id in new and each.id not in kinds)
    drawn = random.Random(seed).sample(unchanged, min(sample, len(unchanged)))
    return Selection(kinds, tuple(drawn), old, new)


def score_asked(selection: Selection, trials: Mapping[str, Trial], threshold: float, level: float) -> Asked:
    """Scores a pipeline's trials of the touched questions, by question id; every one of them must be there."""
    trials = {key: trials[key].answering(selection.after[key]) for key in selection.kinds}
    told = {
        key: outcome(trials[key], selection.before.get(key), selection.after[key], threshold) for key in selection.kinds
    }
    outcomes: dict[str, Outcome] = {key: "neither" if each == "unclear" else each for key, each in told.items()}
    answers = {key: answer for key in selection.kinds if (answer := trials[key].answer)}
    usual = usual_words(answer.response for answer in answers.values())

    def shares(kind: Kind) -> Shares:
        found = [outcomes[key] for key, each in selection.kinds.items() if each == kind]
        has_old = len(found) if kind != "added" else 0
        return Shares(
            new=wilson(found.count("new"), len(found), level),
            old=wilson(found.count("old"), has_old, level),
            neither=wilson(found.count("neither"), len(found), level),
        )

    uncounted = tuple(
        key
        for key in selection.kinds
        if told[key] == "unclear" or (told[key] == "neither" and _may_be_right(selection, trials[key], usual))
    )
    return Asked(
        changed=shares("changed"),
        withdrawn=shares("withdrawn"),
        added=shares("added"),
        failed=sum(trials[key].failure is not None for key in selection.kinds),
        outcomes=outcomes,
        uncounted=uncounted,
        refused=tuple(
            key
            for key, answer in answers.items()
            if key not in uncounted and declines(answer.response, selection.after[key].right_answers)
        ),
        perhaps_made_up=tuple(
            key
            for key in answers
            if outcomes[key] == "new"
            and not (after := selection.after[key]).answerable
            and refusal_may_be_made_up(after, trials[key])
        ),
    )


def _may_be_right(selection: Selection, trial: Trial, usual: frozenset[str]) -> bool:
    """Whether an answer that gives neither may be right, and is not counted (`eval.lacking`); a failure may, and so may
    a refusal in other words where nothing else is right.
    """
    if trial.answer is None:
        return True
    before, after = selection.before.get(trial.question_id), selection.after[trial.question_id]
    if not after.answerable:
        return may_be_refusal(after.user_input, trial.answer.response)
    return not holds_more_of_old(trial, before, after) and what_may_lack(after, trial.answer, usual).uncounted


def score_unchanged(
    selection: Selection, before: Mapping[str, Trial], after: Mapping[str, Trial], threshold: float, level: float
) -> Unchanged:
    """Compares each question of the sample with itself before the change."""

    def is_given(question: Question, trials: Mapping[str, Trial]) -> bool:
        return gives(trials[question.id].answering(question), question, threshold)

    pairs = {each.id: (is_given(each, before), is_given(each, after)) for each in selection.sample}
    failed = {key for key in pairs if after[key].failure is not None}
    told = {key: pair for key, pair in pairs.items() if key not in failed and before[key].failure is None}
    broken = tuple(key for key, pair in told.items() if pair == (True, False))
    right = sum(was for was, _ in told.values())
    return Unchanged(
        questions=len(pairs),
        broken=wilson(len(broken), right, level),
        mended=list(told.values()).count((False, True)),
        broken_questions=broken,
        failed=len(failed),
    )
