"""The one boundary between LangChain's chat models and ours: tokens, ends and errors become ours here."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from corpora.errors import BakeoffError, EngineError, EngineProtocolError
from pipelines.contract import Finished, FinishReason, Piece, Usage
from pipelines.engines.base import Engine


async def generate(
    engine: Engine, chat: BaseChatModel, messages: Sequence[BaseMessage], model: str
) -> AsyncGenerator[Piece | Finished, None]:
    """Streams the reply to a prompt. Closing the iterator stops generating.

    Args:
        model: the name that the answer gives as its model.

    Raises:
        QuestionTooLongError: prompt and answer do not fit the engine's window.
        EngineError: the engine cannot be reached, took too long, or did not answer as a chat model does.
    """
    engine.check_prompt(messages)
    usage: Usage | None = None
    reason: FinishReason | None = None
    try:
        # astream is an async generator behind its annotation, and must be closed for generating to stop
        async with aclosing(cast("AsyncGenerator[AIMessageChunk, None]", chat.astream(list(messages)))) as chunks:
            async for chunk in chunks:
                if chunk.text:
                    yield Piece(text=chunk.text)
                usage = _usage(chunk) or usage
                reason = _finish_reason(chunk) or reason
    except (BakeoffError, GeneratorExit):
        raise
    except Exception as error:
        raise engine.translate(error) from error
    if reason is None:
        raise EngineProtocolError(
            f"{engine.model} stopped in mid-answer.", "Ask again; if it recurs, read the engine's log."
        )
    if usage is None:
        raise EngineError(f"{engine.model} did not say how many tokens it used.", "Turn on usage in the server.")
    yield Finished(usage=usage, model=model, finish_reason=reason)


def _usage(chunk: AIMessageChunk) -> Usage | None:
    counts = chunk.usage_metadata
    if counts is None:
        return None
    return Usage(
        prompt_tokens=counts["input_tokens"],
        cached_tokens=counts.get("input_token_details", {}).get("cache_read") or 0,
        completion_tokens=counts["output_tokens"],
    )


def _finish_reason(chunk: AIMessageChunk) -> FinishReason | None:
    reason = chunk.response_metadata.get("finish_reason")
    if reason is None:
        return None
    return "length" if reason == "length" else "stop"
