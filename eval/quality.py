"""Who is the most correct, as a finding, and what the means do not tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from eval import numbers
from eval.contest import Compare, Contest, listed
from eval.differences import Difference, find_difference
from eval.doubt import in_right_answers, more_right_answers
from eval.finding import Finding, Wording, said_once
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS
from eval.planning import FEWEST
from eval.statistics import Estimate


def of_quality(
    pipelines: Sequence[PipelineSummary],
    differences: Sequence[Difference],
    level: float,
    doubt: str | None = None,
    holding: str = "",
) -> Finding:
    """The finding on correctness; `doubt` says why it shows nothing (`Contest.doubt`), and `holding` where it holds
    that somebody is ahead (`Spread.holding`).
    """
    silent = [each.name for each in pipelines if not each.answered + each.abstained]
    nothing_answered = len(silent) == len(pipelines)
    compared = [each for each in pipelines if nothing_answered or each.name not in silent]
    known = {each.name: each for each in compared if CORRECTNESS in each.metrics and each.metrics[CORRECTNESS].mean.n}
    means = {name: each.metrics[CORRECTNESS].mean for name, each in known.items()}
    compare = partial(find_difference, differences, CORRECTNESS)
    lacking = {name: each.uncounted.taken for name, each in known.items()}
    contest = quality_contest(means, compare, level, "the most correct", lacking, doubt)
    right_refusals = {each.name: each.abstention.right_refusals for each in compared}
    finding = quality(contest, means, right_refusals, nothing_answered)
    if nothing_answered:
        return finding
    if silent:
        finding = finding.noted(f"{listed(silent)} answered nothing: every question failed.")
    if len(known) < 2 or not finding.leaders:
        return finding
    told = contest.doubted(_beyond_words(finding, known, contest))
    return told.noted(holding) if len(finding.leaders) < len(known) else told


def _beyond_words(finding: Finding, known: Mapping[str, PipelineSummary], contest: Contest) -> Finding:
    """With what the means do not tell: that the leader was never right, or is ahead by parts of right answers alone,
    and who is behind for answers that are not counted.
    """
    best = known[finding.leaders[0]]
    doubted = contest.in_doubt(finding.leaders)
    if best.cost.right:
        told = [_in_right_answers(best, known[name], contest) for name in finding.leaders[1:]]
    else:
        told = [_never_right(best, known, doubted)]
    told += [known[name].may_be_underrated(None, contest.level) for name in doubted]
    failures = {name: each.uncounted for name, each in known.items() if name not in doubted}
    failed = [f"{found.failing} for {name}" for name, found in failures.items() if found.failed.answers]
    told += [f"Failures count as wrong: {listed(failed)}."] if failed else []
    return finding.noted(said_once(filter(None, told)))


def _in_right_answers(best: PipelineSummary, other: PipelineSummary, contest: Contest) -> str | None:
    """What right answers tell of two that lead where the score does not, or the other way round; None where nothing."""
    paired = contest.compare(best.name, other.name)
    if paired is None:
        return None
    if contest.scores_better(best.name, other.name):
        return in_right_answers(best, other, paired, contest.level)
    if contest.more_right(best.name, other.name):
        return more_right_answers(best.name, other.name, paired)
    if contest.more_right(other.name, best.name):
        return more_right_answers(other.name, best.name, paired.negated())
    return None


def _never_right(best: PipelineSummary, known: Mapping[str, PipelineSummary], doubted: Sequence[str]) -> str:
    """That no answer of the leader counts as right; how many may be, where that is not said of it anyway."""
    if not any(each.cost.right or each.uncounted.perhaps for each in known.values()):
        return "But no answer of any pipeline counts as right."
    found = best.uncounted
    perhaps = f"; {numbers.count(found.perhaps)} of {numbers.counted(found.answers, 'answer')} may be"
    told = perhaps if found.perhaps and best.name not in doubted else ""
    return f"But no answer of {best.name} counts as right{told}."


def quality_contest(
    scores: Mapping[str, Estimate],
    compare: Compare,
    level: float,
    best: str,
    lacking: Mapping[str, float] | None = None,
    doubt: str | None = None,
) -> Contest:
    """Who has the highest score, of pipelines with a mean that is known; `best` is what that one is."""
    return Contest(
        about="quality",
        values={name: estimate.mean or 0.0 for name, estimate in scores.items()},
        compare=compare,
        level=level,
        high=True,
        wording=Wording(best, numbers.score, numbers.difference),
        lacking=lacking or {},
        doubt=doubt,
    )


def quality(
    contest: Contest,
    correctness: Mapping[str, Estimate],
    right_refusals: Mapping[str, Estimate],
    nothing_answered: bool,
) -> Finding:
    """The finding on correctness.

    Args:
        contest: of pipelines whose correctness is known; of none where no question has a reference answer.
        correctness: the mean of each of these.
        right_refusals: the share of unanswerable questions that each refused.
        nothing_answered: whether every trial failed.
    """
    if nothing_answered:
        return Finding(about="quality", sentence="No pipeline answered: every question failed.")
    if not correctness:
        return Finding(about="quality", sentence=_only_unanswerable(right_refusals))
    order = contest.order()
    if len(order) == 1:
        sentence = _alone(order[0], correctness[order[0]])
        return Finding(about="quality", sentence=sentence, leaders=tuple(order))
    fewest = min(estimate.n for estimate in correctness.values())
    if fewest < FEWEST:
        sentence = (
            f"{numbers.counted(fewest, 'question')} with a reference answer cannot tell {listed(order)} apart; "
            f"at least {FEWEST} are needed."
        )
        return Finding(about="quality", sentence=sentence, leaders=tuple(order), more=FEWEST - fewest)
    return contest.find()


def _alone(name: str, estimate: Estimate) -> str:
    interval = "" if estimate.low is None else f" ({numbers.interval(estimate.low, estimate.high)})"
    known = f"correctness {numbers.score(estimate.mean)}{interval} on {numbers.counted(estimate.n, 'question')}"
    return f"{name} has {known}; there is nothing to compare it with."


def _only_unanswerable(right_refusals: Mapping[str, Estimate]) -> str:
    shares = [f"{name} {numbers.percent(estimate.mean)}" for name, estimate in right_refusals.items()]
    return (
        f"No question has an answer in the corpus, so correctness is not compared; rightly refused: {listed(shares)}."
    )
