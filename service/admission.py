"""Who is let in: so many answers at a time, a bounded line behind them, and nobody while what they need is down."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from corpora.errors import (
    BakeoffError,
    EngineError,
    EngineRefusedError,
    EngineTimeoutError,
    EngineUnavailableError,
    IndexUnavailableError,
    ModelUnavailableError,
    OverloadedError,
)
from pipelines.patience import Patience
from service.breaker import Breaker
from service.settings import ServiceSettings

Result = TypeVar("Result")

WEIGHT = 0.1
"""Of the newest answer in the mean time of an answer, from which it is told when to come again."""


@dataclass(frozen=True)
class Place:
    """Of one answer.

    Attributes:
        waited: seconds until it was free.
        found: to be called once the index has been searched: that it is back is known before the answer is written.
    """

    waited: float
    found: Callable[[], Awaitable[None]]


class Admission:
    """The one door to the engine, whichever address a question came through.

    What is too much is refused at once: a caller that waits for minutes and then gives up has cost the same work as one
    that is answered. A model that failed several times in a row, or the server of the index, is left alone for a while
    (`Breaker`), and only the pipelines that need it are refused meanwhile.

    An engine's failures are whatever it does not answer: it cannot be reached, is silent for too long, says that it
    failed, or sends no answer. That it refuses a question, does not know the model or takes no more says nothing about
    it, and neither do a client that went away and a question that waited for most of its time.
    """

    def __init__(self, settings: ServiceSettings, on_waiting: Callable[[int], None] = lambda _: None) -> None:
        """`on_waiting` is told how many stand in line, whenever that may have changed."""
        self._settings = settings
        self._on_waiting = on_waiting
        self._places = asyncio.Semaphore(settings.answering)
        self._inside = 0
        self._mean_seconds = 1.0
        self._models: dict[str, Breaker] = {}
        self._index = Breaker(settings, _index_down(settings), _is_index_failure)

    @asynccontextmanager
    async def admitted(self, deadline: float, model: str = "", retrieves: bool = False) -> AsyncIterator[Place]:
        """A place for one answer, as soon as there is one.

        Args:
            deadline: in the loop's time.
            model: the served model that will answer.
            retrieves: whether the index is searched.

        Raises:
            OverloadedError: the line is full.
            EngineUnavailableError, IndexUnavailableError: the model, or the index, failed again and again, and is left
                alone until it is known to be back.
            EngineTimeoutError: no place came free in time.
        """
        await self.check(model, retrieves)  # or it would be told so only after it has waited
        if self._inside >= self._settings.answering + self._settings.waiting:
            raise self._overloaded()
        self._count(+1)
        clock = asyncio.get_running_loop().time
        came = clock()
        try:
            await in_time(self._places.acquire(), deadline, self._settings.answer_seconds)
            try:
                start = clock()
                late = start - came > self._settings.answer_seconds / 2  # so that the engine is not to blame
                async with AsyncExitStack() as search:
                    if retrieves:
                        await search.enter_async_context(self._index.unless_down())
                    async with self._model(model).unless_down(late=late):
                        yield Place(start - came, search.aclose)
                        self._mean_seconds += WEIGHT * (clock() - start - self._mean_seconds)
            finally:
                self._places.release()
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self._inside += change
        self._on_waiting(max(self._inside - self._settings.answering, 0))

    async def check(self, model: str = "", retrieves: bool = False) -> None:
        """Raises EngineUnavailableError or IndexUnavailableError while the model or the index is left alone."""
        await self._model(model).check()
        if retrieves:
            await self._index.check()

    def _model(self, name: str) -> Breaker:
        if name not in self._models:
            self._models[name] = Breaker(self._settings, _engine_down(self._settings), _is_engine_failure)
        return self._models[name]

    def _overloaded(self) -> OverloadedError:
        settings = self._settings
        # by when the line will have moved on by one for each place
        seconds = math.ceil(self._mean_seconds * (1 + settings.waiting / settings.answering))
        return OverloadedError(
            f"{settings.answering} questions are being answered and {settings.waiting} are waiting.",
            f"Ask again in {seconds} seconds.",
            retry_after=seconds,
        )


def _engine_down(settings: ServiceSettings) -> EngineUnavailableError:
    seconds = f"{settings.rest_seconds:g} seconds"
    return EngineUnavailableError(
        f"The engine failed {settings.failures} times in a row.",
        f"It is asked again every {seconds}; see GET /health/ready, and whether the engine runs.",
    )


def _index_down(settings: ServiceSettings) -> IndexUnavailableError:
    seconds = f"{settings.rest_seconds:g} seconds"
    return IndexUnavailableError(
        f"The server of the index failed {settings.failures} times in a row.",
        f"It is asked again every {seconds}; see GET /health/ready, and whether Chroma runs.",
    )


def _is_engine_failure(error: BakeoffError) -> bool:
    return isinstance(error, EngineError) and not isinstance(error, EngineRefusedError | ModelUnavailableError)


def _is_index_failure(error: BakeoffError) -> bool:
    return isinstance(error, IndexUnavailableError)


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
