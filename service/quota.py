"""What one caller may ask in a time: past it 429, and on every answer how much is left."""

from __future__ import annotations

import math
import sqlite3
import time
from pathlib import Path

from limits import RateLimitItem, parse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpora.errors import OverloadedError, QuotaExceededError
from service.access import CALLER
from service.error_responses import error_response

ASKING = frozenset({"/query", "/compare", "/v1/chat/completions"})
"""The addresses that count."""

NEWEST = "SELECT number FROM asked WHERE caller = ? ORDER BY time DESC, number DESC LIMIT 1"
FIRST = "SELECT time, number FROM asked WHERE caller = ? AND time > ? ORDER BY time, number LIMIT 1"
FORGET = """
    DELETE FROM asked WHERE caller = ?1 AND (time, number) IN
    (SELECT time, number FROM asked WHERE caller = ?1 AND time <= ?2 ORDER BY time, number LIMIT 100)
"""  # at once so many at most: after a quiet day a single question would have to wait for all of them


class MovingWindow:
    """When each caller asked, for as long as it counts. Several processes may share the file.

    Each question of a caller has a number, so that how many count is a difference of two, and need not be counted.

    The storages of `limits` that several processes can share are servers; this one is a file, and forgets on restart.
    """

    def __init__(self, item: RateLimitItem, path: Path | None) -> None:
        """`path` is where to count; None counts in memory, for this process alone."""
        self._item = item
        self._database = sqlite3.connect(path or ":memory:", timeout=5, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=PERSIST")
        self._database.execute("PRAGMA synchronous=OFF")  # nobody misses it after the power has failed
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS asked (caller TEXT, time REAL, number INTEGER, "
                "PRIMARY KEY (caller, time, number)) WITHOUT ROWID"
            )

    def hit(self, caller: str) -> tuple[bool, int, float]:
        """Counts a question where it is allowed: whether it is, how many more are, seconds until there is one more.

        Raises:
            OverloadedError: the file cannot be written.
        """
        amount, seconds = self._item.amount, self._item.get_expiry()
        try:
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                now = time.monotonic()  # one for all processes of a machine, and nobody puts it back
                (number,) = self._database.execute(NEWEST, (caller,)).fetchone() or (0,)
                first, lowest = self._database.execute(FIRST, (caller, now - seconds)).fetchone() or (now, number + 1)
                count = number + 1 - lowest
                allowed = count < amount
                if allowed:
                    self._database.execute("INSERT INTO asked VALUES (?, ?, ?)", (caller, now, number + 1))
                self._database.execute(FORGET, (caller, now - seconds))
        except sqlite3.Error as error:
            raise OverloadedError(
                f"What each caller asks cannot be counted: {error}.", "Free some space where temporary files lie."
            ) from error
        return allowed, amount - count - allowed, first + seconds - now


class QuotaMiddleware:
    """Counts what each caller asks, over a moving window.

    A caller is known by its key's name, without keys by its network address. Headers are named as OpenAI's are, so that
    its clients understand them.
    """

    def __init__(self, app: ASGIApp, quota: str, path: Path | None) -> None:
        self.app = app
        self.item: RateLimitItem = parse(quota)
        self._window = MovingWindow(self.item, path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in ASKING:
            await self.app(scope, receive, send)
            return
        try:
            allowed, remaining, wait = self._window.hit(_caller(scope))
        except OverloadedError as full:
            await error_response(scope["path"], full)(scope, receive, send)
            return
        seconds = max(math.ceil(wait), 1)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-ratelimit-limit-requests"] = str(self.item.amount)
                headers["x-ratelimit-remaining-requests"] = str(remaining)
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
