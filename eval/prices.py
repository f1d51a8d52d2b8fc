"""Prices as people give them: of tokens, of a machine's hour, of an example's writing."""

from __future__ import annotations

import datetime
from typing import Annotated, Self

from pydantic import Field, RootModel, model_validator

from corpora.model import Record
from eval import numbers
from pipelines.contract import Usage

NO_PRICE = "Costs are unknown: give the prices under `cost` in bakeoff.yaml."

Price = Annotated[float, Field(ge=0, le=1e6)]


class TokenPrices(Record):
    """Prices per million tokens, both or none."""

    prompt_per_million: Price | None = None
    completion_per_million: Price | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.prompt_per_million is None) != (self.completion_per_million is None):
            raise ValueError("prompt_per_million and completion_per_million come together")
        return self


class Prices(TokenPrices):
    """What things cost in `currency`.

    Answers are paid for by the token where prices of tokens are given (somebody else's server answers), else by the
    machine's time; indexing and training by the machine's time always. The token prices are per million;
    `cached_per_million` is that of prompt tokens not computed again, and the prompt's own where it is left out.
    `machine_per_hour` is for the whole machine; `writing_per_example` is what people's work
    on one training example costs. `source` says where the prices are from, `date` of when they are, and `assumption`
    that they are only assumed. `entry` takes all of them from that entry of `prices.yaml`.
    """

    entry: str | None = None
    cached_per_million: Price | None = None
    machine_per_hour: Price | None = None
    writing_per_example: Price | None = None
    currency: str = Field(default="USD", min_length=1)
    source: str | None = None
    date: datetime.date | None = None
    assumption: bool = False

    @model_validator(mode="after")
    def _cached_of_prompt(self) -> Self:
        if self.cached_per_million is not None and self.prompt_per_million is None:
            raise ValueError("cached_per_million needs prompt_per_million")
        return self

    @property
    def listed(self) -> list[tuple[str, str]]:
        """What is given, each by its name."""
        given = (
            ("Prompt", self.prompt_per_million, "a million tokens"),
            ("Cached", self.cached_per_million, "a million tokens"),
            ("Answer", self.completion_per_million, "a million tokens"),
            ("Machine", self.machine_per_hour, "an hour"),
            ("Writing", self.writing_per_example, "an example"),
        )
        return [
            (term, f"{numbers.money(value, self.currency)} {unit}") for term, value, unit in given if value is not None
        ]

    def in_words(self) -> str:
        """One sentence: what costs are computed from."""
        if not self.by_token and self.machine_per_hour is None:
            return NO_PRICE
        given = "; ".join(f"{term.lower()} {text}" for term, text in self.listed)
        source = f", {self.source}" if self.source else ""
        return f"Costs are computed from prices that are {'assumed' if self.assumption else 'given'}: {given}{source}."

    @property
    def by_token(self) -> bool:
        """Whether answers are paid for by the token."""
        return self.prompt_per_million is not None

    def of_tokens(self, usage: Usage) -> float | None:
        """What the tokens of one answer cost; None where there is no price, or where more were cached than the prompt
        has: a run of an earlier version may hold such counts.
        """
        if self.prompt_per_million is None or self.completion_per_million is None:
            return None
        if usage.cached_tokens > usage.prompt_tokens:
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

    def of_writing(self, examples: int | None) -> float | None:
        """What people's work on so many examples costs; none of them cost nothing, None is unknown."""
        if examples == 0:
            return 0.0
        if self.writing_per_example is None or examples is None:
            return None
        return examples * self.writing_per_example

    def of_answer(self, usage: Usage | None, seconds: float | None) -> float | None:
        """What one answer costs that took so many of the machine's seconds; of a failure, no usage is known."""
        if not self.by_token:
            return self.of_seconds(seconds)
        return None if usage is None else self.of_tokens(usage)


class ListedPrices(Prices):
    """An entry of a list of prices: nobody believes one without its source and its date."""

    source: str
    date: datetime.date


class PriceList(RootModel[dict[str, ListedPrices]]):
    """The file `prices.yaml`: what machines and tokens cost, by a name of their own."""
