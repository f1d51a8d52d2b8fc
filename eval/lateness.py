"""How many answers come too late: of this run, and as far as it tells of others."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from corpora.errors import EngineTimeoutError
from eval import numbers
from eval.planning import MOST_QUESTIONS
from eval.statistics import Draws, Estimate, cluster_sums, least_mean, mean_interval, standard_error, t_interval
from eval.trial import Trial

LATE = 0.05
"""The share of answers that may take longer than `Needs.seconds`: what a p95 leaves out."""

SHORTEST = 1e-6
"""Seconds; a fake answers in none, which has no logarithm."""


@dataclass(frozen=True)
class Late:
    """How many of one pipeline's answers take longer than is allowed.

    Attributes:
        share: of those of which it is known: an answer came, or was given up as too slow.
        at_most: of all, were those that failed otherwise late as well, where these are more than `LATE` of all trials:
            within the time there was no answer either.
        failed: how many these are; 0 where they are no more than that.
        more: about how many more questions would tell that these are not more than `LATE`, if as many of them are late;
            None where that is told, or more are late, or it is not for their number that it is not.
    """

    share: Estimate
    at_most: Estimate
    failed: int = 0
    more: int | None = None

    def told(self, limit: str) -> str:
        """How many took longer than the limit, as a clause."""
        taken = (
            f"{numbers.percent(self.share.mean)} of its answers took longer than {limit}, or were given up as too slow"
        )
        if self.failed:
            most, failed = numbers.percent(self.at_most.mean), numbers.count(self.failed)
            taken += f"; with the {failed} that failed otherwise {most} were not there in time"
        return taken if self.share.low is not None else f"{taken}, of questions asked all at one time"


def late_answers(trials: Sequence[Trial], seconds: float, drawn: Draws) -> Late:
    """The share of one pipeline's answers in this run that took longer.

    Repeats of a question are no further questions: each is one value, the mean of its repeats, as for every metric.
    """
    fresh = [trial for trial in trials if not trial.cached]
    failed = sum(trial.failure is not None and not timed_out(trial) for trial in fresh)
    failed = failed if failed > LATE * len(fresh) else 0
    known = _late([trial for trial in fresh if trial.answer is not None or timed_out(trial)], seconds, drawn)
    whole = _late(fresh, seconds, drawn) if failed else known
    return Late(known.share, whole.share, failed, whole.more)


def timed_out(trial: Trial) -> bool:
    """Whether it was given up as too slow."""
    return trial.failure is not None and trial.failure.code == EngineTimeoutError.code


def hides_slowness(trials: Sequence[Trial]) -> bool:
    """Whether the times of one pipeline's answers leave out so much that it may be slower than they say: anything that
    was given up as too slow, or failures of more than `LATE` of all trials, whose time nobody knows.
    """
    failed = sum(trial.failure is not None for trial in trials)
    return failed > LATE * len(trials) or any(map(timed_out, trials))


class _Share(NamedTuple):
    share: Estimate
    more: int | None = None


def _late(trials: Sequence[Trial], seconds: float, drawn: Draws) -> _Share:
    """How many are late, failures among them.

    Lateness is a matter of the documents and of the turns, so that each end is the furthest one of several intervals.
    Resampled documents tell nothing where no answer is late, and too little where few are: beside them stands the
    exact interval for as many questions as these are worth (`_exact`). Of few turns a t interval says next to nothing,
    even where nearly all of each is late: the low end by turns is the one that holds however they spread
    (`least_mean`). There is no interval where there are fewer than two turns. More questions only make turns longer,
    and their moods stay: no number of them is named where these make answers alike.
    """
    taken: dict[str, list[float]] = {}
    for trial in trials:
        taken.setdefault(trial.question_id, []).append(trial.answer.timing.e2el if trial.answer else math.inf)
    shares = [sum(each > seconds for each in repeated) / len(repeated) for repeated in taken.values()]
    confidence, asked_in = drawn.confidence, [str(drawn.turns[each]) for each in taken]
    by_turn, _ = t_interval(shares, asked_in, confidence.level, (0.0, 1.0))
    if by_turn.mean is None or by_turn.high is None:
        return _Share(by_turn)
    documents = [drawn.clusters[each] for each in taken]
    sums, sizes = cluster_sums(np.asarray(shares, dtype=float), asked_in)
    on_documents, in_turns = _effective_sizes(list(taken.values()), seconds, (documents, asked_in), confidence.level)
    exact = _exact(by_turn.mean, min(on_documents, in_turns), confidence.level)
    lows = [exact[0], least_mean([float(each) for each in sums / sizes], (1 + confidence.level) / 2)]
    highs = [by_turn.high]
    if 0 < by_turn.mean < 1:
        resampled = mean_interval(shares, confidence, clusters=documents)
        lows += [] if resampled.low is None else [resampled.low]
        highs += [] if resampled.high is None else [resampled.high]
    share = by_turn.model_copy(update={"low": min(lows), "high": max(exact[1], *highs)})
    if in_turns < on_documents or (share.high is not None and share.high <= LATE):
        return _Share(share)
    return _Share(share, _more(share, max(highs), on_documents, confidence.level))


def _more(estimate: Estimate, high: float, size: float, level: float) -> int | None:
    """How many more of such questions put every interval's high end at `LATE`.

    Args:
        high: that of the intervals by turns and documents, which come nearer with the root of the number of questions.
        size: how many independent answers there are so far.
    """
    n, share = estimate.n, estimate.mean or 0.0

    def told(more: int) -> bool:
        exact = _exact(share, size * (n + more) / n, level)[1]
        return max(exact, share + (high - share) * math.sqrt(n / (n + more))) <= LATE

    more = bisect_left(range(MOST_QUESTIONS), True, key=told) if share < LATE else MOST_QUESTIONS
    return more if more < MOST_QUESTIONS else None


def _exact(share: float, size: float, level: float) -> tuple[float, float]:
    """Clopper and Pearson's interval (1934) for the size that clustered values are worth (Korn and Graubard 1998)."""
    from scipy.stats import beta

    count, tail = share * size, (1 - level) / 2
    low = float(beta.ppf(tail, count, size - count + 1)) if share > 0 else 0.0
    high = float(beta.ppf(1 - tail, count + 1, size - count)) if share < 1 else 1.0
    return low, high


def _effective_sizes(
    taken: Sequence[Sequence[float]], seconds: float, groupings: Sequence[Sequence[str]], level: float
) -> list[float]:
    """How many independent answers these are worth by each way to group them: all, where no group is near being late,
    since then it does not matter how alike its answers are.

    Args:
        taken: what each time took to answer a question, by question; infinite where it failed.
        groupings: the group of each question.
    """
    slowest = [max(repeated) for repeated in taken]
    if all(_is_far(slowest, groups, seconds, level) for groups in groupings):
        return [float(len(taken)) for _ in groupings]
    times = [sum(min(each, seconds) for each in repeated) / len(repeated) for repeated in taken]
    return [_effective_size(times, groups) for groups in groupings]


def _is_far(slowest: Sequence[float], groups: Sequence[str], seconds: float, level: float) -> bool:
    """Whether of further groups at most `LATE` have any answer that takes longer, to judge by the slowest one of each:
    the one-sided tolerance limit of their logarithms (Hahn and Meeker 1991), as if these were normal, is not beyond it.
    """
    from scipy.stats import nct, norm

    most: dict[str, float] = {}
    for group, taken in zip(groups, slowest, strict=True):
        most[group] = max(taken, most.get(group, SHORTEST))
    n, logs = len(most), np.log(list(most.values()))
    if n < 2 or not np.isfinite(logs).all():
        return False
    factor = float(nct.ppf((1 + level) / 2, n - 1, float(norm.ppf(1 - LATE)) * math.sqrt(n))) / math.sqrt(n)
    return bool(logs.mean() + factor * logs.std(ddof=1) <= math.log(seconds))


def _effective_size(times: Sequence[float], groups: Sequence[str]) -> float:
    """How many independent answers these are worth (Kish 1965): their number over the design effect, which is how much
    further the mean of their times spreads for their being on common documents, or in common turns. It is taken from
    the times, because of answers none of which is late nothing else shows how alike those of one group are.
    """
    apart, together = standard_error(times), standard_error(times, groups)
    if not apart or together is None:
        return float(len(times))
    return len(times) / max(1.0, (together / apart) ** 2)
