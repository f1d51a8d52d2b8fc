"""`/v1`: the pipelines for programs that speak to OpenAI."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.sse import format_sse_event

from pipelines.assembly import by_name
from service.backend import Backend
from service.chat import chunks, completion, question_of
from service.chat_schemas import ChatCompletion, ChatRequest, ModelCard, ModelList
from service.connection import EventStream, while_connected
from service.documentation import CHAT_EVENTS, openai_errors
from service.openai_problems import openai_error_of
from service.schemas import EXAMPLE_QUESTION

_MESSAGES = [{"role": "user", "content": EXAMPLE_QUESTION}]
CHAT_EXAMPLES: Any = {
    "plain": {"summary": "One completion", "value": {"model": "rag", "messages": _MESSAGES}},
    "streamed": {
        "summary": "In chunks, with usage",
        "value": {
            "model": "finetuned",
            "messages": _MESSAGES,
            "stream": True,
            "stream_options": {"include_usage": True},
        },
    },
}


def chat_routes(backend: Backend) -> APIRouter:
    """The routes under `/v1`."""
    router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])
    started = int(time.time())
    errors = openai_errors(400, 401, 500)

    @router.post(
        "/chat/completions",
        summary="Ask one pipeline, as OpenAI's API is asked",
        response_model=ChatCompletion,
        responses={200: CHAT_EVENTS, **openai_errors(400, 401, 404, 413, 429, 500, 502, 503, 504)},
    )
    async def chat_completions(
        request: Request, response: Response, body: Annotated[ChatRequest, Body(openapi_examples=CHAT_EXAMPLES)]
    ) -> Any:
        """`model` is a pipeline's name; the last message, of the role `user`, is the question.

        A pipeline answers exactly as it was measured: one question, its own system prompt, its own decoding. So:

        - Earlier turns are not shown to the model.
        - `temperature`, `top_p`, `max_tokens`, `seed` and other settings of decoding or bookkeeping have no effect.
        - Whatever of these a request has is named in the response's header `x-bakeoff-ignored`.
        - System messages, tools, `n` over 1, `logprobs`, `stop`, other formats than text, images, and parameters that
          OpenAI does not have are refused with status 400 and the parameter's name.

        The passages shown to the model come as `annotations` of the message; streamed, in a chunk of their own before
        the one with the `finish_reason`. An error after the first chunk is an event with `error` as its data, and no
        `[DONE]` follows it.
        """
        question, ignored = question_of(body)
        headers = {"x-bakeoff-ignored": ", ".join(ignored)} if ignored else {}
        if body.stream:
            return EventStream(chunks(backend, body, question), _error_event, headers)
        reply = await while_connected(request.receive, backend.reply(body.model, question))
        response.headers.update(headers)
        return completion(reply, backend.documents)

    @router.get("/models", summary="List the pipelines, as OpenAI lists its models", responses=errors)
    async def models() -> ModelList:
        """Every configured pipeline, those that are not ready included; `GET /pipelines` says which are not."""
        return ModelList(data=[ModelCard(id=name, created=started) for name in backend.pipelines])

    @router.get(
        "/models/{model}", summary="One pipeline, as OpenAI shows a model", responses={**errors, **openai_errors(404)}
    )
    async def model(model: Annotated[str, Path(examples=["rag"])]) -> ModelCard:
        """The pipeline of that name, whether it is ready or not."""
        by_name(backend.pipelines, model)
        return ModelCard(id=model, created=started)

    return router


def _error_event(error: Exception) -> bytes:
    _, body = openai_error_of(error)
    return format_sse_event(data_str=body.model_dump_json())
