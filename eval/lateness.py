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

FEWEST = 3
"""Documents beyond one a turn, with fewer of which turns do not tell how alike the answers on one document are."""


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
    (`least_mean`). There is no interval where there are fewer than two turns.
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
    times = [sum(min(each, seconds) for each in repeated) / len(repeated) for repeated in taken.values()]
    sums, sizes = cluster_sums(np.asarray(shares, dtype=float), asked_in)
    size = _effective_size(times, documents, asked_in)
    exact = _exact(by_turn.mean, size, confidence.level)
    lows = [exact[0], least_mean([float(each) for each in sums / sizes], (1 + confidence.level) / 2)]
    highs = [by_turn.high]
    if 0 < by_turn.mean < 1:
        resampled = mean_interval(shares, confidence, clusters=documents)
        lows += [] if resampled.low is None else [resampled.low]
        highs += [] if resampled.high is None else [resampled.high]
    share = by_turn.model_copy(update={"low": min(lows), "high": max(exact[1], *highs)})
    known = share.high is not None and share.high <= LATE
    return _Share(share, None if known else _more(share, max(highs), size, confidence.level))


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


def _effective_size(times: Sequence[float], documents: Sequence[str], turns: Sequence[str]) -> float:
    """How many independent answers these are worth (Kish 1965): their number over the design effect, which is how much
    further the mean of their times spreads for their being on common documents. It is taken from the times, because of
    answers none of which is late nothing else shows how alike those on one document are; and within turns, as within
    strata, because a document is asked about in one turn, whose mood would make all of it alike.
    """
    members: dict[str, list[int]] = {}
    for place, turn in enumerate(turns):
        members.setdefault(turn, []).append(place)
    strata = [each for each in members.values() if len({documents[place] for place in each}) > 1]
    if sum(len({documents[place] for place in each}) - 1 for each in strata) < FEWEST:
        strata = [list(range(len(times)))]
    apart = sum(_variance_of_total(each, times) for each in strata)
    together = sum(_variance_of_total(each, times, documents) for each in strata)
    return len(times) / max(1.0, together / apart) if apart else float(len(times))


def _variance_of_total(places: Sequence[int], times: Sequence[float], documents: Sequence[str] | None = None) -> float:
    labels = [documents[place] for place in places] if documents else None
    error = standard_error([times[place] for place in places], labels)
    return 0.0 if error is None else (len(places) * error) ** 2
