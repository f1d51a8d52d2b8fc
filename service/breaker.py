"""A server that failed again and again is left alone for a while; then one question shows whether it is back."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import HALF_OPENED, Context, OpenedState

from corpora.errors import BakeoffError
from service.settings import ServiceSettings


class Breaker:
    """One server's, or one model's of a server with several: what fails for the one need not fail for the others."""

    def __init__(self, settings: ServiceSettings, down: BakeoffError, counts: Callable[[BakeoffError], bool]) -> None:
        """
        Args:
            down: what is raised while it is left alone, but for when to come again.
            counts: whether an error is the server's failure.
        """
        self._rest_seconds = settings.rest_seconds
        self._down = down
        self._counts = counts
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=settings.failures, default_ttl=settings.rest_seconds
        )
        self._probing = False

    @asynccontextmanager
    async def unless_down(self, *, late: bool = False) -> AsyncIterator[None]:
        """Counts what happens within. Raises `down` while the server is left alone.

        `late` says that no error within is to be counted.
        """
        breaker = await self._breakers.get_breaker("server")
        if self._probing:
            raise self._refusal(breaker.context)
        try:
            await breaker.__aenter__()
        except OpenedState:
            raise self._refusal(breaker.context) from None
        self._probing = breaker.context.state == HALF_OPENED
        probe = self._probing
        try:
            yield
            await breaker.__aexit__(None, None, None)
        except BakeoffError as error:
            if self._counts(error) and not late:
                await breaker.__aexit__(type(error), error, None)
            raise
        finally:
            if probe:
                self._probing = False

    async def check(self) -> None:
        """Raises `down` while the server is left alone, or one question shows whether it is back."""
        context = (await self._breakers.get_breaker("server")).context
        if self._probing or self._left(context) > 0:
            raise self._refusal(context)

    def _left(self, context: Context) -> float:
        """Seconds until it is tried again."""
        return 0.0 if context.opened_at is None else context.opened_at + self._rest_seconds - time.time()

    def _refusal(self, context: Context) -> BakeoffError:
        error = type(self._down)(self._down.problem, self._down.remedy)  # one, raised again and again, collects frames
        error.retry_after = max(1, math.ceil(self._left(context) or self._rest_seconds))
        return error
