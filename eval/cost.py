"""What answers cost: tokens at a price, or the machine's seconds at a price. What is unknown is None, never 0."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, model_validator

from corpora.model import Record
from eval.trial import Trial
from pipelines.contract import Preparation, Usage


class Prices(Record):
    """What things cost in `currency`: tokens, where somebody else's server answers, or the machine, where ours does.

    The token prices are per million; `cached_per_million` is that of prompt tokens not computed again, and the prompt's
    own where it is left out. `machine_per_hour` is for the whole machine. `source` says where the prices are from, and
    `assumption` that they are only assumed.
    """

    prompt_per_million: float | None = Field(default=None, ge=0)
    cached_per_million: float | None = Field(default=None, ge=0)
    completion_per_million: float | None = Field(default=None, ge=0)
    machine_per_hour: float | None = Field(default=None, ge=0)
    currency: str = "USD"
    source: str | None = None
    assumption: bool = False

    @model_validator(mode="after")
    def _one_way_to_pay(self) -> Prices:
        if (self.prompt_per_million is None) != (self.completion_per_million is None):
            raise ValueError("prompt_per_million and completion_per_million come together")
        if self.cached_per_million is not None and self.prompt_per_million is None:
            raise ValueError("cached_per_million needs prompt_per_million")
        if self.prompt_per_million is not None and self.machine_per_hour is not None:
            raise ValueError("give token prices or machine_per_hour, not both: an answer is paid for once")
        return self

    def of_tokens(self, usage: Usage) -> float | None:
        """What the tokens of one answer cost."""
        if self.prompt_per_million is None or self.completion_per_million is None:
            return None
        cached = self.prompt_per_million if self.cached_per_million is None else self.cached_per_million
        fresh = usage.prompt_tokens - usage.cached_tokens
        return (
            fresh * self.prompt_per_million
            + usage.cached_tokens * cached
            + usage.completion_tokens * self.completion_per_million
        ) / 1e6

    def of_seconds(self, seconds: float | None) -> float | None:
        """What the machine costs for so many seconds."""
        if self.machine_per_hour is None or seconds is None:
            return None
        return seconds * self.machine_per_hour / 3600

    def of_trial(self, trial: Trial) -> float | None:
        """What one trial cost; a cached one what it cost when it was asked. A failure's tokens are unknown."""
        if self.machine_per_hour is not None:
            return self.of_seconds(trial.machine_seconds)
        return self.of_tokens(trial.answer.usage) if trial.answer else None


class CostSummary(Record):
    """What a pipeline cost. `per_query` is the mean over the `priced` trials and `total` their sum; the cost of
    `unpriced` trials is unknown, so that the true total is higher. Training and indexing are not in them.
    """

    per_query: float | None
    total: float | None
    priced: int
    unpriced: int
    training: float | None
    indexing: float | None
    currency: str


def summarise_cost(trials: Sequence[Trial], prices: Prices, preparation: Preparation) -> CostSummary:
    costs = [cost for trial in trials if (cost := prices.of_trial(trial)) is not None]
    return CostSummary(
        per_query=sum(costs) / len(costs) if costs else None,
        total=sum(costs) if costs else None,
        priced=len(costs),
        unpriced=len(trials) - len(costs),
        training=prices.of_seconds(preparation.training_seconds),
        indexing=prices.of_seconds(preparation.indexing_seconds),
        currency=prices.currency,
    )
