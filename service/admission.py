"""Who is let in: so many answers at a time, a bounded line behind them, and nobody while the engine is down."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import HALF_OPENED, OpenedState

from corpora.errors import (
    EngineError,
    EngineRefusedError,
    EngineTimeoutError,
    EngineUnavailableError,
    OverloadedError,
)
from pipelines.patience import Patience
from service.settings import ServiceSettings

Result = TypeVar("Result")

WEIGHT = 0.1
"""Of the newest answer in the mean time of an answer, from which it is told when to come again."""


class Admission:
    """The one door to the engine, whichever address a question came through.

    What is too much is refused at once: a caller that waits for minutes and then gives up has cost the same work as one
    that is answered. An engine that failed several times in a row is left alone for a while; one question after that
    shows whether it is back, and all others are refused until it has.

    The engine's failures are whatever it does not answer: it cannot be reached, is silent for too long, says that it
    failed, or sends no answer. That it refuses a question says nothing about it, and neither do a client that went away
    and a question that waited for most of its time.
    """

    def __init__(self, settings: ServiceSettings, on_waiting: Callable[[int], None] = lambda _: None) -> None:
        """`on_waiting` is told how many stand in line, whenever that may have changed."""
        self._settings = settings
        self._on_waiting = on_waiting
        self._places = asyncio.Semaphore(settings.answering)
        self._inside = 0
        self._mean_seconds = 1.0
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=settings.failures, default_ttl=settings.rest_seconds
        )
        self._probing = False

    @asynccontextmanager
    async def admitted(self, deadline: float) -> AsyncIterator[float]:
        """A place for one answer, as soon as there is one; gives the seconds that it was waited for.

        Args:
            deadline: in the loop's time.

        Raises:
            OverloadedError: the line is full.
            EngineUnavailableError: the engine failed again and again, and is left alone until it is known to be back.
            EngineTimeoutError: no place came free in time.
        """
        await self.check()  # or it would be told so only after it has waited
        if self._inside >= self._settings.answering + self._settings.waiting:
            raise self._overloaded()
        self._count(+1)
        clock = asyncio.get_running_loop().time
        came = clock()
        try:
            await in_time(self._places.acquire(), deadline, self._settings.answer_seconds)
            try:
                start = clock()
                async with self._unless_down(late=start - came > self._settings.answer_seconds / 2):
                    yield start - came
                    self._mean_seconds += WEIGHT * (clock() - start - self._mean_seconds)
            finally:
                self._places.release()
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self._inside += change
        self._on_waiting(max(self._inside - self._settings.answering, 0))

    @asynccontextmanager
    async def _unless_down(self, *, late: bool) -> AsyncIterator[None]:
        """`late`: the question has waited for so long that the engine is not to blame where time runs out."""
        breaker = await self._breakers.get_breaker("engine")
        if self._probing:
            raise self._down()
        try:
            await breaker.__aenter__()
        except OpenedState as error:
            raise self._down() from error.with_traceback(None)  # one error, raised again and again, collects frames
        self._probing = breaker.context.state == HALF_OPENED
        probe = self._probing
        try:
            yield
            await breaker.__aexit__(None, None, None)
        except EngineError as error:
            if not isinstance(error, EngineRefusedError) and not (late and isinstance(error, EngineTimeoutError)):
                await breaker.__aexit__(type(error), error, None)
            raise
        finally:
            if probe:
                self._probing = False

    async def check(self) -> None:
        """Raises EngineUnavailableError while the engine is left alone, or one question shows whether it is back."""
        context = (await self._breakers.get_breaker("engine")).context
        resting = context.opened_at is not None and time.time() <= context.opened_at + context.ttl
        if resting or self._probing:
            raise self._down()

    def _down(self) -> EngineUnavailableError:
        rest = self._settings.rest_seconds
        return EngineUnavailableError(
            f"The engine failed {self._settings.failures} times in a row.",
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
    with _bounded(deadline, limit) as patience:
        return await patience.wait(work)


async def each_in_time(events: AsyncIterator[Result], deadline: float, limit: float) -> AsyncGenerator[Result, None]:
    """The events, while they come before the deadline. Raises as `in_time` does.

    The time is bounded event by event: a bound around all of them would cancel whoever consumes them.
    """
    with _bounded(deadline, limit) as patience:
        while True:
            try:
                event = await patience.wait(anext(events))
            except StopAsyncIteration:
                return
            yield event


@contextmanager
def _bounded(deadline: float, limit: float) -> Iterator[Patience]:
    with Patience(deadline=deadline) as patience:
        try:
            yield patience
        except TimeoutError as error:
            if not patience.late:
                raise
            raise EngineTimeoutError(
                f"The question was not answered within {limit:g} seconds.",
                "Ask again when fewer questions are asked, or set service.answer_seconds higher.",
            ) from error
