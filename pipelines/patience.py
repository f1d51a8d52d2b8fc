"""Many short waits of one task, each bounded, under one timer."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable
from typing import Self, TypeVar

Result = TypeVar("Result")


class Patience:
    """Bounds each wait of a task as `asyncio.timeout` does, at a fifth of its cost.

    A timer for every piece of every answer took a fifth of the service's processor time (docs/log.md). Here one timer
    looks, when it runs out, whether somebody has been waiting for too long, and is only then set anew.

        with Patience(seconds=30) as patience:
            await patience.wait(anext(events))

    Attributes:
        late: whether the last wait was ended because its time had come.
    """

    def __init__(self, *, seconds: float = math.inf, deadline: float = math.inf) -> None:
        """At least one of the two must be finite.

        Args:
            seconds: that each wait may take.
            deadline: by which every wait must have ended, in the loop's time.
        """
        self.late = False
        self._seconds = seconds
        self._deadline = deadline
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: asyncio.Task[object] | None = None
        self._until = math.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def wait(self, work: Awaitable[Result]) -> Result:
        """What `work` gives. Raises TimeoutError where it takes too long; it has then been cancelled."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None, "only a task can wait"
        cancelling = task.cancelling()
        self.late = False
        self._until = min(loop.time() + self._seconds, self._deadline)
        self._waiting = task
        if self._timer is None:
            self._timer = loop.call_at(self._until, self._look)
        try:
            return await work
        except asyncio.CancelledError as error:
            # somebody else may have cancelled the task at the same moment, and must not go unheard
            if self.late and task.cancelling() <= cancelling + 1:
                raise TimeoutError from error
            raise
        finally:
            self._waiting = None
            if self.late:
                task.uncancel()

    def _look(self) -> None:
        self._timer = None
        if self._waiting is None:
            return  # the next wait sets it
        loop = asyncio.get_running_loop()
        if loop.time() < self._until:
            self._timer = loop.call_at(self._until, self._look)
        else:
            self.late = True
            self._waiting.cancel()
