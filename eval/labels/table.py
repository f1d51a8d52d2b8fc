"""What `check_set` found, as tables and sentences: the same in the terminal and in docs/metrics.md."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from eval import numbers
from eval.labels.agreement import figure
from eval.labels.check import MetricCheck, SetCheck
from eval.labels.standing import ENOUGH, Standing
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.numbers import NOTHING
from eval.table import Table

COLUMNS = ["Metric", "Answers", "AUROC", "Yes from", "Balanced accuracy", "Calibration error", "Brier"]


def heading(check: SetCheck) -> str:
    """EVOUNA NQ: correctness of 1 740 answers in 348 clusters, 1 302 approved by people."""
    return (
        f"{check.name}: {check.family} of {numbers.count(check.answers)} answers in "
        f"{numbers.counted(check.clusters, 'cluster')}, {numbers.count(check.approved)} approved by people"
    )


def agreement_table(check: SetCheck) -> Table:
    """One row a metric, figures with their intervals; a dash where a figure cannot be told."""
    return Table(COLUMNS, [_row(metric) for metric in check.metrics])


def reliability_table(check: SetCheck) -> Table:
    """Of the family's headline metric: what share of people approved of the answers in each tenth of its scale."""
    name = CORRECTNESS if check.family == "correctness" else FAITHFULNESS
    bins = next((metric.agreement.bins for metric in check.metrics if metric.name == name), ())
    rows = [
        [f"{each.low:.1f} to {each.high:.1f}", numbers.count(each.n), _value(each.mean_score), _value(each.share_right)]
        for each in bins
        if each.n
    ]
    return Table([f"{name} from", "Answers", "Mean score", "Share approved"], rows)


def notes(check: SetCheck) -> list[str]:
    """What the table cannot say: too little data, refusals, failures, one-sided labels, what the judge is worth."""
    told: list[str] = []
    if check.clusters < ENOUGH:
        told.append(
            f"These figures tell nothing: they rest on {numbers.counted(check.answers, 'answer')} in "
            f"{numbers.counted(check.clusters, 'cluster')}, and answers of one cluster are alike. Bring at least "
            f"{ENOUGH} clusters, and some hundred answers for figures to rely on."
        )
    if check.refusals:
        worth = "counted as incorrect" if check.family == "correctness" else "left out"
        told.append(
            f"Read as refusals, and {worth}: {numbers.counted(check.refusals, 'answer')}; "
            f"people approved of {numbers.count(check.refusals_approved)} of them."
        )
    doubts = {metric.agreement.doubt: None for metric in check.metrics if metric.agreement.n}
    told += [f"AUROC and balanced accuracy cannot be told: {doubt}. {_one_sided(check)}" for doubt in doubts if doubt]
    for metric in check.metrics:
        if metric.failed:
            reason = textwrap.shorten(metric.reason or "", 120, placeholder=" …")
            told.append(f"{metric.name} failed {metric.failed} times ({reason}); these are left out.")
        if METRICS[metric.name].judged:
            told += [f"{metric.name}: {text}." for text in _standing(check.name, metric).in_words()]
    return told


def sections(checks: Sequence[SetCheck]) -> str:
    """All data sets in Markdown: a heading, the table, the reliability of the headline metric, the notes."""
    parts = []
    for check in checks:
        parts.append(f"### {heading(check)}\n\n{agreement_table(check).markdown()}")
        told = "".join(f"- {note}\n" for note in notes(check)).replace("<", "&lt;")
        reliability = reliability_table(check)
        parts += [text for text in (told, reliability.markdown() if reliability.rows else "") if text]
    return "\n".join(parts)


def judge_standings(checks: Sequence[SetCheck]) -> list[Standing]:
    """What came of the judged metrics."""
    return [_standing(check.name, each) for check in checks for each in check.metrics if METRICS[each.name].judged]


def _standing(data: str, check: MetricCheck) -> Standing:
    return Standing(
        metric=check.name,
        data=data,
        answers=check.agreement.n,
        clusters=check.agreement.clusters,
        auroc=check.agreement.auroc,
        spread=check.spread,
        against=check.against,
    )


def _one_sided(check: SetCheck) -> str:
    """What labels of one class still show: how many of them the threshold recognises."""
    shown = []
    for metric in check.metrics:
        found = metric.agreement
        rate = found.sensitivity if found.approved else found.specificity
        if rate.value is not None and found.n:
            shown.append(f"{metric.name} {figure(rate)}")
    return f"On the right side of the threshold: {', '.join(shown)}."


def _row(metric: MetricCheck) -> list[str]:
    found = metric.agreement
    return [
        metric.name,
        numbers.count(found.n),
        figure(found.auroc),
        NOTHING if found.threshold is None else numbers.score(found.threshold),
        figure(found.balanced_accuracy),
        figure(found.calibration_error),
        figure(found.brier),
    ]


def _value(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"
