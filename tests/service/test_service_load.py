"""What a load test sees of our API: the first token when it comes, all tokens counted, failures as such."""

from __future__ import annotations

import pytest
from servers import serving
from service_fakes import DRAGON, QUESTION, FakePipeline, demo_pipelines, fake_engine, make_app

from corpora.errors import EngineError, EngineTimeoutError
from eval.load.client import LoadClient
from eval.load.driver import run_load
from eval.load.measures import Load
from eval.load.result import LoadPlan, LoadResult
from service.settings import ServiceSettings


async def test_the_first_chunk_is_the_first_token_and_not_the_retrieval() -> None:
    pipeline = FakePipeline("rag", fake_engine(delay=0.1))
    async with serving(make_app({"rag": pipeline})) as url, LoadClient(url, timeout=30) as client:
        exchange = await client.ask("rag", QUESTION)
    words = len(DRAGON.split())
    assert exchange.failure is None
    assert exchange.ttft >= 0.09
    assert exchange.e2el >= 0.09 * words
    assert exchange.completion_tokens == words
    assert len(exchange.chunks) == 1 + words + 2  # the role before the words, the sources and the end after them
    assert exchange.prompt_tokens > 0


async def test_what_can_be_asked() -> None:
    async with serving(make_app()) as url, LoadClient(url, timeout=30) as client:
        assert await client.models() == list(demo_pipelines())


@pytest.mark.parametrize(
    ("pipeline", "told"),
    [
        (FakePipeline("rag", error=EngineTimeoutError("Too slow.", "Wait.")), "status 504: Too slow. Wait."),
        (FakePipeline("rag", late_error=EngineTimeoutError("Too slow.", "Wait.")), "status 504: Too slow. Wait."),
        (FakePipeline("rag", fake_engine(fault="error")), "The server broke off"),
    ],
    ids=["at once", "after retrieval", "after the first token"],
)
async def test_failures(pipeline: FakePipeline, told: str) -> None:
    async with serving(make_app({"rag": pipeline})) as url, LoadClient(url, timeout=30) as client:
        exchange = await client.ask("rag", QUESTION)
    assert exchange.failure
    assert exchange.failure.code == "engine-error"
    assert told in exchange.failure.message


@pytest.mark.parametrize("warmup", [0, 1])
async def test_a_pipeline_is_not_blamed_for_the_failures_of_the_one_before_it(warmup: int) -> None:
    broken = FakePipeline("broken", error=EngineError("It failed.", "Mend it."))
    settings = ServiceSettings(failures=3, rest_seconds=0.5)  # after which the engine that both share is left alone
    app = make_app({"broken": broken, "sound": FakePipeline("sound")}, settings=settings)
    plan = LoadPlan(pipelines=("broken", "sound"), loads=(Load(concurrency=4),), requests=6, warmup=warmup)
    planned = LoadResult(url="here", started="now", split="test", questions=1, plan=plan)
    async with serving(app) as url, LoadClient(url, timeout=30) as client:
        result = await run_load(client, planned, [QUESTION], lambda *_: None, lambda _: None)
    assert [(level.completed, level.failed) for level in result.levels] == [(0, 6), (6, 0)]
    assert any("3 times in a row" in failure.message for failure in result.levels[0].failures)
