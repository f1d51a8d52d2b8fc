"""Metrics against people: every metric of correctness and faithfulness on answers that people judged.

Answers are scored as a bake-off scores them (`eval.scoring`): a refusal is not correct and not faithful or unfaithful,
the best of several references counts, and what breaks or takes too long has failed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from corpora.model import Record
from eval.asking import Progress
from eval.labels.agreement import Agreement, agreement
from eval.labels.judging import Judging, ask_judge, compare_with_best, spread
from eval.labels.labelled import Labelled, LabelledSet
from eval.labels.scoring import applicable, score_rows
from eval.labels.standing import Comparison
from eval.metrics.registry import METRICS, Family
from eval.scoring import SCORING_LIMIT, Scorer
from eval.statistics import Confidence
from eval.trial import Score


class MetricCheck(Record):
    """One metric on one data set.

    `abstained` answers are refusals that the metric gives no value, `failed` ones broke it: both are left out of the
    agreement. `spread` and `against` belong to judges: the standard deviation of repeated verdicts on one answer, and
    the comparison with the best metric that needs no model.
    """

    name: str
    agreement: Agreement
    abstained: int
    failed: int
    reason: str | None = None
    spread: float | None = None
    against: Comparison | None = None


class SetCheck(Record):
    """All metrics on the test half of one data set; `refusals_approved` are refusals that people called right."""

    name: str
    family: Family
    answers: int
    approved: int
    clusters: int
    refusals: int
    refusals_approved: int
    metrics: tuple[MetricCheck, ...]


async def check_set(
    labelled: LabelledSet,
    scorers: Mapping[str, Scorer],
    judging: Judging,
    confidence: Confidence,
    on_progress: Progress,
) -> SetCheck | None:
    """Every metric of the data set's family against its labels; None where its test half is empty.

    The dev half is left to those who fit thresholds and weights. Judged metrics see a random sample only.
    """
    rows = [row for row in labelled.rows if row.half == "test"]
    if not rows:
        return None
    plain, judged = (applicable(scorers, labelled.family, by_judge) for by_judge in (False, True))
    trials = await score_rows(rows, plain, SCORING_LIMIT, lambda done: on_progress(labelled.name, done, len(rows)))
    scores = {name: [trial.scores[name] for trial in trials] for name in plain}
    checks = [_check(name, rows, found, confidence) for name, found in scores.items()]
    if judged:
        known = {row.id: {name: found[place] for name, found in scores.items()} for place, row in enumerate(rows)}
        asked, verdicts = await ask_judge(rows, judged, judging, partial(on_progress, f"{labelled.name}, judging"))
        for name, found in verdicts.items():
            against = compare_with_best(asked, found, known, confidence)
            update = {"spread": spread(asked, found), "against": against}
            checks.append(_check(name, asked, found, confidence).model_copy(update=update))
    return SetCheck(
        name=labelled.name,
        family=labelled.family,
        answers=len(rows),
        approved=sum(row.label for row in rows),
        clusters=len({row.cluster for row in rows}),
        refusals=sum(trial.abstained for trial in trials),
        refusals_approved=sum(trial.abstained and row.label for trial, row in zip(trials, rows, strict=True)),
        metrics=tuple(checks),
    )


def _check(name: str, rows: Sequence[Labelled], scores: Sequence[Score], confidence: Confidence) -> MetricCheck:
    pairs = [(score.value, row) for score, row in zip(scores, rows, strict=True) if score.value is not None]
    return MetricCheck(
        name=name,
        agreement=agreement(
            [value for value, _ in pairs],
            [row.label for _, row in pairs],
            [row.cluster for _, row in pairs],
            METRICS[name].threshold,
            confidence,
        ),
        abstained=sum(score.status == "abstained" and score.value is None for score in scores),
        failed=sum(score.status == "failed" for score in scores),
        reason=next((score.reason for score in scores if score.status == "failed"), None),
    )
