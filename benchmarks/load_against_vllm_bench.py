"""Does `bakeoff load` measure what `vllm bench serve` measures? Both on one server, in turns, with the same prompts.

    python benchmarks/load_against_vllm_bench.py [--concurrency 4 | --rate 0.5] [--requests 32] [--tokens 32]

Needs the environment of `make vllm`, the demo's model (`bakeoff index`) and a machine with nothing else to do. Two
things are printed: our measures of the times that vLLM's benchmark took itself, which must be its own measures to the
last digit, and the measures of both clients beside each other, medians and ranges over the rounds. Goodput is in the
first alone: its targets lie where half of the requests meet them, so that chance moves it more than any client would.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from corpora.reading import read_corpus
from eval.load.client import LoadClient
from eval.load.driver import hold
from eval.load.measures import Exchange, Load, Targets, summarise_level
from pipelines.engines.base import Decoding
from pipelines.engines.vllm_server import VllmEngine
from pipelines.engines.vllm_settings import VllmOptions
from pipelines.home import Home
from pipelines.models import prepare_model

NAME = "smollm2-135m-instruct"
CORPUS = Path("corpora/kubernetes")
TIMES = "ttft", "tpot", "itl", "e2el"
# `vllm bench serve` looks for a distribution named vllm, which the CPU build is not
BENCH = """
from vllm.benchmarks.serve import add_cli_args, main
from vllm.utils.argparse_utils import FlexibleArgumentParser
parser = FlexibleArgumentParser()
add_cli_args(parser)
main(parser.parse_args())
"""
Figures = dict[str, float]


class Bench:
    """`vllm bench serve` against one server, with so many tokens an answer."""

    def __init__(self, engine: VllmEngine, folder: Path, prompts: Sequence[str], load: Load, tokens: int) -> None:
        chat: Any = engine.chat_model()
        self.python = engine.server.python
        self.url = str(chat.openai_api_base).rstrip("/").removesuffix("/v1")
        self.key: str = chat.openai_api_key.get_secret_value()
        self.folder = folder
        self.prompts, self.load, self.tokens = prompts, load, tokens

    async def run(self, targets: Targets) -> dict[str, Any]:
        """What it measured, as it writes it down."""
        with tempfile.TemporaryDirectory() as scratch:
            asked = Path(scratch) / "prompts.json"
            # of ShareGPT's conversations the first turn is asked; the custom format would want pandas
            rows = [{"conversations": [{"value": prompt}, {"value": ""}]} for prompt in self.prompts]
            asked.write_text(json.dumps(rows), encoding="utf-8")
            command = [str(self.python), "-c", BENCH, *self._arguments(asked, targets), "--result-dir", scratch]
            process = await asyncio.create_subprocess_exec(
                *command,
                env=os.environ | {"OPENAI_API_KEY": self.key, "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            output, _ = await process.communicate()
            if process.returncode:
                raise SystemExit(output.decode(errors="replace"))
            result: dict[str, Any] = json.loads((Path(scratch) / "result.json").read_text(encoding="utf-8"))
        return result

    def _arguments(self, asked: Path, targets: Targets) -> list[str]:
        flags = {
            "--backend": "openai-chat",
            "--base-url": self.url,
            "--endpoint": "/v1/chat/completions",
            "--model": NAME,
            "--tokenizer": self.folder,
            "--dataset-name": "sharegpt",
            "--dataset-path": asked,
            "--sharegpt-output-len": self.tokens,
            "--num-prompts": len(self.prompts),
            "--num-warmups": 2,
            "--temperature": 0,
            "--percentile-metrics": ",".join(TIMES),
            "--metric-percentiles": "50,95,99",
            "--result-filename": "result.json",
        }
        if self.load.rate is None:
            flags["--max-concurrency"] = self.load.concurrency
        else:
            flags["--request-rate"] = self.load.rate
        goals = [f"{name}:{limit * 1000}" for name, limit in targets if limit is not None]
        switches = ["--ignore-eos", "--disable-shuffle", "--disable-tqdm", "--save-result", "--save-detailed"]
        return [str(part) for pair in flags.items() for part in pair] + switches + ["--goodput", *goals]


async def ours(bench: Bench) -> tuple[list[Exchange], float]:
    """The same requests through our client: how each went, and the seconds that all took."""
    parameters = {"max_completion_tokens": bench.tokens, "ignore_eos": True, "temperature": 0}
    async with LoadClient(bench.url, 600, api_key=bench.key, parameters=parameters) as client:
        for prompt in bench.prompts[:2]:
            await client.ask(NAME, prompt)
        return await hold(client, NAME, bench.prompts, bench.load, 0, lambda *_: None)


def measured(exchanges: Sequence[Exchange], duration: float, load: Load, targets: Targets) -> Figures:
    """Our measures under the names of vLLM's result, in milliseconds as there."""
    level = summarise_level(NAME, load, exchanges, duration, targets, 0)
    if level.failed:
        raise SystemExit(f"{level.failed} requests failed: {level.failures}")
    figures = {
        "request_throughput": level.requests_per_second,
        "output_throughput": level.output_tokens_per_second,
        "total_token_throughput": level.total_tokens_per_second,
        "request_goodput": level.goodput or 0.0,
    }
    for name in TIMES:
        figures |= {f"{each}_{name}_ms": value * 1000 for each, value in getattr(level, name)}
    return figures


def replayed(result: Mapping[str, Any], load: Load, targets: Targets) -> Figures:
    """Our measures of the times that vLLM's benchmark took."""
    rows = zip(*(result[key] for key in ("ttfts", "itls", "latencies", "input_lens", "output_lens")), strict=True)
    exchanges = [
        Exchange(0.0, latency, tuple(accumulate(itls, initial=ttft)), prompt, completion)
        for ttft, itls, latency, prompt, completion in rows
    ]
    return measured(exchanges, result["duration"], load, targets)


async def compare(options: argparse.Namespace) -> None:
    folder = prepare_model(NAME, Home(Path(".bakeoff"))).path
    load = Load(rate=options.rate) if options.rate else Load(concurrency=options.concurrency)
    prompts = [question.user_input for question in read_corpus(CORPUS).questions][: options.requests]
    theirs, mine, apart = [], [], 0.0
    print(f"Processes that wanted a core before this began: {os.getloadavg()[0]:.1f}, of {os.cpu_count()} cores.")
    async with VllmEngine(VllmOptions(), folder, NAME, Decoding()) as engine:
        bench = Bench(engine, folder, prompts, load, options.tokens)
        # a first pass warms the server, and finds targets that about half of the requests will meet
        first, seconds = await ours(bench)
        usual = measured(first, seconds, load, Targets())
        targets = Targets(ttft=usual["p95_ttft_ms"] / 1000, e2el=usual["p50_e2el_ms"] / 1000)
        for number in range(options.rounds):
            for is_ours in (number % 2 == 1, number % 2 == 0):
                if is_ours:
                    mine.append(measured(*await ours(bench), load, targets))
                else:
                    result = await bench.run(targets)
                    again = replayed(result, load, targets)
                    apart = max(
                        [apart, *(abs(value - result[key]) / abs(result[key] or 1) for key, value in again.items())]
                    )
                    theirs.append({key: float(result[key]) for key in again})
    print(f"{len(prompts)} requests of {options.tokens} tokens, {load}, {options.rounds} rounds\n")
    print(f"Our measures of vLLM's own times differ from its measures by {apart:.1e} at most.\n")
    print("| measure | `vllm bench serve` | `bakeoff load` | ratio |")
    print("|---|--:|--:|--:|")
    for key in (each for each in theirs[0] if each != "request_goodput"):
        a, b = [row[key] for row in theirs], [row[key] for row in mine]
        middle = statistics.median(a)
        ratio = statistics.median(b) / middle if middle else math.nan
        print(f"| {key} | {_spread(a)} | {_spread(b)} | {ratio:.3f} |")


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--rate", type=float, help="requests a second, in place of a concurrency")
    parser.add_argument("--requests", type=int, default=32)
    parser.add_argument("--tokens", type=int, default=32, help="an answer's length; the model's own end is ignored")
    parser.add_argument("--rounds", type=int, default=3)
    asyncio.run(compare(parser.parse_args()))


if __name__ == "__main__":
    main()
