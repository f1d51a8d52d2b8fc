"""Retrieval-augmented generation: the passages found for a question stand above it in the prompt."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar, Literal

from langchain_core.language_models import BaseChatModel

from pipelines.contract import Event, Options, Pipeline, Preparation, Retrieved
from pipelines.engines.base import Engine
from pipelines.generation import generate
from pipelines.prompts import grounded_messages
from pipelines.retrieval import RetrievalOptions, Retriever
from pipelines.workbench import Workbench


class RagOptions(Options, RetrievalOptions):
    kind: Literal["rag"] = "rag"

    @property
    def searches(self) -> RetrievalOptions:
        return self


class RagPipeline(Pipeline):
    kind: ClassVar[str] = "rag"
    retrieves = True

    def __init__(self, name: str, system: str, retriever: Retriever, engine: Engine, chat: BaseChatModel) -> None:
        self.name = name
        self.model = engine.model
        self._system = system
        self._retriever = retriever
        self._engine = engine
        self._chat = chat
        self.preparation = Preparation(indexing_seconds=retriever.indexing_seconds)

    @classmethod
    async def open(cls, name: str, options: RagOptions, bench: Workbench) -> RagPipeline:
        """Raises IndexMissingError, IndexUnavailableError."""
        retriever = await Retriever.open(options, bench)
        return cls(name, bench.system, retriever, bench.engine, bench.engine.chat_model())

    async def stream(self, question: str) -> AsyncGenerator[Event, None]:
        passages = await self._retriever.retrieve(question)
        yield Retrieved(passages=passages)
        messages = grounded_messages(self._system, [passage.text for passage in passages], question)
        async with aclosing(generate(self._engine, self._chat, messages, self._engine.model)) as events:
            async for event in events:
                yield event

    def fingerprint(self) -> dict[str, Any]:
        prompt = [message.text for message in grounded_messages(self._system, ["{passage}"], "{question}")]
        return {
            "kind": self.kind,
            "retrieval": self._retriever.fingerprint(),
            "prompt": prompt,
            "engine": self._engine.fingerprint(),
        }

    async def check(self) -> None:
        await self._engine.check()
        await self._retriever.check()

    async def check_unchanged(self) -> None:
        await self._retriever.check_unchanged()
