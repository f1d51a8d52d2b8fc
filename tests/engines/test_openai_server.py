"""The engine for OpenAI-compatible servers, against a small server that misbehaves on demand."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import httpx2
import openai
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from langchain_core.messages import HumanMessage
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext
from tiny_models import save_tokenizer

from corpora.errors import (
    ConfigError,
    EngineError,
    EngineProtocolError,
    EngineRefusedError,
    EngineTimeoutError,
    EngineUnavailableError,
    ModelMissingError,
    ModelUnavailableError,
)
from pipelines.contract import Finished, Piece, Usage
from pipelines.engines.base import REPEAT, Adapter, Decoding
from pipelines.engines.openai_server import OpenAIEngine, OpenAIOptions, key_in
from pipelines.generation import generate

pytestmark = pytest.mark.slow

WORDS = ["Ships", " sail", " at", " noon", "."]


class Server:
    """Answers by the rule in `behave`; counts requests, and streams that are still being sent."""

    def __init__(self) -> None:
        self.behave = "well"
        self.counts: tuple[int, int | None, int] = (9, 4, 5)
        self.requests: list[dict] = []
        self.keys: list[str] = []
        self.traces: list[str | None] = []
        self.connections: set[int] = set()
        self.streaming = 0
        self.app = FastAPI()
        self.app.get("/v1/models")(self.models)
        self.app.post("/v1/chat/completions")(self.complete)

    async def models(self) -> JSONResponse:
        if self.behave == "401":
            return JSONResponse({"error": "Unauthorized"}, 401)
        return JSONResponse({"object": "list", "data": [{"id": "tiny", "object": "model", "created": 0}]})

    async def complete(self, request: Request):
        self.requests.append(await request.json())
        self.keys.append(request.headers["authorization"])
        self.traces.append(request.headers.get("traceparent"))
        self.connections.add(request.client.port)
        status = {"always 500": 500, "401": 401, "404": 404, "429": 429, "400": 400, "503": 503, "504": 504}.get(
            self.behave
        )
        if self.behave == "500 once" and len(self.requests) == 1:
            status = 500
        if status:
            return JSONResponse({"error": {"message": "no", "type": "x", "param": None, "code": status}}, status)
        if self.behave == "hang":
            await asyncio.sleep(30)
        if self.behave == "html":
            return HTMLResponse("<html>Welcome to nginx</html>")
        return StreamingResponse(self.stream(), media_type="text/event-stream")

    async def stream(self) -> AsyncIterator[str]:
        self.streaming += 1
        try:
            for number, word in enumerate(WORDS):
                if number == 2 and self.behave == "half":
                    return
                if number == 2 and self.behave == "cut":
                    raise RuntimeError("the connection is closed before the response's end")
                if number == 2 and self.behave == "stall":
                    for _ in range(60):
                        yield ": keep-alive\n\n"
                        await asyncio.sleep(0.05)
                if number == 2 and self.behave == "garbage":
                    yield "data: {not json\n\n"
                if number == 2 and self.behave == "error in the stream":
                    yield 'data: {"error": {"message": "out of memory", "type": "server_error"}}\n\n'
                if self.behave == "slow":
                    await asyncio.sleep(0.05)
                yield event([{"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}])
            reason = self.behave.removeprefix("ends with ") if self.behave.startswith("ends with ") else "stop"
            for each in reason.split(" and "):
                yield event([{"index": 0, "delta": {}, "finish_reason": each}])
            if self.behave != "no usage":
                prompt, cached, completion = self.counts
                usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
                yield event([], usage={**usage, "prompt_tokens_details": {"cached_tokens": cached}})
            yield "data: [DONE]\n\n"
        finally:
            self.streaming -= 1


def event(choices: list, **more: object) -> str:
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "tiny", "choices": choices}
    return f"data: {json.dumps(chunk | more)}\n\n"


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Server, str]]:
    server = Server()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        uvi = uvicorn.Server(uvicorn.Config(server.app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=uvi.run, kwargs={"sockets": [listener]})
        thread.start()
        while not uvi.started:
            time.sleep(0.01)
        yield server, f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        uvi.should_exit = uvi.force_exit = True
        thread.join()


@pytest.fixture
def server(running: tuple[Server, str]) -> Server:
    server, _ = running
    server.behave = "well"
    server.counts = (9, 4, 5)
    server.requests.clear()
    server.keys.clear()
    server.traces.clear()
    server.connections.clear()
    return server


@pytest.fixture(scope="module")
def base_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    save_tokenizer(folder)
    return folder


@pytest.fixture
def engine(running: tuple[Server, str], base_model: Path, server: Server) -> OpenAIEngine:
    options = OpenAIOptions(base_url=running[1], model="tiny", timeout=0.5, max_retries=1)
    return OpenAIEngine(options, base_model, "tiny", Decoding(max_new_tokens=16, seed=7))


async def ask(engine: OpenAIEngine) -> tuple[str, Finished]:
    async with engine:
        return await reply(engine)


async def reply(engine: OpenAIEngine, adapter: Adapter | None = None) -> tuple[str, Finished]:
    events = [one async for one in generate(engine, engine.chat_model(adapter), [HumanMessage("When?")], "tiny")]
    assert isinstance(events[-1], Finished)
    return "".join(one.text for one in events if isinstance(one, Piece)), events[-1]


async def test_answers_with_the_servers_own_token_counts(engine, server):
    text, finished = await ask(engine)
    assert text == "".join(WORDS)
    assert finished.finish_reason == "stop"
    assert finished.usage.model_dump() == {"prompt_tokens": 9, "cached_tokens": 4, "completion_tokens": 5}
    sent = server.requests[0]
    assert (sent["model"], sent["temperature"], sent["seed"]) == ("tiny", 0.0, 7)
    assert sent["max_completion_tokens"] == 16
    assert sent["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    ("counts", "prompt", "cached"),
    [((9, 9, 5), 9, 9), ((9, 10, 5), 19, 10), ((0, 40, 5), 40, 40), ((9, None, 5), 9, 0)],
)
async def test_cached_tokens_that_are_counted_beside_the_prompt_belong_to_it(engine, server, counts, prompt, cached):
    """Else the tokens that are not cached would be fewer than none, and an answer's price below zero."""
    server.counts = counts
    _, finished = await ask(engine)
    assert finished.usage == Usage(prompt_tokens=prompt, cached_tokens=cached, completion_tokens=5)


@pytest.mark.parametrize("counts", [(-9, 4, 5), (9, -4, 5), (9, 4, -5)])
async def test_counts_below_zero_are_no_counts(engine, server, counts):
    server.counts = counts
    with pytest.raises(EngineProtocolError, match=r"counted fewer tokens than none\. .* Update the server"):
        await ask(engine)


async def test_a_server_that_counts_no_tokens_is_told_of_with_what_to_do(engine, server):
    server.behave = "no usage"
    with pytest.raises(EngineError, match=r"how many tokens it used\. Have the server send `usage` with the end"):
        await ask(engine)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("eos", "stop"),
        ("STOP", "stop"),
        ("end_turn", "stop"),
        ("max_tokens", "length"),
        ("model_length", "length"),
        ("stop and stop and length", "length"),  # as some gateways have it, with every chunk
        ("null and null and stop", "stop"),
        ("stop and null", "stop"),
        ("FINISH_REASON_UNSPECIFIED and MAX_TOKENS", "length"),
        ("length and stop", "length"),
    ],
)
async def test_an_end_by_another_name(engine, server, said, meant):
    server.behave = f"ends with {said}"
    _, finished = await ask(engine)
    assert finished.finish_reason == meant


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("abort", "abort"),
        ("TOOL_CALLS", "tool_calls"),
        ("When do ships sail?", "not a word"),
        ("error and stop", "error"),
        ("stop and unheard_of", "unheard_of"),  # it may be a cut or a filter
    ],
)
async def test_an_end_that_is_not_known_is_named_in_one_word(engine, server, said, told):
    server.behave = f"ends with {said}"
    with pytest.raises(EngineProtocolError, match="without a whole answer") as raised:
        await ask(engine)
    assert raised.value.ended == told
    assert said not in raised.value.problem


async def test_each_repeat_is_drawn_with_a_seed_of_its_own(engine, server):
    async with engine:
        for repeat in (0, 1):
            REPEAT.set(repeat)
            await reply(engine)
    assert [sent["seed"] for sent in server.requests] == [7, 8]


async def test_questions_after_each_other_share_a_connection(engine, server):
    async with engine:
        for _ in range(3):
            await reply(engine)
    assert len(server.connections) == 1


async def test_the_server_hears_of_the_trace_that_a_question_belongs_to(engine, server):
    async with engine:
        await reply(engine)
        with trace.use_span(NonRecordingSpan(SpanContext(trace_id=0xABC, span_id=0xDEF, is_remote=False))):
            await reply(engine)
    assert server.traces == [None, f"00-{0xABC:032x}-{0xDEF:016x}-00"]


async def test_a_500_before_the_answer_is_tried_again(engine, server):
    server.behave = "500 once"
    text, _ = await ask(engine)
    assert text == "".join(WORDS)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("behaviour", "error", "requests"),
    [
        ("always 500", EngineError, 2),
        ("503", EngineUnavailableError, 2),
        ("504", EngineTimeoutError, 2),
        ("hang", EngineTimeoutError, 2),
        ("stall", EngineTimeoutError, 1),
        ("half", EngineProtocolError, 1),
        ("cut", EngineProtocolError, 1),
        ("garbage", EngineProtocolError, 1),
        ("html", EngineProtocolError, 1),
        ("error in the stream", EngineError, 1),
        ("no usage", EngineError, 1),
        ("ends with content_filter", EngineRefusedError, 1),
        ("ends with content_filter and stop", EngineRefusedError, 1),
        ("ends with stop and content_filter", EngineRefusedError, 1),
        ("ends with SAFETY and STOP", EngineRefusedError, 1),
        ("ends with content-filter", EngineRefusedError, 1),
        ("ends with tool_calls", EngineProtocolError, 1),
        ("ends with abort", EngineProtocolError, 1),
        ("401", EngineUnavailableError, 1),
        ("404", ModelUnavailableError, 1),
        ("429", ModelUnavailableError, 2),
        ("400", EngineRefusedError, 1),
    ],
)
@pytest.mark.filterwarnings("ignore:Unclosed:ResourceWarning")
async def test_what_goes_wrong_becomes_our_error_after_bounded_tries(engine, server, behaviour, error, requests):
    server.behave = behaviour
    with pytest.raises(EngineError) as raised:
        await ask(engine)
    assert type(raised.value) is error
    assert raised.value.remedy
    assert (raised.value.said == "no") == behaviour[-3:].isdigit()  # the server's own words
    assert len(server.requests) == requests


async def test_a_server_that_is_not_there(engine, base_model):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    options = OpenAIOptions(base_url=f"http://127.0.0.1:{port}/v1", model="tiny", max_retries=0)
    engine = OpenAIEngine(options, base_model, "tiny", Decoding())
    with pytest.raises(EngineUnavailableError, match=r"cannot be reached.*Start it"):
        await ask(engine)
    async with engine:
        with pytest.raises(EngineUnavailableError):
            await engine.check()


async def test_check_names_what_is_served_instead(engine, server, base_model):
    async with engine:
        await engine.check()
    options = engine.options.model_copy(update={"model": "huge"})
    async with OpenAIEngine(options, base_model, "huge", Decoding()) as other:
        with pytest.raises(EngineUnavailableError, match=r"no model huge.*serves tiny"):
            await other.check()
    server.behave = "401"
    async with engine:
        with pytest.raises(EngineUnavailableError, match="key"):
            await engine.check()


async def test_a_closed_stream_frees_the_server(engine, server):
    server.behave = "slow"
    async with engine:
        async with aclosing(generate(engine, engine.chat_model(), [HumanMessage("When?")], "tiny")) as events:
            await anext(events)
            assert server.streaming == 1
        await asyncio.sleep(0.2)
        assert server.streaming == 0


@pytest.mark.usefixtures("dead_proxy")
async def test_a_server_on_this_machine_is_asked_past_the_environments_proxies(engine):
    async with engine:
        await engine.check()
        text, _ = await reply(engine)
    assert text == "".join(WORDS)


async def test_many_at_once_on_one_client(engine, server):
    server.behave = "slow"
    async with engine:
        replies = await asyncio.gather(*(reply(engine) for _ in range(12)))
    assert [text for text, _ in replies] == ["".join(WORDS)] * 12


async def test_an_adapter_is_asked_by_the_servers_name_for_it_or_by_ours(engine, server, base_model):
    adapter = Adapter(name="ours", path=Path(), content_hash="0")
    async with engine:
        await reply(engine, adapter)
        assert server.requests[-1]["model"] == "ours"
        await engine.check()
        with pytest.raises(EngineUnavailableError, match="no model ours"):
            await engine.check(adapter)
    options = engine.options.model_copy(update={"adapters": {"ours": "theirs"}})
    async with OpenAIEngine(options, base_model, "tiny", Decoding()) as other:
        await reply(other, adapter)
    assert server.requests[-1]["model"] == "theirs"


async def test_the_key_comes_from_the_environment(engine, server, base_model, monkeypatch):
    options = engine.options.model_copy(update={"api_key_env": "TINY_KEY"})
    keyed = OpenAIEngine(options, base_model, "tiny", Decoding())
    with pytest.raises(ConfigError, match="TINY_KEY is not set"):
        await ask(keyed)
    for key in ("secret", " secret\r\n"):
        monkeypatch.setenv("TINY_KEY", key)
        await ask(keyed)
    assert server.keys == ["Bearer secret"] * 2
    assert "secret" not in json.dumps(keyed.fingerprint())


@pytest.mark.parametrize("key", ["sécret", "“secret”", "sec\nret", "secret\x7f"])
def test_a_key_that_no_header_can_carry_is_told_and_not_shown(key, monkeypatch):
    monkeypatch.setenv("TINY_KEY", key)
    with pytest.raises(ConfigError, match="TINY_KEY holds characters that are not printable ASCII") as raised:
        key_in("TINY_KEY")
    assert key not in str(raised.value)


def test_counts_tokens_of_texts_and_of_whole_prompts(engine):
    assert engine.window == 512
    assert engine.count_tokens("three little words") == 3
    assert engine.count_tokens([HumanMessage("three little words")]) == 6


def test_a_model_folder_that_says_nothing_asks_for_the_window(engine, tmp_path):
    with pytest.raises(ModelMissingError, match="window"):
        OpenAIEngine(engine.options, tmp_path, "tiny", Decoding())


async def test_a_connection_that_does_not_come_about_is_no_slow_answer(engine):
    request = httpx2.Request("POST", "http://127.0.0.1")
    slow, unconnected = openai.APITimeoutError(request), openai.APITimeoutError(request)
    unconnected.__cause__ = httpx2.ConnectTimeout("timed out")
    assert type(engine.translate(slow)) is EngineTimeoutError
    assert type(engine.translate(unconnected)) is EngineUnavailableError
