"""The summary as the tables of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval import numbers
from eval.measures import MetricSummary, PipelineSummary
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.report.cells import NOTHING, Cell, Row, place, share
from eval.statistics import Estimate
from eval.summary import Summary

THOUSAND = 1000  # answers: the cost of one is too small a number to read


@dataclass(frozen=True)
class Family:
    """Rows of one kind, a column for each pipeline."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Column:
    """A column of the first table, and how it is filled."""

    title: str
    note: str
    cell: Callable[[PipelineSummary], Cell]


def columns(summary: Summary) -> list[Column]:
    """The few numbers that matter first; those that no pipeline has are left out."""
    leader = summary.verdict.leaders[0] if summary.verdict.clear else None
    found = [
        Column("Correctness", "0 to 1, higher is better", lambda each: _metric(each, CORRECTNESS, each.name == leader)),
        Column("Faithfulness", "to the gold evidence, higher is better", lambda each: _metric(each, FAITHFULNESS)),
    ]
    if summary.unanswerable:
        found.append(
            Column(
                "Rightly declined",
                "of those without an answer, higher is better",
                lambda each: share(each.abstention.right_refusals),
            )
        )
    if any("recall_at_4" in each.metrics for each in summary.pipelines):
        found.append(Column("Recall@4", "evidence found, higher is better", lambda each: _metric(each, "recall_at_4")))
    return [
        *found,
        Column("Time", "median to the end, lower is better", _time),
        Column("Cost", f"of {numbers.count(THOUSAND)} answers, lower is better", _cost),
    ]


def summary_rows(summary: Summary, used: Sequence[Column]) -> list[Row]:
    """One row a pipeline."""
    return [
        Row(each.name, each.kind, [column.cell(each) for column in used], place(index))
        for index, each in enumerate(summary.pipelines)
    ]


def families(summary: Summary) -> list[Family]:
    """Everything that was measured, one row each."""
    pipelines = summary.pipelines
    shown = [name for name in METRICS if any(name in each.metrics for each in pipelines)]
    metric_families = [
        Family(
            title,
            [
                Row(METRICS[name].title, METRICS[name].about, [_metric(each, name) for each in pipelines])
                for name in shown
                if METRICS[name].family == family
            ],
        )
        for family, title in (
            ("correctness", "Correctness"),
            ("faithfulness", "Faithfulness"),
            ("retrieval", "Retrieval"),
        )
    ]

    def row(title: str, note: str, cell: Callable[[PipelineSummary], Cell]) -> Row:
        return Row(title, note, [cell(each) for each in pipelines])

    others = [
        Family(
            "Declining",
            [
                row("Answered", "share of all questions", lambda each: share(each.abstention.answer_rate)),
                row(
                    "Rightly declined",
                    "of those without an answer",
                    lambda each: share(each.abstention.right_refusals),
                ),
                row("Made up", "of those without an answer", lambda each: share(each.abstention.made_up)),
                row("Wrongly declined", "of those with an answer", lambda each: share(each.abstention.wrong_refusals)),
            ],
        ),
        Family(
            "Time",
            [
                row(
                    "First piece (ttft)",
                    "p50, p95, p99",
                    lambda each: _percentiles(each.latency.ttft.p50, each.latency.ttft.p95, each.latency.ttft.p99),
                ),
                row(
                    "Whole answer (e2el)",
                    "p50, p95, p99",
                    lambda each: _percentiles(each.latency.e2el.p50, each.latency.e2el.p95, each.latency.e2el.p99),
                ),
                row("Tokens a second", "throughput", lambda each: Cell(numbers.rate(each.latency.tokens_per_second))),
            ],
        ),
        Family(
            "Cost",
            [
                row("Answering", f"{numbers.count(THOUSAND)} answers", _cost),
                row("This run", "all questions", lambda each: Cell(numbers.money(each.cost.total, each.cost.currency))),
                row("Training", "once for each version of the documents", lambda each: _made(each, training=True)),
                row("Indexing", "once for each version of the documents", lambda each: _made(each, training=False)),
            ],
        ),
        Family("Trials", [row("Questions", "what became of them", _trials)]),
    ]
    return [family for family in (*metric_families, *others) if family.rows]


def _metric(each: PipelineSummary, name: str, best: bool = False) -> Cell:
    found = each.metrics.get(name)
    if found is None:
        return Cell(NOTHING, ("does not apply",))
    value = NOTHING if found.mean.mean is None else numbers.score(found.mean.mean)
    return Cell(value, (*_interval(found.mean), *_counts(found)), best)


def _interval(estimate: Estimate) -> tuple[str, ...]:
    return () if estimate.low is None else (numbers.interval(estimate.low, estimate.high),)


def _counts(metric: MetricSummary) -> tuple[str, str]:
    """Always all four, so that nobody wonders what is in the mean."""
    one, two, three, four = map(numbers.count, (metric.scored, metric.abstained, metric.failed, metric.skipped))
    return f"{one} scored, {two} abstained", f"{three} failed, {four} skipped"


def _time(each: PipelineSummary) -> Cell:
    latency = each.latency
    if latency.e2el.p50 is None:
        return Cell(numbers.UNKNOWN, ("no fresh answer",))
    lines = (
        f"p95 {numbers.seconds(latency.e2el.p95)}",
        f"first piece {numbers.seconds(latency.ttft.p50)}",
        f"{numbers.count(latency.n)} answers timed",
    )
    return Cell(numbers.seconds(latency.e2el.p50), lines)


def _percentiles(*values: float | None) -> Cell:
    if values[0] is None:
        return Cell(numbers.UNKNOWN)
    first, *rest = map(numbers.seconds, values)
    return Cell(first, (", ".join(rest),))


def _cost(each: PipelineSummary) -> Cell:
    cost = each.cost
    if cost.per_query is None:
        return Cell(numbers.UNKNOWN)
    lines = [f"{numbers.count(cost.unpriced)} not priced"] if cost.unpriced else []
    lines += [
        f"{what}: {numbers.money(amount, cost.currency)}"
        for what, amount in (("training", cost.setup.training), ("indexing", cost.setup.indexing))
        if amount
    ]
    return Cell(numbers.money(cost.per_query * THOUSAND, cost.currency), tuple(lines))


def _made(each: PipelineSummary, training: bool) -> Cell:
    seconds = each.preparation.training_seconds if training else each.preparation.indexing_seconds
    if not seconds:
        return Cell(NOTHING, ("none" if seconds == 0 else "not measured",))
    amount = each.cost.setup.training if training else each.cost.setup.indexing
    return Cell(numbers.money(amount, each.cost.currency), (numbers.seconds(seconds),))


def _trials(each: PipelineSummary) -> Cell:
    lines = (
        f"{numbers.count(each.answered)} answered, {numbers.count(each.abstained)} abstained",
        f"{numbers.count(each.failed)} failed, {numbers.count(each.cached)} cached",
    )
    return Cell(numbers.count(each.trials), lines)
