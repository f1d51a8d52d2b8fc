"""How much of vLLM's throughput comes through the API: the same questions, 16 at once, asked of both in turns.

    python benchmarks/api_throughput.py [--requests 64] [--rounds 4] [--write PAGE]

The server is asked just what the service asks it: the same messages, the same decoding, as a stream. Tokens are those
that vLLM counts, and so are its steps: where as many tokens come out of each step both ways, the service keeps vLLM as
busy as it can be, and what differs beyond that is how long a step took. First vLLM has all cores but one to itself,
and service and client have that one, as vLLM has a GPU or a machine of its own elsewhere; then all of them share all
cores. Needs two cores, the environment of `make vllm`, the demo's model (`bakeoff index`), and a machine with nothing
else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from langchain_core.messages import convert_to_openai_messages
from processes import PIPELINE, ROOT, bakeoff_serve
from shown import Figures, arguments

from corpora.reading import read_corpus
from eval.asking import for_each
from pipelines.engines.base import Decoding
from pipelines.engines.vllm_server import VllmAddress, VllmEngine
from pipelines.engines.vllm_settings import VllmOptions
from pipelines.home import Home
from pipelines.models import prepare_model
from pipelines.prompts import DEFAULT_SYSTEM, question_messages

NAME = "smollm2-135m-instruct"
AT_ONCE = 16
DECODING = Decoding(max_new_tokens=48, temperature=0)
KEY = "BENCHMARK_VLLM_KEY"
DIRECT, THROUGH = "vLLM itself", "through the API"
STEPS = "vllm:iteration_tokens_total_count"
Bodies = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Pace:
    """`rate` in tokens a second, `per_step` in tokens that one step of vLLM's gave."""

    rate: float
    per_step: float


def bodies(model: str, questions: Sequence[str]) -> dict[str, Bodies]:
    """What is sent, by whom it is sent to."""
    common = {"stream": True, "stream_options": {"include_usage": True}}
    decoding = {"temperature": 0, "max_completion_tokens": DECODING.max_new_tokens, "seed": DECODING.seed}
    asked = [convert_to_openai_messages(question_messages(DEFAULT_SYSTEM, question)) for question in questions]
    return {
        DIRECT: [{"model": model, "messages": messages, **decoding, **common} for messages in asked],
        THROUGH: [{"model": PIPELINE, "messages": messages[1:], **common} for messages in asked],
    }


async def pace(url: str, key: str, asked: Bodies, engine: str) -> Pace:
    """`engine` is the address of vLLM's metrics."""
    tokens = 0
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    headers = {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=600, limits=limits, trust_env=False) as client:

        async def ask(body: dict[str, Any]) -> None:
            nonlocal tokens
            text = (await client.post("/chat/completions", json=body)).raise_for_status().text
            events = [json.loads(line[6:]) for line in text.split("\n") if line.startswith("data: {")]
            tokens += next(event["usage"]["completion_tokens"] for event in events if event.get("usage"))

        async def steps() -> float:
            lines = (await client.get(engine)).raise_for_status().text.splitlines()
            return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(STEPS))

        before, start = await steps(), time.perf_counter()
        await for_each(asked, AT_ONCE, ask)
        seconds = time.perf_counter() - start
        return Pace(tokens / seconds, tokens / (await steps() - before))


async def measure(address: VllmAddress, api: str, given: argparse.Namespace) -> dict[str, list[Pace]]:
    questions = [question.user_input for question in read_corpus(ROOT / "corpora" / "kubernetes").questions]
    asked = bodies(NAME, questions[: given.requests])
    doors = {DIRECT: (address.base_url, address.key), THROUGH: (f"{api}/v1", "none")}
    engine = f"{address.base_url.removesuffix('/v1')}/metrics"
    paces: dict[str, list[Pace]] = defaultdict(list)
    for number in range(given.rounds + 1):
        for name in (DIRECT, THROUGH) if number % 2 else (THROUGH, DIRECT):
            url, key = doors[name]
            found = await pace(url, key, asked[name], engine)
            print(f"{'warm-up' if not number else f'round {number}'}: {name}, {found}", flush=True)
            if number:
                paces[name].append(found)
    return paces


async def compare(engine_cores: set[int], our_cores: set[int], given: argparse.Namespace) -> dict[str, list[Pace]]:
    """The pace of each way in; service and client are on `our_cores`."""
    folder = prepare_model(NAME, Home(Path(".bakeoff"))).path
    os.sched_setaffinity(0, engine_cores)
    async with VllmEngine(VllmOptions(), folder, NAME, DECODING) as engine:
        os.sched_setaffinity(0, our_cores)
        assert engine.address is not None
        options = {"kind": "openai", "base_url": engine.address.base_url, "model": NAME, "api_key_env": KEY}
        with bakeoff_serve(options, context_tokens=0, **{KEY: engine.address.key}) as (url, _):
            return await measure(engine.address, url, given)


def table(found: dict[str, dict[str, list[Pace]]], before: float, given: argparse.Namespace) -> str:
    lines = [
        f"{given.requests} questions, {AT_ONCE} at once, {given.rounds} rounds in turns; processes that wanted a core "
        f"before: {before:.1f}, of {os.cpu_count()} cores. Tokens a second; medians, and ranges over the rounds.\n",
        f"| cores | {DIRECT} | {THROUGH} | share | tokens in a step, {DIRECT} | {THROUGH} | share |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for layout, paces in found.items():
        cells = []
        for measure in ("rate", "per_step"):
            direct, through = ([getattr(pace, measure) for pace in paces[name]] for name in (DIRECT, THROUGH))
            shares = [mine / own for own, mine in zip(direct, through, strict=True)]
            cells += [_spread(direct, ".1f"), _spread(through, ".1f"), _spread(shares, ".1%")]
        lines.append(f"| {' | '.join([layout, *cells])} |")
    return "\n".join([*lines, ""])


def _spread(values: Sequence[float], form: str) -> str:
    """The median, and the range."""
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--requests", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()
    figures = Figures(given.write, "benchmarks/api_throughput.py")
    before = os.getloadavg()[0]
    cores = os.sched_getaffinity(0)
    apart = {max(cores)}
    layouts = {"vLLM has its own": (cores - apart, apart), "all share all": (cores, cores)}
    figures.show(table({name: asyncio.run(compare(*each, given)) for name, each in layouts.items()}, before, given))


if __name__ == "__main__":
    main()
