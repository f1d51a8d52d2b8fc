"""Several workers on one socket: what one process counts and knows holds over all of them, and none is needed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from runs_fakes import journal, prepared, told
from staleness_fakes import CONFIG_FILE

from corpora.errors import ConfigError
from service.keys import KeyRing
from service.project import open_project
from service.serving import require_sharable

HERE = Path(__file__).parent
PATIENCE_SECONDS = 240
PIPELINES = ["zero-shot", "finetuned"]
TRIALS = 10
QUERY = {"question": "What is the captain called?", "pipeline": "finetuned"}


@dataclass
class Service:
    """One that runs with several workers."""

    root: Path
    process: subprocess.Popen[str]
    address: str

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [each for each in children if any("spawn_main" in part for part in each.cmdline())]

    @contextmanager
    def only(self, worker: psutil.Process, **headers: str) -> Iterator[httpx2.Client]:
        """A client whose requests this worker gets, because the others stand still."""
        with ExitStack() as stack:
            for other in self.workers():
                if other.pid != worker.pid:
                    other.suspend()
                    stack.callback(other.resume)
            yield stack.enter_context(httpx2.Client(base_url=self.address, timeout=60, headers=headers))

    def get(self, path: str) -> httpx2.Response:
        with httpx2.Client(base_url=self.address, timeout=60) as client:
            return client.get(path)


@contextmanager
def serving(root: Path, delay: float = 0.0, workers: int = 2) -> Iterator[Service]:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, (HERE.parents[1], HERE, HERE.parent))),
        "WORKERS": str(workers),
        "DELAY": str(delay),
    }
    with (root / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, HERE / "worker_service.py"],
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        with process:
            assert process.stdout
            line = next((line for line in process.stdout if line.startswith("Serving on ")), "")
            service = Service(root, process, line.split()[2].rstrip(",") if line else "")
            try:
                yield service
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)


def until(reached: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    prepared(tmp_path, monkeypatch, run=PIPELINES, service={"quota": "6/hour", "failures": 2})
    return tmp_path


def answered(service: Service) -> float:
    lines = service.get("/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("bakeoff_requests_total"))


@pytest.mark.slow
def test_figures_quotas_and_keys_are_those_of_all_workers_and_outlive_each(root: Path) -> None:
    keys = KeyRing(root / "keys.json")
    ada = {"authorization": f"Bearer {keys.add('ada', 'ask')}"}
    bob = {"authorization": f"Bearer {keys.add('bob', 'ask')}"}
    with serving(root) as service:
        first, second = service.workers()
        for worker in (first, second):
            with service.only(worker, **ada) as client:
                assert [client.post("/query", json=QUERY).status_code for _ in range(3)] == [200, 200, 200]
        for worker in (first, second):
            with service.only(worker, **ada) as client:
                refused = client.post("/query", json=QUERY)
                assert (refused.status_code, refused.headers["x-ratelimit-remaining-requests"]) == (429, "0")
                assert 3500 < int(refused.headers["retry-after"]) <= 3600
                figures = client.get("/metrics").text
                assert 'bakeoff_requests_total{outcome="answered",pipeline="finetuned"} 6.0' in figures
                assert 'bakeoff_in_flight{pipeline="finetuned"} 0.0' in figures
        keys.remove("bob")
        for worker in (first, second):
            with service.only(worker, **bob) as client:
                assert client.post("/query", json=QUERY).status_code == 401
        second.kill()
        with httpx2.Client(base_url=service.address, headers=ada, timeout=60) as client:
            assert client.post("/query", json=QUERY).status_code == 429  # the first one goes on at once
            assert '{outcome="answered",pipeline="finetuned"} 6.0' in client.get("/metrics").text
        until(lambda: (root / "log.txt").read_text().count("startup complete") == 3)
        assert len({each.pid for each in service.workers()} - {first.pid, second.pid}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("lost", [True, False])
def test_a_worker_in_the_place_of_another_wants_a_key_where_they_did(root: Path, lost: bool) -> None:
    keys = KeyRing(root / "keys.json")
    with serving(root) as service:
        assert service.get("/metrics").status_code == 200
        keys.add("ada", "ask")
        assert service.get("/metrics").status_code == 401
        if lost:
            keys.path.unlink()
        else:
            keys.remove("ada")
        until(lambda: (root / "log.txt").read_text().count("startup complete") == 2)
        old = service.workers()
        for worker in old:
            worker.kill()
        until(lambda: (root / "log.txt").read_text().count("startup complete") == 4)
        for worker in service.workers():
            assert worker not in old
            with service.only(worker) as client:
                assert client.get("/metrics").status_code == 401


@pytest.mark.slow
def test_a_run_goes_on_in_another_worker_and_is_watched_and_cancelled_from_any(root: Path) -> None:
    with serving(root, delay=0.3) as service:
        with httpx2.Client(base_url=service.address, timeout=60) as client:
            address = client.post("/runs", json={}).headers["location"]
        until(lambda: len(journal(root, address)) >= 2)
        owner = next(each for each in service.workers() if _owns(each, root))
        other = next(each for each in service.workers() if each.pid != owner.pid)
        owner.kill()
        kept = {(trial.key, trial.asked_at) for trial in journal(root, address)}
        with httpx2.Client(base_url=service.address, timeout=PATIENCE_SECONDS) as client:
            until(lambda: (root / "log.txt").read_text().count("startup complete") == 3)
            for worker in service.workers():  # both tell of it, whichever has it
                with client.stream("GET", f"{address}/events") as response:
                    assert next(response.iter_lines()) in ("event: progress", "event: end"), worker
            until(lambda: client.get(address).json()["state"] not in ("queued", "running"))
            assert client.get(address).json()["state"] == "finished"
            assert _owns(other, root)
            asked = {(trial.key, trial.asked_at) for trial in journal(root, address)}
            assert kept <= asked
            assert len(asked) == len({key for key, _ in asked}) == TRIALS
            assert TRIALS <= len(told(root)) <= TRIALS + 1
            second = client.post("/runs", json={}).headers["location"]
            until(lambda: len(journal(root, second)) >= 1)
        fresh = next(each for each in service.workers() if each.pid != other.pid)
        with httpx2.Client(base_url=service.address, timeout=60) as client:
            other.suspend()
            assert client.post(f"{second}/cancel").json()["cancelling"] is True
            other.resume()
            assert fresh.is_running()
            until(lambda: client.get(second).json()["state"] == "cancelled")


def _owns(worker: psutil.Process, root: Path) -> bool:
    """Whether this process has the lock on the list of runs, by the system's own list of locks."""
    (path,) = (root / ".bakeoff").glob("jobs-*.lock")
    inode = path.stat().st_ino
    locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return any(int(lock[4]) == worker.pid and lock[5].endswith(f":{inode}") for lock in locks if lock[1] == "FLOCK")


@pytest.mark.slow
def test_a_signal_lets_answers_end_and_all_processes_go(root: Path) -> None:
    with serving(root, delay=0.5) as service:
        workers = service.workers()
        with httpx2.stream("POST", f"{service.address}/query", json=QUERY | {"stream": True}, timeout=60) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: piece"
            service.process.send_signal(signal.SIGTERM)
            assert "event: answer" in list(lines)
        assert service.process.wait(60) == 0
        assert not any(each.is_running() for each in workers)


@pytest.mark.slow
def test_workers_do_not_outlive_their_parent(root: Path) -> None:
    with serving(root) as service:
        workers = service.workers()
        service.process.kill()
        _, left = psutil.wait_procs(workers, timeout=60)
        assert left == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "said"), [("told", "The fake engine is broken."), ("silent", "A worker ended before it served.")]
)
def test_a_service_whose_workers_cannot_start_says_so_and_ends(root: Path, how: str, said: str) -> None:
    (root / "broken").write_text(how)
    with serving(root) as service:
        assert service.address == ""
        assert service.process.wait(60) == 1
    assert said in (root / "log.txt").read_text()
    assert len((root / "starts").read_text().split()) <= 2


@pytest.mark.slow
def test_a_worker_that_cannot_start_again_is_given_up_and_the_others_go_on(root: Path) -> None:
    with serving(root) as service:
        first, second = service.workers()
        (root / "broken").write_text("told")
        second.kill()
        until(lambda: "is not replaced any more" in (root / "log.txt").read_text())
        assert service.get("/health/live").status_code == 200
        first.kill()
        assert service.process.wait(PATIENCE_SECONDS) == 1
    assert "No worker can be started any more." in (root / "log.txt").read_text()


RAG = {"kind": "rag", "passage_tokens": 16, "overlap_tokens": 0}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"engine": "here", "engines": {"here": {"kind": "embedded"}}, "run": PIPELINES}, "load the model anew"),
        ({"run": ["zero-shot", "rag"]}, "rag search vectors"),
        ({"pipelines": {"both": {"kind": "finetuned", "retrieval": {}}}, "run": ["both"]}, "both search vectors"),
        ({"run": PIPELINES}, None),
    ],
)
def test_what_needs_one_process_is_told(root: Path, changed: dict[str, Any], said: str | None) -> None:
    (root / "bakeoff.yaml").write_text(json.dumps(CONFIG_FILE | changed))
    project = open_project(root / "bakeoff.yaml")
    if said is None:
        return require_sharable(project)
    with pytest.raises(ConfigError, match=said) as caught:
        require_sharable(project)
    assert "leave --workers out" in caught.value.remedy
    return None
