"""`/query`, `/compare` and `/pipelines`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request

from pipelines.contract import Piece, Retrieved
from service.backend import Backend
from service.connection import EventStream, event_of, while_connected
from service.documentation import QUERY_EVENTS, problems
from service.problems import problem_of
from service.readiness import Readiness
from service.schemas import (
    EXAMPLE_QUESTION,
    CompareRequest,
    Comparison,
    PipelineEntry,
    PipelineList,
    QueryRequest,
    Reply,
    RetrievedContexts,
)

QUERY_EXAMPLES: Any = {
    "rag": {"summary": "Retrieval", "value": {"question": EXAMPLE_QUESTION, "pipeline": "rag"}},
    "finetuned": {"summary": "The fine-tuned model", "value": {"question": EXAMPLE_QUESTION, "pipeline": "finetuned"}},
    "prompting": {"summary": "Context prompting", "value": {"question": EXAMPLE_QUESTION, "pipeline": "prompting"}},
    "zero-shot": {"summary": "The bare model", "value": {"question": EXAMPLE_QUESTION, "pipeline": "zero-shot"}},
    "streamed": {
        "summary": "Server-sent events",
        "value": {"question": EXAMPLE_QUESTION, "pipeline": "rag", "stream": True},
    },
}
COMPARE_EXAMPLES: Any = {"dragon": {"summary": "All pipelines", "value": {"question": EXAMPLE_QUESTION}}}


def query_routes(backend: Backend, readiness: Readiness) -> APIRouter:
    """The routes of the house's own API."""
    router = APIRouter(tags=["query"])

    @router.post(
        "/query",
        summary="Ask one pipeline",
        response_model=Reply,
        responses={200: QUERY_EVENTS, **problems(401, 404, 408, 413, 422, 429, 502, 503, 504)},
    )
    async def query(request: Request, body: Annotated[QueryRequest, Body(openapi_examples=QUERY_EXAMPLES)]) -> Any:
        """Answers the question, with the passages the model was shown, tokens, timing and cost.

        With `stream: true` the answer comes as server-sent events: `retrieved` (the passages, once, from pipelines that
        retrieve), `piece` (the next piece of text), at the end `answer` (the whole object, as without `stream`). What
        fails before the first event has its own status; later it is the last event, `error`, with the problem as data.

        Closing the connection stops generating. At an hourly price an answer costs its share of the machine's seconds:
        each is divided among the questions answered in it, as in a bake-off.
        """
        if body.stream:
            return EventStream(_events(backend, body), lambda error: event_of("error", problem_of(error)))
        return await while_connected(request.receive, backend.reply(body.pipeline, body.question))

    @router.post(
        "/compare",
        summary="Ask every pipeline",
        responses=problems(401, 408, 413, 422, 429, 503),
    )
    async def compare(
        request: Request, body: Annotated[CompareRequest, Body(openapi_examples=COMPARE_EXAMPLES)]
    ) -> Any:
        """Puts the question to all pipelines at once and shows the outcomes side by side.

        One that fails is shown with its problem beside the others, and the status is 200 nevertheless; where all of
        them are refused because too much is asked at once, it is 503. The pipelines share the machine while they
        answer: compare speeds by a bake-off's report, not here.
        """
        outcomes = await while_connected(request.receive, backend.compare(body.question))
        return Comparison(question=body.question, outcomes=outcomes)

    @router.get("/pipelines", summary="List the pipelines", responses=problems(401))
    async def pipelines() -> PipelineList:
        """Every configured pipeline, whether it would answer now, and if not, why and what to do.

        What was found holds for a second. By `fingerprint` it can be told whether two services, or a service and a run,
        answer alike.
        """
        fingerprints, statuses = await asyncio.gather(backend.fingerprints(), readiness.statuses())
        return PipelineList(
            pipelines=[PipelineEntry(**dict(each), fingerprint=fingerprints.get(each.name)) for each in statuses]
        )

    return router


async def _events(backend: Backend, body: QueryRequest) -> AsyncGenerator[bytes, None]:
    async with aclosing(backend.stream(body.pipeline, body.question)) as events:
        async for event in events:
            if isinstance(event, Retrieved):
                yield event_of("retrieved", RetrievedContexts(retrieved_contexts=event.passages))
            elif isinstance(event, Piece):
                yield event_of("piece", event)
            else:
                yield event_of("answer", event)
