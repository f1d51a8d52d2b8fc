"""Fine-tuning: the answer comes from the weights, which were trained on the corpus; passages may be added."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from langchain_core.language_models import BaseChatModel

from corpora.errors import AdapterMissingError
from pipelines.contract import Event, Options, Pipeline, Preparation, Retrieved
from pipelines.engines.base import Adapter, Engine
from pipelines.generation import generate
from pipelines.models import content_hash, count_parameters
from pipelines.prompts import grounded_messages, question_messages
from pipelines.retrieval import RetrievalOptions, Retriever
from pipelines.training.adapter import find_adapter, find_older_adapter, load_adapter
from pipelines.training.card import AdapterCard, read_card
from pipelines.training.data import data_hash
from pipelines.training.options import TrainingOptions
from pipelines.workbench import Workbench


class FinetunedOptions(Options):
    """`adapter` is the folder of a ready one (PEFT's format), served instead of training; `retrieval` adds passages."""

    kind: Literal["finetuned"] = "finetuned"
    training: TrainingOptions = TrainingOptions()
    adapter: Path | None = None
    retrieval: RetrievalOptions | None = None

    @property
    def searches(self) -> RetrievalOptions | None:
        return self.retrieval

    @property
    def trains(self) -> TrainingOptions | None:
        return self.training if self.adapter is None else None


def adapter_of(options: FinetunedOptions, bench: Workbench) -> Adapter:
    """The adapter that these options stand for: the one they name, or the one trained for the corpus, or for an older
    version of it where that will do.

    Raises:
        AdapterMissingError, AdapterRejectedError: it has not been trained, or cannot be served.
    """
    base_hash = content_hash(bench.base_model)
    if options.adapter is not None:
        return load_adapter(bench.home.located(options.adapter), bench.base_model, base_hash)
    trained = (bench.corpus, bench.base_model, base_hash, bench.system, options.training, bench.home)
    try:
        return find_adapter(*trained)
    except AdapterMissingError:
        older = find_older_adapter(*trained) if bench.older_adapters else None
        if older is None:
            raise
        return older


class FinetunedPipeline(Pipeline):
    """Asks the base model with its adapter, as it was taught to be asked.

    Attributes:
        trained_on: what the adapter was taught by; None where it has no card.
        outdated: whether it was trained on documents that have changed since.
    """

    kind: ClassVar[str] = "finetuned"

    def __init__(
        self,
        name: str,
        engine: Engine,
        adapter: Adapter,
        system: str,
        retriever: Retriever | None,
        base_parameters: int | None,
        outdated: bool,
    ) -> None:
        self.name = name
        self.model = adapter.name
        self.adapter = adapter
        self.outdated = outdated
        self.retrieves = retriever is not None
        self._engine = engine
        self._system = system
        self._retriever = retriever
        self._chat: BaseChatModel = engine.chat_model(adapter)
        card = read_card(adapter.path)
        self.trained_on = card.on if card else None
        self.preparation = Preparation(
            training_seconds=card.seconds if card else None,
            training_joules=card.joules if card else None,
            indexing_seconds=retriever.indexing_seconds if retriever else 0.0,
            training_examples=_examples(card),
            training_tokens=card.tokens if card else None,
            base_parameters=base_parameters,
        )

    @classmethod
    async def open(cls, name: str, options: FinetunedOptions, bench: Workbench) -> Self:
        """Raises NotReadyError, AdapterRejectedError, or EngineError."""
        adapter = await asyncio.to_thread(adapter_of, options, bench)
        retriever = await Retriever.open(options.retrieval, bench) if options.retrieval else None
        parameters = await asyncio.to_thread(count_parameters, bench.base_model)
        outdated = await asyncio.to_thread(_is_outdated, options, adapter, bench)
        return cls(name, bench.engine, adapter, bench.system, retriever, parameters, outdated)

    async def stream(self, question: str) -> AsyncGenerator[Event, None]:
        messages = question_messages(self._system, question)
        if self._retriever is not None:
            passages = await self._retriever.retrieve(question)
            yield Retrieved(passages=passages)
            messages = grounded_messages(self._system, [passage.text for passage in passages], question)
        async with aclosing(generate(self._engine, self._chat, messages, self.adapter.name)) as events:
            async for event in events:
                yield event

    def fingerprint(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "system": self._system,
            "adapter": self.adapter.content_hash,
            "trained_on": self.trained_on,
            "retrieval": self._retriever.fingerprint() if self._retriever else None,
            "engine": self._engine.fingerprint(),
        }

    async def check(self) -> None:
        await self._engine.check(self.adapter)
        if self._retriever is not None:
            await self._retriever.check()

    async def check_unchanged(self) -> None:
        if self._retriever is not None:
            await self._retriever.check_unchanged()


def _examples(card: AdapterCard | None) -> int | None:
    """How many examples people wrote for an adapter; None where nobody tells."""
    if card is None:
        return None
    return card.train_rows + card.validation_rows if card.on == "examples" else 0


def _is_outdated(options: FinetunedOptions, adapter: Adapter, bench: Workbench) -> bool:
    card = read_card(adapter.path) if options.adapter is None else None
    return card is not None and card.data_hash != data_hash(bench.corpus)
