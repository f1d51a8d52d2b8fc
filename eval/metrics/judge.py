"""A language model as judge: what may be configured, without importing anything heavy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pydantic import Field

from corpora.errors import EngineError
from corpora.model import Record
from eval.prices import TokenPrices
from pipelines.address import ApiAddress, KeyVariable


class JudgeOptions(TokenPrices):
    """Who judges, and how long it may take: any OpenAI-compatible endpoint.

    `base_url` ends in /v1. `api_key_env` names the environment variable that holds the key; none is sent where it is
    left out. `timeout` is in seconds, for one metric of one answer with all its calls. `max_tokens` bounds one reply:
    a judge that is cut off has not answered. The prices are the judge's own, per million tokens and in the run's
    currency; without them what it costs is unknown.
    """

    base_url: ApiAddress
    model: str = Field(min_length=1)
    api_key_env: KeyVariable | None = None
    timeout: float = Field(default=120.0, gt=0)
    max_tokens: int = Field(default=2048, gt=0)

    def api_key(self) -> str:
        """The key, or a word in its place where none is needed. Raises ConfigError where none can be had or sent."""
        from pipelines.engines.openai_server import key_in  # imports LangChain

        return key_in(self.api_key_env)

    def of_usage(self, usage: JudgeUsage) -> float | None:
        """What so much judging costs; None where a price, or the tokens of a call, are not known."""
        if self.prompt_per_million is None or self.completion_per_million is None or usage.unreported:
            return None
        return (
            usage.prompt_tokens * self.prompt_per_million + usage.completion_tokens * self.completion_per_million
        ) / 1e6


class JudgeUsage(Record):
    """What a judge was asked. The tokens of `unreported` calls are not known: nothing came back, or nobody counted."""

    calls: int = Field(default=0, ge=0)
    unreported: int = Field(default=0, ge=0)
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)

    def __add__(self, other: JudgeUsage) -> JudgeUsage:
        return JudgeUsage(
            calls=self.calls + other.calls,
            unreported=self.unreported + other.unreported,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
        )


FAILURE: ContextVar[EngineError | None] = ContextVar("judge_failure", default=None)
"""Why the judge's last call gave nothing, which a metric may keep to itself; None where it gave something."""

_calls: ContextVar[list[JudgeUsage] | None] = ContextVar("judge_calls", default=None)


@contextmanager
def counting_calls() -> Iterator[list[JudgeUsage]]:
    """The judge's calls from within, one entry each; those of other tasks are not among them."""
    calls: list[JudgeUsage] = []
    token = _calls.set(calls)
    try:
        yield calls
    finally:
        _calls.reset(token)


def count_call(tokens: tuple[int, int] | None) -> None:
    """Notes one call for whoever counts: its tokens of prompt and completion, None where they are not known. Fewer than
    none are not known either.
    """
    calls = _calls.get()
    if calls is None:
        return
    if tokens is None or min(tokens) < 0:
        calls.append(JudgeUsage(calls=1, unreported=1))
    else:
        calls.append(JudgeUsage(calls=1, prompt_tokens=tokens[0], completion_tokens=tokens[1]))
