"""How fast the embedded engine is, beside the bare model's forward step at the same batch, in one run.

    python benchmarks/engine_throughput.py [--threads 2] [--tokens 48] [--model FOLDER]

The plain step is transformers' own (`model(...)` on a DynamicCache, one token a row); the packed step is the same
with the engine's packed linear layers, and its tokens a second are the limit: the engine also computes prompts, picks
tokens, and streams them as text. Each has a process of its own: OpenMP's pools of threads disturb each other.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import torch
from langchain_core.messages import HumanMessage, SystemMessage

from pipelines.engines.base import Decoding
from pipelines.engines.embedded import EmbeddedEngine, EmbeddedOptions
from pipelines.engines.embedded_linear import pack_linears
from pipelines.home import Home
from pipelines.models import prepare_model
from pipelines.prompts import DEFAULT_SYSTEM, question_messages

NAME = "smollm2-135m-instruct"
THINGS = "scheduler", "pod", "queue", "GPU", "cluster", "node", "quota", "volume"
AT_ONCE = 1, 4, 16
ROUNDS = 3
CONTEXT = 60
STEPS = 12
PREFIX_TOKENS = 1500
Result = TypeVar("Result")


def bare_steps(folder: Path, threads: int, packed: bool) -> list[float]:
    """Seconds of the median forward step, for each number of rows in `AT_ONCE`."""
    from transformers import AutoModelForCausalLM, DynamicCache

    torch.set_num_threads(threads)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    if packed:
        pack_linears(model)
    medians = []
    for rows in AT_ONCE:
        times = []
        with torch.inference_mode():
            cache = DynamicCache(config=model.config)
            model(torch.randint(100, 1000, (rows, CONTEXT)), past_key_values=cache, logits_to_keep=1)
            tokens = torch.full((rows, 1), 100)
            for _ in range(STEPS + 2):
                start = time.perf_counter()
                tokens = model(tokens, past_key_values=cache, logits_to_keep=1).logits[:, -1].argmax(-1, keepdim=True)
                times.append(time.perf_counter() - start)
        medians.append(statistics.median(times[2:]))
    return medians


def engine_figures(folder: Path, threads: int, tokens: int) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """`engine_speed` for each number of requests in `AT_ONCE`, and `prefix_seconds`."""

    async def measure() -> tuple[list[tuple[float, float]], tuple[float, float]]:
        decoding = Decoding(max_new_tokens=tokens)
        async with EmbeddedEngine(EmbeddedOptions(threads=threads), folder, folder.name, decoding) as engine:
            await engine_speed(engine, 1)  # warm-up
            return [await engine_speed(engine, rows) for rows in AT_ONCE], await prefix_seconds(engine)

    return asyncio.run(measure())


async def engine_speed(engine: EmbeddedEngine, concurrent: int) -> tuple[float, float]:
    """Tokens a second with so many requests at once, a new one for each that ends; and tokens a prompt."""
    chat, free = engine.chat_model(), asyncio.Semaphore(concurrent)

    async def ask(number: int) -> Any:
        question = f"In which ways is a {THINGS[number % len(THINGS)]} number {number} useful?"
        async with free:
            return (await chat.ainvoke(question_messages(DEFAULT_SYSTEM, question))).usage_metadata

    start = time.perf_counter()
    usages = await asyncio.gather(*[ask(number) for number in range(ROUNDS * concurrent)])
    seconds = time.perf_counter() - start
    generated, prompted = (sum(usage[kind] for usage in usages) for kind in ("output_tokens", "input_tokens"))
    return generated / seconds, prompted / len(usages)


async def prefix_seconds(engine: EmbeddedEngine) -> tuple[float, float]:
    """Seconds to a one-token answer behind a long prefix: the first time, and (median of five) after that."""
    engine.decoding = Decoding(max_new_tokens=1)
    words = "word"
    while engine.count_tokens(words) < PREFIX_TOKENS:
        words += " a word" * 50
    times = []
    for number in range(6):
        prompt = [SystemMessage(words), HumanMessage(f"What is number {number}?")]
        start = time.perf_counter()
        await engine.chat_model().ainvoke(prompt)
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:])


def apart(function: Callable[..., Result], *arguments: Any) -> Result:
    """The function's result, from a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--tokens", type=int, default=48, help="tokens an answer, at most")
    parser.add_argument("--model", type=Path, help="folder of a model; the default model where left out")
    options = parser.parse_args()
    folder = options.model or prepare_model(NAME, Home(Path(".bakeoff"))).path
    plain = apart(bare_steps, folder, options.threads, False)
    # before and after, so that both meet the same noise of the machine
    before = apart(bare_steps, folder, options.threads, True)
    speeds, (cold, warm) = apart(engine_figures, folder, options.threads, options.tokens)
    after = apart(bare_steps, folder, options.threads, True)
    print(f"{folder.name}, float32, {options.threads} threads, at most {options.tokens} tokens an answer\n")
    print("| at once | prompt tokens | plain step, ms | packed step, ms | limit, tokens/s | engine | of the limit |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for number, rows in enumerate(AT_ONCE):
        step = (before[number] + after[number]) / 2
        speed, prompt = speeds[number]
        times = f"{plain[number] * 1000:.0f} | {step * 1000:.0f}"
        print(f"| {rows} | {prompt:.0f} | {times} | {rows / step:.0f} | {speed:.0f} | {speed * step / rows:.0%} |")
    print(f"\nA prefix of {PREFIX_TOKENS} tokens: {cold:.2f} s cold, {warm:.2f} s warm, {warm / cold:.1%}")


if __name__ == "__main__":
    main()
