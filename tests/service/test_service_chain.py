"""From the client through the service to a server behind it: time is bounded on every hop, and who goes away is let go.

The engine is that for OpenAI-compatible servers, and the server is a real one that talks, is silent, or fails.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from documents_fakes import example_library
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from servers import serving
from service_fakes import BODIES, QUESTION, WAYS, FakePipeline, make_app, request_body

from pipelines.engines.base import Decoding
from pipelines.engines.openai_server import OpenAIEngine, OpenAIOptions
from service.settings import ServiceSettings

pytestmark = pytest.mark.slow

BEHAVIOURS = ["talks", "silent", "fails"]


class EngineServer:
    """Never ends an answer by itself. `talks` word by word, is `silent` before the first one, or `fails` with 500."""

    def __init__(self, behaviour: str) -> None:
        self.behaviour = behaviour
        self.word = "word "
        self.requests = 0
        self.running = 0
        self.app = FastAPI()
        self.app.get("/v1/models")(self.models)
        self.app.post("/v1/chat/completions")(self.complete)

    async def models(self) -> dict[str, Any]:
        return {"object": "list", "data": [{"id": "m", "object": "model", "created": 0, "owned_by": "us"}]}

    async def complete(self, request: Request) -> Response:
        self.requests += 1
        if self.behaviour == "fails":
            return JSONResponse({"error": {"message": "no"}}, 500)
        if self.behaviour == "refuses":
            asked = (await request.json())["messages"]
            return JSONResponse({"error": {"message": f"what is meant by {asked}?", "input": asked}}, 400)
        if self.behaviour == "silent":
            self.running += 1
            try:
                while not await request.is_disconnected():  # noqa: ASYNC110  (it has no event)
                    await asyncio.sleep(0.02)
            finally:
                self.running -= 1
            return Response()
        return StreamingResponse(self.talk(), media_type="text/event-stream")

    async def talk(self) -> AsyncIterator[str]:
        self.running += 1
        delta = {"index": 0, "delta": {"role": "assistant", "content": self.word}, "finish_reason": None}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [delta]}
        try:
            while True:
                yield f"data: {json.dumps(chunk)}\n\n"
                await asyncio.sleep(0.01)
        finally:
            self.running -= 1


@asynccontextmanager
async def chain(
    behaviour: str, tmp_path: Any, settings: ServiceSettings | None = None, **options: Any
) -> AsyncIterator[tuple[str, EngineServer]]:
    server = EngineServer(behaviour)
    async with serving(server.app) as behind:
        engine = OpenAIEngine(
            OpenAIOptions(base_url=f"{behind}/v1", model="m", window=4096, **options), tmp_path, "m", Decoding()
        )
        engine.__dict__["_tokenizer"] = _Tokenizer()
        pipeline = FakePipeline("rag")
        pipeline.engine = engine  # type: ignore[assignment]
        async with engine, serving(make_app({"rag": pipeline}, settings=settings)) as address:
            engine.chat_model()  # imports take seconds
            yield address, server


class _Tokenizer:
    def apply_chat_template(self, rows: Any, **_: Any) -> str:
        return str(rows)

    def __call__(self, text: str, **_: Any) -> dict[str, list[str]]:
        return {"input_ids": text.split()}


async def read(client: httpx2.AsyncClient, url: str, body: dict[str, Any]) -> tuple[int, str]:
    async with client.stream("POST", url, json=body, timeout=30) as response:
        return response.status_code, (await response.aread()).decode()


async def until(condition: Any, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  (the server counts, it does not signal)
            await asyncio.sleep(0.01)


async def leave(client: httpx2.AsyncClient, url: str, body: dict[str, Any], begun: Any) -> None:
    asking = asyncio.create_task(read(client, url, body))
    await until(begun, 30)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


@pytest.fixture(scope="module", autouse=True)
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is imported with the first question takes seconds."""

    async def once() -> None:
        async with chain("talks", tmp_path_factory.getbasetemp()) as (address, server), httpx2.AsyncClient() as client:
            await leave(client, f"{address}/query", BODIES["/query"], lambda: server.running)
            await until(lambda: server.running == 0, 30)

    asyncio.run(once())


@pytest.mark.parametrize(("path", "stream"), WAYS)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_a_client_that_goes_away_stops_the_engine_within_a_second(
    tmp_path: Any, path: str, stream: bool | None, behaviour: str
) -> None:
    body = request_body(path, stream)
    async with chain(behaviour, tmp_path, max_retries=10) as (address, server), httpx2.AsyncClient() as client:
        begun = lambda: server.requests and (server.running or behaviour == "fails")  # noqa: E731
        await leave(client, address + path, body, begun)
        await until(lambda: server.running == 0, seconds=1)
        await asyncio.sleep(0.1)
        asked = server.requests
        await asyncio.sleep(1)
        assert server.requests == asked  # nor is it tried again for nobody


@pytest.mark.parametrize(("path", "stream"), WAYS)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_neither_patience_nor_retries_outlast_the_deadline(
    tmp_path: Any, path: str, stream: bool | None, behaviour: str
) -> None:
    body = request_body(path, stream)
    settings = ServiceSettings(answer_seconds=0.5)
    async with (
        chain(behaviour, tmp_path, settings, timeout=60, max_retries=10) as (address, server),
        httpx2.AsyncClient() as client,
    ):
        began = time.monotonic()
        status, text = await read(client, address + path, body)
        assert time.monotonic() - began < 5
        assert "engine-timeout" in text
        begun = path == "/compare" or (stream and (behaviour == "talks" or path == "/query"))  # it shows passages first
        assert status == (200 if begun else 504)
        await until(lambda: server.running == 0, seconds=1)
        asked = server.requests
        await asyncio.sleep(1)
        assert server.requests == asked


@pytest.mark.parametrize(("behaviour", "ready"), [("fails", 503), ("refuses", 200)])
async def test_ready_tells_of_an_engine_that_lists_its_models_and_answers_nothing(
    tmp_path: Any, behaviour: str, ready: int
) -> None:
    settings = ServiceSettings(failures=3, rest_seconds=60)
    async with (
        chain(behaviour, tmp_path, settings, max_retries=0) as (address, server),
        httpx2.AsyncClient(base_url=address, timeout=30) as client,
    ):
        statuses = [(await client.post("/query", json=BODIES["/query"])).status_code for _ in range(6)]
        assert statuses == ([502] * 3 + [503] * 3 if behaviour == "fails" else [502] * 6)
        assert server.requests == (3 if behaviour == "fails" else 6)
        assert (await client.get("/health/ready")).status_code == ready


async def test_an_engine_that_quotes_the_question_does_not_get_it_into_the_log(
    tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    named = {"x-request-id": "find-me"}
    async with (
        chain("refuses", tmp_path, max_retries=0) as (address, _),
        httpx2.AsyncClient(base_url=address, timeout=30) as client,
    ):
        assert (await client.post("/query", json=BODIES["/query"], headers=named)).status_code == 502
    (line,) = [vars(record) for record in caplog.records if "engine" in vars(record)]
    assert line["engine"].startswith("http://127.0.0.1:")
    assert (line["request_id"], line["code"], line["error"]) == ("find-me", "engine-refused", "EngineRefusedError")
    assert (line["cause"], line["status"]) == ("OpenAIInvalidRequestError", 400)
    assert not any(QUESTION in f"{record.getMessage()}{vars(record)}" for record in caplog.records)


async def test_a_client_that_reads_nothing_is_let_go(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.connection.SEND_SECONDS", 0.3)
    async with chain("talks", tmp_path) as (address, server):
        server.word = "word " * 20_000  # what the system keeps for a reader is soon full
        reader, writer = await _open(address, limit=1024)
        body = json.dumps(BODIES["/query"] | {"stream": True})
        writer.write(f"{_HEAD}content-length: {len(body)}\r\n\r\n{body}".encode())
        await until(lambda: server.running == 1)
        assert await reader.readexactly(15) == b"HTTP/1.1 200 OK"
        await until(lambda: server.running == 0, seconds=30)
        writer.close()


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.middleware.BODY_SECONDS", 0.3)
    async with serving(make_app()) as address:
        reader, writer = await _open(address)
        writer.write(f'{_HEAD}content-length: 100\r\n\r\n{{"question": '.encode())
        async with asyncio.timeout(5):
            told = await reader.readuntil(b"}")
        writer.close()
    assert told.startswith(b"HTTP/1.1 408")
    assert b"body-too-slow" in told


async def test_a_document_has_longer_to_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.middleware.BODY_SECONDS", 0.05)
    async with serving(make_app(library=example_library(tmp_path))) as address:
        for seconds, told in ((20, b"HTTP/1.1 201"), (0.05, b"HTTP/1.1 408")):
            monkeypatch.setattr("service.middleware.UPLOAD_SECONDS", seconds)
            reader, writer = await _open(address)
            writer.write(_UPLOAD[:-10].encode())
            await asyncio.sleep(0.2)
            writer.write(_UPLOAD[-10:].encode())
            async with asyncio.timeout(20):
                assert (await reader.readuntil(b"\r\n")).startswith(told)
            writer.close()


_FORM = (
    '--x\r\ncontent-disposition: form-data; name="file"; filename="bell.md"\r\n\r\nThe bell rings at noon.\r\n--x--\r\n'
)
_UPLOAD = (
    "POST /documents HTTP/1.1\r\nhost: test\r\ncontent-type: multipart/form-data; boundary=x\r\n"
    f"content-length: {len(_FORM)}\r\n\r\n{_FORM}"
)
_HEAD = "POST /query HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"


async def _open(address: str, limit: int = 2**16) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    at = urlsplit(address)
    return await asyncio.open_connection(at.hostname, at.port, limit=limit)
