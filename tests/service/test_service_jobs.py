"""The list of runs on disk: turns, limits, keys, states, and a file that is broken."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpora.errors import (
    IdempotencyConflictError,
    OverloadedError,
    RunStateError,
    RunStorageError,
    UnknownRunError,
)
from service.jobs import Job, JobStore, Stage, new_job
from service.problems import Problem

PROBLEM = Problem(type="urn:x", title="t", status=500, detail="d", instance="urn:y", code="run", remedy="r")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".bakeoff" / "jobs.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[JobStore]:
    store = JobStore(path)
    yield store
    store.close()


def add(store: JobStore, key: str | None = None, body: str = "", caller: str = "", limit: int = 8) -> Job:
    return store.add(new_job("test", 1, ["rag"]), caller, key, body, limit)


def taken(store: JobStore) -> Job:
    job = store.take()
    assert job is not None
    return job


def test_jobs_are_taken_in_their_turn(store: JobStore) -> None:
    first, second = add(store), add(store)
    job = taken(store)
    assert (job.id, job.state) == (first.id, "running")
    assert job.started is not None
    assert taken(store) == job  # still running, though nobody works on it
    store.end(first.id, "finished", ())
    assert taken(store).id == second.id
    store.end(second.id, "failed", (), PROBLEM)
    assert store.take() is None
    assert store.get(second.id).problem == PROBLEM


def test_a_resumed_job_takes_a_new_turn(store: JobStore) -> None:
    first, second = add(store), add(store)
    store.cancel(first.id)
    assert store.resume(first.id, 8).state == "queued"
    assert taken(store).id == second.id
    store.end(second.id, "finished", ())
    assert taken(store).id == first.id


def test_everything_is_there_after_a_new_start(path: Path) -> None:
    store = JobStore(path)
    job = add(store, "key", "body")
    taken(store)
    store.note(job.id, [Stage(name="asking rag", done=1, total=2)])
    store.close()
    again = JobStore(path)
    found = taken(again)
    assert found.progress == (Stage(name="asking rag", done=1, total=2),)
    assert add(again, "key", "body").id == job.id
    again.close()


def test_a_wish_to_stop_outlives_the_process(path: Path) -> None:
    store = JobStore(path)
    job = add(store)
    taken(store)
    assert store.cancel(job.id).cancelling
    assert store.note(job.id, ()) is True
    store.close()
    again = JobStore(path)
    assert again.take() is None
    found = again.get(job.id)
    assert (found.state, found.cancelling) == ("cancelled", False)
    again.close()


def test_a_key_stands_for_one_body_of_one_caller(store: JobStore) -> None:
    job = add(store, "key", "body", "anna")
    assert add(store, "key", "body", "anna").id == job.id
    assert add(store, "key", "body", "berta").id != job.id
    assert add(store, None, "body", "anna").id != job.id
    with pytest.raises(IdempotencyConflictError, match=job.id):
        add(store, "key", "other", "anna")
    assert len(store.newest(10, None)) == 3


def test_so_many_are_queued_and_no_more(store: JobStore) -> None:
    first = add(store, "key", limit=1)
    with pytest.raises(OverloadedError):
        add(store, limit=1)
    assert add(store, "key", limit=1).id == first.id  # nothing new is queued
    taken(store)
    second = add(store, limit=1)
    store.end(first.id, "failed", (), PROBLEM)
    with pytest.raises(OverloadedError):
        store.resume(first.id, 1)
    assert store.get(first.id).problem == PROBLEM
    store.cancel(second.id)
    assert store.resume(first.id, 1).problem is None


@pytest.mark.parametrize(
    ("state", "cancelled", "resumed"),
    [
        ("queued", "cancelled", "queued"),
        ("running", "running", "running"),
        ("finished", None, None),
        ("failed", None, "queued"),
        ("cancelled", "cancelled", "queued"),
    ],
)
def test_what_can_be_done_in_each_state(
    store: JobStore, state: str, cancelled: str | None, resumed: str | None
) -> None:
    for change, becomes in ((store.cancel, cancelled), (lambda job_id: store.resume(job_id, 8), resumed)):
        job = add(store)
        if state == "cancelled":
            store.cancel(job.id)
        elif state != "queued":
            assert taken(store).id == job.id
        if state in ("finished", "failed"):
            store.end(job.id, state, ())  # type: ignore[arg-type]
        if becomes is None:
            with pytest.raises(RunStateError):
                change(job.id)
            assert store.get(job.id).state == state
        else:
            assert change(job.id).state == becomes
        if store.get(job.id).state == "running":
            store.end(job.id, "finished", ())
        elif becomes == "queued":
            store.cancel(job.id)


def test_what_is_being_cancelled_cannot_be_resumed_yet(store: JobStore) -> None:
    job = add(store)
    taken(store)
    store.cancel(job.id)
    with pytest.raises(RunStateError, match="being cancelled"):
        store.resume(job.id, 8)


def test_pages_are_newest_first(store: JobStore) -> None:
    ids = [add(store).id for _ in range(3)]
    assert [job.id for job in store.newest(2, None)] == [ids[2], ids[1]]
    assert [job.id for job in store.newest(2, ids[1])] == [ids[0]]
    assert store.newest(2, ids[0]) == []
    with pytest.raises(UnknownRunError):
        store.newest(2, "nobody")
    with pytest.raises(UnknownRunError):
        store.get("' OR 1=1 --")


def test_only_one_process_takes_jobs_until_it_is_gone(path: Path) -> None:
    first, second = JobStore(path), JobStore(path)
    job = add(second)
    assert second.take() is None
    assert taken(first).id == job.id
    assert second.get(job.id).state == "running"
    first.close()
    assert taken(second).id == job.id
    second.close()


def _not_a_database(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be read as the header of one" * 100)


def _torn_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : 4096 + 2048] = b"\xff" * 2048
    path.write_bytes(content)


def _broken_row(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE jobs SET job = '{\"id\": 1}'")
    database.close()


def _another_table(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE jobs (id TEXT)")
    database.close()


@pytest.mark.parametrize("spoil", [_not_a_database, _torn_page, _broken_row, _another_table])
def test_a_broken_file_is_set_aside(path: Path, spoil: object, caplog: pytest.LogCaptureFixture) -> None:
    store = JobStore(path)
    add(store)
    store.close()
    assert callable(spoil)
    spoil(path)
    spoiled = path.read_bytes()
    with caplog.at_level(logging.ERROR, "bakeoff.jobs"):
        again = JobStore(path)
    assert again.newest(10, None) == []
    job = add(again)
    assert taken(again).id == job.id
    again.close()
    aside = [each for each in path.parent.glob("jobs.sqlite.broken-*") if not each.name.endswith(("-wal", "-shm"))]
    assert [each.read_bytes()[100:] for each in aside] == [spoiled[100:]]  # all but its header
    assert aside[0].name in caplog.text
    assert "runs/ are untouched" in caplog.text


def test_a_file_that_is_broken_while_another_process_uses_it_stays(path: Path) -> None:
    store = JobStore(path)
    add(store)
    _broken_row(path)
    with pytest.raises(RunStorageError, match="sets it aside"):
        JobStore(path)
    assert list(path.parent.glob("*.broken-*")) == []
    store.close()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunStorageError, match="cannot be used"):
        JobStore(tmp_path / "file" / "jobs.sqlite")
    (tmp_path / "jobs.sqlite").mkdir()
    with pytest.raises(RunStorageError, match=r"jobs\.sqlite is a folder where a file is expected\. Move it away"):
        JobStore(tmp_path / "jobs.sqlite")
