"""What every engine can do: open LangChain chat models on one base model, with or without an adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Self

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from pydantic import Field

from corpora.errors import EngineError, QuestionTooLongError
from corpora.model import Record

REPEAT: ContextVar[int] = ContextVar("repeat", default=0)
"""How often a bake-off has asked this question before; the seed alone would draw the same answer each time."""


class EngineOptions(Record):
    """Base of the options that each kind of engine declares beside its implementation, `kind` among them."""


class Decoding(Record):
    """How every pipeline decodes; one for all, or the comparison would not be fair. Temperature 0 is greedy."""

    max_new_tokens: int = Field(default=64, ge=1)
    temperature: float = Field(default=0.0, ge=0, le=10)
    seed: int = Field(default=0, ge=0)

    def now(self) -> Decoding:
        """As it is, with the seed of this repeat."""
        return self.model_copy(update={"seed": self.seed + REPEAT.get()})


class Adapter(Record):
    """A LoRA adapter on disk. `name` is what a server calls it, `content_hash` is over its weights."""

    name: str
    path: Path
    content_hash: str


class Engine(ABC):
    """What generates text. One engine serves all pipelines of a bake-off.

    The chat models it opens stream, and put the real token counts into `usage_metadata`: `input_tokens`,
    `output_tokens`, and `input_token_details["cache_read"]` for the part of the prompt that was not computed again.

    Attributes:
        model: the base model's name, as it stands in answers.
        window: tokens that prompt and answer may take together.
        decoding: how it decodes.
    """

    model: str
    window: int
    decoding: Decoding

    @abstractmethod
    def __init__(self, options: Any, base_model: Path, model_name: str, decoding: Decoding) -> None:
        """Light: nothing is loaded or started yet.

        Args:
            options: of this kind of engine.
            base_model: the base model's folder, of which a server's tokenizer is used as well.
            model_name: what the base model is called in answers.
        """

    def announce(self, adapters: Sequence[Adapter]) -> None:  # noqa: B027  (most engines load adapters when asked)
        """Says before the engine is entered which adapters will be asked for, to a server that must know at start."""

    async def __aenter__(self) -> Self:
        """Starts what must be started. Raises EngineUnavailableError or ModelMissingError."""
        return self

    async def __aexit__(self, *exc: object) -> None:  # noqa: B027  (most engines hold nothing to be stopped)
        """Stops what was started."""

    @abstractmethod
    def chat_model(self, adapter: Adapter | None = None) -> BaseChatModel:
        """A chat model on the base weights, or on base plus adapter. Raises EngineError if that cannot be served."""

    @abstractmethod
    def count_tokens(self, messages: Sequence[BaseMessage] | str) -> int:
        """Tokens of a text, or of a whole prompt in the chat template with the opening of the reply."""

    def require_shots(self, shots: int) -> None:  # noqa: B027  (who has no tokenizer cannot know)
        """Raises ModelRejectedError where the model's chat template leaves out one of so many questions and answers
        before the last question.
        """

    @property
    def room(self) -> int:
        """Tokens that a prompt may take, so that the longest answer still fits the window."""
        return self.window - self.decoding.max_new_tokens

    def require_room(self, prompt_tokens: int) -> None:
        """Raises QuestionTooLongError where a prompt takes more tokens than there is room for."""
        if prompt_tokens > self.room:
            raise QuestionTooLongError(
                f"The prompt takes {prompt_tokens} tokens; {self.model} has room for {self.room}.",
                "Ask a shorter question, or lower context_tokens, shots or top_k.",
            )

    def check_prompt(self, messages: Sequence[BaseMessage]) -> None:
        """Before a prompt is sent. Raises QuestionTooLongError where prompt and answer would not fit the window."""
        self.require_room(self.count_tokens(messages))

    @abstractmethod
    def fingerprint(self) -> dict[str, Any]:
        """All that we know an answer to depend on: kind, model, decoding, and what else the engine decides.

        `content_hash` is over the base model's files; a server that somebody else started does not tell it.
        """

    def translate(self, error: Exception) -> EngineError:
        """Turns an error that a chat model of this engine raised into ours."""
        return EngineError(f"{self.model} failed.", "Read the engine's log, then ask again.", str(error))

    async def check(self, adapter: Adapter | None = None) -> None:  # noqa: B027  (one in this process is always ready)
        """Raises EngineUnavailableError where a request made now, of the base or the adapter, would not be answered."""
