"""Pipelines over the fake engine, and the ways to reach an app: in process, by hand, and over a real server."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, Self

import httpx2
from fastapi import FastAPI

from corpora.errors import BakeoffError
from corpora.model import Document, Passage
from eval.prices import Prices
from pipelines.contract import Event, Pipeline, Retrieved
from pipelines.engines.base import Decoding
from pipelines.engines.fake import FakeEngine, FakeOptions
from pipelines.generation import generate
from pipelines.prompts import grounded_messages
from service.app import create_app

DRAGON = "Dragon is a scheduling and scaling controller for deep-learning jobs in Kubernetes."
DOCUMENT = Document(id="dragon", title="Dragon <2019>", text=DRAGON, source="docs/dragon notes.md")
PASSAGE = Passage(id="dragon-0", document_id="dragon", start=0, end=len(DRAGON), text=DRAGON, score=0.9)
PRICES = Prices(currency="USD", machine_per_hour=3.6)
QUESTION = "What is Dragon in Kubernetes?"
BODIES: dict[str, dict[str, Any]] = {
    "/query": {"question": QUESTION, "pipeline": "rag"},
    "/compare": {"question": QUESTION},
    "/v1/chat/completions": {"model": "rag", "messages": [{"role": "user", "content": QUESTION}]},
}
WAYS = [("/query", False), ("/query", True), ("/compare", None), *[("/v1/chat/completions", s) for s in (False, True)]]
"""All ways to ask, whole and streamed."""


def request_body(path: str, stream: bool | None) -> dict[str, Any]:
    """The body of a request to `path`; None says nothing about streaming."""
    return BODIES[path] | ({} if stream is None else {"stream": stream})


def fake_engine(**faults: Any) -> FakeEngine:
    return FakeEngine(FakeOptions(), Path("base"), "fake-model", Decoding(), **faults)


class FakePipeline(Pipeline):
    """The fake engine's answer over fixed passages. `error` is raised before, or `late_error` after the passages."""

    kind = "fake"

    def __init__(
        self,
        name: str,
        engine: FakeEngine | None = None,
        passages: tuple[Passage, ...] = (PASSAGE,),
        error: Exception | None = None,
        late_error: Exception | None = None,
    ) -> None:
        self.name = name
        self.engine = engine or fake_engine()
        self.passages = passages
        self.error = error
        self.late_error = late_error

    @classmethod
    async def open(cls, name: str, options: Any, bench: Any) -> Self:
        return cls(name)

    async def stream(self, question: str) -> AsyncGenerator[Event, None]:
        if self.error:
            raise self.error
        if self.passages:
            yield Retrieved(passages=self.passages)
        if self.late_error:
            raise self.late_error
        messages = grounded_messages("Answer.", [passage.text for passage in self.passages], question)
        async with aclosing(generate(self.engine, self.engine.chat_model(), messages, self.engine.model)) as events:
            async for event in events:
                yield event

    def fingerprint(self) -> dict[str, Any]:
        return {"kind": "fake"}

    async def check(self) -> None:
        await self.engine.check()


def demo_pipelines() -> dict[str, Pipeline | BakeoffError]:
    """The names of the demo's configuration; only retrieval has passages."""
    return {
        "zero-shot": FakePipeline("zero-shot", passages=()),
        "prompting": FakePipeline("prompting", passages=()),
        "rag": FakePipeline("rag"),
        "finetuned": FakePipeline("finetuned", passages=()),
    }


def make_app(pipelines: Mapping[str, Pipeline | BakeoffError] | None = None, **options: Any) -> FastAPI:
    return create_app(pipelines or demo_pipelines(), options.pop("prices", PRICES), documents=[DOCUMENT], **options)


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A client in this process; an exception that leaves the app fails the test."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        yield client


def events_of(text: str) -> list[tuple[str, str]]:
    """Name and data of each server-sent event; unnamed ones are called `message`."""
    events = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        events.append((fields.get("event", "message"), fields["data"]))
    return events
