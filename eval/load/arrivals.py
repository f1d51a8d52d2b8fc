"""When requests are sent: as others end (closed loop), or at times of their own (open loop)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from eval.asking import for_each
from eval.load.measures import Load


async def arrive(items: Sequence[str], load: Load, seed: int, do: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """Does something with every item when its time has come, and waits until all of it is done.

    An error of `do` stops the others and is raised.
    """
    if load.concurrency is not None:
        await for_each(items, load.concurrency, do)
    elif load.rate is not None:
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for item, at in zip(items, poisson(len(items), load.rate, seed), strict=True):
                await asyncio.sleep(start + at - time.perf_counter())
                group.create_task(do(item))


def poisson(count: int, rate: float, seed: int) -> list[float]:
    """The times of so many arrivals of a Poisson process, in seconds from its start.

    The gaps are exponential with the mean 1 / rate, then stretched so that the last arrival is at count / rate, as in
    `vllm bench serve`: whatever the seed, the rate offered is the one asked for.
    """
    import numpy as np

    times = np.cumsum(np.random.default_rng(seed).exponential(1 / rate, count))
    return [float(at) for at in times * (count / rate / times[-1])]
