"""How a bake-off asks and scores."""

from __future__ import annotations

from pydantic import Field

from corpora.model import Record, Split
from eval.metrics.judge import JudgeOptions
from eval.statistics import Confidence


class EvaluationOptions(Record):
    """The `evaluation` part of `bakeoff.yaml`.

    Questions of `split` are asked, `concurrency` at a time, in an order that `seed` shuffles, after `warmup` requests
    to each pipeline that nobody counts. Each is asked `repeat` times, which tells something where decoding is not
    greedy. A question that takes more than `timeout` seconds has failed. With `reuse_answers`, what an unchanged
    pipeline was asked in earlier runs is not asked again: its last answers are marked as cached, and are in no
    percentile.
    """

    split: Split = "test"
    concurrency: int = Field(default=8, ge=1, le=10_000)
    seed: int = Field(default=0, ge=0)
    repeat: int = Field(default=1, ge=1, le=1000)
    warmup: int = Field(default=1, ge=0, le=10_000)
    timeout: float = Field(default=300.0, gt=0)
    reuse_answers: bool = False
    confidence: float = Field(default=0.95, ge=0.8, le=0.999)
    resamples: int = Field(default=5000, ge=100, le=1_000_000)
    judge: JudgeOptions | None = None

    @property
    def intervals(self) -> Confidence:
        return Confidence(level=self.confidence, resamples=self.resamples, seed=self.seed)
