"""A language model as judge: what may be configured, without importing anything heavy."""

from __future__ import annotations

import os

from pydantic import Field

from corpora.errors import ConfigError
from corpora.model import Record


class JudgeOptions(Record):
    """Who judges, and how long it may take: any OpenAI-compatible endpoint.

    `base_url` ends in /v1. `api_key_env` names the environment variable that holds the key; none is sent where it is
    left out. `timeout` is in seconds, for one metric of one answer with all its calls. `max_tokens` bounds one reply:
    a judge that is cut off has not answered.
    """

    base_url: str
    model: str
    api_key_env: str | None = None
    timeout: float = Field(default=120.0, gt=0)
    max_tokens: int = Field(default=2048, gt=0)

    def api_key(self) -> str:
        """The key, or a word in its place where none is needed. Raises ConfigError where the variable is not set."""
        if self.api_key_env is None:
            return "none"
        key = os.environ.get(self.api_key_env, "")
        if not key:
            raise ConfigError(
                f"The judge's key is missing: the environment variable {self.api_key_env} is not set.",
                "Set it, or leave evaluation.judge.api_key_env out where the endpoint needs none.",
            )
        return key
