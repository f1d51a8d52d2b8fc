"""The embedded engine: transformers in this process, requests batched as they come.

Files: `embedded_chat` (messages to tokens, LangChain's chat model), `embedded_worker` (the thread that owns the model),
`embedded_batch` (who runs, who waits), `embedded_model` (weights, adapters, forward pass), `embedded_attention`,
`embedded_linear`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from pydantic import Field

from corpora.errors import (
    AdapterRejectedError,
    BakeoffError,
    EngineError,
    EngineUnavailableError,
)
from pipelines.engines.base import Adapter, Decoding, Engine, EngineOptions
from pipelines.model_files import LOADABLE
from pipelines.models import content_hash, window_of

if TYPE_CHECKING:
    from pipelines.engines.embedded_batch import Batch, Event, Request
    from pipelines.engines.embedded_chat import Template
    from pipelines.engines.embedded_worker import Worker


class EmbeddedOptions(EngineOptions):
    """`batch_size` requests run at once, the others wait. `threads` of the processor; all of them where left out.

    float32 is the fastest on processors without native bfloat16, which most are.
    """

    kind: Literal["embedded"] = "embedded"
    batch_size: int = Field(default=16, ge=1, le=256)
    threads: int | None = Field(default=None, ge=1)
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"


class EmbeddedEngine(Engine):
    """One copy of the base weights for base and adapters; any number of threads and event loops may ask."""

    def __init__(self, options: EmbeddedOptions, base_model: Path, model_name: str, decoding: Decoding) -> None:
        """Light: the weights are loaded on entering. Raises what `window_of` does."""
        self.options = options
        self.base_model = base_model
        self.model = model_name
        self.decoding = decoding
        self.window = window_of(base_model)
        self._worker: Worker | None = None
        self._template: Template | None = None

    async def __aenter__(self) -> Self:
        from pipelines.engines.embedded_chat import Template
        from pipelines.engines.embedded_worker import Worker

        try:
            await asyncio.to_thread(lambda: self._content_hash)  # of what is loaded, whatever is written there later
            self._template = await asyncio.to_thread(Template, self.base_model)
            worker = Worker(self._open_batch, self.translate)
            await asyncio.shield(asyncio.wrap_future(worker.ready))
        except BakeoffError:
            raise
        except Exception as error:
            raise EngineUnavailableError(
                f"{self.model} could not be loaded.",
                LOADABLE,
                str(error),
                str(self.base_model),
            ) from error
        self._worker = worker
        return self

    async def __aexit__(self, *exc: object) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await asyncio.to_thread(worker.close)

    def chat_model(self, adapter: Adapter | None = None) -> BaseChatModel:
        """As in `Engine`; the adapter's weights are loaded with the first request.

        Raises:
            AdapterRejectedError: it is no plain LoRA adapter, or was made for another base model.
        """
        from pipelines.engines.embedded_chat import EmbeddedChatModel
        from pipelines.training.servable import validate_adapter

        if adapter is not None:
            validate_adapter(adapter.path, self.base_model)
            self._check_base(adapter)
        return EmbeddedChatModel(engine=self, adapter=adapter)

    def count_tokens(self, messages: Sequence[BaseMessage] | str) -> int:
        template = self._opened()[1]
        if isinstance(messages, str):
            return len(template.encode(messages))
        return len(template.prompt(messages)[0])

    def require_shots(self, shots: int) -> None:
        self._opened()[1].require_shots(shots)

    def check_prompt(self, messages: Sequence[BaseMessage]) -> None:
        """Left to `start`, which has the tokens: once will do."""

    def fingerprint(self) -> dict[str, Any]:
        return {
            "kind": "embedded",
            "model": self.model,
            "content_hash": self._content_hash,
            "dtype": self.options.dtype,
            "decoding": self.decoding.model_dump(),
        }

    @cached_property
    def _content_hash(self) -> str:
        return content_hash(self.base_model)

    def translate(self, error: Exception) -> EngineError:
        if isinstance(error, EngineError):
            return error
        if isinstance(error, MemoryError) or "allocate memory" in str(error) or "out of memory" in str(error):
            return EngineError(f"{self.model} ran out of memory.", "Lower batch_size, then ask again.")
        return EngineError(
            f"{self.model} failed ({type(error).__name__}).", "Ask again; if it recurs, report it.", str(error)
        )

    async def check(self, adapter: Adapter | None = None) -> None:
        self._opened()

    @property
    def running(self) -> int:
        """Requests that are being answered, those that wait for a place left out."""
        return len(self._opened()[0].ready.result().rows)

    @property
    def steps(self) -> int:
        """Steps taken since it was opened; each gives one token to every running request."""
        return self._opened()[0].ready.result().steps

    def start(
        self, messages: Sequence[BaseMessage], adapter: Adapter | None, deliver: Callable[[Event], None]
    ) -> tuple[Request, Callable[[int], str | None]]:
        """Hands a prompt to the worker; the chat model's side of the engine.

        Returns: the request, which its `cancelled` ends, and what turns its tokens into text.

        Raises:
            QuestionTooLongError: prompt and answer do not fit the window.
            EngineUnavailableError: the engine is not open.
        """
        from pipelines.engines.embedded_batch import Request

        worker, template = self._opened()
        prompt, prefix = template.prompt(messages)
        self.require_room(len(prompt))
        request = Request(prompt, prefix, adapter, self.decoding.now(), deliver)
        worker.submit(request)
        return request, template.pieces()

    def _open_batch(self) -> Batch:
        """In the worker's thread."""
        import torch

        from pipelines.engines.embedded_batch import Batch
        from pipelines.engines.embedded_model import Model

        if self.options.threads is not None:
            torch.set_num_threads(self.options.threads)  # holds for the thread that calls it
        return Batch(Model(self.base_model, self.options.dtype), self.options.batch_size)

    def _opened(self) -> tuple[Worker, Template]:
        if self._worker is None or self._template is None:
            raise EngineUnavailableError("The embedded engine is not open.", "Enter it with `async with` first.")
        return self._worker, self._template

    def _check_base(self, adapter: Adapter) -> None:
        """Weights of the same shape may still be another model's; the adapter says which it was made for."""
        config = json.loads((adapter.path / "adapter_config.json").read_text(encoding="utf-8"))
        named = config.get("base_model_name_or_path")
        if named and _bare(named) not in {_bare(self.model), _bare(self.base_model.name)}:
            raise AdapterRejectedError(
                f"The adapter {adapter.name} was trained for {named}, not for {self.model}.",
                "Set base_model to the adapter's, or train an adapter for this one with `bakeoff train`.",
            )


def _bare(name: str) -> str:
    """A model's name without its organisation and its commit."""
    return Path(name.partition("@")[0]).name.casefold()
