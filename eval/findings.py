"""Who is best at each thing, as findings: made-up answers, cost, latency."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

from eval import numbers
from eval.contest import Contest, listed
from eval.differences import MADE_UP, Difference, find_difference
from eval.finding import Finding, Wording
from eval.measures import PipelineSummary
from eval.pairing import comparable
from eval.prices import NO_PRICE
from eval.replies import Replies
from eval.spent import COST, SECONDS
from eval.statistics import EQUAL

EMPTY_PLACES = (
    "But the last answers of each turn had the machine to themselves, and carry what others would share were every "
    "place full: with no more than its place for each answer, who is dearer may not be."
)
"""Costs of the machine's hour that are apart for that alone."""


def made_up_contest(
    differences: Sequence[Difference],
    replied: Mapping[str, Replies],
    level: float,
    doubt: str | None = None,
) -> Contest | None:
    """Of questions that the documents do not answer: how many are answered all the same. None without any.

    Args:
        replied: by pipeline.
        doubt: why that shows nothing (`Contest.doubt`).
    """
    known = comparable({name: each.made_up for name, each in replied.items()})
    if not known:
        return None
    means = {name: _mean(each) for name, each in known.items()}
    lacking = {name: max(0.0, mean - _mean(replied[name].least)) for name, mean in means.items()}
    exceeding = {name: max(0.0, _mean(replied[name].most) - mean) for name, mean in means.items()}
    compare = partial(find_difference, differences, MADE_UP)
    wording = Wording(
        "the one that makes up the fewest answers", numbers.score, numbers.difference, asked=" without an answer"
    )
    return Contest("made up", means, compare, level, False, wording, lacking, exceeding, doubt)


def of_made_up(pipelines: Sequence[PipelineSummary], contest: Contest | None) -> Finding:
    if contest is None:
        sentence = "Nothing is known of made-up answers: every question has an answer in the documents, or failed."
        return Finding(about="made up", sentence=sentence)
    finding = contest.doubted(contest.find())
    if not finding.clear and not contest.doubt:
        known = {each.name: each.abstention.unknown(each.name) for each in pipelines}
        told = [known[name] for name in finding.leaders if known[name]]
        finding = finding.noted(f"But {'; '.join(told)}." if told else "")
    finding = _few(finding, [each.name for each in pipelines if each.name not in contest.values])
    shares = {each.name: each.abstention.made_up.mean or 0.0 for each in pipelines}
    if all(math.isclose(share, shares[name], abs_tol=EQUAL) for name, share in contest.values.items()):
        return finding
    return finding.noted("Failures are left out: these shares are of questions that all of them replied to.")


def of_cost(
    pipelines: Sequence[PipelineSummary],
    differences: Sequence[Difference],
    spent: Mapping[str, Mapping[str, float]],
    level: float,
    by_token: bool,
) -> Finding:
    answering = [each for each in pipelines if each.answered + each.abstained]
    if not answering:
        return Finding(about="cost", sentence="No pipeline answered, so that no answer has a cost.")
    costs = {each.name: _mean(spent[each.name]) for each in answering if each.name in spent}
    reused = [each.name for each in answering if each.name not in costs and each.cached and not by_token]
    if not costs:
        return Finding(about="cost", sentence=_earlier(reused) if reused else NO_PRICE)
    currency = pipelines[0].cost.currency
    write = partial(numbers.money, currency=currency)
    compare = partial(find_difference, differences, COST)
    wording = Wording("the cheapest per query", write, partial(numbers.signed, write), alike="cost the same")
    contest = Contest("cost", costs, compare, level, high=False, wording=wording)
    missing = [each for each in answering if each.name not in costs and each.name not in reused]
    few = [each.name for each in missing if each.cost.per_query is not None]
    finding = _few(contest.find(), few)
    if reused:
        finding = finding.noted(_earlier(reused))
    failed = [
        f"{numbers.count(each.failed)} of {each.name}" for each in answering if each.name in costs and each.failed
    ]
    hidden = " Had each cost as much as an answer, it may be otherwise." if contest.any_undone else ""
    if failed and by_token:  # who fails on what is long looks cheap
        finding = finding.noted(f"Failures have no price, and the costs leave them out: {listed(failed)}.{hidden}")
    elif failed:  # who breaks off early looks cheap
        finding = finding.noted(f"Failures cost what they took, and brought nothing: {listed(failed)}.{hidden}")
    elif contest.any_undone:  # by_token, nothing is in doubt
        finding = finding.noted(EMPTY_PLACES)
    return finding.without([each.name for each in missing if each.name not in few], "cost")


def of_latency(
    pipelines: Sequence[PipelineSummary],
    differences: Sequence[Difference],
    spent: Mapping[str, Mapping[str, float]],
    level: float,
) -> Finding:
    times = {name: _mean(each) for name, each in spent.items()}
    if not times:
        return Finding(about="latency", sentence="No answer was timed: all were taken from earlier runs, or failed.")
    compare = partial(find_difference, differences, SECONDS)
    signed = partial(numbers.signed, numbers.seconds)
    wording = Wording("the fastest on average", numbers.seconds, signed, alike="took the same time")
    contest = Contest("latency", times, compare, level, high=False, wording=wording)
    few = [each.name for each in pipelines if each.name not in times and each.latency.mean is not None]
    unknown = [each.name for each in pipelines if each.name not in times and each.name not in few]
    finding = _few(contest.find(), few).without(unknown, "time")
    timed = [each for each in pipelines if each.name in times]
    failed = [f"{numbers.count(each.failed)} of {each.name}" for each in timed if each.failed]
    if not failed:
        return finding
    # who gives up on what takes long looks fast
    note = f"Failures are not timed: {listed(failed)}"
    note += ", and the times are of questions that all answered." if len(times) > 1 else "."
    return finding.noted(f"{note} What they would have taken nobody knows." if contest.any_undone else note)


def _earlier(names: Sequence[str]) -> str:
    return f"What {listed(names)} took of the machine was in an earlier run, at another load, and is not compared."


def _mean(values: Mapping[str, float]) -> float:
    return sum(values.values()) / len(values)


def _few(finding: Finding, names: Sequence[str]) -> Finding:
    if not names:
        return finding
    return finding.noted(f"Too few questions were answered by {listed(names)} for a comparison.")
