"""The one clock: service and evaluation both take latency here, in one function."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from corpora.errors import EmptyQuestionError, EngineProtocolError
from corpora.model import Passage
from pipelines.contract import Answer, Finished, Piece, Pipeline, Retrieved, Timing


async def stream_answer(pipeline: Pipeline, question: str) -> AsyncGenerator[Retrieved | Piece | Answer, None]:
    """The events of one answer as they come; the last is the whole Answer with its timing.

    Raises:
        EmptyQuestionError: the question holds no text.
        EngineProtocolError: the engine ended before it said that it had.
        BakeoffError: whatever the pipeline raises.
    """
    if not question.strip():
        raise EmptyQuestionError("The question is empty.", "Send some text as the question.")
    start = time.perf_counter()
    retrieval = 0.0
    first: float | None = None
    passages: tuple[Passage, ...] = ()
    pieces: list[str] = []
    async with aclosing(pipeline.stream(question)) as events:
        async for event in events:
            now = time.perf_counter() - start
            if isinstance(event, Finished):
                yield Answer(
                    response="".join(pieces).strip(),
                    retrieved_contexts=passages,
                    usage=event.usage,
                    timing=Timing(
                        ttft=now if first is None else first, e2el=now, retrieval=retrieval, generation=now - retrieval
                    ),
                    model=event.model,
                    finish_reason=event.finish_reason,
                )
                return
            if isinstance(event, Retrieved):
                retrieval, passages = now, event.passages
            elif event.text:
                first = now if first is None else first
                pieces.append(event.text)
            yield event
    raise EngineProtocolError("The engine's answer broke off before its end.", "Ask again; if it recurs, see its log.")


async def answer(pipeline: Pipeline, question: str) -> Answer:
    """The whole answer. Raises what `stream_answer` raises."""
    async with aclosing(stream_answer(pipeline, question)) as events:
        async for event in events:
            if isinstance(event, Answer):
                return event
    raise AssertionError("stream_answer ends with an Answer or raises")
