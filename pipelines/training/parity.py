"""Do two engines say the same with one adapter? PEFT's answers beside vLLM's, once for each new adapter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from pydantic import ValidationError

from corpora.errors import AdapterRejectedError
from corpora.model import Corpus, Record
from pipelines.contract import Piece
from pipelines.engines.base import Adapter, Engine
from pipelines.generation import generate
from pipelines.prompts import question_messages

PARITY = "parity.json"
PROMPTS = 20


class Difference(Record):
    """Two answers that are not the same; they part at character `position`."""

    prompt: str
    first: str
    second: str
    position: int


class Parity(Record):
    """What two engines answered with one adapter, word for word.

    `engines` are their fingerprints' kinds, in the order of `Difference.first` and `second`.
    """

    adapter: str
    engines: tuple[str, str]
    prompts: int
    differences: tuple[Difference, ...]


def parity_prompts(corpus: Corpus, count: int = PROMPTS) -> tuple[str, ...]:
    """Prompts spread evenly over the examples; over the documents' titles where there are none."""
    prompts = [example.prompt for example in corpus.examples] or [document.title for document in corpus.documents]
    step = max(1, len(prompts) // count)
    return tuple(prompts[::step][:count])


async def compare_engines(
    first: Engine, second: Engine, adapter: Adapter, system: str, prompts: Sequence[str]
) -> Parity:
    """Asks both engines the same through the adapter, and writes what they answered beside the adapter's card.

    Both must be entered, on the same base model, with the same greedy decoding.

    Raises:
        EngineError: one of them failed.
    """
    answers = [await _answers(engine, adapter, system, prompts) for engine in (first, second)]
    differences = tuple(
        Difference(prompt=prompt, first=one, second=other, position=first_difference(one, other))
        for prompt, one, other in zip(prompts, *answers, strict=True)
        if one != other
    )
    kinds = (str(first.fingerprint()["kind"]), str(second.fingerprint()["kind"]))
    parity = Parity(adapter=adapter.name, engines=kinds, prompts=len(prompts), differences=differences)
    (adapter.path / PARITY).write_text(parity.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return parity


def read_parity(folder: Path) -> Parity | None:
    """What was found for the adapter of that folder; None where nobody has compared yet.

    Raises:
        AdapterRejectedError: it is there and cannot be read.
    """
    file = folder / PARITY
    try:
        return Parity.model_validate_json(file.read_bytes()) if file.is_file() else None
    except (OSError, ValidationError) as error:
        raise AdapterRejectedError(f"{file} cannot be read: {error}", "Delete it, and compare again.") from error


def first_difference(one: str, other: str) -> int:
    """The character where two different texts part."""
    return next(place for place, (a, b) in enumerate(zip_longest(one, other)) if a != b)


async def _answers(engine: Engine, adapter: Adapter, system: str, prompts: Sequence[str]) -> list[str]:
    chat = engine.chat_model(adapter)

    async def ask(prompt: str) -> str:
        pieces = generate(engine, chat, question_messages(system, prompt), adapter.name)
        return "".join([event.text async for event in pieces if isinstance(event, Piece)]).strip()

    return list(await asyncio.gather(*(ask(prompt) for prompt in prompts)))
