"""A client that takes the times of streamed chat completions, from us or from any other server of OpenAI's protocol."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Self

import httpx2

from corpora.errors import (
    BakeoffError,
    EngineError,
    EngineProtocolError,
    EngineTimeoutError,
    EngineUnavailableError,
    MissingKeyError,
)
from eval.load.measures import Exchange
from eval.trial import Failure
from pipelines.proxies import check_proxies

LOOK_SECONDS = 10.0  # for the list of models
LONGEST_MESSAGE = 300  # letters of what a server says about an error


class LoadClient:
    """Asks one server, each request timed by itself; entering it opens the connections, leaving it closes them.

    Args:
        url: the server's address, without `/v1`.
        timeout: seconds that a request may take in all; one that takes longer has failed.
        api_key: sent as a bearer token; None for a server that asks for none.
        parameters: sent with every request besides its model and question, such as `max_completion_tokens`.

    Raises:
        ConfigError: the server is elsewhere, and the environment's proxies cannot be used.
    """

    def __init__(
        self,
        url: str,
        timeout: float,
        *,
        api_key: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        self.url = url
        self.timeout = timeout
        self._parameters = dict(parameters or {})
        # No limits: it is the load that says how many requests are in flight. Connections are left sooner than servers
        # close them (uvicorn after 5 s), or a request sent at that moment would fail and be taken for the load's doing.
        self._http = httpx2.AsyncClient(
            base_url=url,
            headers={"authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=None,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2.0),
            trust_env=check_proxies(url, httpx2.Client),
            verify=httpx2.create_ssl_context(),
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._http.aclose()

    async def models(self) -> list[str]:
        """What can be asked there: pipelines, where the server is ours.

        Raises:
            EngineUnavailableError: nobody answers.
            MissingKeyError: the server does not take the key, or wants one.
            EngineProtocolError: whoever answers does not speak OpenAI's protocol.
        """
        response = await self._look("/v1/models", LOOK_SECONDS)
        try:
            return [str(model["id"]) for model in response.raise_for_status().json()["data"]]
        except (httpx2.HTTPStatusError, ValueError, KeyError, TypeError) as error:
            raise EngineProtocolError(
                f"{self.url}/v1/models answers with what is not a list of models (status {response.status_code}).",
                "Give the address of `bakeoff serve` or of an OpenAI-compatible server, without /v1.",
            ) from error

    async def fingerprints(self) -> dict[str, dict[str, str]]:
        """What each pipeline's answers depend on, hashed part by part; nothing of one that is not open.

        Raises what `models` raises; EngineProtocolError also for a server that is not ours, or of an earlier version.
        """
        response = await self._look("/pipelines", self.timeout)  # a large model's files may have to be read for it
        try:
            listed = response.raise_for_status().json()["pipelines"]
            return {str(each["name"]): dict(each["fingerprint"] or {}) for each in listed}
        except (httpx2.HTTPStatusError, ValueError, KeyError, TypeError) as error:
            raise EngineProtocolError(
                f"{self.url} does not say what its answers depend on (/pipelines, status {response.status_code}), so "
                "that nobody can tell whether it answers as in the run.",
                "Load `bakeoff serve` of this version, or write the result elsewhere, with --write FILE.",
            ) from error

    async def _look(self, path: str, seconds: float) -> httpx2.Response:
        try:
            async with asyncio.timeout(seconds):
                response = await self._http.get(path)
        except (TimeoutError, httpx2.HTTPError) as error:
            said = str(error) or f"nothing within {seconds:g} seconds"
            raise EngineUnavailableError(
                f"{self.url} cannot be reached: {said}.", "Start it with `bakeoff serve`, or correct --url."
            ) from error
        if response.status_code == httpx2.codes.FORBIDDEN:
            raise EngineUnavailableError(
                f"{self.url} refuses this caller (403).",
                "Call it by a name that it was started with, or as 127.0.0.1, and with a key that may ask.",
            )
        if response.status_code == httpx2.codes.UNAUTHORIZED:
            raise MissingKeyError(f"{self.url} needs an API key.", "Give a valid one.")
        return response

    async def ask(self, model: str, question: str) -> Exchange:
        """Asks, reads to the end, and says how it went. Whatever goes wrong is in the exchange, not raised."""
        body = {
            "model": model,
            "messages": [{"role": "user", "content": question}],
            "stream": True,
            "stream_options": {"include_usage": True},
            **self._parameters,
        }
        chunks: list[float] = []
        usage: dict[str, int] = {}
        failure: Failure | None = None
        retry_after: int | None = None
        sent = time.perf_counter()
        try:
            async with asyncio.timeout(self.timeout):
                usage = await self._read(body, chunks)
        except Exception as error:  # a failed request is a figure, too
            failure = Failure.of(self._translate(error))
            retry_after = error.retry_after if isinstance(error, BakeoffError) else None
        return Exchange(sent, time.perf_counter(), tuple(chunks), **usage, failure=failure, retry_after=retry_after)

    async def _read(self, body: dict[str, Any], chunks: list[float]) -> dict[str, int]:
        """Puts down when each chunk came, as it comes; the usage."""
        usage: dict[str, int] = {}
        ended = False
        async with self._http.stream("POST", "/v1/chat/completions", json=body) as response:
            if response.status_code != 200:
                refusal = EngineError(
                    f"The server answered with status {response.status_code}: {_said(await response.aread())}",
                    "Read its log.",
                )
                refusal.retry_after = _retry_after(response)
                raise refusal
            async for data in _events(response):
                if data == b"[DONE]":
                    ended = True
                    continue  # read to the end, or the connection could not be used again
                now = time.perf_counter()
                event = json.loads(data)
                if event.get("error"):
                    raise EngineError(f"The server broke off: {_said(data)}", "Read its log.")
                if event.get("choices"):
                    chunks.append(now)
                if counted := event.get("usage"):
                    usage = {key: int(counted[key]) for key in ("prompt_tokens", "completion_tokens")}
        if not ended or not chunks:
            raise EngineProtocolError("The stream ended before the answer did.", "Read the server's log.")
        if not usage:
            raise EngineProtocolError(
                "The server did not say how many tokens it wrote.", "Ask one that knows stream_options.include_usage."
            )
        return usage

    def _translate(self, error: Exception) -> Exception:
        if isinstance(error, BakeoffError):
            return error
        if isinstance(error, TimeoutError):
            return EngineTimeoutError(
                f"The answer took more than {self.timeout:g} seconds.", "Lower the load, or raise evaluation.timeout."
            )
        if isinstance(error, httpx2.NetworkError):
            said = str(error) or type(error).__name__
            return EngineUnavailableError(f"The connection failed: {said}.", "See whether the server still runs.")
        if isinstance(error, httpx2.HTTPError):
            return EngineProtocolError(f"The server broke off in mid-answer: {error}.", "Read its log.")
        if isinstance(error, ValueError | KeyError | TypeError | AttributeError):
            return EngineProtocolError("The server sent what is not a chunk of a chat completion.", "Read its log.")
        return error


async def _events(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """The data of each server-sent event, as it comes.

    Lines end with a line feed only: the client's own `aiter_lines` also parts at characters such as U+2028, which JSON
    may hold as they are.
    """
    rest = b""
    async for block in response.aiter_bytes():
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()


def _retry_after(response: httpx2.Response) -> int | None:
    """Seconds after which a server that answers nobody now (503) wants to be asked again. No date is read."""
    said = response.headers.get("retry-after", "")
    return int(said) if response.status_code == httpx2.codes.SERVICE_UNAVAILABLE and said.isdecimal() else None


def _said(body: bytes) -> str:
    """The message of an error in OpenAI's shape, or the beginning of whatever came in its place; as a sentence."""
    try:
        text = str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        text = body.decode(errors="replace").strip()
    return (text[:LONGEST_MESSAGE].rstrip(".") or "nothing") + "."
