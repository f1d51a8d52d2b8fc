"""What orchestrators and Prometheus see."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from service_fakes import DRAGON, QUESTION, FakePipeline, client_of, fake_engine, make_app

from corpora.errors import AdapterMissingError, BakeoffError, IndexMissingError
from service.keys import KeyRing
from service.settings import ServiceSettings

MISSING = IndexMissingError("The corpus is not indexed.", "Run bakeoff index.")


async def test_a_service_lives_whatever_its_pipelines_do() -> None:
    async with client_of(make_app({"rag": MISSING})) as client:
        response = await client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "live"})


async def test_only_who_has_a_key_to_change_is_told_what_is_wrong(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    secret, asking = ring.add("ada", "change"), ring.add("bob", "ask")
    broken = IndexMissingError("/srv/index cannot be read.", "Delete /srv/index.")
    async with client_of(make_app({"rag": broken}, keys=ring)) as client:
        told = await client.get("/health/ready", headers={"authorization": f"Bearer {secret}"})
        others = ({}, {"authorization": "Bearer no"}, {"authorization": f"Bearer {asking}"})
        strangers = [await client.get("/health/ready", headers=each) for each in others]
    assert told.json()["not_ready"][0]["error"]["remedy"] == "Delete /srv/index."
    for stranger in strangers:
        assert stranger.status_code == 503
        assert "/srv" not in stranger.text
        (status,) = stranger.json()["not_ready"]
        assert (status["name"], status["error"]["code"]) == ("rag", "index-missing")


async def test_ready_when_all_would_answer() -> None:
    async with client_of(make_app()) as client:
        response = await client.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"ready": True, "not_ready": []})


async def test_heads_are_told_without_bodies() -> None:
    async with client_of(make_app({"rag": MISSING})) as client:
        assert (await client.head("/health/live")).status_code == 200
        assert (await client.head("/health/ready")).status_code == 503
        assert (await client.put("/health/live")).headers["allow"] == "GET, HEAD"
        assert (await client.get("/openapi.json")).json()["paths"]["/health/live"].keys() == {"get"}


async def test_not_ready_names_each_that_would_not_answer_and_what_to_do() -> None:
    class Hanging(FakePipeline):
        async def check(self) -> None:
            await asyncio.Event().wait()

    class Broken(FakePipeline):
        async def check(self) -> None:
            raise RuntimeError("secret of the house")

    pipelines = {
        "fine": FakePipeline("fine"),
        "rag": MISSING,
        "down": FakePipeline("down", fake_engine(fault="unavailable")),
        "hanging": Hanging("hanging"),
        "broken": Broken("broken"),
    }
    async with client_of(make_app(pipelines, settings=ServiceSettings(check_seconds=0.05))) as client:
        response = await client.get("/health/ready")
        listed = (await client.get("/pipelines")).json()["pipelines"]
    assert response.status_code == 503
    assert "secret" not in response.text
    not_ready = response.json()["not_ready"]
    assert {status["name"]: status["error"]["code"] for status in not_ready} == {
        "rag": "index-missing",
        "down": "engine-unavailable",
        "hanging": "engine-timeout",
        "broken": "unexpected",
    }
    assert all(status["error"]["remedy"] for status in not_ready)
    assert not any("errors" in status["error"] for status in not_ready)  # as in a problem that is a whole response
    assert [status["name"] for status in listed if status["ready"]] == ["fine"]


async def test_why_a_pipeline_is_not_ready_is_logged_when_it_changes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(FakePipeline):
        error: BakeoffError | None = MISSING

        async def check(self) -> None:
            if self.error is not None:
                raise self.error

    caplog.set_level(logging.INFO)
    monkeypatch.setattr("service.readiness.KEPT_SECONDS", 0)
    pipeline = Failing("rag")
    other = AdapterMissingError("There is no adapter at /srv/adapter.", "Train it.")
    async with client_of(make_app({"rag": pipeline})) as client:
        for pipeline.error in (MISSING, MISSING, other, other, None, None, other):
            await client.get("/health/ready")
    told = [record.getMessage() for record in caplog.records if record.getMessage().startswith("pipeline rag: ")]
    missing, adapter = f"{MISSING.problem} {MISSING.remedy}", f"{other.problem} {other.remedy}"
    assert told == [f"pipeline rag: {each}" for each in (missing, adapter, "ready again", adapter)]


class Counted(FakePipeline):
    """Counts its checks, each of which takes a while."""

    checks = 0

    async def check(self) -> None:
        self.checks += 1
        await asyncio.sleep(0.05)


async def test_however_often_it_is_asked_the_engine_is_checked_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = Counted("rag")
    async with client_of(make_app({"rag": pipeline})) as client:
        paths = ("/health/ready", "/pipelines") * 25
        together = await asyncio.gather(*(client.get(path) for path in paths))
        soon = await client.get("/health/ready")
        assert pipeline.checks == 1
        monkeypatch.setattr("service.readiness.KEPT_SECONDS", 0)
        later = await client.get("/health/ready")
    assert pipeline.checks == 2
    assert {each.status_code for each in (*together, soon, later)} == {200}


async def test_who_goes_away_takes_nobody_elses_check_along() -> None:
    pipeline = Counted("rag")
    async with client_of(make_app({"rag": pipeline})) as client:
        first = asyncio.create_task(client.get("/health/ready"))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(client.get("/health/ready"))
        await asyncio.sleep(0.01)
        first.cancel()
        assert (await second).status_code == 200
    assert pipeline.checks == 1


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Values by the sample's name and its labels' values."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_metrics_count_what_happened() -> None:
    pipelines = {
        "rag": FakePipeline("rag"),
        "index": MISSING,
        "late": FakePipeline("late", late_error=RuntimeError("bug")),
    }
    async with client_of(make_app(pipelines)) as client:
        for name in ("rag", "rag", "index", "late", "oracle", 'forged"} 1\nx{a="'):
            for stream in (False, True):
                await client.post("/query", json={"question": QUESTION, "pipeline": name, "stream": stream})
        await client.post("/query", json={"question": " ", "pipeline": "rag"})
        response = await client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    found = samples(response.text)
    outcomes = {key[1:]: value for key, value in found.items() if key[0] == "bakeoff_requests_total"}
    assert outcomes == {
        ("answered", "rag"): 4,
        ("empty-question", "rag"): 1,
        ("index-missing", "index"): 2,
        ("unexpected", "late"): 2,
        ("unknown-pipeline", "(unknown)"): 4,
    }
    assert found["bakeoff_ttft_seconds_count", "rag"] == found["bakeoff_e2el_seconds_count", "rag"] == 4
    assert 0 < found["bakeoff_ttft_seconds_sum", "rag"] <= found["bakeoff_e2el_seconds_sum", "rag"]
    assert found["bakeoff_tokens_total", "rag", "completion"] == 4 * len(DRAGON.split())
    assert 0 < found["bakeoff_tokens_total", "rag", "cached"] < found["bakeoff_tokens_total", "rag", "prompt"]
    assert found["bakeoff_in_flight", "rag"] == 0
    assert ("bakeoff_ttft_seconds_count", "late") not in found


async def test_questions_in_flight_are_seen() -> None:
    engine = fake_engine(fault="hang")
    async with client_of(make_app({"rag": FakePipeline("rag", engine)})) as client:
        asking = asyncio.create_task(client.post("/query", json={"question": QUESTION, "pipeline": "rag"}))
        while not engine.running:  # noqa: ASYNC110  (the engine counts, it does not signal)
            await asyncio.sleep(0.01)
        during = samples((await client.get("/metrics")).text)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        after = samples((await client.get("/metrics")).text)
    assert during["bakeoff_in_flight", "rag"] == 1
    assert after["bakeoff_in_flight", "rag"] == 0


async def test_two_apps_do_not_mix_their_metrics() -> None:
    async with client_of(make_app()) as one, client_of(make_app()) as other:
        await one.post("/query", json={"question": QUESTION, "pipeline": "rag"})
        assert samples((await one.get("/metrics")).text)["bakeoff_requests_total", "answered", "rag"] == 1
        assert ("bakeoff_requests_total", "answered", "rag") not in samples((await other.get("/metrics")).text)
