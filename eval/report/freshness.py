"""The part of the page on staleness: what a change of the documents did, before and after the refresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpora.wording import counted
from eval import numbers
from eval.contest import listed
from eval.numbers import NOTHING
from eval.refresh_price import Refresh
from eval.report.cells import Cell, Grid, Head, Row, place, share
from eval.report.figures import Drawing
from eval.report.frame import Interval, Series
from eval.report.staleness_plot import Change, staleness_plot
from eval.staleness import NOT_COUNTED, PERHAPS_MADE_UP, Asked, Kind, PipelineStaleness, Staleness
from eval.statistics import Estimate
from eval.summary import Summary
from eval.table import RIGHT_AFTER, by_chance

_KINDS: dict[Kind, str] = {
    "changed": "whose answer changed",
    "withdrawn": "that lost their answer",
    "added": "that are new",
}


@dataclass(frozen=True)
class FreshnessPart:
    sentences: Sequence[str]
    table: Grid
    figure: Drawing | None


def freshness_part(staleness: Staleness, summary: Summary) -> FreshnessPart | None:
    """What `staleness.json` holds of the run's pipelines; None where it holds nothing of them."""
    places = {each.name: index for index, each in enumerate(summary.pipelines)}
    found = [each for each in staleness.pipelines if each.name in places]
    if not found:
        return None
    rows = [_row(each, places[each.name], staleness) for each in found]
    return FreshnessPart(
        sentences=_sentences(staleness, found),
        table=Grid("Before and after the refresh", _heads(staleness), rows),
        figure=_figure(staleness, found, places),
    )


def _sentences(staleness: Staleness, pipelines: Sequence[PipelineStaleness]) -> list[str]:
    kinds = Counter(staleness.kinds.values())
    told = ", ".join(f"{said}: {numbers.count(kinds[kind])}" for kind, said in _KINDS.items() if kinds[kind])
    description = f"{staleness.description.rstrip('.')}. " if staleness.description else ""
    first = f"{description}Questions {told}; unchanged ones asked again: {numbers.count(len(staleness.sample))}."
    notes = [f"{each.name} was not refreshed: {each.not_refreshed}" for each in pipelines if each.not_refreshed]
    refreshes = {each.name: each.refresh for each in pipelines if each.refresh}
    unpriced = [name for name, each in refreshes.items() if each.examples and each.writing_cost is None]
    if unpriced:
        notes.append(
            f"What people's work on the new examples of {listed(unpriced)} costs is not known, and so not the price of "
            "the refresh; give `writing_per_example` with the prices."
        )
    return [first, *by_chance(staleness), *notes]


def _heads(staleness: Staleness) -> list[Head]:
    kinds = set(staleness.kinds.values())
    optional = [
        ("added", Head("New questions right", "after the refresh")),
        ("withdrawn", Head("Withdrawn, old answer", "after the refresh; lower is better")),
    ]
    return [
        Head("Pipeline"),
        Head(RIGHT_AFTER, "all kinds together, after the refresh"),
        Head("New answer right", "of the changed ones, after the refresh"),
        Head("Old answer still given", "of the changed ones, after the refresh"),
        *(head for kind, head in optional if kind in kinds),
        Head("Unchanged, broken", "of those right before"),
        Head("Refresh", "of the machine"),
        Head("Price", "of the refresh: machine and writing"),
    ]


def _row(each: PipelineStaleness, index: int, staleness: Staleness) -> Row:
    kinds = set(staleness.kinds.values())
    after = each.after
    cells = [
        _right(after) if after else _none(),
        _before_after(each.before.changed.new, after.changed.new if after else None),
        _before_after(each.before.changed.old, after.changed.old if after else None),
    ]
    if "added" in kinds:
        cells.append(share(after.added.new) if after else _none())
    if "withdrawn" in kinds:
        old = after.withdrawn.old if after else None
        cells.append(_before_after(each.before.withdrawn.old, old))
    unchanged = each.unchanged
    if unchanged:
        broken = share(unchanged.broken)
        mended = (f"{numbers.count(unchanged.mended)} mended",) if unchanged.mended else ()
        cells.append(Cell(broken.value, (*broken.lines, *mended)))
    else:
        cells.append(_none())
    cells += _refresh(each.refresh)
    return Row(each.name, _note(each), cells, place(index))


def _note(each: PipelineStaleness) -> str:
    """What no share of the row shows."""
    times = {
        "before the refresh": each.before.failed,
        "after it": each.after.failed if each.after else 0,
        "to unchanged questions": each.unchanged.failed if each.unchanged else 0,
    }
    failed = [f"{numbers.count(count)} {when}" for when, count in times.items() if count]
    uncounted = len(each.after.uncounted) if each.after else 0
    told = [f"answers failed: {listed(failed)}"] if failed else []
    told += [f"{numbers.counted(uncounted, 'answer')} may be right and {NOT_COUNTED}"] if uncounted else []
    made_up = len(each.after.perhaps_made_up) if each.after else 0
    told += [f"{numbers.counted(made_up, 'answer')} {PERHAPS_MADE_UP}"] if made_up else []
    return "; ".join(told)


def _right(after: Asked) -> Cell:
    """The freshness that the verdict goes by, written as there."""
    if not after.outcomes:
        return Cell(NOTHING, ("none asked",))
    counts = f"{numbers.count(after.right)} of {numbers.count(len(after.outcomes))}"
    return Cell(numbers.score(after.share_right), (counts,))


def _none() -> Cell:
    return Cell(NOTHING, ("not refreshed",))


def _before_after(before: Estimate, after: Estimate | None) -> Cell:
    """The share after the refresh, and beneath it what it was before."""
    was = f"before {numbers.percent(before.mean)}" if before.mean is not None else "before: none asked"
    if after is None:
        return Cell(NOTHING, (was, "not refreshed"))
    now = share(after)
    return Cell(now.value, (*now.lines, was))


def _refresh(refresh: Refresh | None) -> list[Cell]:
    if refresh is None:
        return [_none(), _none()]
    parts = [("indexing", refresh.indexing_seconds), ("training", refresh.training_seconds)]
    lines = tuple(f"{what} {numbers.seconds(seconds)}" for what, seconds in parts if seconds is not None)
    if not lines and not refresh.examples:
        return [Cell(NOTHING, ("nothing to do",)), Cell(numbers.money(0.0, refresh.currency))]
    return [Cell(numbers.seconds(refresh.seconds), lines), _price(refresh)]


def _price(refresh: Refresh) -> Cell:
    """The sum, and beneath it its parts, so that nobody takes the machine's for the whole."""
    machine, writing, total = (
        numbers.money(cost, refresh.currency) for cost in (refresh.machine_cost, refresh.writing_cost, refresh.cost)
    )
    if refresh.examples is None:
        return Cell(total, ("machine alone",))
    written = f"writing {counted(refresh.examples, 'example')} {writing}" if refresh.examples else "nothing to write"
    return Cell(total, (f"machine {machine}", written))


def _figure(staleness: Staleness, pipelines: Sequence[PipelineStaleness], places: Mapping[str, int]) -> Drawing | None:
    """None where no answer changed."""
    panels = []
    for title, key in (("New answer right: further right is better", "new"), ("Old answer still given", "old")):
        changes = []
        for each in pipelines:
            before = getattr(each.before.changed, key)
            after = getattr(each.after.changed, key) if each.after else None
            changes.append(Change(Series(each.name, places[each.name]), _interval(before), _interval(after)))
        panels.append((title, changes))
    broken = [
        Change(Series(each.name, places[each.name]), None, _interval(each.unchanged.broken))
        for each in pipelines
        if each.unchanged
    ]
    if any(change.after for change in broken):
        panels.append(("Unchanged, but broken by the refresh", broken))
    if not any(change.before or change.after for _, changes in panels[:2] for change in changes):
        return None
    said = "; ".join(
        f"{title}: " + ", ".join(f"{change.series.name} {_said(change)}" for change in changes)
        for title, changes in panels
    )
    svg = staleness_plot("staleness", panels, f"What a change of the documents did. {said}.")
    note = f"Rings are before the refresh, filled marks after it, with {numbers.level(staleness.level)} intervals."
    return Drawing("What a change of the documents did", note, svg)


def _interval(estimate: Estimate | None) -> Interval | None:
    if estimate is None or estimate.mean is None or estimate.low is None or estimate.high is None:
        return None
    return Interval(estimate.mean, estimate.low, estimate.high)


def _said(change: Change) -> str:
    parts = [("before", change.before), ("after", change.after)]
    return " ".join(f"{when} {numbers.percent(each.value)}" for when, each in parts if each) or "not asked"
