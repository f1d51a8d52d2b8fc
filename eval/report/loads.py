"""The part of the page on a load test: how times, throughput and the cost of an answer change with the load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval import numbers
from eval.latency import Percentiles
from eval.load.measures import Level, Targets
from eval.load.result import LoadResult
from eval.numbers import NOTHING
from eval.prices import Prices
from eval.report.cells import Cell, Grid, Head, Row, place
from eval.report.figures import Drawing
from eval.report.load_plot import closed_loops, load_curves
from eval.summary import Summary


@dataclass(frozen=True)
class LoadPart:
    sentences: Sequence[str]
    table: Grid
    figure: Drawing | None


def load_part(result: LoadResult, summary: Summary, prices: Prices) -> LoadPart | None:
    """What `load.json` holds of the run's pipelines; None where it holds nothing of them."""
    places = {each.name: index for index, each in enumerate(summary.pipelines)}
    levels = [each for each in result.levels if each.pipeline in places]
    if not levels:
        return None
    levels.sort(key=lambda each: places[each.pipeline])  # stable: loads stay in the order of the plan
    return LoadPart(
        sentences=_sentences(result, levels, prices),
        table=Grid("Load", _heads(), [_row(each, places[each.pipeline], result, prices) for each in levels]),
        figure=_figure(levels, places),
    )


def cost_per_query(level: Level, prices: Prices) -> float | None:
    """What an answer costs while the machine serves that load and no other: idle seconds are paid for as well.

    None where answers are paid for otherwise, or the machine has no price, or nothing was answered.
    """
    if prices.by_token:
        return None
    return prices.of_seconds(1 / level.requests_per_second) if level.requests_per_second else None


def _sentences(result: LoadResult, levels: Sequence[Level], prices: Prices) -> list[str]:
    plan = result.plan
    found = [
        f"{numbers.count(plan.requests)} requests at each load through {result.url}, {result.questions} different "
        f"questions of the split “{result.split}”; a request had {numbers.seconds(plan.timeout)}.",
        f"Goodput counts the answers that came {_targets(plan.targets)}."
        if plan.targets
        else "No target was set, so there is no goodput; `bakeoff load --target e2el=3` sets one.",
        "Used is the share of the highest throughput that the pipeline reached at any of these loads.",
    ]
    if prices.by_token:
        found.append("Tokens cost the same under any load.")
    elif prices.machine_per_hour is not None:
        found.append("The cost is the machine's for the time that the load took, idle seconds included.")
    if any(level.repeated for level in levels):
        found.append("Where a question came again, a server's cache may have known its prompt.")
    return found


def _targets(targets: Targets) -> str:
    limits = [("first token", targets.ttft), ("each further token", targets.tpot), ("answer", targets.e2el)]
    return ", ".join(f"{what} within {numbers.seconds(limit)}" for what, limit in limits if limit is not None)


def _heads() -> list[Head]:
    return [
        Head("Pipeline", "load"),
        Head("Answers a second", "completed"),
        Head("Goodput", "a second, within the targets"),
        Head("First token", "median, p95"),
        Head("Answer", "median, p95"),
        Head("Tokens a second", "of the answers"),
        Head("Used", "of the highest throughput"),
        Head("Cost per query", "at this load"),
        Head("Failed"),
    ]


def _row(level: Level, index: int, result: LoadResult, prices: Prices) -> Row:
    used = result.utilisation(level)
    priced = prices.machine_per_hour is not None and not prices.by_token
    cells = [
        Cell(
            _rate(level.requests_per_second),
            (f"{numbers.count(level.completed)} in {numbers.seconds(level.duration)}",),
        ),
        Cell(NOTHING if level.goodput is None else _rate(level.goodput)),
        _times(level.ttft),
        _times(level.e2el),
        Cell(numbers.rate(level.output_tokens_per_second)),
        Cell(numbers.UNKNOWN if used is None else numbers.percent(used)),
        Cell(numbers.money(cost_per_query(level, prices), prices.currency) if priced else NOTHING),
        Cell(
            numbers.count(level.failed),
            tuple(f"{numbers.count(each.count)} {each.code}" for each in level.failures),
        ),
    ]
    return Row(level.pipeline, str(level.load), cells, place(index))


def _rate(value: float) -> str:
    return numbers.plain(float(f"{value:.3g}"))


def _times(times: Percentiles) -> Cell:
    if times.p50 is None:
        return Cell(NOTHING, ("none completed",))
    return Cell(numbers.seconds(times.p50), (f"p95 {numbers.seconds(times.p95)}",))


def _figure(levels: Sequence[Level], places: Mapping[str, int]) -> Drawing | None:
    """Of the loads with so many requests at once; None where there are none."""
    curves = closed_loops(levels, places)
    if not curves:
        return None
    said = "; ".join(
        f"{curve.series.name}: "
        + ", ".join(
            f"{point.x:g} at once {_rate(point.per_second)} a second"
            + (f", median {numbers.seconds(point.e2el.p50)}" if point.e2el else "")
            for point in curve.points
        )
        for curve in curves
    )
    svg = load_curves("load", curves, "Requests at once", f"Times and throughput under load. {said}.")
    note = "Answers slow down once the machine is full; from there on, more at once only wait longer."
    return Drawing("Times and throughput by how many ask at once", note, svg, legend=True)
