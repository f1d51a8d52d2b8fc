"""Context prompting: what the model is told stands in the prompt, the same for every question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from itertools import zip_longest
from typing import Any, ClassVar, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage
from pydantic import Field

from corpora.errors import ConfigError
from corpora.leakage import harmless
from corpora.model import Corpus, Document, Example
from corpora.splitting import Splitting, split_document
from pipelines.contract import Event, Options, Pipeline, Preparation
from pipelines.engines.base import Engine
from pipelines.generation import generate
from pipelines.prompts import delimit, prefixed_messages
from pipelines.workbench import Workbench

SPLITTING = Splitting(overlap_tokens=0)


class PromptingOptions(Options):
    """`shots` examples of the corpus, and corpus text of at most `context_tokens`, stand before every question.

    No shot tells an answer to a question of the split that is asked. Both at 0 is the bare model.
    """

    kind: Literal["prompting"] = "prompting"
    shots: int = Field(default=0, ge=0)
    context_tokens: int = Field(default=0, ge=0)


class PromptingPipeline(Pipeline):
    kind: ClassVar[str] = "prompting"

    def __init__(
        self, name: str, prefix: Sequence[BaseMessage], shots: Sequence[Example], engine: Engine, chat: BaseChatModel
    ) -> None:
        self.name = name
        self.model = engine.model
        self._prefix = prefix
        self._engine = engine
        self._chat = chat
        self.preparation = Preparation(training_examples=len({(each.prompt, each.completion) for each in shots}))

    @classmethod
    async def open(cls, name: str, options: PromptingOptions, bench: Workbench) -> PromptingPipeline:
        """As in `Pipeline`.

        Raises:
            ConfigError: too few examples are harmless, or the prefix leaves no room for a question.
            ModelRejectedError: the model's chat template does not show shots.
        """
        examples = await asyncio.to_thread(harmless, bench.corpus, bench.split) if options.shots else []
        if options.shots > len(examples):
            raise ConfigError(
                f"{name!r} wants {options.shots} shots, and the corpus has {len(examples)} examples that tell no "
                f"{bench.split} answer.",
                f"Lower its shots, or give the corpus more examples of facts that no {bench.split} question asks for.",
            )
        if options.shots:
            bench.engine.require_shots(options.shots)
        shots = spread(examples, options.shots)
        context = await asyncio.to_thread(fill, bench.corpus, options.context_tokens, bench.engine)
        empty = prefixed_messages(bench.system, context, shots, question="")
        taken = bench.engine.count_tokens(empty)  # some chat templates take no prompt without a question
        room = bench.engine.room
        if taken >= room:
            raise ConfigError(
                f"The prompt of {name!r} takes {taken} tokens before any question; {bench.engine.model} has {room}.",
                "Lower its context_tokens or shots.",
            )
        return cls(name, empty[:-1], shots, bench.engine, bench.engine.chat_model())

    async def stream(self, question: str) -> AsyncGenerator[Event, None]:
        messages = [*self._prefix, HumanMessage(question)]
        async with aclosing(generate(self._engine, self._chat, messages, self._engine.model)) as events:
            async for event in events:
                yield event

    def fingerprint(self) -> dict[str, Any]:
        """The prefix itself stands for the options and the part of the corpus that it shows."""
        return {
            "kind": self.kind,
            "prefix": [[message.type, message.text] for message in self._prefix],
            "engine": self._engine.fingerprint(),
        }

    async def check(self) -> None:
        await self._engine.check()


def spread(examples: Sequence[Example], shots: int) -> list[Example]:
    """So many examples at even distances, since neighbours often tell one fact in other words."""
    return [examples[number * len(examples) // shots] for number in range(shots)]


def fill(corpus: Corpus, budget: int, engine: Engine) -> list[str]:
    """The first passage of every document, then the second of each, and so on, as long as all fit the budget of tokens.

    Documents are split by the engine's tokenizer, which is the one that reads them here.
    """
    context: list[str] = []
    for text in _in_turns(corpus.documents, engine) if budget else ():
        if engine.count_tokens(delimit([*context, text])) > budget:
            break
        context.append(text)
    return context


def _in_turns(documents: Sequence[Document], engine: Engine) -> Iterator[str]:
    split = [split_document(document, SPLITTING, engine.count_tokens) for document in documents]
    for turn in zip_longest(*split):
        yield from (passage.text for passage in turn if passage)
