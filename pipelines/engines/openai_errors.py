"""What goes wrong between us and a server of OpenAI's protocol, in our words."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import openai

from corpora.errors import (
    EngineError,
    EngineProtocolError,
    EngineRefusedError,
    EngineTimeoutError,
    EngineUnavailableError,
    ModelUnavailableError,
)


def translate(error: Exception, model: str, where: str, timeout: float) -> EngineError:
    """Our error for one of the client's.

    The client wraps what happens before an answer begins. What its transport (aiohttp) raises within an answer comes as
    it is: a lost connection as ReadError, or as ConnectTimeout, which that transport makes of most of its errors.

    Args:
        where: the server's address.
        timeout: in seconds, after which the client gives up.
    """
    told = str(error), where
    if isinstance(error, httpx2.ReadError | httpx2.RemoteProtocolError | httpx2.ConnectTimeout):
        return EngineProtocolError(
            f"{model} broke off in the middle of its answer.", "Ask again; if it recurs, read its log.", *told
        )
    # to the client a time-out like any other
    unconnected = any(isinstance(cause, httpx2.ConnectTimeout) for cause in _causes(error))
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException | TimeoutError) and not unconnected:
        return EngineTimeoutError(
            f"{model} sent nothing for {timeout:g} s.",
            "Ask again; if it recurs, raise the engine's timeout or lower the concurrency.",
            *told,
        )
    if isinstance(error, openai.APIConnectionError | httpx2.NetworkError):
        return EngineUnavailableError(f"{model} cannot be reached.", "Start it, or correct base_url.", *told)
    if isinstance(error, httpx2.TransportError | ValueError | TypeError | LookupError | AttributeError):
        return EngineProtocolError(
            f"{model} sent what is not a chat completion.",
            "Check that base_url is an OpenAI-compatible API (it often ends in /v1), and read the server's log.",
            *told,
        )
    if isinstance(error, openai.APIStatusError):
        return _refused(error.status_code, model, words(error.body) or error.message, told[1])
    return EngineError(f"{model} failed.", "Read the server's log, then ask again.", *told)


def words(body: object) -> str:
    """What a server says in the body of an error, which OpenAI's protocol calls its message."""
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or body or "")


def _refused(status: int, model: str, *told: str) -> EngineError:
    if status in (408, 504):
        return EngineTimeoutError(
            f"What stands before {model} gave up waiting for it ({status}).", "Raise that time-out, or ask less.", *told
        )
    if status in (401, 403):
        return EngineUnavailableError(
            f"{model} refused our key ({status}).", "Put the right key where api_key_env says.", *told
        )
    if status == 404:
        return ModelUnavailableError(
            f"{model} is not known by that name or address (404).",
            "Serve it, or its adapter, there, or correct model, adapters or base_url.",
            *told,
        )
    if status == 429:
        return ModelUnavailableError(f"{model} takes no more just now (429).", "Lower the concurrency.", *told)
    if status == 503:
        return EngineUnavailableError(f"{model} is overloaded ({status}).", "Lower the concurrency.", *told)
    if status < 500:
        return EngineRefusedError(f"{model} refused the request ({status}).", "Correct what it names.", *told)
    return EngineError(f"{model} failed ({status}).", "Read the server's log, then ask again.", *told)


def _causes(error: BaseException) -> Iterator[BaseException]:
    while error.__cause__ is not None:
        error = error.__cause__
        yield error
