"""A load test on disk: what was asked for, and what came out at each level."""

from __future__ import annotations

from pydantic import Field

from corpora.model import Record, Split
from eval.load.measures import Level, Load, Targets

FILE = "load.json"  # in a run's folder


class LoadPlan(Record):
    """What a load test does: each pipeline under each load, so many `requests` at each level.

    Before a pipeline's first level come `warmup` requests that nobody counts. A request that takes more than `timeout`
    seconds has failed. `seed` orders the questions and the arrivals.
    """

    pipelines: tuple[str, ...]
    loads: tuple[Load, ...]
    requests: int = Field(ge=1)
    targets: Targets = Targets()
    warmup: int = Field(default=2, ge=0)
    timeout: float = Field(default=300.0, gt=0)
    seed: int = 0


class LoadResult(Record):
    """What a load test measured, level by level, in the order of the plan; fewer levels where it was stopped.

    `started` is in UTC, ISO 8601; `questions` is how many different ones there were to ask.
    """

    url: str
    started: str
    split: Split
    questions: int
    plan: LoadPlan
    levels: tuple[Level, ...] = ()

    def utilisation(self, level: Level) -> float | None:
        """The level's throughput as a share of the highest that its pipeline reached at any level.

        None where it cannot be said: with one level, or without a completed request, nobody knows what it could reach.
        """
        of_pipeline = [each.requests_per_second for each in self.levels if each.pipeline == level.pipeline]
        highest = max(of_pipeline, default=0.0)
        return level.requests_per_second / highest if len(of_pipeline) > 1 and highest else None
