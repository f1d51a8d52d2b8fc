"""A server of OpenAI's protocol that streams at planned times, or goes wrong in a planned way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

MODEL = "paced"


class PacedServer:
    """Sends a role chunk and the first token after `first` seconds, then `tokens - 1` more, each after `gap` seconds.

    Args:
        fault: what goes wrong with a question: `500` refuses it, `rest` asks to come again in a second, `cut` ends
            after the first token, `break` closes the connection in mid-answer, `garbage` sends what is not JSON,
            `error` sends an error as an event, `uncounted` leaves the usage out, `page` is a web page, `hang` never
            answers. None for a question that is answered.

    Attributes:
        asked: the bodies of all requests, oldest first.
        running, most: how many requests are in flight, and how many were at most.
    """

    def __init__(
        self, first: float, gap: float, tokens: int, fault: Callable[[str], str | None] = lambda question: None
    ) -> None:
        self.first, self.gap, self.tokens, self.fault = first, gap, tokens, fault
        self.asked: list[dict[str, Any]] = []
        self.running = self.most = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        if scope["path"] == "/v1/models":
            await _respond(send, 200, json.dumps({"data": [{"id": MODEL}]}).encode())
            return
        if scope["path"] != "/v1/chat/completions":
            await _respond(send, 404, b"{}")
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.asked.append(json.loads(body))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self._answer(send, self.fault(self.asked[-1]["messages"][0]["content"]))
        finally:
            self.running -= 1

    async def _answer(self, send: Any, fault: str | None) -> None:
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "500":
            await _respond(send, 500, b'{"error": {"message": "out of order"}}')
            return
        if fault == "rest":
            await _respond(send, 503, b'{"error": {"message": "resting"}}', [(b"retry-after", b"1")])
            return
        if fault == "page":
            await _respond(send, 200, b"<html>Welcome</html>")
            return
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def event(data: str) -> None:
            await send({"type": "http.response.body", "body": f"data: {data}\n\n".encode(), "more_body": True})

        await asyncio.sleep(self.first)
        await event(_chunk({"role": "assistant", "content": ""}))
        for number in range(self.tokens):
            if number:
                await asyncio.sleep(self.gap)
            # a line separator, as JSON may hold it
            await event(_chunk({"content": f"word\N{LINE SEPARATOR}{number} "}))
            if fault == "break":
                raise ConnectionAbortedError
            if fault == "garbage":
                await event("{half")
            if fault == "error":
                await event('{"error": {"message": "out of memory"}}')
            if fault in ("cut", "garbage", "error"):
                await send({"type": "http.response.body", "body": b""})
                return
        if fault != "uncounted":
            await event(json.dumps({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": self.tokens}}))
        await event("[DONE]")
        await send({"type": "http.response.body", "body": b""})


async def _respond(send: Any, status: int, body: bytes, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _chunk(delta: dict[str, str]) -> str:
    return json.dumps({"choices": [{"index": 0, "delta": delta}]}, ensure_ascii=False)
