"""What the service adds to an answer: an engine that takes no time, asked itself and through what stands before it.

    python benchmarks/overhead.py [--rate 20 100] [--seconds 10] [--rounds 3] [--litellm PROGRAM] [--write PAGE]

One worker on one core; client and engine share the other, and so the client is a light one (aiohttp): what it takes is
in every figure. Requests come at random times (Poisson), whole answers and streams of sixteen pieces in turns, over
/v1/chat/completions. Ours is measured twice: before that engine, a process of its own behind HTTP, and with one in its
own process that says the same sixteen words (instant_service.py), which leaves nothing but us. Beside us: a bare
FastAPI that hands requests on (passthrough.py), and LiteLLM's proxy where its program is named (`pip install
'litellm[proxy]'` in an environment of its own). Needs the demo's model (`bakeoff index`), two cores, and nothing else
that runs.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import aiohttp
import numpy as np
import psutil
import uvloop
from instant_server import MODEL
from processes import PIPELINE, ROOT, bakeoff_serve, free_port, instant_server, litellm_proxy, running, server_engine
from shown import Figures, arguments

from eval.load.arrivals import arrive
from eval.load.measures import Load

QUESTION = "What is Dragon in Kubernetes, and who may use it?"
WARMUP = 100
DIRECT, IN_PROCESS = "the engine itself", "Bakeoff, the engine in its process"
QUIET, SETTLE_SECONDS = 10.0, 120.0
"""Per cent of a core's time that a door at rest may take, and seconds for it to come to rest."""
LIMITS = 3, 15
"""Milliseconds, both bounds of the metric's buckets."""
SERVER_CORE, CLIENT_CORE = 0, 1
Times = dict[tuple[float, str, bool], list[float]]
"""Seconds from sending to the answer's last byte, infinite for a failure; by requests a second, by what was asked, and
by whether it streamed."""


async def ask(client: aiohttp.ClientSession, model: str, stream: bool) -> float:
    body = {"model": model, "messages": [{"role": "user", "content": QUESTION}], "stream": stream}
    sent = time.perf_counter()
    try:
        async with client.post("/v1/chat/completions", json=body) as response:
            text = await response.read()
    except (aiohttp.ClientError, TimeoutError):
        return math.inf
    took = time.perf_counter() - sent
    return took if response.status == 200 and text else math.inf


async def measure(url: str, model: str, stream: bool, rate: float, count: int, seed: int) -> list[float]:
    times: list[float] = []
    connections = aiohttp.TCPConnector(limit=0, keepalive_timeout=2)
    async with aiohttp.ClientSession(url, connector=connections, timeout=aiohttp.ClientTimeout(20)) as client:

        async def one(_: str) -> None:
            times.append(await ask(client, model, stream))

        await arrive([""] * WARMUP, Load(rate=rate), seed, one)
        times.clear()
        await arrive([""] * count, Load(rate=rate), seed, one)
    return times


def settle() -> None:
    """Waits until the doors are at rest: one that could not keep up still answers, on the core that the next needs."""
    until = time.monotonic() + SETTLE_SECONDS
    while psutil.cpu_percent(0.5, percpu=True)[SERVER_CORE] > QUIET:
        if time.monotonic() > until:
            raise SystemExit(f"Core {SERVER_CORE} is not at rest. Measure again when nothing else runs.")


def collect(given: argparse.Namespace) -> tuple[Times, str]:
    """All of them in turns, so that what disturbs the machine disturbs each; and what the service says of itself."""
    times: Times = defaultdict(list)
    with ExitStack() as stack, tempfile.TemporaryDirectory() as scratch:
        upstream = stack.enter_context(instant_server(CLIENT_CORE))
        doors = {DIRECT: (upstream, MODEL)}
        port = free_port()
        bare = [sys.executable, ROOT / "benchmarks" / "passthrough.py", "--port", str(port), "--upstream", upstream]
        stack.enter_context(running(bare, f"http://127.0.0.1:{port}/v1/models", SERVER_CORE))
        doors["a bare FastAPI"] = (f"http://127.0.0.1:{port}", MODEL)
        if given.litellm:
            port = free_port()
            command = litellm_proxy(given.litellm, Path(scratch), upstream, port)
            stack.enter_context(running(command, f"http://127.0.0.1:{port}/health/liveliness", SERVER_CORE))
            doors["LiteLLM's proxy"] = (f"http://127.0.0.1:{port}", MODEL)
        url, _ = stack.enter_context(bakeoff_serve(server_engine(upstream, MODEL), SERVER_CORE))
        doors["Bakeoff"] = (url, PIPELINE)
        instant = [sys.executable, ROOT / "benchmarks" / "instant_service.py"]
        url, _ = stack.enter_context(bakeoff_serve({"kind": "fake"}, SERVER_CORE, program=instant))
        doors[IN_PROCESS] = (url, PIPELINE)
        for number in range(given.rounds):
            for rate, (name, (url, model)), stream in product(given.rate, doors.items(), (False, True)):
                print(f"round {number + 1} of {given.rounds}: {rate:g} a second, {name}, {_kind(stream)}", flush=True)
                settle()
                asked = measure(url, model, stream, rate, round(rate * given.seconds), number)
                times[rate, name, stream] += uvloop.run(asked)
        return times, own_figure(doors[IN_PROCESS][0])


def own_figure(url: str) -> str:
    """What the service's own metric says: a request's time from its headers on, less waiting and all of its answer.

    All that happens within an answer is left out: LangChain's stream, the making of the prompt, retrieval, the engine.
    """
    with urllib.request.urlopen(f"{url}/metrics", timeout=30) as response:
        lines = response.read().decode().splitlines()
    pairs = [line.rpartition(" ") for line in lines if line.startswith("bakeoff_overhead_seconds")]
    found = {key: float(value) for key, _, value in pairs}
    total = found["bakeoff_overhead_seconds_count"]
    shares = [found[f'bakeoff_overhead_seconds_bucket{{le="{limit / 1000}"}}'] / total for limit in LIMITS]
    said = " and ".join(f"{share:.1%} in at most {limit} ms" for share, limit in zip(shares, LIMITS, strict=True))
    return f"By the service's own `bakeoff_overhead_seconds`, of {total:,.0f} requests at all rates: {said}."


def table(times: Times, own: str, given: argparse.Namespace) -> str:
    lines = [
        f"{given.rounds} rounds of {given.seconds:g} seconds each, {os.cpu_count()} cores; processes that wanted a "
        f"core before: {given.before:.1f}. Milliseconds.\n",
        "| a second | asked | answer | p50 | p99 | adds at p50 | adds at p99 | failed |",
        "|--:|---|---|--:|--:|--:|--:|--:|",
    ]
    for (rate, name, stream), seconds in times.items():
        p50, p99 = np.percentile(seconds, [50, 99], method="higher") * 1000
        base50, base99 = np.percentile(times[rate, DIRECT, stream], [50, 99], method="higher") * 1000
        added = "|" if name == DIRECT else f"{p50 - base50:.1f} | {p99 - base99:.1f}"
        failed = sum(map(math.isinf, seconds))
        lines.append(f"| {rate:g} | {name} | {_kind(stream)} | {p50:.1f} | {p99:.1f} | {added} | {failed} |")
    return "\n".join([*lines, f"\n{own}", ""])


def _kind(stream: bool) -> str:
    return "streamed" if stream else "whole"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rate", type=float, nargs="+", default=[20.0, 100.0], help="requests a second")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each round, for each kind of request")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--litellm", type=Path, help="the program `litellm`")
    given = parser.parse_args()
    figures = Figures(given.write, "benchmarks/overhead.py")
    given.before = os.getloadavg()[0]
    os.sched_setaffinity(0, {CLIENT_CORE})
    figures.show(table(*collect(given), given))


if __name__ == "__main__":
    main()
