"""A judge that keeps failing is not asked for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from eval.metrics.giving_up import GIVE_UP, GivenUpError, giving_up


class Judge:
    def __init__(self, says: Callable[[int], Any]) -> None:
        self.says = says
        self.asked = 0

    async def ascore(self, **inputs: Any) -> Any:
        self.asked += 1
        said = self.says(self.asked)
        if isinstance(said, Exception):
            raise said
        if said is None:
            await asyncio.sleep(60)
        return SimpleNamespace(value=said)


class Waiting:
    """A judge that is asked all its questions before it gives the first of its verdicts."""

    def __init__(self, says: Sequence[float]) -> None:
        self.says = iter(says)
        self.may_go = asyncio.Event()

    async def ascore(self, **inputs: Any) -> Any:
        said = next(self.says)
        await self.may_go.wait()
        return SimpleNamespace(value=said)

    async def let_go(self, asked: Sequence[Coroutine[Any, Any, str]]) -> list[str]:
        tasks = [asyncio.create_task(each) for each in asked]
        await asyncio.sleep(0)
        self.may_go.set()
        return await asyncio.gather(*tasks)


async def ask(scorer: Any) -> str:
    try:
        async with asyncio.timeout(0.001):
            return await verdict(scorer)
    except TimeoutError as error:
        return type(error).__name__


async def verdict(scorer: Any) -> str:
    try:
        return str((await scorer.ascore()).value)
    except (GivenUpError, ValueError) as error:
        return type(error).__name__


@pytest.mark.parametrize(
    ("says", "failed"), [(ValueError("no JSON"), "ValueError"), (float("nan"), "nan"), (None, "TimeoutError")]
)
async def test_a_judge_that_only_fails_is_given_up_in_all_its_metrics(says: Any, failed: str) -> None:
    one, other = Judge(lambda _: says), Judge(lambda _: 1.0)
    scorers = giving_up({"one": one, "other": other})
    assert [await ask(scorers["one"]) for _ in range(GIVE_UP)] == [failed] * GIVE_UP
    assert await ask(scorers["one"]) == await ask(scorers["other"]) == GivenUpError.__name__
    assert (one.asked, other.asked) == (GIVE_UP, 0)


async def test_one_verdict_is_enough_to_go_on() -> None:
    judge = Judge(lambda time: 1.0 if time % GIVE_UP == 0 else float("nan"))
    (scorer,) = giving_up({"one": judge}).values()
    said = [await ask(scorer) for _ in range(5 * GIVE_UP)]
    assert (judge.asked, said.count("1.0")) == (5 * GIVE_UP, 5)


async def test_verdicts_that_are_awaited_at_once_are_no_failures() -> None:
    waiting = Waiting([1.0] * 3 * GIVE_UP)
    (scorer,) = giving_up({"one": waiting}).values()
    assert await waiting.let_go([verdict(scorer) for _ in range(3 * GIVE_UP)]) == ["1.0"] * 3 * GIVE_UP


async def test_of_verdicts_that_were_awaited_at_once_twenty_failures_are_enough() -> None:
    waiting = Waiting([float("nan")] * GIVE_UP + [1.0])
    (scorer,) = giving_up({"one": waiting}).values()
    said = await waiting.let_go([verdict(scorer) for _ in range(GIVE_UP + 1)])
    assert said == ["nan"] * GIVE_UP + ["1.0"]
    assert await verdict(scorer) == GivenUpError.__name__
