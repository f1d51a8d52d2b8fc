"""The load client against a real server on this machine: times as planned, failures counted as what they are."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest
from load_server import MODEL, PacedServer
from servers import serving

from corpora.errors import BakeoffError, EngineProtocolError, EngineUnavailableError, MissingKeyError
from eval.load.client import LoadClient
from eval.load.driver import hold
from eval.load.measures import Load, Targets, summarise_level

pytestmark = pytest.mark.slow

QUESTION = "What is a cordage?"


def near(planned: float) -> Callable[[float | None], bool]:
    """A busy machine is late; nothing makes it early."""
    return lambda measured: measured is not None and planned * 0.9 <= measured <= planned * 1.5 + 0.1


@pytest.mark.parametrize("load", [Load(concurrency=4), Load(rate=20.0)], ids=str)
async def test_measured_times_are_the_planned_ones(load: Load) -> None:
    server = PacedServer(first=0.2, gap=0.06, tokens=6)
    async with serving(server) as url, LoadClient(url, timeout=30) as client:
        exchanges, duration = await hold(client, MODEL, [QUESTION] * 12, load, 0, lambda *_: None)
    level = summarise_level(MODEL, load, exchanges, duration, Targets(e2el=20.0), repeated=0)
    assert (level.completed, level.failed) == (12, 0)
    assert near(0.2)(level.ttft.p50)
    assert near(0.5)(level.e2el.p50)
    assert near(0.06)(level.tpot.p50)
    assert near(0.06)(level.itl.p50)
    assert all(len(each.itl) == 6 for each in exchanges)  # one from the role to the first token, five between tokens
    assert (level.prompt_tokens, level.completion_tokens) == (12 * 7, 12 * 6)
    assert level.goodput == level.requests_per_second
    if load.concurrency:
        assert server.most == 4
        assert near(12 / 4 * 0.5)(duration)
        assert level.busy_share > 0.9


@pytest.mark.usefixtures("dead_proxy")
async def test_a_server_on_this_machine_is_asked_past_the_environments_proxies() -> None:
    async with serving(PacedServer(0.0, 0.0, 1)) as url, LoadClient(url, 30) as client:
        assert await client.models() == [MODEL]


@pytest.mark.usefixtures("dead_proxy")
async def test_a_server_elsewhere_is_asked_through_the_environments_proxies() -> None:
    async with LoadClient("http://bakeoff.example", 30) as client:
        with pytest.raises(EngineUnavailableError, match="connection"):
            await client.models()


async def test_what_is_asked() -> None:
    server = PacedServer(0.0, 0.0, 1)
    parameters = {"max_completion_tokens": 5}
    async with serving(server) as url, LoadClient(url, 30, parameters=parameters) as client:
        assert await client.models() == [MODEL]
        await client.ask(MODEL, QUESTION)
    assert server.asked == [
        {
            "model": MODEL,
            "messages": [{"role": "user", "content": QUESTION}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_completion_tokens": 5,
        }
    ]


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("500", "engine-error", "status 500: out of order"),
        ("error", "engine-error", "out of memory"),
        ("cut", "engine-protocol", "ended before the answer did"),
        ("break", "engine-protocol", "broke off"),
        ("garbage", "engine-protocol", "not a chunk"),
        ("page", "engine-protocol", "ended before the answer did"),
        ("uncounted", "engine-protocol", "how many tokens"),
        ("hang", "engine-timeout", "more than 1 seconds"),
    ],
)
async def test_a_failure_is_counted_as_what_it_is(fault: str, code: str, told: str) -> None:
    server = PacedServer(0.0, 0.0, 3, fault=lambda question: fault if question == "bad" else None)
    async with serving(server) as url, LoadClient(url, timeout=1.0 if fault == "hang" else 30.0) as client:
        questions = ["good", "bad", "good", "bad", "bad"]
        exchanges, duration = await hold(client, MODEL, questions, Load(concurrency=2), 0, lambda *_: None)
    level = summarise_level(MODEL, Load(concurrency=2), exchanges, duration, Targets(), repeated=0)
    assert (level.completed, level.failed) == (2, 3)
    (failure,) = level.failures
    assert (failure.code, failure.count) == (code, 3)
    assert told in failure.message
    assert level.completion_tokens == 6


async def test_a_server_that_goes_away_is_a_failure_of_every_request_after_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with LoadClient(address, timeout=5) as client:
        exchange = await client.ask(MODEL, QUESTION)
        assert exchange.failure
        assert exchange.failure.code == "engine-unavailable"
        with pytest.raises(EngineUnavailableError, match="bakeoff serve"):
            await client.models()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"data": [1]}'])
async def test_another_kind_of_server_is_told(body: bytes) -> None:
    async def other(scope: object, receive: object, send: Callable[..., object]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[misc]
        await send({"type": "http.response.body", "body": body})  # type: ignore[misc]

    async with serving(other) as url, LoadClient(url, timeout=5) as client:
        with pytest.raises(EngineProtocolError, match="not a list of models"):
            await client.models()


@pytest.mark.parametrize(
    ("status", "error", "told"), [(401, MissingKeyError, "needs an API key"), (403, EngineUnavailableError, "refuses")]
)
async def test_a_server_that_wants_a_key_or_another_name_is_told(
    status: int, error: type[BakeoffError], told: str
) -> None:
    async def locked(scope: object, receive: object, send: Callable[..., object]) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})  # type: ignore[misc]
        await send({"type": "http.response.body", "body": b"{}"})  # type: ignore[misc]

    async with serving(locked) as url, LoadClient(url, timeout=5) as client:
        with pytest.raises(error, match=told):
            await client.models()


async def test_the_key_is_sent() -> None:
    seen: list[dict[bytes, bytes]] = []

    async def guarded(
        scope: dict[str, list[tuple[bytes, bytes]]], receive: object, send: Callable[..., object]
    ) -> None:
        seen.append(dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[misc]
        await send({"type": "http.response.body", "body": json.dumps({"data": []}).encode()})  # type: ignore[misc]

    async with serving(guarded) as url, LoadClient(url, timeout=5, api_key="secret") as client:
        assert await client.models() == []
    assert seen[0][b"authorization"] == b"Bearer secret"
