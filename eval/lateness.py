"""How many answers come too late: of this run, and as far as it tells of others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpora.errors import EngineTimeoutError
from eval.statistics import Draws, Estimate, cluster_sums, least_mean, mean_interval, t_interval
from eval.trial import Trial


def late_share(trials: Sequence[Trial], seconds: float, drawn: Draws) -> Estimate:
    """The share of one pipeline's answers in this run that took longer. Those that were given up as too slow are among
    them; what failed otherwise says nothing of time.

    Repeats of a question are no further questions: each is one value, the mean of its repeats, as for every metric.
    Lateness is a matter of the documents and of the turns, so that each end is the further one of two intervals. Of
    few turns a t interval says next to nothing, even where nearly all of each is late: the low end by turns is the one
    that holds however they spread (`least_mean`). There is no interval where there are fewer than two turns.
    """
    confidence = drawn.confidence
    repeated: dict[str, list[bool]] = {}
    for trial in trials:
        if not trial.cached and (trial.answer is not None or _timed_out(trial)):
            late = trial.answer is None or trial.answer.timing.e2el > seconds
            repeated.setdefault(trial.question_id, []).append(late)
    shares = [sum(each) / len(each) for each in repeated.values()]
    asked_in = [str(drawn.turns[each]) for each in repeated]
    by_document = mean_interval(shares, confidence, clusters=[drawn.clusters[each] for each in repeated])
    by_turn, _ = t_interval(shares, asked_in, confidence.level, (0.0, 1.0))
    if by_document.low is None or by_document.high is None or by_turn.high is None:
        return by_turn.model_copy(update={"low": None, "high": None})
    sums, sizes = cluster_sums(np.asarray(shares, dtype=float), asked_in)
    low = min(by_document.low, least_mean([float(each) for each in sums / sizes], (1 + confidence.level) / 2))
    return by_turn.model_copy(update={"low": low, "high": max(by_document.high, by_turn.high)})


def _timed_out(trial: Trial) -> bool:
    return trial.failure is not None and trial.failure.code == EngineTimeoutError.code
