"""Who is let in: so many answers at a time, a bounded line behind them, and nobody while the engine is down."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from corpora.errors import EngineTimeoutError, EngineUnavailableError, OverloadedError
from service.settings import ServiceSettings

Result = TypeVar("Result")

WEIGHT = 0.1
"""Of the newest answer in the mean time of an answer, from which it is told when to come again."""


class Admission:
    """The one door to the engine, whichever address a question came through.

    What is too much is refused at once: a caller that waits for minutes and then gives up has cost the same work as one
    that is answered. An engine that could not be reached several times in a row is left alone for a while; what is
    asked after that shows whether it is back.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._places = asyncio.Semaphore(settings.answering)
        self._inside = 0
        self._mean_seconds = 1.0
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=settings.failures,
            default_ttl=settings.rest_seconds,
            exclude=[(BaseException, lambda error: not _is_down(error))],
        )

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return max(self._inside - self._settings.answering, 0)

    @asynccontextmanager
    async def admitted(self, deadline: float) -> AsyncIterator[float]:
        """A place for one answer, as soon as there is one; gives the seconds that it was waited for.

        Args:
            deadline: in the loop's time.

        Raises:
            OverloadedError: the line is full.
            EngineUnavailableError: the engine failed again and again, and is left alone for a while.
            EngineTimeoutError: no place came free in time.
        """
        await self.check()  # or it would be told so only after it has waited
        if self._inside >= self._settings.answering + self._settings.waiting:
            raise self._overloaded()
        self._inside += 1
        clock = asyncio.get_running_loop().time
        came = clock()
        try:
            await in_time(self._places.acquire(), deadline, self._settings.answer_seconds)
            try:
                async with self._unless_down():
                    start = clock()
                    yield start - came
                    self._mean_seconds += WEIGHT * (clock() - start - self._mean_seconds)
            finally:
                self._places.release()
        finally:
            self._inside -= 1

    @asynccontextmanager
    async def _unless_down(self) -> AsyncIterator[None]:
        breaker = await self._breakers.get_breaker("engine")
        try:
            await breaker.__aenter__()
        except OpenedState as error:
            raise self._down() from error.with_traceback(None)  # one error, raised again and again, collects frames
        try:
            yield
        except BaseException as error:
            await breaker.__aexit__(type(error), error, None)
            raise
        await breaker.__aexit__(None, None, None)

    async def check(self) -> None:
        """Raises EngineUnavailableError while the engine is left alone; not once it would be tried again."""
        context = (await self._breakers.get_breaker("engine")).context
        if context.opened_at is not None and time.time() <= context.opened_at + context.ttl:
            raise self._down()

    def _down(self) -> EngineUnavailableError:
        rest = self._settings.rest_seconds
        return EngineUnavailableError(
            f"The engine could not be reached {self._settings.failures} times in a row.",
            f"It is asked again every {rest:g} seconds; see GET /health/ready, and whether the engine runs.",
        )

    def _overloaded(self) -> OverloadedError:
        settings = self._settings
        # by when the line will have moved on by one for each place
        seconds = math.ceil(self._mean_seconds * (1 + settings.waiting / settings.answering))
        return OverloadedError(
            f"{settings.answering} questions are being answered and {settings.waiting} are waiting.",
            f"Ask again in {seconds} seconds.",
            retry_after=seconds,
        )


async def in_time(work: Awaitable[Result], deadline: float, limit: float) -> Result:
    """What `work` gives. Raises EngineTimeoutError, naming `limit`, where it is not done by the deadline."""
    try:
        async with asyncio.timeout_at(deadline) as scope:
            return await work
    except TimeoutError as error:
        if not scope.expired():
            raise
        raise EngineTimeoutError(
            f"The question was not answered within {limit:g} seconds.",
            "Ask again when fewer questions are asked, or set service.answer_seconds higher.",
        ) from error


async def each_in_time(events: AsyncIterator[Result], deadline: float, limit: float) -> AsyncGenerator[Result, None]:
    """The events, while they come before the deadline. Raises as `in_time` does.

    The time is bounded event by event: a bound around all of them would cancel whoever consumes them.
    """
    while True:
        try:
            event = await in_time(anext(events), deadline, limit)
        except StopAsyncIteration:
            return
        yield event


def _is_down(error: BaseException) -> bool:
    return isinstance(error, (EngineUnavailableError, EngineTimeoutError))
