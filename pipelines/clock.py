"""The one clock: service and evaluation both take latency here, in one function, and share the machine's time out."""

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


class MachineTime:
    """Divides the machine's seconds among those in flight, so that the shares add up to the time that has passed."""

    def __init__(self) -> None:
        self._running = 0
        self._share = 0.0
        self._last = time.perf_counter()

    def begin(self) -> float:
        """A mark to be given to `end`."""
        self._advance(+1)
        return self._share

    def end(self, mark: float) -> float:
        """The share in seconds since the mark."""
        self._advance(-1)
        return self._share - mark

    def _advance(self, change: int) -> None:
        now = time.perf_counter()
        if self._running:
            self._share += (now - self._last) / self._running
        self._last = now
        self._running += change
