"""A server that tells at once when its address is taken, and that goes down in order."""

from __future__ import annotations

import asyncio
import copy
import gc
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

import uvicorn
import uvloop
from fastapi import FastAPI
from pythonjsonlogger.core import RESERVED_ATTRS

from corpora.errors import ConfigError
from service.connection import STOPPING
from service.protocol import BoundedProtocol
from service.tracing import send_last_traces

GRACE_SECONDS = 10
"""That answers have to end when the service is told to stop."""

TELL_SECONDS = 2
"""After that, for telling the callers of the others."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before any model is loaded.

    Raises:
        ConfigError: the address cannot be had.
    """
    remedy = "Choose another --host or --port."
    if not 0 <= port < 2**16:
        raise ConfigError(f"There is no port {port}.", remedy)
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ConfigError(f"Cannot listen on {host} port {port}: {error.strerror or error}.", remedy) from error
    # Connections inherit it. asyncio sets it only where a socket says that it is TCP, which this one leaves open, and
    # without it an answer's end waits some 40 ms for the client's acknowledgement of its beginning.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def run_until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Runs `work` to its end; Ctrl-C and SIGTERM end it early, with status 0, and let it close what it has opened.

    Once it has stopped, uvicorn sends itself the signal again. By default SIGTERM would then end the process before the
    engine is stopped, and asyncio's answer to Ctrl-C would cancel the stopping itself.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stopped)
    uvloop.run(work)


class _Server(uvicorn.Server):
    """Says when it begins to stop: connections on which something comes as long as it runs would never end.

    uvicorn itself cuts off what has not ended in time, and says so to nobody but the log.
    """

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_stop()
        ending = asyncio.get_running_loop().call_later(GRACE_SECONDS, self._end_requests)
        await super().shutdown(sockets)
        ending.cancel()

    def _end_requests(self) -> None:
        for task in list(self.server_state.tasks):
            task.cancel(STOPPING)


async def run_server(app: FastAPI, listener: socket.socket, on_stop: Callable[[], None]) -> None:
    """Serves on a socket until a signal comes; answers being given then have GRACE_SECONDS to end.

    After these, callers are told that it stops (`service.connection.stopping`). `on_stop` is called before.
    """
    gc.collect()
    gc.freeze()  # what was loaded stays: looking through all of it again takes a tenth of a second, in mid-answer
    # our own log has a line for each request, with its id
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        access_log=False,
        log_config=log_config(),
        timeout_graceful_shutdown=GRACE_SECONDS + TELL_SECONDS,
        server_header=False,
        proxy_headers=False,
    )
    try:
        await _Server(config, on_stop).serve(sockets=[listener])
    finally:
        send_last_traces()


def _stopped(*_: object) -> NoReturn:
    raise SystemExit(0)


def log_config() -> dict[str, Any]:
    """uvicorn's, as a line of JSON each, as all others' are; ours at level DEBUG where BAKEOFF_DEBUG is set.

    No line of ours above DEBUG holds a question's or an answer's text, nor what an engine said, which may quote one.
    Only the trace of an error that nobody foresaw is logged as it is.
    """
    config = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
    config["formatters"]["default"] = {
        "()": "pythonjsonlogger.json.JsonFormatter",
        "fmt": "%(timestamp)s %(levelname)s %(name)s %(message)s",
        "timestamp": True,  # with its offset, in UTC as every other time of the house
        "reserved_attrs": [*RESERVED_ATTRS, "color_message"],  # uvicorn's message again, with codes for a terminal
        "rename_fields": {"timestamp": "time", "levelname": "level", "name": "logger"},
    }
    level = "DEBUG" if os.environ.get("BAKEOFF_DEBUG") else "INFO"
    config["loggers"]["bakeoff"] = {"handlers": ["default"], "level": level, "propagate": False}
    # bm25s gives its own logger the level DEBUG, which goes round the root's
    config["handlers"]["others"] = {**config["handlers"]["default"], "level": "WARNING"}
    config["root"] = {"handlers": ["others"], "level": "WARNING"}
    return config
