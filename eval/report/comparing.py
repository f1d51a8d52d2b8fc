"""The part of the page on differences: what may be called one, and what it would take to see those that may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval import numbers
from eval.contest import listed
from eval.differences import MADE_UP, MEASURES, SUBSETS, Difference
from eval.mcnemar import Discordance
from eval.measures import PipelineSummary, Repetition
from eval.metrics.registry import CORRECTNESS
from eval.numbers import NOTHING
from eval.paired import Paired
from eval.pairing import FEWEST_CLUSTERS
from eval.planning import POWER
from eval.report.cells import Cell, Grid, Head, Row
from eval.summary import Summary
from eval.table import difference_writer

IN_TURN = (
    "Pipelines are asked in turns, so that each has the machine to itself, and in each turn all are asked the same. A "
    "machine that was slower for a while was so in one turn of one of them: times, and costs of its time, are compared "
    "turn by turn, by t with as many degrees of freedom as there are turns less one."
)
"""What no resampling of one run shows."""

MIXED = "times and machine costs by t over turns, else sign flips;"
"""What the p of a table with several measures are of."""


@dataclass(frozen=True)
class Turned:
    """A difference the way round in which it is not negative: `high` minus `low`, the pipelines' names."""

    high: str
    low: str
    paired: Paired
    right: Discordance | None


@dataclass(frozen=True)
class Comparing:
    """`main` is on correctness; `others` on everything else, and on parts of the questions."""

    sentences: Sequence[str]
    main: Grid
    others: Grid | None


def comparing(summary: Summary) -> Comparing | None:
    """None where there is nothing to compare."""
    if not summary.differences:
        return None
    main = [each for each in summary.differences if (each.measure, each.subset) == (CORRECTNESS, "all")]
    others = [each for each in summary.differences if each not in main]
    return Comparing(
        sentences=[resampling(summary), *repetition(summary.pipelines), disagreement(summary), IN_TURN],
        main=_grid("Differences in correctness", main, summary, tests=True),
        others=_grid("Other differences", others, summary, tests=False) if others else None,
    )


def turned(difference: Difference) -> Turned:
    """The pipeline with the higher mean first; as it is where there is no mean."""
    a, b, paired, right = difference.a, difference.b, difference.paired, difference.right
    if (paired.estimate.mean or 0.0) >= 0:
        return Turned(a, b, paired, right)
    return Turned(b, a, paired.negated(), right and right.negated())


def resampling(summary: Summary) -> str:
    """What intervals and tests take for one draw."""
    asked = numbers.count(summary.questions)
    if summary.clustered:
        return (
            f"What is resampled is documents: the {asked} questions make {numbers.count(summary.clusters)} groups, for "
            "those on one document are alike; a question on none that is known is a group of its own."
        )
    return (
        f"What is resampled is questions, {asked} of them, each by itself: no two are known to be on one document, or "
        f"there are fewer than {FEWEST_CLUSTERS} documents."
    )


def disagreement(summary: Summary) -> str:
    """Why McNemar's p may be small where no difference is shown."""
    by = ", clustered by document" if summary.clustered else ""
    return (
        "“Right or not” counts the questions that only one of the two answered rightly, at the first asking and each "
        "question for itself; its p (McNemar's, corrected for the number of pairs) may be small where no difference is "
        f"shown: the verdict goes by the mean differences in score and in right answers{by}."
    )


def repetition(pipelines: Sequence[PipelineSummary]) -> list[str]:
    """What asking again changes, in a sentence; none where each question was asked once."""
    found = [(each.name, each.repetition) for each in pipelines if each.repetition]
    if not found:
        return []
    moved = listed([f"{each.within**0.5:.2f} for {name}" for name, each in found])
    parts = listed([numbers.percent(_part(each)) for _, each in found])
    return [
        f"Each question was asked {found[0][1].times} times. From one asking to the next, correctness moved by "
        f"(standard deviation) {moved}. That makes up {parts} of the variance of a question's mean."
    ]


def _part(repetition: Repetition) -> float:
    """The share of a question's mean's variance that is left of asking it again."""
    own = repetition.within / repetition.times
    return own / (own + repetition.between) if own else 0.0


def _grid(label: str, differences: Sequence[Difference], summary: Summary, tests: bool) -> Grid:
    """`tests` is for correctness, and adds McNemar's disagreements."""
    heads = [
        Head("Difference", "on the same questions"),
        Head("Mean", f"{numbers.level(summary.confidence)} interval"),
        Head("Different?", "the interval leaves zero out, and p is small; so in right answers"),
        Head("p", f"{'sign flips,' if tests else MIXED} after Holm"),
        Head("Smallest to see", f"found {numbers.percent(POWER)} of the time at least"),
        Head("More questions", "of this kind, to show one of this size"),
    ]
    if tests:
        heads.append(
            Head("Right or not", "only the first : only the second; McNemar, after Holm, each question for itself")
        )
    return Grid(label, heads, [_row(each, summary, tests) for each in differences])


def _row(difference: Difference, summary: Summary, tests: bool) -> Row:
    found = turned(difference)
    paired, estimate = found.paired, found.paired.estimate
    write = difference_writer(difference.measure, summary.pipelines[0].cost.currency)
    interval = () if estimate.low is None else (f"{write(estimate.low)} to {write(estimate.high)}",)
    where = "" if difference.subset == "all" else f", {SUBSETS[difference.subset]}"
    asked = " without an answer" if difference.measure == MADE_UP else ""
    apart = summary.apart(difference)
    different = apart == "different"
    cells = [
        Cell(
            NOTHING if estimate.mean is None else write(estimate.mean),
            (*interval, f"{numbers.count(estimate.n)} questions{asked}"),
        ),
        Cell(apart if estimate.n else NOTHING, (*_in_right_answers(paired), *_fragile(paired)), best=different),
        Cell(NOTHING if paired.adjusted is None else numbers.probability(paired.adjusted)),
        Cell(NOTHING if paired.smallest is None else write(paired.smallest).removeprefix("+")),
        _more(difference.paired),
    ]
    if tests:
        cells.append(_mcnemar(found))
    return Row(f"{found.high} − {found.low}", f"{MEASURES[difference.measure]}{where}", cells)


def _in_right_answers(paired: Paired) -> tuple[str, ...]:
    if paired.right is None or paired.right.estimate.low is None:
        return ()
    found = paired.right.estimate
    ends = numbers.interval(found.low, found.high, signed=True)
    return (f"in right answers {numbers.difference(found.mean)} ({ends})",)


def _fragile(paired: Paired) -> tuple[str, ...]:
    return () if paired.fragility is None else (f"unless {paired.fragility.share} disputed ones are misjudged",)


def _more(paired: Paired) -> Cell:
    if paired.more is None:
        return Cell(NOTHING, ("not to be foreseen",) if paired.estimate.n else ())
    if not paired.more:
        return Cell("none")
    why = ("with all against it that may count otherwise",) if paired.hangs_on_worst_case else ()
    return Cell(f"about {numbers.count(paired.more)}", why)


def _mcnemar(found: Turned) -> Cell:
    if found.right is None:
        return Cell(NOTHING)
    only, adjusted = found.right, found.right.adjusted
    p = f"p {numbers.probability(only.p)}, not corrected" if adjusted is None else f"p {numbers.probability(adjusted)}"
    return Cell(f"{numbers.count(only.only_a)} : {numbers.count(only.only_b)}", (p,))
