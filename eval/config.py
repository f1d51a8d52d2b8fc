"""The whole of `bakeoff.yaml`: what answers, how it is evaluated, what it costs."""

from __future__ import annotations

from eval.cost import Prices
from eval.options import EvaluationOptions
from pipelines.config import AnsweringConfig


class BakeoffConfig(AnsweringConfig):
    """Everything in `bakeoff.yaml`. Relative paths are relative to its folder."""

    evaluation: EvaluationOptions = EvaluationOptions()
    cost: Prices = Prices()
