"""Work that stops when the client that asked for it goes away, or the service is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi.sse import format_sse_event
from pydantic import BaseModel
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from corpora.errors import StoppingError
from pipelines.patience import Patience

Result = TypeVar("Result")

SEND_SECONDS = 30.0
"""A client that reads nothing for so long has gone away: it would keep its place from others."""

RESTART_SECONDS = 5

STOPPING = "the service is being stopped"
"""What the server says to the requests that it cancels because the time that it gave them is over."""


def stopping(cut: asyncio.CancelledError) -> StoppingError:
    """The error for the caller of a request that the server has cancelled. Raises `cut` where it was somebody else."""
    if STOPPING not in cut.args:
        raise cut
    return StoppingError(
        "The service is being stopped, and this took too long to be waited for.",
        f"Ask again in {RESTART_SECONDS} seconds; it may have been started anew by then.",
        retry_after=RESTART_SECONDS,
    )


async def while_connected(receive: Receive, work: Coroutine[Any, Any, Result]) -> Result:
    """What `work` returns. The request's body must have been read.

    Raises:
        ClientDisconnect: the client went away; the work has been cancelled and has ended.
    """
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def event_of(name: str, data: BaseModel) -> bytes:
    """A server-sent event, with JSON as its data."""
    return format_sse_event(event=name, data_str=data.model_dump_json())


class EventStream(Response):
    """Server-sent events whose source is closed as soon as the client goes away.

    Starlette's StreamingResponse leaves an async generator suspended where it is cancelled between two events. Here it
    is always closed, and in the task that started it. An error before the first event is raised, so that it gets a
    status of its own; later ones, that the service is being stopped among them, are shown by `on_error` as the last
    event.

    Raises:
        ClientDisconnect: the client went away, or reads nothing.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        on_error: Callable[[Exception], bytes],
        headers: dict[str, str] | None = None,
    ) -> None:
        # proxies must neither store the events nor hold them back
        super().__init__(headers={"cache-control": "no-cache", "x-accel-buffering": "no", **(headers or {})})
        del self.headers["content-length"]
        self.events = events
        self.on_error = on_error
        self._open = False  # begun, and not at its end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with Patience(seconds=SEND_SECONDS) as patience:

            async def in_time(message: Message) -> None:
                try:
                    await patience.wait(send(message))
                except TimeoutError as error:
                    raise ClientDisconnect from error

            try:
                await while_connected(receive, self._send(in_time))
            except asyncio.CancelledError as cut:
                error = stopping(cut)
                if not self._open:
                    raise
                await self._fail(in_time, error)

    async def _send(self, send: Send) -> None:
        async with aclosing(self.events) as events:
            try:
                async for event in events:
                    if not self._open:
                        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
                        await send(start)
                        self._open = True
                    await send({"type": "http.response.body", "body": event, "more_body": True})
            except Exception as error:
                if not self._open or isinstance(error, ClientDisconnect):
                    raise
                await self._fail(send, error)
                return
        self._open = False
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _fail(self, send: Send, error: Exception) -> None:
        self._open = False
        await send({"type": "http.response.body", "body": self.on_error(error), "more_body": False})
