"""How fast the embedded engine is, beside the bare model's forward step at the same batch, in one run.

    python benchmarks/engine_throughput.py [--threads 2] [--tokens 48] [--model FOLDER]

The bare step is transformers' own (`model(...)` on a DynamicCache, one token a row): what any engine on it must pay.
Its tokens a second are the limit; the engine also computes prompts, picks tokens, and streams them as text.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from pathlib import Path
from typing import Any

import torch
from langchain_core.messages import HumanMessage, SystemMessage

from pipelines.engines.base import Decoding
from pipelines.engines.embedded import EmbeddedEngine, EmbeddedOptions
from pipelines.models import prepare_model
from pipelines.prompts import DEFAULT_SYSTEM, question_messages
from pipelines.workbench import Home

NAME = "smollm2-135m-instruct"
THINGS = "scheduler", "pod", "queue", "GPU", "cluster", "node", "quota", "volume"
ROUNDS = 3
PREFIX_TOKENS = 1500


def bare_steps(model: Any, rows: int, context: int, steps: int = 12) -> list[float]:
    """Seconds of each forward step of transformers' own, after a warm-up."""
    from transformers import DynamicCache

    with torch.inference_mode():
        cache = DynamicCache(config=model.config)
        model(torch.randint(100, 1000, (rows, context)), past_key_values=cache, logits_to_keep=1)
        tokens = torch.full((rows, 1), 100)
        times = []
        for _ in range(steps + 2):
            start = time.perf_counter()
            tokens = model(tokens, past_key_values=cache, logits_to_keep=1).logits[:, -1].argmax(-1, keepdim=True)
            times.append(time.perf_counter() - start)
    return times[2:]


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


async def main() -> None:
    from transformers import AutoModelForCausalLM

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--tokens", type=int, default=48, help="tokens an answer, at most")
    parser.add_argument("--model", type=Path, help="folder of a model; the default model where left out")
    options = parser.parse_args()
    folder = options.model or prepare_model(NAME, Home(Path(".bakeoff"))).path
    torch.set_num_threads(options.threads)
    bare = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    decoding = Decoding(max_new_tokens=options.tokens)
    async with EmbeddedEngine(EmbeddedOptions(threads=options.threads), folder, folder.name, decoding) as engine:
        await engine_speed(engine, 1)  # warm-up
        print(f"{folder.name}, float32, {options.threads} threads, at most {options.tokens} tokens an answer\n")
        print("| at once | prompt tokens | bare step, ms | limit, tokens/s | engine, tokens/s | of the limit |")
        print("|--:|--:|--:|--:|--:|--:|")
        for rows in (1, 4, 16):
            # before and after, so that both meet the same noise of the machine
            steps = bare_steps(bare, rows, 60)
            speed, prompt = await engine_speed(engine, rows)
            step = statistics.median(steps + bare_steps(bare, rows, 60))
            limit = rows / step
            columns = (
                rows,
                f"{prompt:.0f}",
                f"{step * 1000:.0f}",
                f"{limit:.0f}",
                f"{speed:.0f}",
                f"{speed / limit:.0%}",
            )
            print("|", " | ".join(map(str, columns)), "|", flush=True)
        cold, warm = await prefix_seconds(engine)
        print(f"\nA prefix of {PREFIX_TOKENS} tokens: {cold:.2f} s cold, {warm:.2f} s warm, {warm / cold:.1%}")


if __name__ == "__main__":
    asyncio.run(main())
