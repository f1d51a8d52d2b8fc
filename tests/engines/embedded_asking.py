"""Questions to the embedded engine, and waiting for what it does with them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage

from pipelines.prompts import DEFAULT_SYSTEM, question_messages

THINGS = [
    "dog",
    "cat",
    "container",
    "GPU",
    "cloud",
    "metal",
    "song",
    "city",
    "river",
    "tea",
    "tree",
    "car",
    "planet",
    "kernel",
    "queue",
    "cache",
]


def ask(thing: str) -> list[BaseMessage]:
    return question_messages(DEFAULT_SYSTEM, f"What is a {thing}?")


async def texts(chat: Any, prompts: Sequence[list[BaseMessage]]) -> list[str]:
    return [reply.text for reply in await asyncio.gather(*[chat.ainvoke(prompt) for prompt in prompts])]


async def until(condition: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.01)
