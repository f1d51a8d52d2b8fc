"""A client that goes away stops the work that it asked for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest
from servers import serving
from service_fakes import QUESTION, WAYS, FakePipeline, client_of, fake_engine, make_app, request_body

from pipelines.contract import Event, Piece

pytestmark = pytest.mark.slow


class Endless(FakePipeline):
    """Never ends by itself; says when it has begun, and when its generator was closed."""

    def __init__(self, name: str, pieces: bool) -> None:
        super().__init__(name)
        self.pieces = pieces
        self.begun = asyncio.Event()
        self.closed = asyncio.Event()

    async def stream(self, question: str) -> AsyncGenerator[Event, None]:
        try:
            while True:
                self.begun.set()
                if self.pieces:
                    yield Piece(text="again ")
                await asyncio.sleep(0.005 if self.pieces else 3600)
        finally:
            await asyncio.sleep(0)  # closing an engine's connection takes turns of the loop, too
            self.closed.set()


@pytest.mark.parametrize(("path", "stream"), WAYS)
@pytest.mark.parametrize("pieces", [True, False], ids=["talking", "silent"])
async def test_a_disconnect_closes_the_pipeline(path: str, stream: bool | None, pieces: bool) -> None:
    pipeline = Endless("rag", pieces)
    app = make_app({"rag": pipeline})
    body = json.dumps(request_body(path, stream)).encode()
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    inbox.put_nowait({"type": "http.request", "body": body, "more_body": False})
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    call = asyncio.create_task(app(scope, inbox.get, send))  # type: ignore[arg-type]
    await asyncio.wait_for(pipeline.begun.wait(), 5)
    inbox.put_nowait({"type": "http.disconnect"})
    await asyncio.wait_for(call, 5)
    assert pipeline.closed.is_set()
    assert bool(sent) == bool(stream and pieces)  # nothing is sent to nobody, unless it had begun
    async with client_of(app) as client:
        metrics = (await client.get("/metrics")).text
    assert 'bakeoff_requests_total{outcome="cancelled",pipeline="rag"} 1.0' in metrics
    assert 'bakeoff_in_flight{pipeline="rag"} 0.0' in metrics


@pytest.mark.parametrize(("path", "stream"), WAYS)
@pytest.mark.parametrize("fault", [None, "hang"], ids=["talking", "hanging"])
async def test_a_real_disconnect_stops_the_engine(path: str, stream: bool | None, fault: Any) -> None:
    """Over a real server and through the fake engine, whose requests in progress are counted."""
    engine = fake_engine(delay=0.02, reply=lambda *_: "word " * 10_000, fault=fault)
    engine.decoding = engine.decoding.model_copy(update={"max_new_tokens": 8000})
    body = request_body(path, stream)
    async with serving(make_app({"rag": FakePipeline("rag", engine)})) as address, httpx2.AsyncClient() as client:
        asking = asyncio.create_task(_read(client, address + path, body))
        await _until(lambda: engine.running == 1)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await _until(lambda: engine.running == 0)
        assert (await client.get(address + "/health/live")).status_code == 200


async def test_one_disconnect_leaves_the_other_requests_alone() -> None:
    leaving, staying = Endless("leaving", pieces=True), FakePipeline("staying", fake_engine(delay=0.02))
    async with serving(make_app({"leaving": leaving, "staying": staying})) as address, httpx2.AsyncClient() as client:
        query = {"question": QUESTION}
        going = asyncio.create_task(_read(client, address + "/query", query | {"pipeline": "leaving"}))
        await asyncio.wait_for(leaving.begun.wait(), 5)
        other = asyncio.create_task(client.post(address + "/query", json=query | {"pipeline": "staying"}))
        await _until(lambda: staying.engine.running == 1)
        going.cancel()
        await asyncio.wait_for(leaving.closed.wait(), 5)
        assert (await other).json()["finish_reason"] == "stop"
        await asyncio.gather(going, return_exceptions=True)


async def _read(client: httpx2.AsyncClient, url: str, body: dict[str, Any]) -> None:
    async with client.stream("POST", url, json=body, timeout=30) as response:
        async for _ in response.aiter_bytes():
            pass


async def _until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  (the engine counts, it does not signal)
            await asyncio.sleep(0.01)
