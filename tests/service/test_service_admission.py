"""Load that is too much is refused at once, a dead engine is left alone, and both are over when they are over."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from service_fakes import QUESTION, FakePipeline, client_of, fake_engine, make_app

from corpora.errors import (
    EngineTimeoutError,
    EngineUnavailableError,
    IndexUnavailableError,
    ModelUnavailableError,
)
from service.admission import Admission
from service.settings import ServiceSettings

QUERY = {"question": QUESTION, "pipeline": "rag"}


def slow(delay: float = 0.02, words: int = 1000) -> FakePipeline:
    engine = fake_engine(delay=delay, reply=lambda *_: "word " * words)
    engine.decoding = engine.decoding.model_copy(update={"max_new_tokens": words})
    return FakePipeline("rag", engine)


async def ask(client: httpx2.AsyncClient, **more: Any) -> httpx2.Response:
    return await client.post("/query", json=QUERY | more, timeout=30)


async def metric(client: httpx2.AsyncClient, name: str) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return float(next((line.rpartition(" ")[2] for line in lines if line.startswith(name)), 0))


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not await condition():  # noqa: ASYNC110  (what the service counts has no event)
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("path", ["/query", "/v1/chat/completions"])
async def test_past_the_line_a_question_is_refused_at_once_and_those_in_it_are_answered(path: str) -> None:
    body: dict[str, Any] = QUERY
    if path.startswith("/v1"):
        body = {"model": "rag", "messages": [{"role": "user", "content": QUESTION}]}
    app = make_app({"rag": slow(words=20)}, settings=ServiceSettings(answering=1, waiting=1))
    async with client_of(app) as client:
        inside = [asyncio.create_task(client.post(path, json=body, timeout=30)) for _ in range(2)]
        await until(lambda: _is(client, "bakeoff_waiting", 1))
        refused = await asyncio.wait_for(client.post(path, json=body), 1)
        answered = [await each for each in inside]
        assert await metric(client, "bakeoff_waiting") == 0
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) >= 1
    assert "overloaded" in refused.text
    assert [each.status_code for each in answered] == [200, 200]


async def _is(client: httpx2.AsyncClient, name: str, value: float) -> bool:
    return await metric(client, name) == value


async def test_who_leaves_the_line_makes_room() -> None:
    app = make_app({"rag": slow()}, settings=ServiceSettings(answering=1, waiting=1))
    async with client_of(app) as client:
        first = asyncio.create_task(ask(client))
        second = asyncio.create_task(ask(client))
        await until(lambda: _is(client, "bakeoff_waiting", 1))
        for each in (second, first):
            each.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        await until(lambda: _is(client, 'bakeoff_in_flight{pipeline="rag"}', 0))
        third = asyncio.create_task(ask(client))
        await until(lambda: _is(client, 'bakeoff_in_flight{pipeline="rag"}', 1))
        assert await metric(client, "bakeoff_waiting") == 0
        third.cancel()
        await asyncio.gather(third, return_exceptions=True)


async def test_an_answer_that_takes_too_long_is_given_up() -> None:
    pipeline = slow()
    async with client_of(make_app({"rag": pipeline}, settings=ServiceSettings(answer_seconds=0.2))) as client:
        whole, streamed = await ask(client), await ask(client, stream=True)
    assert (whole.status_code, whole.json()["code"]) == (504, "engine-timeout")
    assert "0.2 seconds" in whole.json()["detail"]
    assert "event: piece" in streamed.text
    assert streamed.text.rstrip().rpartition("event: ")[2].startswith("error")
    assert pipeline.engine.running == 0


async def test_waiting_counts_towards_the_time() -> None:
    settings = ServiceSettings(answering=1, answer_seconds=1)
    async with client_of(make_app({"rag": slow()}, settings=settings)) as client, asyncio.timeout(3.5):
        replies = await asyncio.gather(*(ask(client) for _ in range(4)))
    assert {each.status_code for each in replies} == {504}


async def test_a_dead_engine_is_left_alone_and_asked_again_when_it_has_rested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.readiness.KEPT_SECONDS", 0)
    pipeline = FakePipeline("rag", fake_engine(fault="unavailable"))
    settings = ServiceSettings(failures=3, rest_seconds=0.3)
    async with client_of(make_app({"rag": pipeline}, settings=settings)) as client:
        failed = [await ask(client) for _ in range(3)]
        asked = len(pipeline.engine.prompts)
        spared = await ask(client)
        waiting = await client.get("/health/ready")
        assert len(pipeline.engine.prompts) == asked == 3
        pipeline.engine.fault = None
        await asyncio.sleep(0.35)
        ready = await client.get("/health/ready")
        back = [await ask(client) for _ in range(2)]
    assert {each.status_code for each in failed} == {503}
    assert (spared.status_code, spared.json()["code"]) == (503, "engine-unavailable")
    assert "3 times in a row" in spared.json()["detail"]
    assert "retry-after" in spared.headers
    assert (waiting.status_code, ready.status_code) == (503, 200)
    assert [each.status_code for each in back] == [200, 200]


async def test_one_question_at_a_time_shows_whether_the_engine_is_back() -> None:
    pipeline = FakePipeline("rag", fake_engine(fault="unavailable"))
    settings = ServiceSettings(failures=2, rest_seconds=0.2)
    async with client_of(make_app({"rag": pipeline}, settings=settings)) as client:
        for _ in range(2):
            await ask(client)
        pipeline.engine.fault = "hang"
        await asyncio.sleep(0.25)
        probe = asyncio.create_task(ask(client))
        await until(lambda: _running(pipeline, 1))
        refused = await asyncio.wait_for(asyncio.gather(*(ask(client) for _ in range(20))), 5)
        not_ready = await client.get("/health/ready")
        probe.cancel()  # its client goes away: nothing is known yet
        await asyncio.gather(probe, return_exceptions=True)
        await until(lambda: _running(pipeline, 0))
        pipeline.engine.fault = None
        back = [await ask(client) for _ in range(2)]
    assert len(pipeline.engine.prompts) == 2 + 1 + 2
    assert {each.status_code for each in (*refused, not_ready)} == {503}
    assert [each.status_code for each in back] == [200, 200]


async def _running(pipeline: FakePipeline, count: int) -> bool:
    return pipeline.engine.running == count


@pytest.mark.parametrize(
    ("fault", "every", "opens"),
    [
        ("unavailable", 1, True),
        ("error", 1, True),
        ("garbage", 1, True),
        ("half", 1, True),
        ("timeout", 1, True),
        ("error", 5, False),
        ("refuse", 1, False),
    ],
)
async def test_what_counts_as_the_engines_failure(fault: Any, every: int, opens: bool) -> None:
    pipeline = FakePipeline("rag", fake_engine(fault=fault, fault_every=every))
    async with client_of(make_app({"rag": pipeline}, settings=ServiceSettings(failures=3))) as client:
        for _ in range(3):
            await ask(client)
        for _ in range(17):
            await ask(client)
        ready = await client.get("/health/ready")
    assert len(pipeline.engine.prompts) == (3 if opens else 20)
    assert ready.status_code == (503 if opens else 200)


async def test_what_one_model_fails_with_says_nothing_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.readiness.KEPT_SECONDS", 0)
    pipelines: dict[str, Any] = {
        "rag": FakePipeline("rag"),
        "adapter": FakePipeline("adapter", fake_engine(fault="error")),
    }
    pipelines["adapter"].model = "adapter"
    async with client_of(make_app(pipelines, settings=ServiceSettings(failures=2, rest_seconds=30))) as client:
        for _ in range(2):
            await ask(client, pipeline="adapter")
        spared, other = await ask(client, pipeline="adapter"), await ask(client)
        ready = (await client.get("/health/ready")).json()
    assert (spared.status_code, spared.json()["code"], other.status_code) == (503, "engine-unavailable", 200)
    assert 29 <= int(spared.headers["retry-after"]) <= 30
    assert [each["name"] for each in ready["not_ready"]] == ["adapter"]


async def test_a_model_that_is_not_served_is_no_dead_engine() -> None:
    missing = FakePipeline("rag", error=ModelUnavailableError("It is not there.", "Serve it."))
    async with client_of(make_app({"rag": missing}, settings=ServiceSettings(failures=2))) as client:
        told = [await ask(client) for _ in range(5)]
        missing.error = None
        assert (await ask(client)).status_code == 200
    assert {each.json()["detail"] for each in told} == {"It is not there."}


async def test_a_dead_index_is_left_alone_and_what_needs_none_is_answered() -> None:
    dead = IndexUnavailableError("It does not answer.", "Start it.")
    pipelines: dict[str, Any] = {"rag": FakePipeline("rag", error=dead), "plain": FakePipeline("plain")}
    pipelines["rag"].retrieves = True
    async with client_of(make_app(pipelines, settings=ServiceSettings(failures=2, rest_seconds=0.3))) as client:
        for _ in range(2):
            await ask(client)
        pipelines["rag"].error = None
        spared, other = await ask(client), await ask(client, pipeline="plain")
        await asyncio.sleep(0.35)
        back = await ask(client)
    assert (spared.status_code, spared.json()["code"]) == (503, "index-unavailable")
    assert "2 times in a row" in spared.json()["detail"]
    assert spared.headers["retry-after"] == "1"
    assert (other.status_code, back.status_code) == (200, 200)


async def test_an_index_that_is_back_is_there_for_others_while_the_first_answer_is_written() -> None:
    pipelines: dict[str, Any] = {"rag": slow(), "other": FakePipeline("other")}
    for each in pipelines.values():
        each.retrieves = True
    pipelines["rag"].error = IndexUnavailableError("It does not answer.", "Start it.")
    async with client_of(make_app(pipelines, settings=ServiceSettings(failures=1, rest_seconds=0.1))) as client:
        await ask(client)
        pipelines["rag"].error = None
        await asyncio.sleep(0.15)
        first = asyncio.create_task(ask(client))
        await until(lambda: _running(pipelines["rag"], 1))
        other = await ask(client, pipeline="other")
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    assert other.status_code == 200


@pytest.mark.parametrize(("wait", "opens"), [(0.0, True), (0.3, False)])
async def test_a_question_that_waited_long_says_nothing_about_the_engine(wait: float, opens: bool) -> None:
    admission = Admission(ServiceSettings(answering=1, answer_seconds=0.5, failures=1, rest_seconds=60))
    loop = asyncio.get_running_loop()

    async def ask_late() -> None:
        async with admission.admitted(loop.time() + 0.5):
            raise EngineTimeoutError("It took too long.", "Ask again.")

    async with admission.admitted(loop.time() + 0.5):
        late = asyncio.create_task(ask_late())
        await asyncio.sleep(wait)
    with pytest.raises(EngineTimeoutError):
        await late
    if not opens:
        return await admission.check()
    with pytest.raises(EngineUnavailableError):
        await admission.check()
    return None


async def test_wrong_questions_do_not_look_like_a_dead_engine() -> None:
    async with client_of(make_app(settings=ServiceSettings(failures=2))) as client:
        for _ in range(5):
            assert (await client.post("/query", json=QUERY | {"question": " "})).status_code == 422
        assert (await ask(client)).status_code == 200


async def test_a_comparison_that_is_refused_as_a_whole_says_when_to_come_again() -> None:
    pipelines = {"rag": slow(), "other": slow()}
    async with client_of(make_app(pipelines, settings=ServiceSettings(answering=1, waiting=0))) as client:
        first = asyncio.create_task(ask(client))
        await until(lambda: _is(client, 'bakeoff_in_flight{pipeline="rag"}', 1))
        refused = await client.post("/compare", json={"question": QUESTION})
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert refused.headers["retry-after"]
