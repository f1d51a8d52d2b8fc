"""`/runs` after a stop, a change or damage: what was under way goes on, and nothing is asked twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from runs_fakes import TRIALS, journal, running, told, use_engine
from staleness_fakes import CONFIG_FILE, write

from corpora.errors import RunStorageError
from eval.run import RunFolder
from service.jobs import JobStore, new_job
from service.project import open_project

pytestmark = pytest.mark.slow


async def test_what_was_running_or_queued_goes_on_after_a_stop(hanging: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(hanging / "bakeoff.yaml") as service:
        first, second = await service.start(), await service.start(pipelines=["rag"])
        await service.at_the_ninth(first)
    kept = journal(hanging, first)
    assert len(kept) == 8
    use_engine(monkeypatch, hanging)
    async with running(hanging / "bakeoff.yaml") as service:
        for address in (first, second):
            assert (await service.ended(address))["state"] == "finished"
    assert len(told(hanging)) == TRIALS + 1 + 5  # the ninth twice, then the second run
    assert {trial.asked_at for trial in kept} < {trial.asked_at for trial in journal(hanging, first)}


async def test_what_changed_meanwhile_is_not_mixed(hanging: Path) -> None:
    async with running(hanging / "bakeoff.yaml") as service:
        address = await service.start()
        await service.at_the_ninth(address)
    write(hanging, {"bakeoff.yaml": CONFIG_FILE | {"decoding": {"max_new_tokens": 32}}})
    async with running(hanging / "bakeoff.yaml") as service:
        failed = await service.ended(address)
        assert (failed["state"], failed["problem"]["code"]) == ("failed", "run")
        assert "cannot be resumed" in failed["problem"]["detail"]
    assert len(journal(hanging, address)) == 8
    write(hanging, {"bakeoff.yaml": CONFIG_FILE})
    async with running(hanging / "bakeoff.yaml") as service:
        await service.post(f"{address}/resume")
        assert (await service.ended(address))["state"] == "finished"


async def test_a_half_made_folder_is_made_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a kill leaves it within the making."""
    store = JobStore(open_project(root / "bakeoff.yaml").jobs)
    job = store.add(new_job("test", 1, ["rag"]), "", None, "", 8)
    assert store.take() is not None
    store.close()
    write(root / "runs" / job.id, {"questions.jsonl": "half a li"})
    async with running(root / "bakeoff.yaml") as service:
        assert (await service.ended(f"/runs/{job.id}"))["state"] == "finished"
    assert [path.name for path in (root / "runs").iterdir()] == [job.id]


async def test_a_list_that_cannot_be_written_for_a_while(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, say: the run goes on once there is space, and asks nothing again."""
    failures = []

    def fails_at_first(*args: Any, method: Any = JobStore.end, **kwargs: Any) -> Any:
        if len(failures) < 3:
            failures.append(RunStorageError("The disk is full.", "Free some space."))
            raise failures[-1]
        return method(*args, **kwargs)

    monkeypatch.setattr(JobStore, "end", fails_at_first)
    async with running(root / "bakeoff.yaml") as service:
        assert (await service.ended(await service.start()))["state"] == "finished"
    assert len(failures) == 3
    assert len(told(root)) == TRIALS


@pytest.mark.parametrize("other", ["other.yaml", "engine"])
async def test_a_service_of_another_configuration_or_engine_takes_no_run_of_this_one(hanging: Path, other: str) -> None:
    config = hanging / "bakeoff.yaml"
    async with running(config) as service:
        address = await service.start()
        await service.at_the_ninth(address)
    if other == "engine":
        engines = {"fake": {"kind": "fake"}, "second": {"kind": "fake"}}
        write(hanging, {"bakeoff.yaml": CONFIG_FILE | {"engine": "second", "engines": engines}})
    else:
        config = config.rename(hanging / other)
    async with running(config) as service:
        assert (await service.client.get("/runs")).json()["runs"] == []
        assert (await service.client.get(address)).status_code == 404


async def test_a_broken_list_is_begun_anew(root: Path) -> None:
    async with running(root / "bakeoff.yaml") as service:
        address = await service.start(pipelines=["rag"])
        await service.ended(address)
    open_project(root / "bakeoff.yaml").jobs.write_bytes(b"\0" * 8192)
    async with running(root / "bakeoff.yaml") as service:
        assert (await service.client.get("/runs")).json()["runs"] == []
        assert (await service.ended(await service.start(pipelines=["rag"])))["state"] == "finished"
    assert RunFolder.open(root / address.lstrip("/")).manifest.finished
