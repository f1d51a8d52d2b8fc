"""What one caller may ask in a time: past it 429, and on every answer how much is left."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpora.errors import QuotaExceededError
from service.access import CALLER
from service.problems import error_response

ASKING = frozenset({"/query", "/compare", "/v1/chat/completions"})
"""The addresses that count."""


class QuotaMiddleware:
    """Counts what each caller asks, over a moving window.

    A caller is known by its key's name, without keys by its network address. The count is this process' own: of several
    workers each has one. Headers are named as OpenAI's are, so that its clients understand them.
    """

    def __init__(self, app: ASGIApp, quota: str) -> None:
        self.app = app
        self.item: RateLimitItem = parse(quota)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in ASKING:
            await self.app(scope, receive, send)
            return
        caller = _caller(scope)
        allowed = await self._limiter.hit(self.item, caller)
        window = await self._limiter.get_window_stats(self.item, caller)
        seconds = max(math.ceil(window.reset_time - time.time()), 1)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-ratelimit-limit-requests"] = str(self.item.amount)
                headers["x-ratelimit-remaining-requests"] = str(window.remaining)
                headers["x-ratelimit-reset-requests"] = f"{seconds}s"
            await send(message)

        if allowed:
            await self.app(scope, receive, counted)
        else:
            error = QuotaExceededError(
                f"{self.item.amount} questions may be asked per {self.item.get_expiry()} seconds.",
                f"Ask again in {seconds} seconds.",
                retry_after=seconds,
            )
            await error_response(scope["path"], error)(scope, receive, counted)


def _caller(scope: Scope) -> str:
    if CALLER in scope:
        return f"key {scope[CALLER]}"
    client = scope.get("client")
    return client[0] if client else "unknown"
