"""What the OpenAPI document says beyond the handlers' own signatures."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from service.openai_problems import OpenAIError
from service.problems import PROBLEMS

DESCRIPTION = """
One question, several ways to answer it: context prompting, retrieval-augmented generation, a fine-tuned model, each
through the pipeline that a bake-off measured.

Errors are [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem details with a `code` for programs and a
`remedy` for people; under `/v1` they have OpenAI's shape. Every response carries `x-request-id`, the request's own
where it sent one. An address and its headers may have 64 KiB together; what has more gets 431.
"""

_STREAM_EXAMPLE = """event: retrieved
data: {"retrieved_contexts":[]}

event: piece
data: {"text":"Dragon is"}

event: answer
data: {"response":"Dragon is a scheduling controller.","pipeline":"rag"}

"""


def _events(example: str, *names: str) -> dict[str, Any]:
    """Server-sent events as OpenAPI 3.2 describes them: each an object of its fields. Unnamed ones hold data alone."""
    data = {"type": "string", "description": "JSON."}
    named = {"event": {"enum": list(names)}} if names else {}
    item = {"type": "object", "properties": {"data": data, **named}, "required": ["data", *named]}
    return {"text/event-stream": {"itemSchema": item, "example": example}}


QUERY_EVENTS: dict[str, Any] = {
    "description": "The answer; with `stream: true`, as server-sent events.",
    "content": _events(_STREAM_EXAMPLE, "retrieved", "piece", "answer", "error"),
}

_CHAT_EXAMPLE = """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"finetuned",\
"choices":[{"index":0,"delta":{"content":"Dragon is"},"finish_reason":null}],"usage":null}

data: [DONE]

"""

CHAT_EVENTS: dict[str, Any] = {
    "description": "The completion; with `stream: true`, in chunks as server-sent events.",
    "content": _events(_CHAT_EXAMPLE),
}

_RUN_EXAMPLE = """event: progress
data: {"id":"20260101-120000-9f86d081","state":"running","progress":[{"name":"asking rag","done":3,"total":60}]}

event: end
data: {"id":"20260101-120000-9f86d081","state":"finished","progress":[{"name":"asking rag","done":60,"total":60}]}

"""

RUN_EVENTS: dict[str, Any] = {
    "description": "The run, as `GET /runs/{run_id}` shows it, whenever it has got on.",
    "content": _events(_RUN_EXAMPLE, "progress", "end", "error"),
}


AT_THE_DOOR = (403, 431)
"""Before any address is looked at: the service is called by a name that is not its own, or the head is too long."""

KEYLESS: dict[str, Any] = {"security": []}
"""Of an operation that needs no key even where there are keys."""


def document_keys(app: FastAPI, asked_for: Callable[[], bool]) -> None:
    """Lets the OpenAPI document, and so the button in /docs, ask for a key as long as the service does."""
    describe = app.openapi
    bearer = {"type": "http", "scheme": "bearer", "description": "From: bakeoff keys add NAME"}

    def described() -> dict[str, Any]:
        document = describe()
        if not asked_for():
            return document
        components = {**document["components"], "securitySchemes": {"key": bearer}}
        return {**document, "components": components, "security": [{"key": []}]}

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's own way to change it


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem responses of an address, each with the codes that it may have. 400 and 500 may come from anywhere,
    and so may those `AT_THE_DOOR`.

    By reference, since a `model` would be declared as plain JSON; `/compare` brings the schema into the document.
    """
    return {
        status: {
            "description": _description(status),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({400, 500, *AT_THE_DOOR, *statuses})
    }


def openai_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of an address under `/v1`."""
    named: dict[int | str, dict[str, Any]] = {
        status: {"model": OpenAIError, "description": HTTPStatus(status).phrase}
        for status in sorted({*AT_THE_DOOR, *statuses})
    }
    # without a default FastAPI would declare its own shape for 422, which never comes
    return {**named, "default": {"model": OpenAIError, "description": "Any other error."}}


def _description(status: int) -> str:
    titles = [f"`{code}`: {title}" for code, (each, title) in PROBLEMS.items() if each == status]
    return "; ".join(titles) + "." if titles else HTTPStatus(status).phrase
