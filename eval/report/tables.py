"""The summary as the tables of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from eval import numbers
from eval.latency import Percentiles
from eval.measures import MetricSummary, PipelineSummary
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.numbers import NOTHING
from eval.report.cells import Cell, Row, place, share
from eval.statistics import Estimate
from eval.summary import Summary
from eval.table import OVERVIEW, Column


@dataclass(frozen=True)
class Family:
    """Rows of one kind, a column for each pipeline."""

    title: str
    rows: Sequence[Row]


def columns(summary: Summary) -> dict[str, Column]:
    """Those of the overview that do not stand beneath another; what no pipeline has is left out."""
    used = {name: OVERVIEW[name] for name in _BENEATH}
    if not summary.unanswerable:
        del used["made_up"]
    if not any("recall_at_4" in each.metrics for each in summary.pipelines):
        del used["recall"]
    return used


def summary_rows(summary: Summary, used: Mapping[str, Column]) -> list[Row]:
    """One row a pipeline."""
    leader = summary.verdict.leaders[0] if summary.verdict.clear else None
    return [
        Row(
            each.name,
            each.kind,
            [
                Cell(column.value(each), _BENEATH[name](each), name == "correctness" and each.name == leader)
                for name, column in used.items()
            ],
            place(index),
        )
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
            "Answering and declining",
            [
                row(OVERVIEW["answered"].title, "of all questions", lambda each: share(each.abstention.answer_rate)),
                row(
                    OVERVIEW["made_up"].title,
                    "of those without an answer, failures left out",
                    _made_up,
                ),
                row(
                    "Rightly declined",
                    "of those without an answer, failures left out",
                    lambda each: share(each.abstention.right_refusals),
                ),
                row("Wrongly declined", "of those with an answer", lambda each: share(each.abstention.wrong_refusals)),
            ],
        ),
        Family(
            "Time",
            [
                row(
                    f"{OVERVIEW['first_token'].title} (ttft)",
                    "p50, p95, p99",
                    lambda each: _percentiles(each.latency.ttft, each.latency.n),
                ),
                row(
                    f"{OVERVIEW['answer'].title} (e2el)",
                    "p50, p95, p99; pipelines were asked in turns",
                    lambda each: _percentiles(each.latency.e2el, each.latency.n),
                ),
                row("Tokens a second", "throughput", lambda each: Cell(numbers.rate(each.latency.tokens_per_second))),
            ],
        ),
        Family(
            "Cost",
            [
                row(OVERVIEW["cost"].title, "training and indexing apart", _cost),
                row(
                    "This run",
                    "all questions, the judge apart",
                    lambda each: Cell(numbers.money(each.cost.total, each.cost.currency)),
                ),
                row("Training", "once for each version of the documents", lambda each: _made(each, training=True)),
                row("Indexing", "once for each version of the documents", lambda each: _made(each, training=False)),
            ],
        ),
        Family("Trials", [row("Questions", "what became of them", _trials)]),
    ]
    return [family for family in (*metric_families, *others) if family.rows]


def _metric(each: PipelineSummary, name: str) -> Cell:
    found = each.metrics.get(name)
    value = None if found is None else found.mean.mean
    return Cell(NOTHING if value is None else numbers.score(value), _metric_lines(each, name))


def _metric_lines(each: PipelineSummary, name: str) -> tuple[str, ...]:
    found = each.metrics.get(name)
    return ("does not apply",) if found is None else (*_interval(found.mean), *_counts(found))


def _interval(estimate: Estimate) -> tuple[str, ...]:
    return () if estimate.low is None else (numbers.interval(estimate.low, estimate.high),)


def _counts(metric: MetricSummary) -> tuple[str, ...]:
    """Always all four, so that nobody wonders what is in the mean; each on a line, or the table would be too wide."""
    counts = (metric.scored, metric.abstained, metric.failed, metric.skipped)
    words = ("scored", "abstained", "failed", "skipped")
    return tuple(f"{numbers.count(count)} {word}" for count, word in zip(counts, words, strict=True))


def _time_lines(each: PipelineSummary) -> tuple[str, ...]:
    if each.latency.e2el.p50 is None:
        return ("no fresh answer",)
    beneath = [OVERVIEW[name] for name in ("answer_p95", "first_token")]
    lines = [f"{column.title.lower()} {column.value(each)}" for column in beneath]
    return (*lines, f"{numbers.count(each.latency.n)} answers timed")


def _percentiles(found: Percentiles, n: int) -> Cell:
    """The p99 of fewer than 100 answers is next to their largest, and says nothing of rare ones."""
    if found.p50 is None:
        return Cell(numbers.UNKNOWN)
    last = numbers.seconds(found.p99) if n >= 100 else "p99 needs 100 answers"
    return Cell(numbers.seconds(found.p50), (f"{numbers.seconds(found.p95)}, {last}",))


def _cost(each: PipelineSummary) -> Cell:
    return Cell(OVERVIEW["cost"].value(each), _cost_lines(each))


def _cost_lines(each: PipelineSummary) -> tuple[str, ...]:
    cost = each.cost
    lines = [f"{numbers.count(cost.unpriced)} not priced"] if cost.unpriced and cost.per_query is not None else []
    lines += [
        f"{what} {numbers.money(amount, cost.currency)}"
        for what, amount in (("training", cost.setup.training), ("indexing", cost.setup.indexing))
        if amount and cost.per_query is not None
    ]
    return tuple(lines)


def _made(each: PipelineSummary, training: bool) -> Cell:
    seconds = each.preparation.training_seconds if training else each.preparation.indexing_seconds
    if not seconds:
        return Cell(NOTHING, ("none" if seconds == 0 else "not measured",))
    amount = each.cost.setup.training if training else each.cost.setup.indexing
    return Cell(numbers.money(amount, each.cost.currency), (numbers.seconds(seconds),))


def _made_up(each: PipelineSummary) -> Cell:
    found, told = share(each.abstention.made_up), []
    if not each.abstention.made_up.n and each.abstention.unanswerable_failed:
        return replace(found, lines=("all of them failed",))
    if refused := each.abstention.perhaps_refused:
        told.append(f"{numbers.count(refused)} may be refusals")
    if made_up := each.abstention.perhaps_made_up:
        told.append(f"{numbers.count(made_up)} more may be made up")
    return replace(found, lines=(*found.lines, *told))


def _trials(each: PipelineSummary) -> Cell:
    lines = (
        f"{numbers.count(each.answered)} answered, {numbers.count(each.abstained)} abstained",
        f"{numbers.count(each.failed)} failed, {numbers.count(each.cached)} cached",
    )
    return Cell(numbers.count(each.trials), lines)


_BENEATH: dict[str, Callable[[PipelineSummary], tuple[str, ...]]] = {
    "correctness": lambda each: _metric_lines(each, CORRECTNESS),
    "faithfulness": lambda each: _metric_lines(each, FAITHFULNESS),
    "answered": lambda each: share(each.abstention.answer_rate).lines,
    "made_up": lambda each: _made_up(each).lines,
    "recall": lambda each: _metric_lines(each, "recall_at_4"),
    "answer": _time_lines,
    "cost": _cost_lines,
}
"""What stands in small letters beneath each value of the first table."""
