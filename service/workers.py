"""Several processes on one socket: one that dies is replaced, all are drained together, none outlives its parent."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from corpora.errors import BakeoffError, ConfigError
from service.server import GRACE_SECONDS, TELL_SECONDS, run_until_stopped

logger = logging.getLogger("bakeoff.workers")

MOST_FAILURES = 5
"""Starts in a row that may fail before a worker is not replaced any more."""

PAUSE_SECONDS = 1.0
"""Before a start after a failed one; twice as long after two of them, and so on."""

STOP_SECONDS = GRACE_SECONDS + TELL_SECONDS + 20.0
"""A worker that has not ended by then is killed."""

Work = Callable[..., Coroutine[Any, Any, None]]


class Workers:
    """So many processes that do the same work, while `run` runs."""

    def __init__(
        self,
        listener: socket.socket,
        work: Work,
        arguments: tuple[Any, ...],
        on_ready: Callable[[list[str]], None],
        on_end: Callable[[int], None],
    ) -> None:
        """
        Args:
            listener: what they serve on; closed as soon as they are to end.
            work: a function of a module. It is given the listener, the arguments, and a function to be called with what
                there is to tell as soon as it serves.
            on_ready: called once with what one of them told, when all serve.
            on_end: called with the process id of each that has ended.
        """
        self._listener = listener
        self._work = work
        self._arguments = arguments
        self._on_ready = on_ready
        self._on_end = on_end
        self._missing = 0

    async def run(self, count: int) -> None:
        """Keeps so many running until it is cancelled; then lets them end in order.

        Raises:
            BakeoffError: one of them could not be started at first, or later none could any more.
        """
        self._missing = count
        keepers = [asyncio.create_task(self._keep()) for _ in range(count)]
        try:
            await asyncio.gather(*keepers)
        finally:
            self._listener.close()  # or who came now would wait for nobody
            for keeper in keepers:
                if not keeper.cancelling():  # a second time would cut off its waiting for the worker's end
                    keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
        raise ConfigError("No worker can be started any more.", "Mend what they say above, then start again.")

    async def _keep(self) -> None:
        """One worker after another, until they cannot be started any more."""
        failures = 0
        while failures < MOST_FAILURES:
            await asyncio.sleep(PAUSE_SECONDS * failures)
            failures = 0 if await self._live() else failures + 1
        logger.error("a worker could not be started %s times in a row, and is not replaced any more", failures)

    async def _live(self) -> bool:
        """A worker's life; whether it came to serve. Raises BakeoffError where it did not, and some never have."""
        told, telling = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_enter, args=(telling, self._work, (self._listener, *self._arguments)))
        process.start()
        telling.close()
        try:
            with told:
                await _readable(told.fileno())
                failure = self._hear(told)
            if failure and self._missing:
                raise failure
            await _readable(process.sentinel)
            process.join()
            status = {"pid": process.pid, "status": process.exitcode, "error": str(failure or "")}
            logger.error("a worker has ended, and is replaced", extra=status)
            return failure is None
        finally:
            await _stop(process)
            self._on_end(process.pid or 0)

    def _hear(self, told: Connection) -> BakeoffError | None:
        """Why the worker cannot serve; None where it does."""
        try:
            lines, problem = told.recv()
        except EOFError:
            return ConfigError("A worker ended before it served.", "Read above what it said.")
        if problem:
            return BakeoffError(*problem)
        if self._missing:
            self._missing -= 1
            if not self._missing:
                self._on_ready(lines)
        return None


async def _stop(process: SpawnProcess) -> None:
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await _readable(process.sentinel)
    except TimeoutError:
        process.kill()
    process.join()


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(descriptor, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)


def _enter(telling: Connection, work: Work, arguments: tuple[Any, ...]) -> None:
    """A worker's whole life, in its own process."""
    os.setsid()  # Ctrl-C reaches the parent alone, which lets each worker end in order
    run_until_stopped(_do(telling, work, arguments))


async def _do(telling: Connection, work: Work, arguments: tuple[Any, ...]) -> None:
    parent = multiprocessing.parent_process()
    if parent:
        asyncio.get_running_loop().add_reader(parent.sentinel, _leave)
    try:
        await work(*arguments, lambda lines: telling.send((lines, None)))
    except BakeoffError as error:
        telling.send(([], (error.problem, error.remedy)))


def _leave() -> None:
    """The parent is gone."""
    asyncio.get_running_loop().remove_reader(multiprocessing.parent_process().sentinel)  # type: ignore[union-attr]
    signal.raise_signal(signal.SIGTERM)
