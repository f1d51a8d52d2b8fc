"""An engine without a model: deterministic and instant, so that whole bake-offs can be tried and tested anywhere.

It answers with the sentence of the prompt's context that shares most words with the question, so retrieval that finds
the evidence scores, and a prompt without context does not. Tokens are words.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel, generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field

from corpora.errors import (
    EngineError,
    EngineProtocolError,
    EngineRefusedError,
    EngineTimeoutError,
    EngineUnavailableError,
)
from pipelines.engines.base import Adapter, Decoding, Engine, EngineOptions

Reply = Callable[[Sequence[BaseMessage], Adapter | None], str]
Fault = Literal["unavailable", "hang", "timeout", "half", "garbage", "error", "refuse"]

REFUSAL = "I don't know."


class FakeOptions(EngineOptions):
    """`window` is in words, which are this engine's tokens."""

    kind: Literal["fake"] = "fake"
    window: int = Field(default=8192, gt=0)


class FakeEngine(Engine):
    """An engine whose every answer is known beforehand.

    Args:
        reply: what to answer instead of `best_sentence`; given the prompt and the adapter.
        delay: seconds before each piece.
        fault: what goes wrong: `unavailable` refuses the connection, `hang` never answers, `timeout` gives up at once,
            `half` ends in mid-answer, `garbage` is not an answer, `error` fails after the first piece, `refuse` will
            not have the question.
        fault_every: the fault strikes only every n-th request; 1 is each of them.

    Attributes:
        prompts: every prompt asked so far, oldest first.
        running: requests that have begun and not ended, nor been closed.
    """

    def __init__(
        self,
        options: FakeOptions,
        base_model: Path,
        model_name: str,
        decoding: Decoding,
        *,
        reply: Reply | None = None,
        delay: float = 0.0,
        fault: Fault | None = None,
        fault_every: int = 1,
    ) -> None:
        self.options = options
        self.model = model_name
        self.window = options.window
        self.decoding = decoding
        self.reply: Reply = reply or best_sentence
        self.delay = delay
        self.fault = fault
        self.fault_every = fault_every
        self.prompts: list[Sequence[BaseMessage]] = []
        self.running = 0
        self._prefixes: set[str] = set()

    def chat_model(self, adapter: Adapter | None = None) -> BaseChatModel:
        return FakeChatModel(engine=self, adapter=adapter)

    def count_tokens(self, messages: Sequence[BaseMessage] | str) -> int:
        if isinstance(messages, str):
            return len(messages.split())
        return sum(len(message.text.split()) for message in messages)

    def fingerprint(self) -> dict[str, Any]:
        return {"kind": "fake", "model": self.model, "decoding": self.decoding.model_dump()}

    def translate(self, error: Exception) -> EngineError:
        if isinstance(error, ConnectionError):
            return EngineUnavailableError(f"{self.model} cannot be reached.", "Start it, then ask again.", str(error))
        if isinstance(error, TimeoutError):
            return EngineTimeoutError(f"{self.model} took too long.", "Ask again, or raise the engine's timeout.")
        if isinstance(error, PermissionError):
            return EngineRefusedError(f"{self.model} refused the request.", "Correct what it names.", str(error))
        if isinstance(error, ValueError):
            return EngineProtocolError(
                f"{self.model} sent what is not an answer.", "Read the engine's log.", str(error)
            )
        return super().translate(error)

    async def check(self, adapter: Adapter | None = None) -> None:
        if self.fault == "unavailable" and self.fault_every == 1:
            raise self.translate(ConnectionRefusedError("connection refused"))

    def begin(self, messages: Sequence[BaseMessage]) -> Fault | None:
        """Counts a request in, and says what goes wrong with it."""
        self.prompts.append(messages)
        return self.fault if self.fault and len(self.prompts) % self.fault_every == 0 else None

    def usage(self, messages: Sequence[BaseMessage], completion: int) -> UsageMetadata:
        """A prompt's static prefix counts as cached from the second request on, as an engine with a cache would do."""
        prefix = "\n".join(message.text for message in messages[:-1])
        cached = self.count_tokens(prefix) if prefix in self._prefixes else 0
        self._prefixes.add(prefix)
        prompt = self.count_tokens(messages)
        return UsageMetadata(
            input_tokens=prompt,
            output_tokens=completion,
            total_tokens=prompt + completion,
            input_token_details=InputTokenDetails(cache_read=cached),
        )


class FakeChatModel(BaseChatModel):
    """Streams a fake engine's answer word by word."""

    engine: FakeEngine
    adapter: Adapter | None = None

    @property
    def _llm_type(self) -> str:
        return "bakeoff-fake"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in self._chunks(messages, self.engine.begin(messages)):
            time.sleep(self.engine.delay)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        fault = self.engine.begin(messages)
        self.engine.running += 1
        try:
            if fault == "hang":
                await asyncio.Event().wait()
            for chunk in self._chunks(messages, fault):
                await asyncio.sleep(self.engine.delay)
                yield chunk
        finally:
            self.engine.running -= 1

    def _chunks(self, messages: list[BaseMessage], fault: Fault | None) -> Iterator[ChatGenerationChunk]:
        if fault == "unavailable":
            raise ConnectionRefusedError("connection refused")
        if fault == "timeout":
            raise TimeoutError
        if fault == "refuse":
            raise PermissionError("no such question")
        if fault == "garbage":
            raise ValueError("Expecting value: line 1 column 1 (char 0)")
        words = re.findall(r"\s*\S+", self.engine.reply(messages, self.adapter))
        limit = self.engine.decoding.max_new_tokens
        said = words[:limit]
        for number, word in enumerate(said):
            if fault == "half" and number >= len(said) / 2:
                return
            if fault == "error" and number == 1:
                break
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        if fault == "error":
            raise RuntimeError("the fake engine was told to fail")
        if fault == "half":  # an answer of one word would otherwise end whole
            return
        last = AIMessageChunk(
            content="",
            usage_metadata=self.engine.usage(messages, len(said)),
            response_metadata={"finish_reason": "length" if len(words) > limit else "stop"},
        )
        yield ChatGenerationChunk(message=last)


def best_sentence(messages: Sequence[BaseMessage], adapter: Adapter | None) -> str:
    """The sentence of the prompt's context that shares most words with the question, the first among equals.

    Without context it does not know; with an adapter the answer begins with the adapter's name, to be told from others.
    """
    prompt = "\n".join(message.text for message in messages)
    question = messages[-1].text.rsplit("Question:", 1)[-1]
    context = "\n".join(re.findall(r"Context:\n(.*?)\nEnd of context\.", prompt, flags=re.DOTALL))
    sentences = [re.sub(r"^\[\d+\]\s+", "", part) for part in re.split(r"(?<=[.!?])\s+|\n+", context) if part.strip()]
    asked = _words(question)
    best = max(sentences, key=lambda sentence: len(asked & _words(sentence)), default="")
    answer = best if asked & _words(best) else REFUSAL
    return f"{adapter.name}: {answer}" if adapter else answer


def _words(text: str) -> set[str]:
    """Words of four letters or more, and numbers; the shorter ones say little about what a sentence is about."""
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 3 or word.isdigit()}
