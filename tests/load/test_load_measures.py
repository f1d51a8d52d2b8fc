"""The measures of a load, on times that are made up: no server, no clock."""

from __future__ import annotations

import asyncio
from itertools import accumulate

import numpy as np
import pytest
from pydantic import ValidationError

from eval.load.arrivals import arrive, poisson
from eval.load.measures import Exchange, Level, Load, Targets, busy_seconds, summarise_level
from eval.load.result import LoadPlan, LoadResult
from eval.trial import Failure

CLOSED = Load(concurrency=2)


def exchange(sent: float, ttft: float, gaps: list[float], tokens: int) -> Exchange:
    chunks = tuple(accumulate(gaps, initial=sent + ttft))
    return Exchange(sent, chunks[-1] + 0.125, chunks, prompt_tokens=10, completion_tokens=tokens)


def failed(sent: float, ended: float, code: str = "engine-error") -> Exchange:
    return Exchange(sent, ended, failure=Failure(code=code, message="broken"))


FAST = exchange(0.0, 0.25, [0.0, 0.5, 0.25], tokens=4)
SLOW = exchange(1.0, 1.0, [0.0, 2.0], tokens=2)
SHORT = exchange(8.0, 0.5, [], tokens=1)


def test_one_request() -> None:
    assert (FAST.ttft, FAST.e2el, FAST.itl) == (0.25, 1.0, [0.0, 0.5, 0.25])
    assert FAST.tpot == pytest.approx(0.75 / 3)
    assert (SHORT.ttft, SHORT.e2el, SHORT.itl, SHORT.tpot) == (0.5, 0.5, [], None)


def test_a_level() -> None:
    exchanges = [FAST, SLOW, failed(4.0, 6.0), SHORT, failed(6.0, 6.5), failed(6.0, 6.0, "engine-timeout")]
    level = summarise_level("rag", CLOSED, exchanges, 10.0, Targets(e2el=1.0), repeated=1)
    assert (level.pipeline, level.load, level.duration, level.repeated) == ("rag", CLOSED, 10.0, 1)
    assert (level.completed, level.failed) == (3, 3)
    assert [(each.code, each.count) for each in level.failures] == [("engine-error", 2), ("engine-timeout", 1)]
    assert (level.prompt_tokens, level.completion_tokens) == (30, 7)
    assert (level.requests_per_second, level.output_tokens_per_second) == (0.3, 0.7)
    assert level.total_tokens_per_second == 3.7
    assert level.ttft.p50 == 0.5
    assert level.e2el.p50 == 1.0
    assert level.e2el.p95 == pytest.approx(np.percentile([1.0, 3.0, 0.5], 95))
    assert level.tpot.p50 == pytest.approx((0.25 + 2.0) / 2)  # one token has none
    assert level.itl.p50 == 0.25  # of all five gaps, the empty ones between role and first token too
    assert level.goodput == 0.2
    # 0 to 1.125, 1 to 4.125, 4 to 6.5, 8 to 8.625
    assert level.busy_share == pytest.approx((6.5 + 0.625) / 10)
    assert level.mean_in_flight == pytest.approx((1.125 + 3.125 + 2.0 + 0.625 + 0.5) / 10)


def test_a_level_without_a_completed_request() -> None:
    level = summarise_level("rag", CLOSED, [failed(0.0, 1.0)] * 4, 2.0, Targets(ttft=1.0), repeated=0)
    assert (level.completed, level.failed, level.requests_per_second, level.goodput) == (0, 4, 0.0, 0.0)
    assert level.ttft.p50 is level.itl.p95 is level.tpot.p99 is level.e2el.p50 is None


@pytest.mark.parametrize(
    ("targets", "good"),
    [
        (Targets(ttft=0.5), 2),
        (Targets(ttft=0.25), 1),
        (Targets(ttft=0.5, e2el=0.9), 1),
        (Targets(tpot=1.0), 2),  # an answer of one token has nothing to be late with
        (Targets(tpot=0.1), 1),
        (Targets(e2el=3.0), 3),
        (Targets(ttft=0.1), 0),
    ],
)
def test_goodput_is_of_the_requests_that_meet_all_targets(targets: Targets, good: int) -> None:
    level = summarise_level("rag", CLOSED, [FAST, SLOW, SHORT, failed(0.0, 0.1)], 10.0, targets, repeated=0)
    assert level.goodput == pytest.approx(good / 10)


def test_without_targets_there_is_no_goodput() -> None:
    assert summarise_level("rag", CLOSED, [FAST], 1.0, Targets(), repeated=0).goodput is None


@pytest.mark.parametrize(
    ("spans", "busy"),
    [
        ([], 0.0),
        ([(0, 1)], 1.0),
        ([(0, 1), (2, 3)], 2.0),
        ([(0, 4), (1, 2), (3, 5)], 5.0),
        ([(3, 5), (0, 4), (1, 2)], 5.0),
        ([(0, 1), (1, 2)], 2.0),
    ],
)
def test_busy_seconds_count_once(spans: list[tuple[float, float]], busy: float) -> None:
    assert busy_seconds([failed(*span) for span in spans]) == busy


@pytest.mark.parametrize("wrong", [{}, {"concurrency": 1, "rate": 1.0}, {"concurrency": 0}, {"rate": 0.0}])
def test_a_load_is_one_loop(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Load.model_validate(wrong)


def test_arrivals_are_poisson_at_the_rate_asked_for() -> None:
    times = poisson(2000, 4.0, seed=1)
    assert times == poisson(2000, 4.0, seed=1) != poisson(2000, 4.0, seed=2)
    assert times == sorted(times)
    assert times[-1] == pytest.approx(500.0)
    gaps = np.diff(times)
    # exponential gaps spread as widely as their mean; even ones would not spread at all
    assert gaps.mean() == pytest.approx(0.25, rel=0.02)
    assert gaps.std() == pytest.approx(0.25, rel=0.1)
    counts = np.histogram(times, bins=250)[0]
    assert counts.var() / counts.mean() == pytest.approx(1.0, abs=0.3)


async def test_an_open_loop_does_not_wait_for_answers() -> None:
    begun: list[str] = []
    seen: list[int] = []

    async def slow(item: str) -> None:
        begun.append(item)
        await asyncio.sleep(0.3)
        seen.append(len(begun))

    await arrive([str(number) for number in range(20)], Load(rate=1000.0), 0, slow)
    assert len(seen) == 20
    assert min(seen) == 20  # all had been sent when the first was answered


def test_utilisation_is_of_the_pipelines_best() -> None:
    def level(pipeline: str, done: int) -> Level:
        return summarise_level(pipeline, CLOSED, [FAST] * done, 10.0, Targets(), repeated=0)

    plan = LoadPlan(pipelines=("rag",), loads=(CLOSED,), requests=1)
    levels = tuple(level(*each) for each in [("rag", 1), ("rag", 4), ("alone", 9), ("dead", 0), ("dead", 0)])
    result = LoadResult.model_validate(
        {"url": "u", "started": "now", "split": "test", "questions": 1, "plan": plan, "levels": levels}
    )
    assert [result.utilisation(each) for each in result.levels] == [0.25, 1.0, None, None, None]
    assert LoadResult.model_validate_json(result.model_dump_json()) == result
