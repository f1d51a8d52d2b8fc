"""`/runs`: what is asked for, and what becomes of it, over the fake engine and a whole project."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from runs_fakes import TRIALS, journal, running, told, use_engine
from staleness_fakes import CONFIG_FILE, CORPUS, write

from corpora.errors import LeakageError, RunLockedError
from eval.report.build import build_report
from eval.run import RunFolder
from eval.storage import storage_errors
from service.baking import opened, run_project
from service.jobs import JobStore
from service.problems import Problem
from service.project import open_project

pytestmark = pytest.mark.slow

JSON = {"content-type": "application/json"}


def check(response: Any, status: int, code: str) -> Problem:
    assert response.status_code == status, response.text
    problem = Problem.model_validate(response.json())
    assert problem.code == code
    assert problem.remedy
    return problem


async def test_a_run_from_its_start_to_its_end(root: Path) -> None:
    async with running(root / "bakeoff.yaml") as service:
        response = await service.post()
        job = response.json()
        assert (response.status_code, response.headers["location"]) == (202, f"/runs/{job['id']}")
        assert (job["state"], job["split"], job["repeat"]) == ("queued", "test", 1)
        assert (job["pipelines"], job["report"], job["files"]) == (["zero-shot", "rag", "finetuned"], None, {})
        done = await service.ended(response.headers["location"])
        found = RunFolder.open(service.jobs.folder(await service.jobs.get(job["id"])))
    assert done["state"] == "finished", done
    assert done["created"] <= done["started"] <= done["ended"]
    stages = {stage["name"]: (stage["done"], stage["total"]) for stage in done["progress"]}
    asking = {f"asking {name}": (5, 5) for name in job["pipelines"]}
    assert stages == {**asking, "scoring": (TRIALS, TRIALS)}
    assert len(told(root)) == len(found.trials()) == TRIALS
    assert found.manifest.run_id == job["id"]
    assert found.manifest.leakage is not None


@pytest.mark.slow
async def test_a_run_is_what_bakeoff_run_makes(root: Path) -> None:
    async with running(root / "bakeoff.yaml") as service:
        address = await service.start()
        await service.ended(address)
        found = RunFolder.open(root / address.lstrip("/"))
    await asyncio.to_thread(run_project, open_project(root / "bakeoff.yaml"), None)
    (other,) = {path.parent for path in (root / "runs").glob("*/manifest.json")} - {found.path}
    assert found.manifest.differences(RunFolder.open(other).manifest) == []


async def test_nobody_deletes_a_run_whose_report_is_being_drawn(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def draw(run: RunFolder, documents: object) -> Path:
        with pytest.raises(RunLockedError), run.lock():
            pass
        drawn.append(run.path)
        return build_report(run, run.documents)

    monkeypatch.setattr("service.baking.build_report", draw)
    await asyncio.to_thread(run_project, open_project(root / "bakeoff.yaml"), None)
    assert len(drawn) == 1
    assert (drawn[0] / "report.html").is_file()


async def test_a_full_disk_is_told_as_it_is_where_documents_are_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> None:
        with storage_errors(root / "jobs.sqlite"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with running(root / "bakeoff.yaml") as service:
        for method in ("add", "cancel"):
            monkeypatch.setattr(JobStore, method, fill)
        for response in (await service.post(), await service.post("/runs/x/cancel")):
            assert "The disk is full" in check(response, 507, "run-storage").detail
        paths = (await service.client.get("/openapi.json")).json()["paths"]
    for path in ("/runs", "/runs/{run_id}/cancel", "/documents"):
        assert "507" in paths[path]["post"]["responses"]


async def test_a_run_of_some_pipelines_repeatedly(root: Path) -> None:
    async with running(root / "bakeoff.yaml") as service:
        address = await service.start(pipelines=["rag", "rag"], repeat=2, split="test")
        assert (await service.ended(address))["pipelines"] == ["rag"]
    assert Counter(trial.key for trial in journal(root, address)).keys() == {
        ("rag", name, repeat) for name in ("ferry", "captain", "crane", "museum", "nobody") for repeat in (0, 1)
    }


async def test_shots_tell_no_answer_of_the_split_that_a_run_asks(root: Path) -> None:
    asked = [{**each, "split": "dev" if each["id"] == "captain" else "test"} for each in CORPUS["questions.jsonl"]]
    write(root / "corpus", {"questions.jsonl": asked})
    pipelines = {"few-shot": {"kind": "prompting", "shots": 1}}
    write(root, {"bakeoff.yaml": {**CONFIG_FILE, "pipelines": pipelines, "run": []}})
    shown = {}
    async with running(root / "bakeoff.yaml") as service:
        for split in ("test", "dev"):
            address = await service.start(split=split)
            assert (await service.ended(address))["state"] == "finished"
            manifest = RunFolder.open(root / address.lstrip("/")).manifest
            assert manifest.leakage is not None
            assert manifest.leakage.telling_examples == 1
            shown[split] = str(manifest.pipelines["few-shot"].fingerprint["prefix"])
    project = open_project(root / "bakeoff.yaml", split="dev")
    async with opened(project) as (_, found):
        assert str(found["few-shot"].fingerprint()["prefix"]) == shown["dev"]
    assert "nine" in shown["dev"]
    assert "Hedda" not in shown["dev"]
    assert "Hedda" in shown["test"]
    assert "nine" not in shown["test"]


async def test_runs_come_one_after_another_are_cancelled_and_resumed(hanging: Path) -> None:
    async with running(hanging / "bakeoff.yaml") as service:
        first, second = await service.start(), await service.start()
        await service.at_the_ninth(first)
        assert (await service.client.get(second)).json()["state"] == "queued"
        assert (await service.post(f"{second}/cancel")).json()["state"] == "cancelled"
        response = await service.post(f"{first}/cancel")
        assert (response.status_code, response.headers["location"]) == (202, first)
        stopped = await service.ended(first)
        assert (stopped["state"], stopped["cancelling"], stopped["problem"]) == ("cancelled", False, None)
        kept = journal(hanging, first)
        assert len(kept) == 8
        again = await service.post(f"{first}/resume")
        assert (again.status_code, again.headers["location"]) == (202, first)
        assert (again.json()["state"], again.json()["ended"]) == ("queued", None)
        finished = await service.ended(first)
        assert (finished["state"], finished["started"]) == ("finished", stopped["started"])
    assert len(told(hanging)) == TRIALS + 1  # the ninth twice
    assert {trial.asked_at for trial in kept} < {trial.asked_at for trial in journal(hanging, first)}
    assert RunFolder.open(hanging / "runs" / first.rsplit("/", 1)[1]).manifest.resumed == 1


async def test_a_key_sent_again_starts_nothing_again(hanging: Path) -> None:
    async with running(hanging / "bakeoff.yaml") as service:
        replies = await asyncio.gather(*(service.post(key="nightly", split="test") for _ in range(10)))
        assert {reply.status_code for reply in replies} == {202}
        assert len({reply.headers["location"] for reply in replies}) == 1
        assert (await service.post(key="nightly", split="test", repeat=None)).json()["id"] == replies[0].json()["id"]
        problem = check(await service.post(key="nightly", split="dev"), 409, "idempotency-conflict")
        assert replies[0].json()["id"] in problem.detail
        assert (await service.post(key="weekly", split="test")).json()["id"] != replies[0].json()["id"]
        assert len((await service.client.get("/runs")).json()["runs"]) == 2
        for key in ("", "k" * 201, "tab\tkey"):
            check(await service.post(key=key), 422, "invalid-request")


async def test_a_full_queue_refuses_at_once(hanging: Path) -> None:
    async with running(hanging / "bakeoff.yaml", queued_runs=1) as service:
        first = await service.start()
        await service.at_the_ninth(first)
        second = await service.start()
        response = await service.post()
        check(response, 503, "overloaded")
        assert int(response.headers["retry-after"]) > 0
        await service.post(f"{second}/cancel")
        third = await service.start()
        check(await service.post(f"{second}/resume"), 503, "overloaded")
        assert (await service.client.get(third)).json()["state"] == "queued"


async def test_what_is_not_open_is_left_out_or_told(root: Path) -> None:
    shutil.rmtree(root / ".bakeoff" / "adapters")
    async with running(root / "bakeoff.yaml") as service:
        assert (await service.post()).json()["pipelines"] == ["zero-shot", "rag"]
        check(await service.post(pipelines=["zero-shot", "finetuned"]), 503, "adapter-missing")
        told = check(await service.post(pipelines=["unused"]), 404, "unknown-pipeline")
        asked = await service.client.post("/query", json={"question": "What?", "pipeline": "unused"})
        problem = check(asked, 404, "unknown-pipeline")
        assert (told.detail, told.remedy) == (problem.detail, problem.remedy)
        half = await service.client.post("/runs", content=b'{"pipelines": ["\\ud800"]}', headers=JSON)
        assert half.status_code in (404, 422)
    write(root, {"bakeoff.yaml": CONFIG_FILE | {"run": ["finetuned"]}})
    async with running(root / "bakeoff.yaml") as service:
        check(await service.post(), 503, "adapter-missing")


@pytest.mark.parametrize(
    "body",
    [
        {"split": "train"},
        {"repeat": 0},
        {"repeat": 101},
        {"repeat": "2"},
        {"repeat": True},
        {"pipelines": []},
        {"pipelines": "rag"},
        {"pipelines": [1]},
        {"pipeline": ["rag"]},
    ],
    ids=str,
)
async def test_a_body_is_taken_strictly(root: Path, body: dict[str, Any]) -> None:
    async with running(root / "bakeoff.yaml") as service:
        check(await service.post(**body), 422, "invalid-request")
        assert (await service.client.get("/runs")).json() == {"runs": [], "next": None}


async def test_a_run_that_cannot_be_made_fails_and_says_why(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(root / "bakeoff.yaml") as service:
        address = await service.start(split="dev")  # has no questions
        failed = await service.ended(address)
        assert failed["state"] == "failed"
        problem = Problem.model_validate(failed["problem"])
        assert (problem.code, problem.instance) == ("run", f"urn:bakeoff:run:{failed['id']}")
        assert "no questions" in problem.detail
        assert f"run {failed['id']}: {problem.detail} {problem.remedy}" in caplog.text
        check(await service.post(f"{address}/cancel"), 409, "run-state")
        done = await service.start()
        await service.ended(done)
        for verb in ("cancel", "resume"):
            check(await service.post(f"{done}/{verb}"), 409, "run-state")
            check(await service.post(f"/runs/nobody/{verb}"), 404, "unknown-run")
        check(await service.client.get("/runs/nobody"), 404, "unknown-run")


async def test_why_a_run_failed_is_logged_without_the_questions_that_it_quotes(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def leaky(*_: object) -> None:
        raise LeakageError("An example repeats 'Who minds the gate?'", "Reword the example.")

    monkeypatch.setattr("service.job_work.check_corpus", leaky)
    async with running(root / "bakeoff.yaml") as service:
        failed = await service.ended(await service.start())
    (record,) = [each for each in caplog.records if each.getMessage().startswith(f"run {failed['id']}: Training")]
    assert "gate" in failed["problem"]["detail"]
    assert "`bakeoff validate` tells where. Reword the example." in record.getMessage()
    assert not [each for each in caplog.records if each.levelname != "DEBUG" and "gate" in each.getMessage()]


async def test_a_run_of_which_every_question_failed_is_finished_and_its_report_says_so(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_engine(monkeypatch, config.parent, fault="garbage")
    async with running(config) as service:
        address = await service.start()
        assert (await service.ended(address))["state"] == "finished"
        page = (await service.client.get(f"{address}/report")).text
    assert "every question failed" in page
    assert "failed; mostly so:" in page


async def test_an_engine_that_comes_back_lets_a_run_go_on(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_engine(monkeypatch, config.parent, fault="unavailable")
    async with running(config) as service:
        address = await service.start()
        failed = await service.ended(address)
        assert (failed["state"], failed["problem"]["code"]) == ("failed", "engine-unavailable")
    use_engine(monkeypatch, config.parent)
    async with running(config) as service:
        assert (await service.client.get(address)).json() == failed  # one that failed waits for somebody
        assert (await service.post(f"{address}/resume")).json()["problem"] is None
        assert (await service.ended(address))["state"] == "finished"


async def test_an_unforeseen_error_says_nothing_of_itself(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def secret(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("service.job_work.check_corpus", secret)
    async with running(root / "bakeoff.yaml") as service:
        failed = await service.ended(await service.start())
    assert failed["problem"]["code"] == "unexpected"
    assert "secret" not in str(failed)
    assert failed["id"] in caplog.text
    assert "a secret" in caplog.text


async def test_pages_of_runs(root: Path) -> None:
    async with running(root / "bakeoff.yaml") as service:
        ids = [(await service.post(pipelines=["zero-shot"])).json()["id"] for _ in range(3)]
        page = (await service.client.get("/runs?limit=2")).json()
        assert [run["id"] for run in page["runs"]] == [ids[2], ids[1]]
        last = (await service.client.get(page["next"])).json()
        assert ([run["id"] for run in last["runs"]], last["next"]) == ([ids[0]], None)
        check(await service.client.get("/runs?before=nobody"), 404, "unknown-run")
        for query in ("limit=0", "limit=101", "limit=x"):
            check(await service.client.get(f"/runs?{query}"), 422, "invalid-request")
