"""The bake-offs that were asked for, in a SQLite file: what is wanted, and how far it is.

What was asked and answered is not here but in each run's own folder.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from corpora.errors import IdempotencyConflictError, OverloadedError, RunStateError, UnknownRunError
from corpora.model import Record, Split
from service.job_database import JobDatabase
from service.problems import Problem

State = Literal["queued", "running", "finished", "failed", "cancelled"]

RETRY_AFTER_SECONDS = 60
"""When to come again where too many are waiting: a bake-off takes minutes."""

# `place` is the turn, which a resumed job takes anew; a job's state is read where it is written, within the job
_TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    place INTEGER NOT NULL,
    caller TEXT NOT NULL,
    idempotency_key TEXT,
    body TEXT NOT NULL,
    job TEXT NOT NULL,
    state TEXT GENERATED ALWAYS AS (json_extract(job, '$.state')) VIRTUAL,
    UNIQUE (caller, idempotency_key)
)
"""


class Stage(Record):
    """One kind of work within a run, and how much of it is done."""

    name: str
    done: int
    total: int


class Job(Record):
    """One bake-off that was asked for; its run's folder has the same id.

    Times are in UTC, ISO 8601: `started` is of the first start, `ended` of the last end. `cancelling` is set from the
    moment that somebody wants it to stop until it has. `problem` says why it failed.
    """

    id: str
    split: Split
    repeat: int
    pipelines: tuple[str, ...]
    state: State = "queued"
    cancelling: bool = False
    created: str
    started: str | None = None
    ended: str | None = None
    progress: tuple[Stage, ...] = ()
    problem: Problem | None = None

    @property
    def has_ended(self) -> bool:
        return self.state not in ("queued", "running")


class JobStore:
    """Jobs in a SQLite file. Every call takes the disk's time, and is whole or not at all, whenever the process dies.

    Several processes may share the file; one of them at a time takes jobs from it.

    Raises:
        RunStorageError, from every method: the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._file = JobDatabase(path, _TABLE, _check)

    def add(self, job: Job, caller: str, key: str | None, body: str, limit: int) -> Job:
        """Queues a job. One that `find` finds is given back instead.

        Args:
            caller, key, body: who asks, with which idempotency key, and a digest of what.
            limit: how many may be queued.

        Raises:
            IdempotencyConflictError: what `find` raises.
            OverloadedError: so many are queued already.
        """
        with self._file.writing() as database:
            known = self.find(caller, key, body)
            if known is None:
                self._require_room(limit)
                values = (job.id, self._next_place(), caller, key, body, job.model_dump_json())
                database.execute(
                    "INSERT INTO jobs (id, place, caller, idempotency_key, body, job) VALUES (?, ?, ?, ?, ?, ?)", values
                )
            return known or job

    def find(self, caller: str, key: str | None, body: str) -> Job | None:
        """The job that this caller asked for with this key. Raises IdempotencyConflictError where it was another."""
        found = self._rows("WHERE caller = ? AND idempotency_key = ?", caller, key)
        if not found:
            return None
        job, asked = found[0]
        if asked != body:
            raise IdempotencyConflictError(
                f"The idempotency key was used for the run {job.id}, with another body.",
                "Send the body as it was then, or a new Idempotency-Key.",
            )
        return job

    def get(self, job_id: str) -> Job:
        """Raises UnknownRunError where there is none of that id."""
        found = self._rows("WHERE id = ?", job_id)
        if not found:
            raise UnknownRunError(f"There is no run {job_id[:100]!r} of this service.", "See GET /runs for those.")
        return found[0][0]

    def newest(self, limit: int, before: str | None) -> list[Job]:
        """So many jobs, newest first: those asked for before one of them. Raises UnknownRunError where that is none."""
        if before is None:
            return [job for job, _ in self._rows("ORDER BY number DESC LIMIT ?", limit)]
        self.get(before)
        where = "WHERE number < (SELECT number FROM jobs WHERE id = ?) ORDER BY number DESC LIMIT ?"
        return [job for job, _ in self._rows(where, before, limit)]

    def take(self) -> Job | None:
        """The next job to be worked on, now running; None where nothing is queued, or another process takes the jobs.

        One that is running already comes first: whoever worked on it is gone. Call it only when nobody does.
        """
        if not self._file.own():
            return None
        with self._file.writing():
            for job, _ in self._rows("WHERE state = 'running'"):
                if not job.cancelling:
                    return job
                self._put(job, state="cancelled", cancelling=False, ended=_now())
            queued = self._rows("WHERE state = 'queued' ORDER BY place LIMIT 1")
            if not queued:
                return None
            job = queued[0][0]
            return self._put(job, state="running", started=job.started or _now())

    def note(self, job_id: str, progress: Sequence[Stage]) -> bool:
        """Notes how far a running job is; whether somebody wants it to stop."""
        with self._file.writing():
            job = self.get(job_id)
            if job.progress != tuple(progress):
                self._put(job, progress=tuple(progress))
            return job.cancelling

    def end(self, job_id: str, state: State, progress: Sequence[Stage], problem: Problem | None = None) -> None:
        """Notes how a running job ended."""
        with self._file.writing():
            ended = {"state": state, "progress": tuple(progress), "problem": problem}
            self._put(self.get(job_id), cancelling=False, ended=_now(), **ended)

    def cancel(self, job_id: str) -> Job:
        """The job, cancelled or to be cancelled. Raises RunStateError where it has ended otherwise."""
        with self._file.writing():
            job = self.get(job_id)
            if job.state == "queued":
                return self._put(job, state="cancelled", ended=_now())
            if job.state == "running":
                return self._put(job, cancelling=True)
            if job.state != "cancelled":
                raise RunStateError(f"The run {job_id} has {job.state}.", "There is nothing left to cancel.")
            return job

    def resume(self, job_id: str, limit: int) -> Job:
        """The job, queued again where it was cancelled or failed.

        Raises:
            RunStateError: it is finished, or just being cancelled.
            OverloadedError: `limit` jobs are queued already.
        """
        with self._file.writing():
            job = self.get(job_id)
            if job.state == "finished":
                raise RunStateError(f"The run {job_id} is finished.", "Start a new one with POST /runs.")
            if job.cancelling:
                raise RunStateError(f"The run {job_id} is being cancelled.", "Resume it once it is.")
            if job.has_ended:
                self._require_room(limit)
                self._file.connection.execute("UPDATE jobs SET place = ? WHERE id = ?", (self._next_place(), job_id))
                return self._put(job, state="queued", ended=None, problem=None)
            return job

    def delete(self, job_id: str, tidy: Callable[[Job], None]) -> None:
        """Takes a job off the list, once `tidy` has removed what belongs to it; after a kill in between, call it again.

        Raises:
            UnknownRunError: there is none of that id.
            RunStateError: it has not ended.
            RunError: what `tidy` raises; the job stays.
        """
        with self._file.writing() as database:
            job = self.get(job_id)
            if not job.has_ended:
                raise RunStateError(
                    f"The run {job_id} is {job.state}.", "Cancel it, and delete it once it has stopped."
                )
            tidy(job)
            database.execute("DELETE FROM jobs WHERE id = ?", (job_id,))

    def close(self) -> None:
        self._file.close()

    def _require_room(self, limit: int) -> None:
        (queued,) = self._file.connection.execute("SELECT COUNT(*) FROM jobs WHERE state = 'queued'").fetchone()
        if queued >= limit:
            raise OverloadedError(
                f"{queued} runs are queued already.",
                "Wait until one of them has begun, or cancel one; see GET /runs.",
                retry_after=RETRY_AFTER_SECONDS,
            )

    def _next_place(self) -> int:
        (last,) = self._file.connection.execute("SELECT COALESCE(MAX(place), 0) FROM jobs").fetchone()
        return int(last) + 1

    def _put(self, job: Job, **changes: Any) -> Job:
        changed = job.model_copy(update=changes)
        self._file.connection.execute("UPDATE jobs SET job = ? WHERE id = ?", (changed.model_dump_json(), job.id))
        return changed

    def _rows(self, where: str, *values: Any) -> list[tuple[Job, str]]:
        """Jobs, and the digests of what was asked for. `where` is a text of this module."""
        with self._file.errors():
            rows = self._file.connection.execute("SELECT job, body FROM jobs " + where, values).fetchall()  # nosec B608
            return [(Job.model_validate_json(job), body) for job, body in rows]


def new_job(split: Split, repeat: int, pipelines: Sequence[str]) -> Job:
    """A job that nobody has queued yet."""
    now = datetime.now(UTC)
    job_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
    return Job(id=job_id, split=split, repeat=repeat, pipelines=tuple(pipelines), created=_iso(now))


def _check(connection: sqlite3.Connection) -> None:
    for (job,) in connection.execute("SELECT job FROM jobs"):
        Job.model_validate_json(job)


def _now() -> str:
    return _iso(datetime.now(UTC))


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds")
