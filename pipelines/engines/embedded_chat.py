"""Chat messages to tokens and back, and a LangChain chat model over the worker."""

from __future__ import annotations

import asyncio
import queue
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import (
    BaseChatModel,
    agenerate_from_stream,
    generate_from_stream,
)
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import ConfigDict

from corpora.errors import EngineError
from pipelines.engines.base import Adapter
from pipelines.engines.chat_template import render, require_shown
from pipelines.engines.embedded_batch import End, Event, Token

MARK = "QUESTION-GOES-HERE"


class Template:
    """A model's tokenizer and chat template; any thread may use it."""

    def __init__(self, path: Path) -> None:
        """Raises ModelRejectedError where the template leaves out what it is given."""
        from transformers import AutoTokenizer

        self._path = path
        self._tokenizer: Any = AutoTokenizer.from_pretrained(path, local_files_only=True)
        # transformers' own call changes the tokenizer's padding as it goes, which two threads must not do at once
        self._backend = self._tokenizer.backend_tokenizer
        require_shown(self._tokenizer, path)

    def require_shots(self, shots: int) -> None:
        """Raises ModelRejectedError where the template leaves out a question and its answer before the last."""
        require_shown(self._tokenizer, self._path, shots)

    def encode(self, text: str) -> list[int]:
        """Token ids of a text, special tokens only where the text spells them."""
        ids: list[int] = self._backend.encode(text, add_special_tokens=False).ids
        return ids

    def prompt(self, messages: Sequence[BaseMessage]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Token ids of a whole prompt, with the opening of the reply; and those of its static prefix.

        The prefix is all that stands before the last message's own words, so it is the same for every question that
        is asked in the same way.

        Raises:
            EngineError: the model has no chat template, or its template does not take these messages.
        """
        whole = self.encode(render(self._tokenizer, messages))
        marked = render(self._tokenizer, [*messages[:-1], messages[-1].model_copy(update={"content": MARK})])
        head = self.encode(re.split(MARK, marked, maxsplit=1, flags=re.IGNORECASE)[0])  # a template may change the case
        same = len(head)
        if whole[:same] != head:  # the question's first letters have merged with what stands before them
            same = next(place for place, pair in enumerate(zip(whole, head, strict=False)) if pair[0] != pair[1])
        return tuple(whole), tuple(whole[: min(same, len(whole) - 1)])

    def pieces(self) -> Callable[[int], str | None]:
        """Turns one answer's tokens into text, one by one; None while a character is not whole."""
        from tokenizers.decoders import DecodeStream

        stream = DecodeStream(skip_special_tokens=True)
        return lambda token: stream.step(self._backend, token)


class EmbeddedChatModel(BaseChatModel):
    """A LangChain chat model on the embedded engine. Closing a stream ends its request."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    engine: Any  # the EmbeddedEngine, whose file imports this one
    adapter: Adapter | None = None

    @property
    def _llm_type(self) -> str:
        return "bakeoff-embedded"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        _refuse(stop, kwargs)
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        request, pieces = self.engine.start(messages, self.adapter, events.put)
        try:
            done = False
            while not done:
                chunk, done = _chunk(events.get(), pieces)
                if chunk is not None:
                    yield chunk
        finally:
            request.cancelled = True

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        _refuse(stop, kwargs)
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Event] = asyncio.Queue()

        def deliver(event: Event) -> None:
            try:
                loop.call_soon_threadsafe(events.put_nowait, event)
            except RuntimeError:  # the loop was closed, and whoever asked is gone
                request.cancelled = True

        request, pieces = self.engine.start(messages, self.adapter, deliver)
        try:
            done = False
            while not done:
                chunk, done = _chunk(await events.get(), pieces)
                if chunk is not None:
                    yield chunk
        finally:
            request.cancelled = True


def _refuse(stop: list[str] | None, kwargs: dict[str, Any]) -> None:
    unknown = [*(["stop"] if stop else []), *kwargs]
    if unknown:
        raise EngineError(
            f"The embedded engine does not take {', '.join(unknown)} with a request.",
            "Set `decoding` in the configuration, or use an OpenAI-compatible engine.",
        )


def _chunk(event: Event, pieces: Callable[[int], str | None]) -> tuple[ChatGenerationChunk | None, bool]:
    """The event as LangChain has it, and whether it is the last. Raises the event where it is an error."""
    if isinstance(event, Token):
        text = pieces(event.id)
        return (ChatGenerationChunk(message=AIMessageChunk(content=text)) if text else None), False
    if isinstance(event, End):
        usage = UsageMetadata(
            input_tokens=event.prompt_tokens,
            output_tokens=event.completion_tokens,
            total_tokens=event.prompt_tokens + event.completion_tokens,
            input_token_details=InputTokenDetails(cache_read=event.cached_tokens),
        )
        last = AIMessageChunk(content="", usage_metadata=usage, response_metadata={"finish_reason": event.reason})
        return ChatGenerationChunk(message=last), True
    raise event
