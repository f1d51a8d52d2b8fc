"""Who is best at each thing, as findings: quality, made-up answers, cost, latency, freshness."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import combinations

from eval import numbers
from eval.contest import Contest, Finding, listed, quality, quality_contest
from eval.differences import COST, MADE_UP, SECONDS, Difference, comparable, find_difference, made_up
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS
from eval.pairing import FEWEST_CLUSTERS, Paired, compare_pairs, document_clusters
from eval.prices import NO_PRICE
from eval.staleness import NOT_COUNTED, Staleness
from eval.statistics import EQUAL, Confidence
from eval.trial import Trial


def of_quality(pipelines: Sequence[PipelineSummary], differences: Sequence[Difference], level: float) -> Finding:
    known = {each.name: each for each in pipelines if CORRECTNESS in each.metrics and each.metrics[CORRECTNESS].mean.n}
    means = {name: each.metrics[CORRECTNESS].mean for name, each in known.items()}
    compare = partial(find_difference, differences, CORRECTNESS)
    lacking = {name: each.lengths.taken for name, each in known.items()}
    contest = quality_contest(means, compare, level, "the most correct", lacking)
    right_refusals = {each.name: each.abstention.right_refusals for each in pipelines}
    nothing_answered = not sum(each.answered + each.abstained for each in pipelines)
    finding = quality(contest, means, right_refusals, nothing_answered)
    if len(known) < 2 or not finding.leaders:
        return finding
    return _beyond_words(finding, known, contest)


def _beyond_words(finding: Finding, known: Mapping[str, PipelineSummary], contest: Contest) -> Finding:
    """With what the means do not tell: that the leader was never right, and who is behind for its answers' length."""
    leaders = finding.leaders
    best = known[leaders[0]]
    if not best.cost.right:
        none = best.name if any(each.cost.right for each in known.values()) else "any pipeline"
        finding = _in_doubt(finding, f"But no answer of {none} counts as right.")
    for name, each in known.items():
        if name not in leaders and (doubt := each.behind_by_length(contest.least(best.name, name))):
            finding = _in_doubt(finding, doubt, name)
        elif _rivals(contest, name, leaders):
            finding = _noted(finding, each.behind_by_length(0.0) or "")
    return finding


def _rivals(contest: Contest, name: str, leaders: Sequence[str]) -> list[str]:
    """Of those that lead, whom this one may be level with or ahead of for what is lacking of it: the best one, or where
    it is that itself, the others.
    """
    if name not in leaders:
        return []
    others = leaders[1:] if name == leaders[0] else leaders[:1]
    return [each for each in others if contest.weighs(name, each)]


def made_up_contest(
    differences: Sequence[Difference],
    trials: Mapping[str, Sequence[Trial]],
    unanswerable: Collection[str],
    level: float,
) -> Contest | None:
    """Of questions that the documents do not answer: how many are answered all the same. None without any."""
    known = comparable({name: made_up(each, unanswerable) for name, each in trials.items()})
    if not known:
        return None
    means = {name: _mean(each) for name, each in known.items()}
    compare = partial(find_difference, differences, MADE_UP)
    word = "the one that makes up the fewest answers"
    write, asked = numbers.score, " without an answer"
    return Contest("made up", means, compare, level, False, word, write, numbers.difference, asked)


def of_made_up(pipelines: Sequence[PipelineSummary], contest: Contest | None) -> Finding:
    if contest is None:
        sentence = "Nothing is known of made-up answers: every question has an answer in the documents, or failed."
        return Finding(about="made up", sentence=sentence)
    finding = _few(contest.find(), [each.name for each in pipelines if each.name not in contest.values])
    shares = {each.name: each.abstention.made_up.mean or 0.0 for each in pipelines}
    if all(math.isclose(share, shares[name], abs_tol=EQUAL) for name, share in contest.values.items()):
        return finding
    return _noted(finding, "Failures are left out: these shares are of questions that all of them replied to.")


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
    contest = Contest(
        "cost", costs, compare, level, False, "the cheapest per query", write, partial(numbers.signed, write)
    )
    missing = [each for each in answering if each.name not in costs and each.name not in reused]
    few = [each.name for each in missing if each.cost.per_query is not None]
    finding = _few(contest.find(), few)
    if reused:
        finding = _noted(finding, _earlier(reused))
    failed = [
        f"{numbers.count(each.failed)} of {each.name}" for each in answering if each.name in costs and each.failed
    ]
    if failed and by_token:  # who fails on what is long looks cheap
        finding = _noted(finding, f"Failures have no price, and the costs leave them out: {listed(failed)}.")
    elif failed:  # who breaks off early looks cheap
        finding = _noted(finding, f"Failures cost what they took, and brought nothing: {listed(failed)}.")
    return _without(finding, [each.name for each in missing if each.name not in few], "cost")


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
    write = numbers.seconds
    contest = Contest(
        "latency", times, compare, level, False, "the fastest on average", write, partial(numbers.signed, write)
    )
    few = [each.name for each in pipelines if each.name not in times and each.latency.mean is not None]
    unknown = [each.name for each in pipelines if each.name not in times and each.name not in few]
    finding = _without(_few(contest.find(), few), unknown, "time")
    timed = [each for each in pipelines if each.name in times]
    failed = [f"{numbers.count(each.failed)} of {each.name}" for each in timed if each.failed]
    if not failed:
        return finding
    # who gives up on what takes long looks fast
    note = f"Failures are not timed: {listed(failed)}"
    note += ", and the times are of questions that all answered." if len(times) > 1 else "."
    return _noted(finding, note)


def of_freshness(staleness: Staleness | None, contest: Contest | None) -> Finding:
    if staleness is None:
        sentence = "Freshness was not measured: `bakeoff staleness RUN --changes PATH` changes the documents and asks."
        return Finding(about="freshness", sentence=sentence)
    if contest is None:
        return Finding(about="freshness", sentence="No pipeline was refreshed, so that freshness is unknown.")
    finding = _beyond_length(contest, staleness)
    failures = {each.name: each.after.failed for each in staleness.pipelines if each.after and each.after.failed}
    if failures:
        failed = [f"{numbers.count(count)} of {name}" for name, count in failures.items()]
        finding = _noted(finding, f"Failures count as wrong: {listed(failed)}.")
    finding = _without(
        finding, [each.name for each in staleness.pipelines if each.name not in contest.values], "freshness"
    )
    documents = len(set(staleness.documents.values()))
    if not 0 < documents < FEWEST_CLUSTERS:
        return finding
    only = "1 document" if documents == 1 else f"{documents} documents"
    note = f"What changed is in {only} only: this holds for further questions on the same."
    return _noted(finding, note)


def _beyond_length(contest: Contest, staleness: Staleness) -> Finding:
    """As seen, and in doubt where the best one is ahead of who may be behind for answers that are not counted alone."""
    finding, best = contest.find(), contest.order()[0]
    leaders = finding.leaders
    for each in staleness.pipelines:
        if each.after is None or each.name not in contest.values:
            continue
        share = f"{numbers.count(len(each.after.uncounted))} of {numbers.counted(len(each.after.outcomes), 'answer')}"
        note = f"But {share} of {each.name} may be right and {NOT_COUNTED}."
        if _rivals(contest, each.name, leaders):
            finding = _noted(finding, note)
        elif each.name not in leaders and not contest.better(best, each.name):
            finding = _in_doubt(finding, note, each.name)
    return finding


def freshness_contest(staleness: Staleness | None, confidence: Confidence) -> Contest | None:
    """Of the questions whose answer changed or is new: how many are answered rightly once the pipeline is refreshed.

    None where that was not measured.
    """
    if staleness is None:
        return None
    new = {
        each.name: {key: float(outcome == "new") for key, outcome in each.after.outcomes.items()}
        for each in staleness.pipelines
        if each.after is not None and each.after.outcomes
    }
    if not new:
        return None
    clusters = document_clusters({key for each in new.values() for key in each}, staleness.documents)
    pairs = compare_pairs(new, list(combinations(new, 2)), clusters, confidence)
    lacking = {
        each.name: len(each.after.uncounted) / len(each.after.outcomes)
        for each in staleness.pipelines
        if each.after is not None and each.after.outcomes
    }

    def compare(a: str, b: str) -> Paired:
        return pairs[a, b] if (a, b) in pairs else pairs[b, a].negated()

    means = {name: sum(each.values()) / len(each) for name, each in new.items()}
    return Contest(
        about="freshness",
        values=means,
        compare=compare,
        level=confidence.level,
        high=True,
        word="the most often right about what has changed",
        write=numbers.score,
        write_difference=numbers.difference,
        asked=" on what has changed",
        lacking=lacking,
    )


def _earlier(names: Sequence[str]) -> str:
    return f"What {listed(names)} took of the machine was in an earlier run, at another load, and is not compared."


def _mean(values: Mapping[str, float]) -> float:
    return sum(values.values()) / len(values)


def _few(finding: Finding, names: Sequence[str]) -> Finding:
    if not names:
        return finding
    return _noted(finding, f"Too few questions were answered by {listed(names)} and the others to compare them.")


def _without(finding: Finding, unknown: Sequence[str], what: str) -> Finding:
    return _noted(finding, f"The {what} of {', '.join(unknown)} is unknown.") if unknown else finding


def _in_doubt(finding: Finding, note: str, *more: str) -> Finding:
    """Not clear for what the note says; `more` may be the best one too."""
    changed: dict[str, object] = {"clear": False, "leaders": (*finding.leaders, *more)}
    return _noted(finding, note).model_copy(update=changed | ({"more": None} if more else {}))


def _noted(finding: Finding, note: str) -> Finding:
    return finding.model_copy(update={"sentence": f"{finding.sentence} {note}"})
