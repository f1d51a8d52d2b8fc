"""The whole of `bakeoff.yaml`: what answers, how it is evaluated, what it costs, what is needed."""

from __future__ import annotations

from eval.needs import Needs
from eval.options import EvaluationOptions
from eval.prices import Prices
from pipelines.config import AnsweringConfig


class BakeoffConfig(AnsweringConfig):
    """Everything in `bakeoff.yaml`. Relative paths are relative to its folder."""

    evaluation: EvaluationOptions = EvaluationOptions()
    cost: Prices = Prices()
    needs: Needs = Needs()
