"""The summary, and what a change did to a run, as tables: the same in the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from eval import numbers
from eval.differences import MEASURES, SUBSETS, Difference
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.numbers import NOTHING
from eval.spent import COST, SECONDS
from eval.staleness import Asked, PipelineStaleness, Staleness
from eval.statistics import Estimate
from eval.summary import Summary


class Table(NamedTuple):
    columns: list[str]
    rows: list[list[str]]

    def turned(self) -> Table:
        """Rows as columns: narrower where there are more measures than pipelines, as in a terminal."""
        lines = list(zip(self.columns, *self.rows, strict=True))
        return Table(list(lines[0]), [list(line) for line in lines[1:]])

    def markdown(self) -> str:
        """A table in Markdown; the first column to the left, the numbers to the right."""
        lines = [self.columns, ["---", *["---:"] * (len(self.columns) - 1)], *self.rows]
        return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines) + "\n"


@dataclass(frozen=True)
class Column:
    """A number of the overview, under one name wherever it is shown.

    Attributes:
        note: what it is of, and which way is better, for those who have the room to read it.
        value: as it is written; a dash where it does not apply.
        metric: whose interval belongs beside the value; None where that would be too much for a table.
    """

    title: str
    note: str
    value: Callable[[PipelineSummary], str]
    metric: str | None = None

    def write(self, pipeline: PipelineSummary) -> str:
        """The value with its interval: 0.59 (0.50 to 0.67)."""
        if self.metric is not None and self.metric in pipeline.metrics:
            return with_interval(pipeline.metrics[self.metric].mean)
        return self.value(pipeline)


def with_interval(estimate: Estimate, write: Callable[[float | None], str] = numbers.score) -> str:
    """0.59 (0.50 to 0.67)."""
    if estimate.mean is None:
        return NOTHING
    if estimate.low is None or estimate.high is None:
        return write(estimate.mean)
    return f"{write(estimate.mean)} ({write(estimate.low)} to {write(estimate.high)})"


def overview(summary: Summary) -> Table:
    """One row a pipeline: what matters in a minute. A dash stands where a measure does not apply."""
    rows = [[each.name, *(column.write(each) for column in OVERVIEW.values())] for each in summary.pipelines]
    return Table(["Pipeline", *(column.title for column in OVERVIEW.values())], rows)


def _score(pipeline: PipelineSummary, metric: str) -> str:
    mean = pipeline.metrics[metric].mean.mean if metric in pipeline.metrics else None
    return NOTHING if mean is None else numbers.score(mean)


def _share(estimate: Estimate) -> str:
    return NOTHING if estimate.mean is None else numbers.percent(estimate.mean)


OVERVIEW = {
    "correctness": Column(
        METRICS[CORRECTNESS].title, "0 to 1, higher is better", lambda each: _score(each, CORRECTNESS), CORRECTNESS
    ),
    "faithfulness": Column(
        METRICS[FAITHFULNESS].title,
        "to the gold evidence, higher is better",
        lambda each: _score(each, FAITHFULNESS),
        FAITHFULNESS,
    ),
    "answered": Column("Answered", "of all questions", lambda each: _share(each.abstention.answer_rate)),
    "made_up": Column(
        "Made up",
        "of those without an answer, failures left out, lower is better",
        lambda each: _share(each.abstention.made_up),
    ),
    "recall": Column(
        METRICS["recall_at_4"].title,
        "of the evidence, in the first four passages, or in all where fewer are shown; higher is better",
        lambda each: _score(each, "recall_at_4"),
    ),
    "first_token": Column(
        "First token", "median, lower is better", lambda each: numbers.seconds(each.latency.ttft.p50)
    ),
    "answer": Column(
        "Answer", "median to its end, lower is better", lambda each: numbers.seconds(each.latency.e2el.p50)
    ),
    "answer_p95": Column(
        "Answer p95", "to its end, lower is better", lambda each: numbers.seconds(each.latency.e2el.p95)
    ),
    "cost": Column(
        "Cost per query",
        "training and indexing apart, lower is better",
        lambda each: numbers.money(each.cost.per_query, each.cost.currency),
    ),
    "failed": Column("Failed", "counted as not correct", lambda each: numbers.count(each.failed)),
}
"""What matters in a minute: the terminal and summary.md show all of it, the page some of it beneath the rest."""


def metric_table(summary: Summary) -> Table:
    """One row for each metric of each pipeline, with what became of its trials."""
    columns = ["Pipeline", "Metric", "Mean", "n", "Scored", "Abstained", "Failed", "Skipped"]
    rows = [
        [each.name, METRICS[name].title, with_interval(metric.mean)]
        + [str(n) for n in (metric.mean.n, metric.scored, metric.abstained, metric.failed, metric.skipped)]
        for each in summary.pipelines
        for name, metric in each.metrics.items()
    ]
    return Table(columns, rows)


def difference_table(summary: Summary) -> Table:
    """Every paired difference, first minus second, with what it would take to see a smaller one."""
    columns = ["Difference", "Of", "Questions", "Mean", "n", "p (Holm)", "Different", "In right answers"]
    columns += ["Smallest to see", "More needed"]
    return Table(columns, [_difference_row(each, summary) for each in summary.differences])


def difference_writer(measure: str, currency: str) -> Callable[[float | None], str]:
    """How a difference of that measure is written, with its sign."""
    if measure == COST:
        return partial(numbers.signed, partial(numbers.money, currency=currency))
    return partial(numbers.signed, numbers.seconds) if measure == SECONDS else numbers.difference


def _difference_row(each: Difference, summary: Summary) -> list[str]:
    paired, write = each.paired, difference_writer(each.measure, summary.pipelines[0].cost.currency)
    apart, more = summary.apart(each), each.paired.more
    return [
        f"{each.a} − {each.b}",
        MEASURES[each.measure],
        SUBSETS[each.subset],
        with_interval(paired.estimate, write),
        str(paired.estimate.n),
        NOTHING if paired.adjusted is None else numbers.probability(paired.adjusted),
        NOTHING if not paired.estimate.n else "yes" if apart == "different" else apart,
        NOTHING if paired.right is None else with_interval(paired.right.estimate, numbers.difference),
        NOTHING if paired.smallest is None else write(paired.smallest),
        NOTHING if more is None else numbers.count(more),
    ]


def tag_table(summary: Summary) -> Table:
    """Correctness of each pipeline by tag; all pipelines have the same tags."""
    rows = [
        [tag, *(with_interval(each.tags[tag][CORRECTNESS].mean) for each in summary.pipelines)]
        for tag in summary.pipelines[0].tags
    ]
    return Table(["Questions", *(each.name for each in summary.pipelines)], rows)


RIGHT_AFTER = "Right about what has changed"
"""Of changed, withdrawn and added questions together, after the refresh."""


def by_chance(staleness: Staleness) -> list[str]:
    """What asking again changes by itself, in a sentence; none where decoding is greedy."""
    if not staleness.temperature:
        return []
    return [
        f"Answers are drawn at random (temperature {staleness.temperature:g}): asked again, some of the unchanged "
        "questions are broken or mended by chance alone. Only pipelines that the refresh reaches are asked again, so "
        "that of the others none can be."
    ]


def staleness_table(staleness: Staleness) -> Table:
    """One row a pipeline. A dash stands where nothing was refreshed, or there was nothing to ask."""
    columns: dict[str, Callable[[PipelineStaleness], str]] = {
        "Pipeline": lambda each: each.name,
        RIGHT_AFTER: _right_after,
        "New answer, before": lambda each: _share_with_interval(each.before.changed.new),
        "Old answer, before": lambda each: _share_with_interval(each.before.changed.old),
        "New answer, after": lambda each: _after(each, lambda asked: asked.changed.new),
        "Old answer, after": lambda each: _after(each, lambda asked: asked.changed.old),
        "Neither, after": lambda each: _after(each, lambda asked: asked.changed.neither),
        "New questions, after": lambda each: _after(each, lambda asked: asked.added.new),
        "Withdrawn, refused": lambda each: _after(each, lambda asked: asked.withdrawn.new),
        "Withdrawn, old answer": lambda each: _after(each, lambda asked: asked.withdrawn.old),
        "May be right, not counted": lambda each: numbers.count(len(each.after.uncounted)) if each.after else NOTHING,
        "Failed, after, unchanged ones too": lambda each: numbers.count(each.failed) if each.after else NOTHING,
        "Unchanged, broken": lambda each: _share_with_interval(each.unchanged.broken) if each.unchanged else NOTHING,
        "Refresh": lambda each: numbers.seconds(each.refresh.seconds) if each.refresh else NOTHING,
        "Refresh cost": lambda each: (
            numbers.money(each.refresh.cost, each.refresh.currency) if each.refresh else NOTHING
        ),
    }
    return Table(list(columns), [[write(each) for write in columns.values()] for each in staleness.pipelines])


def _right_after(pipeline: PipelineStaleness) -> str:
    """The freshness that the verdict goes by, and its counts: 0.75, 30 of 40."""
    asked = pipeline.after
    if asked is None or not asked.outcomes:
        return NOTHING
    of_all = f"{numbers.count(asked.right)} of {numbers.count(len(asked.outcomes))}"
    return f"{numbers.score(asked.share_right)}, {of_all}"


def _after(pipeline: PipelineStaleness, share: Callable[[Asked], Estimate]) -> str:
    return NOTHING if pipeline.after is None else _share_with_interval(share(pipeline.after))


def _share_with_interval(estimate: Estimate) -> str:
    if estimate.mean is None or estimate.low is None or estimate.high is None:
        return NOTHING
    return f"{numbers.percent(estimate.mean)} ({100 * estimate.low:.0f} to {numbers.percent(estimate.high)})"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
