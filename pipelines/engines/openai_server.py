"""Any server that speaks OpenAI's chat completions, asked through LangChain's ChatOpenAI."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from pydantic import Field, SecretStr

from corpora.errors import ConfigError, EngineError, EngineUnavailableError
from pipelines.address import ApiAddress, KeyVariable
from pipelines.engines.base import REPEAT, Adapter, Decoding, Engine, EngineOptions
from pipelines.engines.chat_template import open_tokenizer, render, require_shown
from pipelines.models import window_of
from pipelines.patience import Patience
from pipelines.proxies import check_proxies

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from transformers import PreTrainedTokenizerBase

CONNECT_SECONDS = 5.0
_TRACE = TraceContextTextMapPropagator()


class OpenAIOptions(EngineOptions):
    """Where the server is, and how patient we are with it.

    Attributes:
        base_url: of the API, with its version: `http://127.0.0.1:8000/v1`.
        model: what the server calls the base model.
        api_key_env: the environment variable that holds the key; none for a server that asks for none.
        timeout: seconds to wait for the next piece of an answer, the first one included.
        max_retries: how often a request is sent again that failed before its answer began; waits grow between tries.
        tokenizer: a folder with the model's tokenizer; the base model's by default.
        window: tokens that prompt and answer may take together; by default what the base model's config.json says.
        adapters: what the server calls an adapter, by our name of it; one that is not here goes by our own name.
    """

    kind: Literal["openai"] = "openai"
    base_url: ApiAddress
    model: str = Field(min_length=1)
    api_key_env: KeyVariable | None = None
    timeout: float = Field(default=60.0, gt=0)
    max_retries: int = Field(default=2, ge=0, le=10)
    tokenizer: Path | None = None
    window: int | None = Field(default=None, gt=0)
    adapters: dict[str, str] = Field(default_factory=dict)


class OpenAIEngine(Engine):
    """A client of one server; entering it opens the connections, leaving it closes them."""

    def __init__(self, options: OpenAIOptions, base_model: Path, model_name: str, decoding: Decoding) -> None:
        self.options = options
        self.model = options.model
        self.decoding = decoding
        self.window = options.window or window_of(base_model)
        self._tokenizer_path = options.tokenizer or base_model
        self._client: AsyncOpenAI | None = None

    async def __aenter__(self) -> Self:
        """As in `Engine`.

        Raises:
            ConfigError: no key, no tokenizer, none with a chat template, or proxies that cannot be used.
            ModelRejectedError: the tokenizer cannot be opened, or its chat template leaves out what it is given.
        """
        await asyncio.to_thread(lambda: self._tokenizer)  # or the first question would wait for it
        self._connect(self.options.base_url, key_in(self.options.api_key_env))
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    def chat_model(self, adapter: Adapter | None = None) -> BaseChatModel:
        from langchain_openai import ChatOpenAI

        client = self._connected()
        return ChatOpenAI(
            model=self._served_name(adapter),
            base_url=str(client.base_url),
            api_key=SecretStr(client.api_key),
            http_async_client=self._http,
            async_client=_Completions(client, self.options.timeout),
            timeout=self.options.timeout,
            stream_chunk_timeout=None,
            stream_usage=True,
            temperature=self.decoding.temperature,
            max_completion_tokens=self.decoding.max_new_tokens,
            seed=self.decoding.seed,
        )

    def count_tokens(self, messages: Sequence[BaseMessage] | str) -> int:
        if isinstance(messages, str):
            return len(self._tokenizer(messages, add_special_tokens=False, verbose=False)["input_ids"])
        return self.count_tokens(render(self._tokenizer, messages))

    def require_shots(self, shots: int) -> None:
        require_shown(self._tokenizer, self._tokenizer_path, shots)

    def fingerprint(self) -> dict[str, Any]:
        return {
            "kind": "openai",
            "base_url": self.options.base_url,
            "model": self.model,
            "decoding": self.decoding.model_dump(),
        }

    def translate(self, error: Exception) -> EngineError:
        from pipelines.engines.openai_errors import translate

        where = str(self._client.base_url if self._client else self.options.base_url)
        return translate(error, self.model, where, self.options.timeout)

    async def check(self, adapter: Adapter | None = None) -> None:
        """Asks which models are served: the base has to be, and the adapter where one is given.

        Raises:
            EngineUnavailableError: one of them is not, or nobody answers.
            EngineTimeoutError: there was no answer within five seconds.
        """
        client = self._connected().with_options(max_retries=0, timeout=min(CONNECT_SECONDS, self.options.timeout))
        try:
            served = {model.id async for model in client.models.list()}
        except Exception as error:
            raise self.translate(error) from error
        for name in (self.options.model, self._served_name(adapter)):
            if name not in served:
                raise EngineUnavailableError(
                    f"The server has no model {name}.",
                    "Serve it there, or correct model or adapters in the engine's options.",
                    f"it serves {', '.join(sorted(served)) or 'none'}",
                    str(client.base_url),
                )

    def _served_name(self, adapter: Adapter | None) -> str:
        return self.options.adapters.get(adapter.name, adapter.name) if adapter else self.options.model

    def _connect(self, base_url: str, key: str) -> None:
        import httpx2
        import openai

        timeout = openai.Timeout(self.options.timeout, connect=min(CONNECT_SECONDS, self.options.timeout))
        self._http = openai.DefaultAioHttpClient(
            timeout=timeout,
            trust_env=check_proxies(base_url, httpx2.Client),
            verify=httpx2.create_ssl_context(),  # the environment's certificates, with its proxies or without
        )
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=key,
            http_client=self._http,
            timeout=timeout,
            max_retries=self.options.max_retries,
        )

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            raise EngineUnavailableError(f"The engine of {self.model} is not running.", "Enter it before it is used.")
        return self._client

    @cached_property
    def _tokenizer(self) -> PreTrainedTokenizerBase:
        return open_tokenizer(self._tokenizer_path)


class _Completions:
    """Chat completions as ChatOpenAI asks for them, with the chunks of a stream as plain dicts.

    The client makes a model of each chunk and ChatOpenAI makes a dict of it again, which is half of the time that is
    spent on a stream (docs/log.md). Requests, retries, errors and time-outs are the client's own, but for the time to
    the next chunk: a server's keep-alives may not stand for an answer. Where the request is traced, the server hears of
    the trace, and nothing else of the caller.
    """

    def __init__(self, client: AsyncOpenAI, timeout: float) -> None:
        self._client = client
        self._timeout = timeout

    async def create(self, **body: Any) -> AsyncStream[object]:
        body["seed"] += REPEAT.get()
        headers: dict[str, str] = {}
        _TRACE.inject(headers)
        stream = await self._client.post(
            "/chat/completions",
            body=body,
            cast_to=object,
            options={"headers": headers},
            stream=True,
            stream_cls=_whole_stream(),
        )
        stream.chunk_seconds = self._timeout
        return stream


@cache
def _whole_stream() -> Any:
    """The client's stream, but read to the end of the response, and never waited for longer than `chunk_seconds`.

    The client's own stops at `[DONE]`, and a response that is not read to its end costs its connection. ChatOpenAI's
    own bound makes a task for each chunk, and loses a cancellation that comes with one (asyncio.wait_for before
    Python 3.12).
    """
    import openai

    class WholeStream(openai.AsyncStream[object]):
        chunk_seconds: float

        async def _iter_events(self) -> AsyncIterator[Any]:
            events = super()._iter_events()
            with Patience(seconds=self.chunk_seconds) as patience:
                while True:
                    try:
                        event = await patience.wait(anext(events))
                    except StopAsyncIteration:
                        return
                    if event.data != "[DONE]":
                        yield event

    return WholeStream


def key_in(variable: str | None) -> str:
    """The key for a server, out of an environment variable; a word in its place where the server asks for none.

    Raises ConfigError where the variable is not set, or holds what no header can carry; it never shows the key.
    """
    if variable is None:
        return "none"  # the client insists on a key
    key = os.environ.get(variable, "").strip()  # a secret that was made with `echo` ends in a newline
    if not key:
        raise ConfigError(
            f"The environment variable {variable} is not set, or is empty.",
            "Put the server's key there, or leave api_key_env out where the server asks for none.",
        )
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(
            f"The environment variable {variable} holds characters that are not printable ASCII, which no key has.",
            "Put the server's key there again, and nothing beside it; look for line breaks and typographic characters.",
        )
    return key
