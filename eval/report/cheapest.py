"""Which pipeline is the cheapest at which use: one sentence where it is the same everywhere, else maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval import numbers
from eval.break_even import Costs, Region, cheapest
from eval.contest import listed
from eval.needs import Needs
from eval.report.break_even_plot import break_even_plot, cheapest_map, winners
from eval.report.figures import Drawing
from eval.spent import COST
from eval.summary import Summary


def cheapest_figures(summary: Summary, costs: Sequence[Costs], needs: Needs) -> list[Drawing]:
    """Per query, and per right answer; none where one pipeline has the lowest means at any use."""
    per_right = {each.name: each.cost.compared_per_correct for each in summary.pipelines}
    rights = [each.model_copy(update={"per_query": per_right[each.name]}) for each in costs]
    places = {each.name: index for index, each in enumerate(summary.pipelines)}
    queries = "Cost alone decides here, not correctness."
    answers = "Here a wrong answer is paid for and counts for nothing; how many are wrong does not matter otherwise."
    title, label = "The cheapest by right answers", "Right answers a month"
    drawn = [
        _map("break-even", "The cheapest pipeline by use", "Queries a month", queries, costs, needs, places, ring=True),
        # no ring: how many right answers the team's queries give depends on who answers them
        _map("break-even-right", title, label, answers, rights, needs, places, ring=False),
    ]
    return [each for each in drawn if each is not None]


def cheapest_everywhere(summary: Summary, costs: Sequence[Costs], needs: Needs) -> str | None:
    """A sentence on the pipeline that is the cheapest at any use, or at any that a map would show; None where it
    depends, another one costs the same, or only one's cost is known.

    It surely is where it starts at no higher cost than any other, and surely costs less per query.
    """
    known = [each for each in costs if each.per_month(1, 1) is not None]
    region = cheapest_map(known, needs.queries_per_month, needs.updates_per_month) if len(known) > 1 else None
    found = winners(region) if region else []
    if region is None or len(found) != 1:
        return None
    (best,) = (each for each in known if each.name == found[0])
    if any((one.per_version, one.per_query) == (best.per_version, best.per_query) for one in known if one is not best):
        return None
    unknown = [each.name for each in costs if each not in known]
    among = f" of those whose cost is known; that of {listed(unknown)} is not" if unknown else ""
    if all(_surely_cheaper(best, other, summary) for other in known if other is not best):
        return f"{best.name} is the cheapest at any use{among}."
    where = "at any use" if all(_no_dearer(best, other) for other in known) else _extent(region)
    return (
        f"By the mean costs {best.name} is the cheapest {where}{among}; the comparison of pairs shows how sure that is."
    )


def _no_dearer(a: Costs, b: Costs) -> bool:
    starts, answers = (a.per_version or 0.0, b.per_version or 0.0), (a.per_query or 0.0, b.per_query or 0.0)
    return starts[0] <= starts[1] and answers[0] <= answers[1]


def _extent(region: Region) -> str:
    """From 100 to 10 000 000 queries a month."""
    return f"from {numbers.amount(region.queries[0])} to {numbers.amount(region.queries[-1])} queries a month"


def _surely_cheaper(a: Costs, b: Costs, summary: Summary) -> bool:
    if a.per_version is None or b.per_version is None or a.per_version > b.per_version:
        return False
    paired = summary.difference(COST, a.name, b.name)
    return paired is not None and paired.differs(summary.confidence) and (paired.estimate.mean or 0.0) < 0


def _map(
    name: str,
    title: str,
    label: str,
    note: str,
    costs: Sequence[Costs],
    needs: Needs,
    places: Mapping[str, int],
    *,
    ring: bool,
) -> Drawing | None:
    known = [each for each in costs if each.per_month(1, 1) is not None]
    region = cheapest_map(known, needs.queries_per_month, needs.updates_per_month)
    if region is None or len(winners(region)) < 2:
        return None
    note += " Drawn by the mean costs, however sure they are."
    said = f"Compared: {listed([each.name for each in known])}. Cheapest somewhere, the widest region first: "
    said += listed(winners(region))
    needed = (needs.queries_per_month, needs.updates_per_month) if ring else None
    if needed:
        note += " The ring is where your needs are."
        said += f"; where the needs are: {cheapest(known, *needed)}"
    missing = [each.name for each in costs if each not in known]
    if missing:
        note += f" What {listed(missing)} costs is not known."
    return Drawing(title, note, break_even_plot(name, region, needed, places, label, f"{title}. {said}."), legend=True)
