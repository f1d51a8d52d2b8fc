"""Runs a load test: each pipeline under each load, one level after the other."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence

from eval.asking import Progress
from eval.load.arrivals import arrive
from eval.load.client import LoadClient
from eval.load.measures import Exchange, Load, summarise_level
from eval.load.result import LoadResult

LONGEST_REST = 120
"""Seconds that a server may ask to be left alone, in all, before a level is begun anyway."""

WARM_UP = "This is warm-up question {}: what is this about?"


async def run_load(
    client: LoadClient,
    planned: LoadResult,
    questions: Sequence[str],
    on_progress: Progress,
    on_result: Callable[[LoadResult], None],
) -> LoadResult:
    """The result with all its levels; `on_result` is given it after each of them, to be kept if the next is stopped.

    Every pipeline is asked the same questions in the same order, and none of them twice before all have been asked: a
    server that keeps prompts would have a repeated one's at hand. A server that leaves its engine alone for a while,
    since requests before have failed, is waited for, so that each level's failures are its own.

    Args:
        planned: a result without levels.
        questions: at least one.
    """
    plan, result = planned.plan, planned
    order = random.Random(plan.seed).sample(questions, len(questions))
    for pipeline in plan.pipelines:
        await _warm_up(client, pipeline, plan.warmup, on_progress)
        asked = 0
        for load in plan.loads:
            if result.levels and result.levels[-1].failed:  # the server may rest since then
                await _ask_when_let_in(client, pipeline, WARM_UP.format(0), on_progress)
            texts = [order[place % len(order)] for place in range(asked, asked + plan.requests)]
            exchanges, duration = await hold(client, pipeline, texts, load, plan.seed, on_progress)
            repeated = max(0, asked + plan.requests - max(asked, len(order)))
            asked += plan.requests
            level = summarise_level(pipeline, load, exchanges, duration, plan.targets, repeated)
            result = result.model_copy(update={"levels": (*result.levels, level)})
            on_result(result)
    return result


async def _warm_up(client: LoadClient, pipeline: str, count: int, on_progress: Progress) -> None:
    """Whatever goes wrong here, but for a rest, will go wrong again where it counts."""
    for number in range(count):
        on_progress(f"{pipeline}, warm-up", number, count)
        await _ask_when_let_in(client, pipeline, WARM_UP.format(number + 1), on_progress)
        on_progress(f"{pipeline}, warm-up", number + 1, count)


async def _ask_when_let_in(client: LoadClient, pipeline: str, question: str, on_progress: Progress) -> None:
    """Asks, and asks again as long as the server says when to, up to `LONGEST_REST` seconds in all.

    Its engine may have failed again and again under what was asked before, and a question shows that it is back.
    """
    left, doing = LONGEST_REST, f"{pipeline}, waiting as the server asks"
    while (rest := (await client.ask(pipeline, question)).retry_after) and rest <= left:
        left -= rest
        for second in range(rest):
            on_progress(doing, second, rest)
            await asyncio.sleep(1)
        on_progress(doing, rest, rest)


async def hold(
    client: LoadClient, pipeline: str, questions: Sequence[str], load: Load, seed: int, on_progress: Progress
) -> tuple[list[Exchange], float]:
    """Puts the questions under one load. How each went, in the order of their ends, and the seconds that all took."""
    exchanges: list[Exchange] = []
    doing = f"{pipeline}, {load}"

    async def ask(question: str) -> None:
        exchanges.append(await client.ask(pipeline, question))
        on_progress(doing, len(exchanges), len(questions))

    on_progress(doing, 0, len(questions))
    start = time.perf_counter()
    await arrive(questions, load, seed, ask)
    return exchanges, time.perf_counter() - start
