"""An engine that takes no time: OpenAI's chat completions with sixteen tokens that are known beforehand.

What stands before it in `benchmarks/overhead.py` spends all the time that is measured there; with a pause before each
answer (`--seconds`) it is the engine of known speed of `benchmarks/overload.py`.

    python benchmarks/instant_server.py --port PORT [--seconds 0]
"""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import Any

import uvicorn

MODEL = "instant"
WORDS = [f"word{number} " for number in range(16)]
USAGE = {"prompt_tokens": 20, "completion_tokens": len(WORDS), "total_tokens": 20 + len(WORDS)}
COMMON = {"id": "chatcmpl-0", "created": 0, "model": MODEL}


def _chunk(choices: list[dict[str, Any]], **more: Any) -> bytes:
    return b"data: " + json.dumps({**COMMON, "object": "chat.completion.chunk", "choices": choices, **more}).encode()


def _choice(delta: dict[str, str], reason: str | None = None) -> list[dict[str, Any]]:
    return [{"index": 0, "delta": delta, "finish_reason": reason}]


EVENTS = [
    _chunk(_choice({"role": "assistant", "content": ""})),
    *(_chunk(_choice({"content": word})) for word in WORDS),
    _chunk(_choice({}, "stop")),
    _chunk([], usage=USAGE),
    b"data: [DONE]",
]
MESSAGE = {"role": "assistant", "content": "".join(WORDS)}
WHOLE = json.dumps(
    {
        **COMMON,
        "object": "chat.completion",
        "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}],
        "usage": USAGE,
    }
).encode()
MODELS = json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}).encode()


class InstantServer:
    """Answers whatever it is asked, each question after `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/v1/models":
            await _whole(send, MODELS)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if not json.loads(body).get("stream"):
            await _whole(send, WHOLE)
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for event in EVENTS:
            await send({"type": "http.response.body", "body": event + b"\n\n", "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _whole(send: Any, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=0.0)
    given = parser.parse_args()
    uvicorn.run(InstantServer(given.seconds), host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
