"""The one boundary between LangChain's chat models and ours: tokens, ends and errors become ours here."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Literal, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage

from corpora.errors import BakeoffError, EngineError, EngineProtocolError, EngineRefusedError
from pipelines.contract import Finished, FinishReason, Piece, Usage
from pipelines.engines.base import Engine

ENDS: dict[str, FinishReason | Literal["refused", "broken"]] = {
    "stop": "stop",
    "complete": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "model_length": "length",
    "content_filter": "refused",
    "content_filtered": "refused",
    "blocklist": "refused",
    "guardrail_intervened": "refused",
    "prohibited_content": "refused",
    "recitation": "refused",
    "refusal": "refused",
    "safety": "refused",
    "sensitive": "refused",
    "spii": "refused",
    "abort": "broken",
    "cancelled": "broken",
    "error": "broken",
    "function_call": "broken",
    "insufficient_system_resource": "broken",
    "malformed_function_call": "broken",
    "other": "broken",
    "repetition": "broken",
    "tool_calls": "broken",
    "tool_use": "broken",
}
"""How servers say that an answer came to its own end or to its limit, or that there is none that is whole: a filter
refused it, or it broke off. Small letters or large, hyphens or underscores. Any other word leaves no answer.
"""

_NO_END = frozenset({"null", "none", "finish_reason_unspecified"})
"""What some gateways say with chunks that are not the last."""


async def generate(
    engine: Engine, chat: BaseChatModel, messages: Sequence[BaseMessage], model: str
) -> AsyncGenerator[Piece | Finished, None]:
    """Streams the reply to a prompt. Closing the iterator stops generating.

    Args:
        model: the name that the answer gives as its model.

    Raises:
        QuestionTooLongError: prompt and answer do not fit the engine's window.
        EngineRefusedError: the engine's filter stopped the answer, perhaps after its first pieces.
        EngineError: the engine cannot be reached, took too long, or did not answer as a chat model does.
    """
    engine.check_prompt(messages)
    usage: Usage | None = None
    reason: object = None
    try:
        # astream is an async generator behind its annotation, and must be closed for generating to stop
        async with aclosing(cast("AsyncGenerator[AIMessageChunk, None]", chat.astream(list(messages)))) as chunks:
            async for chunk in chunks:
                if chunk.text:
                    yield Piece(text=chunk.text)
                usage = _usage(chunk, engine.model) or usage
                reason = _later(reason, chunk.response_metadata.get("finish_reason"))
    except (BakeoffError, GeneratorExit):
        raise
    except Exception as error:
        raise engine.translate(error) from error
    finish_reason = _finish_reason(reason, engine.model)
    if usage is None:
        raise EngineError(
            f"{engine.model} did not say how many tokens it used.",
            "Have the server send `usage` with the end of a stream, as `stream_options` asks, or take one that does.",
        )
    yield Finished(usage=usage, model=model, finish_reason=finish_reason)


def _later(reason: object, said: object) -> object:
    """The end that counts: some gateways say "stop" with every chunk, or a word of their own, and the true end with the
    last. A "stop" that comes behind a limit's, a filter's or a failure's end undoes nothing.
    """
    if not said or _word(said) in _NO_END:
        return reason
    return said if ENDS.get(_word(reason)) in (None, "stop") else reason


def _word(reason: object) -> str:
    return str(reason).lower().replace("-", "_")


def _usage(chunk: AIMessageChunk, model: str) -> Usage | None:
    """Raises EngineProtocolError where a count is below zero."""
    counts = chunk.usage_metadata
    if counts is None:
        return None
    prompt, completion = counts["input_tokens"], counts["output_tokens"]
    cached = counts.get("input_token_details", {}).get("cache_read") or 0
    if min(prompt, cached, completion) < 0:
        raise EngineProtocolError(
            f"{model} counted fewer tokens than none.",
            "Update the server, or take another one: what an answer cost cannot be told from such counts.",
            f"usage: prompt {prompt}, cached {cached}, completion {completion}",
        )
    if cached > prompt:
        # OpenAI counts the cached ones among the prompt's. Some gateways count them beside it: more of them than the
        # prompt has tokens can mean nothing else, and taken as OpenAI's they would make the prompt's price negative.
        prompt += cached
    return Usage(prompt_tokens=prompt, cached_tokens=cached, completion_tokens=completion)


def _finish_reason(reason: object, model: str) -> FinishReason:
    """Raises EngineError for any end that does not leave an answer: it would be measured as if it were whole."""
    name = _word(reason)
    end = ENDS.get(name)
    if end == "stop" or end == "length":
        return end
    remedy = "Ask again; if it recurs, read the engine's log."
    if reason is None:
        raise EngineProtocolError(f"{model} stopped in mid-answer.", remedy)
    said = f"finish_reason: {reason}"
    if end == "refused":
        raise EngineRefusedError(
            f"{model}'s filter refused the question or its answer.", "Ask otherwise, or change the filter.", said
        )
    word = name if re.fullmatch(r"[a-z0-9_-]{1,32}", name) else "not a word"  # it may be any text, the question's too
    raise EngineProtocolError(f"{model} ended without a whole answer.", remedy, said, ended=word)
