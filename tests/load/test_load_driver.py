"""A whole load test: every level, the right questions, warm-up apart, results kept level by level."""

from __future__ import annotations

import pytest
from load_server import MODEL, PacedServer
from servers import serving

from eval.load.client import LoadClient
from eval.load.driver import run_load
from eval.load.measures import Load, Targets
from eval.load.result import LoadPlan, LoadResult

QUESTIONS = [f"question {number}" for number in range(10)]
LOADS = (Load(concurrency=1), Load(concurrency=3), Load(rate=200.0))


async def run(server: PacedServer, plan: LoadPlan) -> tuple[LoadResult, list[LoadResult], list[tuple[str, int, int]]]:
    kept: list[LoadResult] = []
    progress: list[tuple[str, int, int]] = []
    planned = LoadResult(url="here", started="now", split="test", questions=len(QUESTIONS), plan=plan)
    async with serving(server) as url, LoadClient(url, timeout=10) as client:
        result = await run_load(client, planned, QUESTIONS, lambda *told: progress.append(told), kept.append)
    return result, kept, progress


async def test_every_level_has_its_requests() -> None:
    server = PacedServer(0.0, 0.0, 2)
    plan = LoadPlan(pipelines=("one", "two"), loads=LOADS, requests=4, targets=Targets(e2el=30.0), warmup=1)
    result, kept, progress = await run(server, plan)
    assert [(level.pipeline, level.load) for level in result.levels] == [
        (name, load) for name in ("one", "two") for load in LOADS
    ]
    assert all((level.completed, level.failed) == (4, 0) for level in result.levels)
    assert [len(each.levels) for each in kept] == [1, 2, 3, 4, 5, 6]
    assert kept[-1] == result
    assert progress[:2] == [("one, warm-up", done, 1) for done in range(2)]
    assert progress[2:7] == [("one, 1 at once", done, 4) for done in range(5)]
    assert progress[-1] == ("two, 200 a second", 4, 4)
    assert len(server.asked) == 2 * (1 + 3 * 4)


async def test_no_question_comes_twice_before_all_have_come() -> None:
    server = PacedServer(0.0, 0.0, 1)
    result, *_ = await run(server, LoadPlan(pipelines=("one", "two"), loads=LOADS, requests=4, warmup=2))
    texts = [(body["model"], body["messages"][0]["content"]) for body in server.asked]
    for name in ("one", "two"):
        of_pipeline = [text for model, text in texts if model == name]
        assert all("warm-up" in text for text in of_pipeline[:2])
        asked = of_pipeline[2:]
        assert sorted(asked[:10]) == sorted(QUESTIONS) != asked[:10]
        assert sorted(asked[10:]) == sorted(asked[:2])
    assert [level.repeated for level in result.levels] == [0, 0, 2] * 2


async def test_a_level_larger_than_the_questions_says_how_many_repeat() -> None:
    plan = LoadPlan(pipelines=(MODEL,), loads=(Load(concurrency=4), Load(concurrency=2)), requests=13, warmup=0)
    result, *_ = await run(PacedServer(0.0, 0.0, 1), plan)
    assert [level.repeated for level in result.levels] == [3, 13]


async def test_a_pipeline_that_always_fails_does_not_stop_the_others() -> None:
    server = PacedServer(0.0, 0.0, 1, fault=lambda question: "500" if len(server.asked) <= 5 else None)
    plan = LoadPlan(pipelines=("broken", "sound"), loads=(Load(concurrency=2),), requests=5, warmup=0)
    result, *_ = await run(server, plan)
    assert [(level.completed, level.failed) for level in result.levels] == [(0, 5), (5, 0)]


@pytest.mark.parametrize(("rests", "waited"), [(0, 0), (1, 1), (2, 2), (99, 2)])
async def test_a_server_that_rests_is_waited_for_as_it_asks_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, rests: int, waited: int
) -> None:
    monkeypatch.setattr("eval.load.driver.LONGEST_REST", 2)
    server = PacedServer(0.0, 0.0, 1, fault=lambda question: "rest" if len(server.asked) <= rests else None)
    plan = LoadPlan(pipelines=("sound",), loads=(Load(concurrency=2),), requests=3, warmup=1)
    result, _, progress = await run(server, plan)
    assert len(server.asked) == waited + 1 + 3
    assert [level.failed for level in result.levels] == [3 if rests > waited else 0]
    told = [("sound, waiting as the server asks", second, 1) for _ in range(waited) for second in (0, 1)]
    assert [each for each in progress if "waiting" in each[0]] == told
