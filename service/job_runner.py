"""Jobs one after another, beside the questions that the service answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from eval.identity import digest
from service.job_work import discard
from service.jobs import Job, JobStore, Stage, State
from service.library import Library
from service.problems import REQUEST_ID, Problem, log_problem, problem_of
from service.run_schemas import RunRequest

logger = logging.getLogger("bakeoff.jobs")

Result = TypeVar("Result")

POLL_SECONDS = 0.5
SILENCE_SECONDS = 15.0
"""After which a watched job is told again: proxies close a connection on which nothing comes."""


class JobRunner:
    """Takes jobs, and works on them while it is entered.

    Everything is in the store, and nothing only in this process: whatever is killed at whatever moment, the next one
    goes on. The store is called in a thread of its own, the only one that writes to it.
    """

    def __init__(self, store: JobStore, library: Library, limit: int, poll_seconds: float = POLL_SECONDS) -> None:
        """`limit` is how many may be queued."""
        self._store = store
        self._library = library
        self._limit = limit
        self._poll_seconds = poll_seconds
        self._thread = ThreadPoolExecutor(1, "jobs")
        self._worker: asyncio.Task[None] | None = None
        self._stopping = False

    async def __aenter__(self) -> Self:
        self._worker = asyncio.create_task(self._work())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.stop()
        if self._worker:
            await asyncio.gather(self._worker, return_exceptions=True)
        await self._call(self._store.close)
        self._thread.shutdown()

    def stop(self) -> None:
        """Stops the job at its next await, and lets go of who watches one.

        The job stays `running`, and so goes on when the service is started again.
        """
        if self._worker and not self._stopping:  # a second time would cancel its tidying up
            self._worker.cancel()
        self._stopping = True

    async def start(self, request: RunRequest, caller: str, key: str | None) -> Job:
        """Queues a bake-off; the one that was asked for with the same key, where there is one.

        Raises:
            IdempotencyConflictError: with that key, something else was asked for.
            OverloadedError: too many are queued.
            BakeoffError: what `Bakery.job_of` raises.
        """
        body = digest(request.model_dump())
        known = await self._call(self._store.find, caller, key, body)
        if known:
            return known
        return await self._call(self._store.add, self._library.bakery.job_of(request), caller, key, body, self._limit)

    async def get(self, job_id: str) -> Job:
        """Raises UnknownRunError."""
        return await self._call(self._store.get, job_id)

    async def newest(self, limit: int, before: str | None) -> list[Job]:
        """Raises UnknownRunError where there is no run `before`."""
        return await self._call(self._store.newest, limit, before)

    async def cancel(self, job_id: str) -> Job:
        """The job, which is cancelled soon. Raises UnknownRunError, RunStateError."""
        return await self._call(self._store.cancel, job_id)

    async def resume(self, job_id: str) -> Job:
        """The job, queued again. Raises UnknownRunError, RunStateError, OverloadedError."""
        return await self._call(self._store.resume, job_id, self._limit)

    async def delete(self, job_id: str) -> None:
        """Removes the job and what it asked and answered.

        Raises UnknownRunError, RunStateError, RunLockedError, RunStorageError; then nothing is removed from the list.
        """
        await self._call(self._store.delete, job_id, lambda job: discard(self.folder(job)))

    async def watch(self, job_id: str) -> AsyncGenerator[Job, None]:
        """The job now, and whenever it has got on, until it or the service ends. Raises UnknownRunError."""
        clock = asyncio.get_running_loop().time
        shown: Job | None = None
        when = clock()
        while True:
            job = await self.get(job_id)
            if job != shown or clock() - when > SILENCE_SECONDS:
                yield job
                shown, when = job, clock()
            if job.has_ended or self._stopping:
                return
            await asyncio.sleep(self._poll_seconds)

    def folder(self, job: Job) -> Path:
        """Where the job's run lies."""
        return self._library.bakery.project.runs / job.id

    async def _call(self, work: Callable[..., Result], *args: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *args))

    async def _work(self) -> None:
        while True:
            try:
                job = await self._call(self._store.take)
                if job:
                    await self._execute(job)
                    continue
            except Exception as error:  # a full disk, say: the job is still `running`, and is taken again
                logger.error("the list of runs cannot be kept: %s", error, exc_info=error)
            await asyncio.sleep(self._poll_seconds)

    async def _execute(self, job: Job) -> None:
        """Works on a job until it ends, somebody wants it to stop, or the service does."""
        progress = _Progress(job.progress)
        work = asyncio.create_task(self._bake(job, progress))
        stopping = False
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=self._poll_seconds)
                wanted = await self._call(self._store.note, job.id, progress.stages())
                if wanted and not stopping:
                    stopping = work.cancel()
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        problem = None if work.cancelled() else work.result()
        state: State = "cancelled" if work.cancelled() else "failed" if problem else "finished"
        logger.info("run %s: %s", job.id, state)
        await self._call(self._store.end, job.id, state, progress.stages(), problem)

    async def _bake(self, job: Job, progress: _Progress) -> Problem | None:
        """Why it failed; None where it did not."""
        REQUEST_ID.set(job.id)  # this task's own: an unforeseen error is found in the log by it
        logger.info("run %s: %s", job.id, "started")
        try:
            async with self._library.measured() as bakery:
                await bakery.bake(job, progress.note)
        except Exception as error:
            problem = problem_of(error).model_copy(update={"instance": f"urn:bakeoff:run:{job.id}"})
            log_problem(f"run {job.id}", problem)
            return problem
        return None


class _Progress:
    """How far each kind of work is; told from any thread."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._stages = {stage.name: stage for stage in stages}

    def note(self, name: str, done: int, total: int) -> None:
        self._stages[name] = Stage(name=name, done=done, total=total)

    def stages(self) -> tuple[Stage, ...]:
        return tuple(self._stages.copy().values())
