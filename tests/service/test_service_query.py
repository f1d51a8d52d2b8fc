"""`/query`, `/compare` and `/pipelines`, where all goes well or one pipeline does not."""

from __future__ import annotations

import asyncio
import json
import logging
import time

import httpx2
import pytest
from service_fakes import DRAGON, QUESTION, FakePipeline, client_of, events_of, fake_engine, make_app

from corpora.errors import AdapterMissingError, EngineError
from eval.prices import Prices
from service.schemas import Reply

MISSING = AdapterMissingError("The adapter of finetuned is not trained yet.", "Run bakeoff train.")


async def test_an_answer_has_everything(client: httpx2.AsyncClient) -> None:
    reply = (await client.post("/query", json={"question": QUESTION, "pipeline": "rag"})).json()
    assert reply["pipeline"] == "rag"
    assert reply["response"] == DRAGON
    (passage,) = reply["retrieved_contexts"]
    assert passage == {
        "id": "dragon-0",
        "document_id": "dragon",
        "start": 0,
        "end": len(DRAGON),
        "text": DRAGON,
        "score": 0.9,
    }
    assert reply["usage"]["completion_tokens"] == len(DRAGON.split())
    timing = reply["timing"]
    assert 0 < timing["retrieval"] <= timing["ttft"] <= timing["e2el"]
    assert timing["generation"] == pytest.approx(timing["e2el"] - timing["retrieval"])
    assert (reply["model"], reply["finish_reason"]) == ("fake-model", "stop")


async def test_cost_is_the_machines_seconds_at_its_price(client: httpx2.AsyncClient) -> None:
    reply = (await client.post("/query", json={"question": QUESTION, "pipeline": "rag"})).json()
    assert reply["cost"] == pytest.approx(reply["timing"]["e2el"] * 3.6 / 3600, abs=1e-5)  # within 10 ms
    assert reply["currency"] == "USD"


async def test_answers_side_by_side_share_the_machines_seconds() -> None:
    slow = {name: FakePipeline(name, fake_engine(delay=0.02)) for name in "abcd"}
    async with client_of(make_app(slow)) as client:
        start = time.perf_counter()
        outcomes = (await client.post("/compare", json={"question": QUESTION})).json()["outcomes"]
        passed = time.perf_counter() - start
    seconds = [each["answer"]["cost"] * 1000 for each in outcomes]  # at 3.6 an hour
    assert sum(each["answer"]["timing"]["e2el"] for each in outcomes) > 2 * passed
    assert 0 < sum(seconds) <= passed


async def test_what_an_engine_said_is_for_the_log_only(caplog: pytest.LogCaptureFixture) -> None:
    error = EngineError("m failed (500).", "Read the server's log.", "key sk-secret", "http://10.0.0.7/v1")
    caplog.set_level(logging.DEBUG, "bakeoff.service")
    async with client_of(make_app({"rag": FakePipeline("rag", error=error)})) as client:
        asked = {"question": QUESTION, "pipeline": "rag"}
        replies = [
            await client.post("/query", json=asked),
            await client.post("/query", json=asked | {"stream": True}),
            await client.post("/compare", json={"question": QUESTION}),
            await client.post(
                "/v1/chat/completions", json={"model": "rag", "messages": [{"role": "user", "content": QUESTION}]}
            ),
        ]
    assert all("m failed (500)." in each.text for each in replies)
    assert not any("secret" in each.text or "10.0.0.7" in each.text for each in replies)
    told = [vars(record) for record in caplog.records if "engine" in vars(record)]
    said = [record for record in caplog.records if "sk-secret" in record.getMessage()]
    assert [(each["engine"], each["code"]) for each in told] == [("http://10.0.0.7/v1", "engine-error")] * 4
    assert [record.levelname for record in said] == ["DEBUG"] * 4
    assert "(http://10.0.0.7/v1: key sk-secret)" in str(error)


async def test_an_unknown_cost_is_null() -> None:
    async with client_of(make_app(prices=Prices())) as client:
        reply = (await client.post("/query", json={"question": QUESTION, "pipeline": "rag"})).json()
    assert reply["cost"] is None
    assert reply["currency"] is None


async def test_a_stream_tells_the_same_as_the_plain_answer(client: httpx2.AsyncClient) -> None:
    plain = (await client.post("/query", json={"question": QUESTION, "pipeline": "rag"})).json()
    response = await client.post("/query", json={"question": QUESTION, "pipeline": "rag", "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    names = [name for name, _ in events]
    assert names == ["retrieved", *["piece"] * (len(names) - 2), "answer"]
    assert names.count("piece") > 1
    data = [json.loads(data) for _, data in events]
    assert data[0] == {"retrieved_contexts": plain["retrieved_contexts"]}
    assert "".join(piece["text"] for piece in data[1:-1]) == plain["response"]
    changing = {"timing", "cost", "usage"}
    assert {key: data[-1][key] for key in data[-1].keys() - changing} == {
        key: plain[key] for key in plain.keys() - changing
    }
    Reply.model_validate(data[-1])


async def test_a_pipeline_without_retrieval_streams_no_passages(client: httpx2.AsyncClient) -> None:
    response = await client.post("/query", json={"question": QUESTION, "pipeline": "zero-shot", "stream": True})
    assert "retrieved" not in [name for name, _ in events_of(response.text)]


async def test_text_with_line_ends_survives_the_stream() -> None:
    app = make_app({"rag": FakePipeline("rag", fake_engine(reply=lambda *_: "one\n\ndata: two\r\nthree"))})
    async with client_of(app) as client:
        response = await client.post("/query", json={"question": QUESTION, "pipeline": "rag", "stream": True})
    assert json.loads(events_of(response.text)[-1][1])["response"] == "one\n\ndata: two\r\nthree"


async def test_compare_shows_a_failure_beside_the_others() -> None:
    pipelines = {
        "rag": FakePipeline("rag"),
        "finetuned": MISSING,
        "broken": FakePipeline("broken", late_error=RuntimeError("secret of the house")),
        "down": FakePipeline("down", fake_engine(fault="unavailable")),
    }
    async with client_of(make_app(pipelines)) as client:
        response = await client.post("/compare", json={"question": QUESTION})
    assert response.status_code == 200
    assert "secret" not in response.text
    outcomes = {outcome["pipeline"]: outcome for outcome in response.json()["outcomes"]}
    assert list(outcomes) == list(pipelines)
    assert outcomes["rag"]["answer"]["response"] == DRAGON
    assert outcomes["rag"]["error"] is None
    codes = {name: outcome["error"]["code"] for name, outcome in outcomes.items() if outcome["answer"] is None}
    assert codes == {"finetuned": "adapter-missing", "broken": "unexpected", "down": "engine-unavailable"}


async def test_compare_asks_all_at_once() -> None:
    """Each pipeline waits for the other: one after the other they would wait for ever."""
    both = asyncio.Barrier(2)

    class Meeting(FakePipeline):
        async def stream(self, question):  # type: ignore[no-untyped-def]
            await both.wait()
            async for event in super().stream(question):
                yield event

    async with client_of(make_app({"a": Meeting("a"), "b": Meeting("b")})) as client:
        response = await asyncio.wait_for(client.post("/compare", json={"question": QUESTION}), 5)
    assert all(outcome["answer"] for outcome in response.json()["outcomes"])


@pytest.mark.parametrize(("question", "code"), [(" ", "empty-question"), ("x" * 20_001, "question-too-long")])
async def test_compare_refuses_a_bad_question_as_a_whole(client: httpx2.AsyncClient, question: str, code: str) -> None:
    response = await client.post("/compare", json={"question": question})
    assert response.status_code in (413, 422)
    assert response.json()["code"] == code


async def test_pipelines_are_listed_with_why_not() -> None:
    async with client_of(make_app({"rag": FakePipeline("rag"), "finetuned": MISSING})) as client:
        rag, finetuned = (await client.get("/pipelines")).json()["pipelines"]
    assert (rag["name"], rag["kind"], rag["ready"], rag["error"]) == ("rag", "fake", True, None)
    assert (finetuned["name"], finetuned["kind"], finetuned["ready"]) == ("finetuned", None, False)
    assert finetuned["error"]["code"] == "adapter-missing"
    assert finetuned["error"]["remedy"] == "Run bakeoff train."
