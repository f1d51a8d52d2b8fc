"""Labelled answers scored as a bake-off scores the answers of its pipelines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from corpora.model import Evidence, Question
from eval.labels.labelled import Labelled
from eval.metrics.registry import METRICS, Family
from eval.scoring import Scorer, score_trial
from eval.trial import Trial
from pipelines.contract import Answer, Timing, Usage

_KNOWN = {"user_input", "response", "reference", "reference_contexts"}
"""What labelled answers come with: no passages were retrieved for them."""


def applicable(scorers: Mapping[str, Scorer], family: Family, judged: bool) -> dict[str, Scorer]:
    """The metrics of a family whose inputs labelled answers have: those that ask a judge, or those that do not."""
    return {
        name: scorer
        for name, scorer in scorers.items()
        if METRICS[name].family == family and METRICS[name].judged == judged and set(METRICS[name].inputs) <= _KNOWN
    }


async def score_rows(
    rows: Sequence[Labelled], scorers: Mapping[str, Scorer], limit: float, on_done: Callable[[int], None]
) -> list[Trial]:
    """The answers as scored trials, in order."""
    trials = []
    for number, row in enumerate(rows, start=1):
        trials.append(await score_row(row, scorers, limit))
        if number % 50 == 0 or number == len(rows):
            on_done(number)
            await asyncio.sleep(0)  # what else runs in this loop has its turn
    return trials


async def score_row(row: Labelled, scorers: Mapping[str, Scorer], limit: float) -> Trial:
    """A labelled answer as a trial, scored; nobody took its time or counted its tokens."""
    question = Question(
        id=row.id,
        user_input=row.user_input or "",
        reference=row.references[0] if row.references else None,
        reference_aliases=row.references[1:],
        reference_contexts=tuple(
            Evidence(document_id=row.cluster, start=0, end=len(text), text=text) for text in row.evidence
        ),
    )
    answer = Answer(
        response=row.response,
        usage=Usage(),
        timing=Timing(ttft=0, e2el=0, retrieval=0, generation=0),
        model=row.dataset,
        finish_reason="stop",
    )
    trial = Trial(pipeline=row.dataset, question_id=row.id, answer=answer, asked_at="")
    return await score_trial(question, trial, scorers, limit)
