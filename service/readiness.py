"""Whether the pipelines would answer now, found out at most once a second, however many ask."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from service.problems import MAY_CHANGE, Problem, for_caller, log_problem
from service.schemas import PipelineStatus

logger = logging.getLogger("bakeoff.service")

KEPT_SECONDS = 1.0


class Readiness:
    """One check at a time, shared by all who ask meanwhile; its result holds for `KEPT_SECONDS`.

    `/health/ready` asks for no key, and `/pipelines` counts against no quota: whoever reaches them must not be able to
    keep the engine busy with checks.
    """

    def __init__(self, check: Callable[[], Awaitable[list[PipelineStatus]]]) -> None:
        self._check = check
        self._task: asyncio.Task[list[PipelineStatus]] | None = None
        self._ended = 0.0
        self._failing: dict[str, Problem] = {}

    async def statuses(self) -> list[PipelineStatus]:
        if self._task is None or (self._task.done() and time.monotonic() >= self._ended + KEPT_SECONDS):
            self._task = asyncio.create_task(self._checked())
        found = await asyncio.shield(self._task)  # who goes away must not take the others' check along
        return [
            each.model_copy(update={"error": for_caller(each.error)}) if each.error is not None else each
            for each in found
        ]

    async def _checked(self) -> list[PipelineStatus]:
        MAY_CHANGE.set(True)  # in this task alone: what is found is for all who ask, and each is told what it may know
        try:
            found = await self._check()
        finally:
            self._ended = time.monotonic()
        self._log_changes({each.name: each.error for each in found if each.error is not None})
        return found

    def _log_changes(self, failing: dict[str, Problem]) -> None:
        """Not at every check, of which orchestrators make one every few seconds."""
        for name, problem in failing.items():
            before = self._failing.get(name)
            if before is None or (before.code, before.detail) != (problem.code, problem.detail):
                log_problem(f"pipeline {name}", problem)
        for name in self._failing.keys() - failing.keys():
            logger.info("pipeline %s: ready again", name)
        self._failing = failing
