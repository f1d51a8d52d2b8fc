"""The summary as the figures of the page: which plots there are, and what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval import numbers
from eval.differences import SUBSETS
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS
from eval.report.comparing import turned
from eval.report.frame import Interval, Series, seconds_tick
from eval.report.plots import Distribution, Group, Pair, distributions, forest, groups
from eval.report.tradeoff import ALL_NAMED, Point, tradeoff
from eval.statistics import Estimate
from eval.summary import Summary
from eval.table import OVERVIEW
from eval.trial import Trial

MOST_KINDS = 12  # kinds of question in one plot


@dataclass(frozen=True)
class Drawing:
    """A plot with its caption. `legend` where its marks are not named beside them."""

    title: str
    note: str
    svg: str
    legend: bool = False


def against_cost(summary: Summary) -> Drawing | None:
    """None where no pipeline's cost is known."""
    if all(each.cost.per_query is None for each in summary.pipelines):
        return None
    currency = summary.pipelines[0].cost.currency

    def cost(each: PipelineSummary) -> Interval | None:
        amount = each.cost.per_query
        return None if amount is None else Interval(*[amount] * 3)

    def money(value: float) -> str:
        return numbers.money(value, currency)

    points = _points(summary, cost)
    unknown = [point.series.name for point in points if point.x is None]
    note = f"Upright lines are {_level(summary)} intervals. Training and indexing are not in this cost."
    if unknown:
        note += f" The cost of {', '.join(unknown)} is unknown."
    said = _said(points, money, "per query")
    label = f"{OVERVIEW['cost'].title}, {currency} (lower is better)"
    svg = tradeoff("cost", points, label, money, f"Correctness against cost. {said}")
    return _drawn("Correctness against cost", note, svg, points)


def against_time(summary: Summary) -> Drawing | None:
    """None where nothing was timed."""
    if all(each.latency.e2el.p50 is None for each in summary.pipelines):
        return None

    def median(each: PipelineSummary) -> Interval | None:
        times = each.latency.e2el
        return None if times.p50 is None or times.p95 is None else Interval(times.p50, times.p50, times.p95)

    points = _points(summary, median)
    note = f"Upright lines are {_level(summary)} intervals; the line to the right ends at p95."
    said = _said(points, numbers.seconds, "at the median")
    svg = tradeoff("time", points, "Answer, median time to its end (lower is better)", seconds_tick,
                   f"Correctness against time. {said}")  # fmt: skip
    return _drawn("Correctness against time", note, svg, points)


def _drawn(title: str, note: str, svg: str, points: Sequence[Point]) -> Drawing | None:
    crowded = len(points) > ALL_NAMED
    return Drawing(f"{title}: best is the upper left", note, svg, legend=crowded) if points else None


def times(summary: Summary, trials: Sequence[Trial]) -> Drawing | None:
    """How long answers took; those from earlier runs are left out."""
    taken = {
        each.name: [trial.answer.timing for trial in trials
                    if trial.pipeline == each.name and trial.answer and not trial.cached]
        for each in summary.pipelines
    }  # fmt: skip
    series = [each for each in _series(summary) if taken[each.name]]
    if not series:
        return None
    panels = [
        (
            f"{OVERVIEW['first_token'].title} (ttft)",
            [Distribution(each, [time.ttft for time in taken[each.name]]) for each in series],
        ),
        (
            f"{OVERVIEW['answer'].title} (e2el)",
            [Distribution(each, [time.e2el for time in taken[each.name]]) for each in series],
        ),
    ]
    medians = "; ".join(
        f"{each.name} {numbers.seconds(each.latency.ttft.p50)} and {numbers.seconds(each.latency.e2el.p50)}"
        for each in summary.pipelines
        if taken[each.name]
    )
    svg = distributions("times", panels, f"Distribution of times. Medians of ttft and e2el: {medians}.")
    note = "Ticks are answers (120 at most); the bar is their middle half, the ring the median, the line ends at p95."
    return Drawing("How long answers take: further left is faster", note, svg)


def kinds(summary: Summary) -> Drawing | None:
    """Correctness by tag, the kinds with most questions first where there are too many."""
    series = _series(summary)
    sizes: dict[str, int] = {}
    for pipeline in summary.pipelines:
        for tag, metrics in pipeline.tags.items():
            sizes[tag] = max(sizes.get(tag, 0), metrics[CORRECTNESS].mean.n if CORRECTNESS in metrics else 0)
    told = ("in examples", "not in examples")
    asked = sorted((tag for tag, n in sizes.items() if n), key=lambda tag: (tag in told, -sizes[tag], tag))
    if not asked:
        return None
    rows = [
        Group(
            f"{tag}\n{numbers.counted(sizes[tag], 'question')}",
            [(each, _of(pipeline, tag)) for each, pipeline in zip(series, summary.pipelines, strict=True)],
        )
        for tag in asked[:MOST_KINDS]
    ]
    said = " ".join(f"{tag}: {_means(summary, tag)}." for tag in asked[:MOST_KINDS])
    note = f"Dots are means, lines their {_level(summary)} intervals; questions without an answer are not among them."
    if len(asked) > MOST_KINDS:
        note += f" The {MOST_KINDS} largest of {len(asked)} kinds."
    svg = groups("kinds", rows, "Correctness, 0 to 1 (higher is better)", f"Correctness by kind of question. {said}")
    return Drawing("Which questions each gets right: further right is better", note, svg, legend=True)


def differences(summary: Summary) -> Drawing | None:
    """Pairs of pipelines on the same questions, the better minus the worse; None where there is nothing to compare."""
    rows = []
    tuned = {each.name for each in summary.pipelines if each.kind == "finetuned"}
    for each in summary.differences:
        drawn = each.subset == "all" or (each.subset == "in_examples" and tuned & {each.a, each.b})
        if each.measure != CORRECTNESS or not drawn:
            continue
        found = turned(each)
        interval = None if found.paired.estimate.low is None else _interval(found.paired.estimate)
        if interval is None:
            continue
        where = "" if each.subset == "all" else f", {SUBSETS[each.subset]}"
        ends = f"[{numbers.difference(interval.low)}, {numbers.difference(interval.high)}]"
        said = f"{numbers.difference(interval.value)} {ends}"
        different = summary.apart(each) == "different"
        rows.append(Pair(found.high, found.low, where, said, interval, different))
    if not rows:
        return None
    label = "Difference in correctness on the same questions"
    svg = forest(
        "pairs", rows, label, f"Differences in correctness. {'; '.join(f'{row.name}: {row.said}' for row in rows)}."
    )
    note = f"Means with {_level(summary)} intervals; a filled dot means that the two may be called different."
    if tuned:
        note += " Told facts are those in the training examples."
    return Drawing("Right of zero: the first-named scores higher", note, svg)


def _series(summary: Summary) -> list[Series]:
    return [Series(each.name, index) for index, each in enumerate(summary.pipelines)]


def _points(summary: Summary, x: Callable[[PipelineSummary], Interval | None]) -> list[Point]:
    """Those pipelines whose correctness is known, and that answered: failing is cheap and quick."""
    found = []
    for series, each in zip(_series(summary), summary.pipelines, strict=True):
        quality = _interval(each.metrics[CORRECTNESS].mean) if CORRECTNESS in each.metrics else None
        if quality is not None and each.answered + each.abstained:
            found.append(Point(series, quality, x(each)))
    return found


def _said(points: Sequence[Point], form: Callable[[float], str], unit: str) -> str:
    """The points in words, for those who cannot see them."""
    return "; ".join(
        f"{series.name}: correctness {numbers.score(quality.value)} ({numbers.interval(quality.low, quality.high)}), "
        + (f"{form(x.value)} {unit}" if x else "unknown")
        for series, quality, x in points
    )


def _of(pipeline: PipelineSummary, tag: str) -> Interval | None:
    metric = pipeline.tags.get(tag, {}).get(CORRECTNESS)
    return None if metric is None else _interval(metric.mean)


def _means(summary: Summary, tag: str) -> str:
    found = [(pipeline.name, _of(pipeline, tag)) for pipeline in summary.pipelines]
    return ", ".join(f"{name} {numbers.score(mean.value)}" for name, mean in found if mean)


def _interval(estimate: Estimate | None) -> Interval | None:
    """A mean without an interval stands without its line."""
    if estimate is None or estimate.mean is None:
        return None
    if estimate.low is None or estimate.high is None:
        return Interval(estimate.mean, estimate.mean, estimate.mean)
    return Interval(estimate.mean, estimate.low, estimate.high)


def _level(summary: Summary) -> str:
    return numbers.level(summary.confidence)
