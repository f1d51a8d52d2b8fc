"""Questions at a steady rate, however many are waiting, and what they do to the process that answers.

The engine is a server that takes 0.4 s for an answer (instant_server.py), and 16 are answered at once, so that 40 a
second can be. The service is on one core, client and engine on the other.
"""

from __future__ import annotations

import asyncio
import os
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
import numpy as np
import psutil
from instant_server import MODEL
from processes import PIPELINE, bakeoff_serve, instant_server, server_engine

from eval.load.arrivals import arrive
from eval.load.measures import Load

ENGINE_SECONDS = 0.4
PLACES = 16
CAPACITY = PLACES / ENGINE_SECONDS
SERVER_CORE, CLIENT_CORE = 0, 1
QUESTION = "What is Dragon in Kubernetes, and who may use it?"
LOST = 0
"""In place of a status: no answer came."""


@dataclass(frozen=True)
class Reply:
    """The status, and the seconds from sending to the last byte."""

    status: int
    seconds: float


@dataclass(frozen=True)
class Sample:
    """A process at one moment: seconds since the watch began, resident memory in MiB, open files, tasks of its loop."""

    at: float
    memory: float
    files: int
    tasks: int


@contextmanager
def service() -> Iterator[tuple[str, int]]:
    """The service's address and process id; this process keeps to the clients' core."""
    os.sched_setaffinity(0, {CLIENT_CORE})
    with instant_server(CLIENT_CORE, ENGINE_SECONDS) as upstream:
        engine = server_engine(upstream, MODEL)
        with bakeoff_serve(engine, SERVER_CORE, {"answering": PLACES}) as (url, process):
            yield url, process.pid


async def press(url: str, load: Load, seconds: float, rate: float) -> list[Reply]:
    """`rate` times `seconds` questions under a load, in the order of their ends."""
    replies: list[Reply] = []
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2.0)
    async with httpx2.AsyncClient(base_url=url, timeout=120, limits=limits, trust_env=False) as client:

        async def ask(_: str) -> None:
            sent = time.perf_counter()
            try:
                status = (await client.post("/query", json={"question": QUESTION, "pipeline": PIPELINE})).status_code
            except httpx2.HTTPError:
                status = LOST
            replies.append(Reply(status, time.perf_counter() - sent))

        await arrive([""] * round(rate * seconds), load, 0, ask)
    return replies


async def watch(url: str, pid: int, samples: list[Sample], every: float) -> None:
    """Adds a sample every so many seconds until it is cancelled."""
    process, start = psutil.Process(pid), time.perf_counter()
    while True:
        tasks = await asyncio.to_thread(_tasks, url)
        at = time.perf_counter() - start
        samples.append(Sample(at, process.memory_info().rss / 2**20, process.num_fds(), tasks))
        await asyncio.sleep(every)


def _tasks(url: str) -> int:
    with urllib.request.urlopen(f"{url}/metrics", timeout=30) as response:
        lines = response.read().decode().splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith("bakeoff_tasks "))))


def p99(replies: Sequence[Reply], *statuses: int) -> float:
    """Seconds; NaN where there is no such reply."""
    seconds = [reply.seconds for reply in replies if reply.status in statuses]
    return float(np.percentile(seconds, 99)) if seconds else float("nan")
