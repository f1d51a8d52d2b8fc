"""How long answers took."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpora.model import Record
from eval.trial import Trial


class Percentiles(Record):
    """Seconds, by linear interpolation between order statistics; None without a value."""

    p50: float | None
    p95: float | None
    p99: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> Percentiles:
        if not values:
            return cls(p50=None, p95=None, p99=None)
        p50, p95, p99 = np.percentile(np.asarray(values), [50, 95, 99])
        return cls(p50=float(p50), p95=float(p95), p99=float(p99))


class LatencySummary(Record):
    """Of the `n` answers given in this run; cached and failed ones are left out.

    `ttft` and `e2el` are in seconds, at the run's concurrency; `mean` is that of `e2el`. `tokens_per_second` is the
    throughput: the answers' tokens over the machine's time that they took together.
    """

    n: int
    ttft: Percentiles
    e2el: Percentiles
    mean: float | None
    tokens_per_second: float | None


def summarise_latency(trials: Sequence[Trial]) -> LatencySummary:
    fresh = [(trial, trial.answer) for trial in trials if trial.answer and not trial.cached]
    seconds = sum(trial.machine_seconds or 0.0 for trial, _ in fresh)
    tokens = sum(answer.usage.completion_tokens for _, answer in fresh)
    times = [answer.timing.e2el for _, answer in fresh]
    return LatencySummary(
        n=len(fresh),
        ttft=Percentiles.of([answer.timing.ttft for _, answer in fresh]),
        e2el=Percentiles.of(times),
        mean=sum(times) / len(times) if times else None,
        tokens_per_second=tokens / seconds if seconds else None,
    )
