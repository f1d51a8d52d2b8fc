"""Bake-offs that are broken off: what was answered is kept, and asked no second time."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from eval_fakes import TWELVE, Config, FakePipeline, bake, manifest, new_run, right, without_ragas

from corpora.errors import (
    EngineProtocolError,
    EngineUnavailableError,
    IndexMissingError,
    IndexUnavailableError,
    NotReadyError,
    RunStorageError,
)
from eval.options import EvaluationOptions
from eval.run import RunFolder
from eval.runner import run_bakeoff
from eval.storage import Journal
from eval.trial import Trial


@pytest.fixture(autouse=True)
def _without_ragas(monkeypatch: pytest.MonkeyPatch) -> None:
    without_ragas(monkeypatch)


@pytest.mark.parametrize("after", [0, 1, 5, 11])
async def test_cancelled_anywhere_it_resumes_and_asks_nothing_twice(tmp_path: Path, after: int) -> None:
    run = new_run(tmp_path, TWELVE, {"one": FakePipeline("one", right)})
    ended = asyncio.Event()

    def slowly(doing: str, done: int, total: int) -> None:
        if done == after:
            ended.set()

    async def first() -> None:
        with run.lock():
            await run_bakeoff(run, {"one": FakePipeline("one", right, delay=0.002)}, None, None, slowly)

    task = asyncio.create_task(first())
    await ended.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    kept = {each.question_id for each in run.trials()}
    assert after <= len(kept)

    again = RunFolder.open(run.path)
    one = FakePipeline("one", right)
    again.resume(manifest(TWELVE, {"one": one}))
    summary = await bake(again, one)
    assert sorted(one.asked) == sorted(each.user_input for each in TWELVE if each.id not in kept)
    assert summary.missing == 0
    assert again.manifest.resumed == 1


async def test_killed_in_the_middle_of_a_line_it_loses_that_trial_only(tmp_path: Path) -> None:
    run = new_run(tmp_path, TWELVE, {"one": FakePipeline("one", right)})
    await bake(run, FakePipeline("one", right))
    path = run.path / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:6]) + lines[6][:50])
    one = FakePipeline("one", right)
    summary = await bake(RunFolder.open(run.path), one)
    assert len(one.asked) == 6
    assert summary.pipelines[0].metrics["correctness"].mean.n == 12


def away(text: str) -> str:
    raise EngineUnavailableError("Nobody is there.", "Start the server.")


async def test_an_engine_that_nobody_reaches_stops_the_run_and_is_asked_when_it_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.asking.PATIENCE_SECONDS", 0.0)
    gone = FakePipeline("one", lambda text: away(text) if len(gone.asked) > 4 else right(text))
    config = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, concurrency=1))
    run = new_run(tmp_path, TWELVE, {"one": gone}, config)
    with pytest.raises(EngineUnavailableError, match="Nobody is there"):
        await bake(run, gone)
    assert [trial.failure and trial.failure.code for trial in run.trials()].count("engine-unavailable") == 1
    assert len(gone.asked) == len(run.trials()) == 5  # not every other question, to fail as well
    rest = FakePipeline("one", right)
    summary = await bake(run, rest)
    assert (summary.pipelines[0].failed, summary.pipelines[0].answered, len(rest.asked)) == (0, 12, 8)


class Died(FakePipeline):
    """Dies in its fifth answer: that breaks off, and nobody is there for two looks."""

    looks = 0

    async def check(self) -> None:
        if len(self.asked) >= 5 and self.looks < 2:
            self.looks += 1
            raise EngineUnavailableError("Nobody is there.", "Start the server.")


async def test_an_engine_that_dies_in_an_answer_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(text: str) -> str:
        if len(one.asked) == 5:
            raise EngineProtocolError("It broke off.", "Ask again.")
        return right(text)

    monkeypatch.setattr("eval.asking.PAUSE_SECONDS", 0.0)
    one = Died("one", reply)
    config = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, concurrency=1))
    summary = await bake(new_run(tmp_path, TWELVE, {"one": one}, config), one)
    assert (summary.pipelines[0].failed, summary.pipelines[0].answered) == (0, 12)
    assert (len(one.asked), one.looks) == (13, 2)


class Moved(FakePipeline):
    """After its fifth answer its index is another one, or is away for one look."""

    def __init__(self, name: str, error: NotReadyError) -> None:
        super().__init__(name, right)
        self.error: NotReadyError | None = error

    async def check_unchanged(self) -> None:
        if len(self.asked) == 5 and self.error is not None:
            error, self.error = self.error, None
            raise error


async def test_no_answer_counts_that_may_come_from_another_index(tmp_path: Path) -> None:
    one = Moved("one", IndexMissingError("The index has changed since it was opened.", "Start anew."))
    config = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, concurrency=1))
    run = new_run(tmp_path, TWELVE, {"one": one}, config)
    with pytest.raises(IndexMissingError, match="has changed"):
        await bake(run, one)
    assert (len(one.asked), len(run.trials())) == (5, 4)
    rest = FakePipeline("one", right)
    summary = await bake(run, rest)
    assert (summary.pipelines[0].failed, summary.pipelines[0].answered, len(rest.asked)) == (0, 12, 8)


async def test_an_answer_whose_index_is_away_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.asking.PAUSE_SECONDS", 0.0)
    config = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, concurrency=1))
    one = Moved("one", IndexUnavailableError("It does not answer.", "Start it."))
    summary = await bake(new_run(tmp_path / "back", TWELVE, {"one": one}, config), one)
    assert (summary.pipelines[0].answered, len(one.asked)) == (12, 13)
    monkeypatch.setattr("eval.asking.PATIENCE_SECONDS", 0.0)
    one = Moved("one", IndexUnavailableError("It does not answer.", "Start it."))
    run = new_run(tmp_path / "gone", TWELVE, {"one": one}, config)
    with pytest.raises(IndexUnavailableError):
        await bake(run, one)
    assert [each.failure.code for each in run.trials() if each.failure] == ["index-unavailable"]


async def test_a_full_disk_stops_the_run_and_keeps_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, appended = Journal.append, 0

    def append(journal: Journal, trial: Trial) -> None:
        nonlocal appended
        if appended == 5:
            monkeypatch.setattr(os, "fsync", full)
        appended += 1
        real(journal, trial)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Journal, "append", append)
    one = FakePipeline("one", right)
    run = new_run(tmp_path, TWELVE, {"one": one})
    with pytest.raises(RunStorageError, match=r"disk is full.*resume"):
        await bake(run, one)
    monkeypatch.undo()
    without_ragas(monkeypatch)
    assert len(run.trials()) == 5
    rest = FakePipeline("one", right)
    assert (await bake(RunFolder.open(run.path), rest)).missing == 0
    assert len(rest.asked) == 7


async def test_nothing_is_asked_where_no_room_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = FakePipeline("one", right)
    run = new_run(tmp_path, TWELVE, {"one": one})
    monkeypatch.setattr("eval.storage.shutil.disk_usage", lambda folder: SimpleNamespace(free=4096))
    with pytest.raises(RunStorageError, match=r"disk is full.*resume"):
        await bake(run, one)
    assert one.asked == []
