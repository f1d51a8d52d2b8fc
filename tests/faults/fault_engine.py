"""An engine that goes wrong when it is told to, as a process of its own that can be killed.

It speaks OpenAI's chat completions. Every answer names the prompt that it answers, so that it can be told whose answer
it is, whether all of it came, and which prompts were asked again. In its folder:

    asked.txt       the name of every prompt, in the order in which they came; it outlives the process
    answered.txt    those that were answered to the end
    settings.json   {"pause": seconds before each word, "fault": "hang", "truncate", "garbage", "one in five", or null};
                    read for each request

    python tests/faults/fault_engine.py --port PORT --folder FOLDER
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import uvicorn

MODEL = "faulty"
WORDS = 6
LAST = "end."
SETTINGS = {"pause": 0.0, "fault": None}


def name_of(messages: list[dict[str, Any]]) -> str:
    """A prompt's name; of those called `fifth-...` there is one in five."""
    digest = hashlib.sha256(json.dumps(messages).encode()).hexdigest()
    return f"{'fifth' if int(digest, 16) % 5 == 0 else 'prompt'}-{digest[:16]}"


def whole(name: str, text: str) -> bool:
    """Whether the text is all of the answer to that prompt."""
    return text.startswith(name) and text.endswith(LAST)


def note(path: Path, name: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{name}\n")


def event(delta: dict[str, str], reason: str | None = None, **more: Any) -> bytes:
    choices = [{"index": 0, "delta": delta, "finish_reason": reason}]
    chunk = {"id": "c", "created": 0, "model": MODEL, "object": "chat.completion.chunk", "choices": choices, **more}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


class FaultyEngine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/v1/models":
            await send_json(send, 200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})
            return
        name = name_of(json.loads(await body_of(receive))["messages"])
        note(self.folder / "asked.txt", name)
        settings = json.loads((self.folder / "settings.json").read_text())
        fault = settings["fault"]
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "one in five" and name.startswith("fifth"):
            await send_json(send, 500, {"error": {"message": "out of memory", "type": "server", "code": 500}})
            return
        await self._stream(send, name, settings["pause"], fault)

    async def _stream(self, send: Any, name: str, pause: float, fault: str | None) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        words = [name, *(f" word{number}" for number in range(WORDS)), f" {LAST}"]
        for number, word in enumerate(words):
            await asyncio.sleep(pause)
            if fault == "truncate" and number == WORDS // 2:
                raise ConnectionError("told to break off")  # the connection is closed before the answer's end
            if fault == "garbage" and number == WORDS // 2:
                await more(send, b"data: <html>\xff\xfe it works!</html>\n\n")
            await more(send, event({"content": word}))
        usage = {"prompt_tokens": 9, "completion_tokens": len(words), "total_tokens": 9 + len(words)}
        await more(send, event({}, "stop", usage=usage) + b"data: [DONE]\n\n")
        await send({"type": "http.response.body", "body": b""})
        note(self.folder / "answered.txt", name)


async def more(send: Any, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def send_json(send: Any, status: int, content: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


async def body_of(receive: Any) -> bytes:
    body, rest = b"", True
    while rest:
        message = await receive()
        body += message.get("body", b"")
        rest = message.get("more_body", False)
    return body


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    uvicorn.run(
        FaultyEngine(given.folder), host="127.0.0.1", port=given.port, log_level="critical", timeout_graceful_shutdown=0
    )
