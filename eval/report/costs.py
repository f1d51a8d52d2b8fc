"""The part of the page on money: what answers and versions cost, and from how much use on which pipeline is cheaper."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eval import numbers
from eval.break_even import LONGEST_MONTHS, SECONDS_PER_MONTH, Costs, versions_paid
from eval.contest import listed
from eval.from_scratch import FLOPS_FROZEN, FLOPS_FULL, TOKENS_PER_PARAMETER, FromScratch, from_scratch
from eval.manifest import Manifest
from eval.measures import PipelineSummary
from eval.needs import Needs
from eval.numbers import NOTHING
from eval.prices import Prices
from eval.report.break_even_pairs import pairs_grid
from eval.report.cells import Cell, Grid, Head, Row, place
from eval.report.cheapest import cheapest_everywhere, cheapest_figures
from eval.report.figures import Drawing
from eval.summary import Summary

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class CostPart:
    """`figures` say which pipeline is the cheapest where; `scratch` is a row of what nobody ran."""

    sentences: Sequence[str]
    table: Grid
    figures: Sequence[Drawing]
    pairs: Grid | None
    scratch: Grid | None


def cost_part(manifest: Manifest, summary: Summary) -> CostPart:
    """All that is known of costs; what is not is called so."""
    needs, prices = manifest.needs, manifest.prices
    costs = [each.monthly_costs for each in summary.pipelines if each.answered + each.abstained]
    scratch = from_scratch([each.preparation for each in summary.pipelines], prices)
    return CostPart(
        sentences=_sentences(summary, costs, needs, prices),
        table=_table(summary.pipelines, needs, prices, manifest.evaluation.concurrency),
        figures=cheapest_figures(summary, costs, needs),
        pairs=pairs_grid(costs, summary, needs),
        scratch=_scratch(scratch, prices) if scratch else None,
    )


def _sentences(summary: Summary, costs: Sequence[Costs], needs: Needs, prices: Prices) -> list[str]:
    pipelines = summary.pipelines
    found = [f"A month is one of {needs.queries()} and {needs.versions()}."]
    if needs.updates_per_month < versions_paid(needs.updates_per_month):
        found.append(f"The first version is taken to serve {LONGEST_MONTHS} months, and is paid for in as many parts.")
    if prices.machine_per_hour is not None and not prices.by_token:
        whole = prices.of_seconds(SECONDS_PER_MONTH)
        found.append(
            "It is charged for the seconds that the machine works; a machine kept for the whole month costs "
            f"{numbers.money(whole, prices.currency)}, however little it is asked."
        )
    if any(_compared_apart(each, prices) for each in pipelines):
        known = {each.name: each.cost.compared for each in pipelines if each.cost.compared is not None}
        shown = [f"{name} {numbers.money(cost, prices.currency)}" for name, cost in known.items()]
        asked = "" if prices.by_token else ", asked in this run"
        found.append(
            "A month, and who is the cheapest where, are reckoned from the questions that all pipelines have a price "
            f"for{asked}. A query on these costs: {listed(shown or [numbers.UNKNOWN])}."
        )
    if always := cheapest_everywhere(summary, costs, needs):
        found.append(always)
    found += _of_unknown_writing(pipelines)
    if any(each.cost.setup.writing for each in pipelines):
        found.append(
            "A version of the knowledge is priced with all of its examples written anew; what a change of the "
            "documents really takes, `bakeoff staleness` measures."
        )
    return found


def _of_unknown_writing(pipelines: Sequence[PipelineSummary]) -> Iterator[str]:
    """Of whom the work on examples has no price, or nobody knows how many examples there were."""
    unknown = [each for each in pipelines if each.cost.setup.writing is None]
    uncounted = [each.name for each in unknown if each.preparation.training_examples is None]
    unpriced = [each.name for each in unknown if each.name not in uncounted]
    for names, remedy in (
        (unpriced, "give `writing_per_example` with the prices"),
        (uncounted, "of an adapter that `bakeoff train` has trained, the number of examples is known"),
    ):
        if names:
            yield (
                f"What people's work on the examples of {listed(names)} costs is not known, and so no sum "
                f"that it belongs to; {remedy}."
            )


def _table(pipelines: Sequence[PipelineSummary], needs: Needs, prices: Prices, concurrency: int) -> Grid:
    heads = [
        Head("Pipeline"),
        Head("Cost per query", "without the set-up"),
        Head("Cost per correct answer", "of questions that have one, without the set-up"),
        Head("Set-up", "of each version of the knowledge"),
        Head(
            "Can answer",
            f"a second, at {concurrency} at once; at most, were none slower with every place full",
        ),
        Head("Busy", "share of a month in which one machine would work"),
        Head("A month", "answers and set-up"),
        Head("This bake-off", "asking and judging, not in a month"),
    ]
    return Grid("Costs", heads, [_row(index, each, needs, prices) for index, each in enumerate(pipelines)])


def _row(index: int, each: PipelineSummary, needs: Needs, prices: Prices) -> Row:
    cost = each.cost

    def money(value: float | None) -> str:
        return numbers.money(value, prices.currency)

    unpriced = (f"{numbers.count(cost.unpriced)} not priced",) if cost.unpriced else ()
    total = each.monthly_costs.per_month(needs.queries_per_month, needs.updates_per_month)
    answered = each.answered + each.abstained > 0
    rate = cost.queries_per_second
    cells = [
        Cell(money(cost.per_query), unpriced),
        _right(each, prices),
        _setup(each, prices),
        _rate(rate, cost.queries_per_second_full),
        _busy(rate, needs),
        Cell(money(total)) if answered else Cell(NOTHING, ("answered nothing",)),
        _bakeoff(each, prices),
    ]
    return Row(each.name, each.kind, cells, place(index))


def _compared_apart(each: PipelineSummary, prices: Prices) -> bool:
    """Whether one can see that not all that has a price is compared. Two means of the same costs may differ in their
    last bits, and be rounded apart.
    """
    compared, whole = each.cost.compared, each.cost.per_query
    if compared is not None and whole is not None and math.isclose(compared, whole):
        return False
    return numbers.money(compared, prices.currency) != numbers.money(whole, prices.currency)


def _right(each: PipelineSummary, prices: Prices) -> Cell:
    cost = each.cost
    if cost.per_query is not None and cost.per_correct is None:
        return Cell(NOTHING, ("none was right",))
    low, high = (numbers.money(end, prices.currency) for end in (cost.per_correct_low, cost.per_correct_high))
    if cost.per_correct_low is None:
        return Cell(numbers.money(cost.per_correct, prices.currency))
    ends = f"{low} to {high}" if cost.per_correct_high is not None else f"{low} or more"
    return Cell(numbers.money(cost.per_correct, prices.currency), (ends,))


def _setup(each: PipelineSummary, prices: Prices) -> Cell:
    """Its total, and each part of it that there is, with its seconds; what is not known is called so."""
    setup, made = each.cost.setup, each.preparation
    parts = [("training", setup.training, made.training_seconds), ("indexing", setup.indexing, made.indexing_seconds)]
    lines = [
        f"{what} {numbers.money(amount, prices.currency)}{'' if seconds is None else f', {numbers.seconds(seconds)}'}"
        for what, amount, seconds in parts
        if seconds != 0
    ]
    if made.training_joules is not None:
        lines.append(f"energy of training {numbers.plain(float(f'{made.training_joules / 3.6e6:.2g}'))} kWh")
    if made.training_examples is None:
        lines.append(f"writing {numbers.UNKNOWN}")
    elif made.training_examples:
        written = numbers.money(setup.writing, prices.currency)
        lines.append(f"writing {numbers.count(made.training_examples)} examples {written}")
    if not lines:
        return Cell(NOTHING, ("nothing to prepare",))
    return Cell(numbers.money(setup.total, prices.currency), tuple(lines))


def _bakeoff(each: PipelineSummary, prices: Prices) -> Cell:
    """What it cost to ask, and the judge where there was one, with its calls and tokens."""
    cost, used = each.cost, each.cost.judging
    lines = [f"asking {numbers.money(cost.total, prices.currency)}"]
    if used is not None and used.calls:
        tokens = used.prompt_tokens + used.completion_tokens
        counted = f", {numbers.count(tokens)} tokens" if tokens else ""
        lines.append(
            f"judge {numbers.money(cost.setup.judge, prices.currency)}, {numbers.count(used.calls)} calls{counted}"
        )
        if used.unreported:
            lines.append(f"tokens of {numbers.count(used.unreported)} calls not known")
    elif cost.setup.judge is None:
        lines.append(f"judge {numbers.UNKNOWN}")
    known = cost.total is not None and cost.setup.judge is not None
    total = (cost.total or 0.0) + (cost.setup.judge or 0.0) if known else None
    return Cell(numbers.money(total, prices.currency), tuple(lines))


def _rate(rate: float | None, full: float | None) -> Cell:
    """As it was, and beneath it the most that it may be, with every place full."""
    if rate is None:
        return Cell(numbers.UNKNOWN)
    least, most = (numbers.plain(float(f"{each:.2g}")) for each in (rate, full or rate))
    more = (f"{most} at most",) if most != least else ()
    return Cell(least, more)


def _busy(rate: float | None, needs: Needs) -> Cell:
    if not rate:
        return Cell(numbers.UNKNOWN)
    used = needs.queries_per_month / (rate * SECONDS_PER_MONTH)
    if used > 1:
        return Cell(f"{numbers.plain(float(f'{used:.2g}'))} machines", ("one is not enough",))
    return Cell(f"<1{numbers.THIN}%" if used < 0.01 else numbers.percent(used))


def _scratch(row: FromScratch, prices: Prices) -> Grid:
    heads = [
        Head("Not run"),
        Head("Parameters", "as many as the base model's"),
        Head("Tokens", f"{TOKENS_PER_PARAMETER} for each (Hoffmann et al. 2022)"),
        Head("Operations", f"{FLOPS_FULL}ND (Kaplan et al. 2020)"),
        Head("This machine did", f"{FLOPS_FROZEN}ND over training's seconds, base frozen"),
        Head("It would take", "on this machine"),
        Head("Price"),
    ]
    rate = row.flops_per_second
    years = None if row.seconds is None else row.seconds / (12 * SECONDS_PER_MONTH)
    cells = [
        Cell(_large(row.parameters)),
        Cell(_large(row.tokens)),
        Cell(_power(row.flops)),
        Cell(numbers.UNKNOWN if rate is None else f"{rate / 1e9:.3g} GFLOP/s"),
        Cell(_duration(row.seconds, years)),
        Cell(numbers.money(row.cost, prices.currency)),
    ]
    return Grid("Training from scratch", heads, [Row("From scratch", "a model of this size", cells)])


def _power(value: float) -> str:
    """2.2 × 10¹⁸."""
    digits, _, exponent = f"{value:.1e}".partition("e+")
    return f"{digits} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def _large(value: float) -> str:
    return f"{value / 1e9:.3g} billion" if value >= 1e9 else f"{value / 1e6:.3g} million"


def _duration(seconds: float | None, years: float | None) -> str:
    if seconds is None or years is None:
        return numbers.UNKNOWN
    if years >= 1:
        return f"{years:.2g} years"
    days = seconds / 86_400
    return f"{days:.0f} days" if days >= 2 else numbers.seconds(seconds)
