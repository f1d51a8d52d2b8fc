"""The service killed outright while it works on a run: it goes on by itself, and asks nothing again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from runs_fakes import journal, prepared, told

from service.server import GRACE_SECONDS

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE), str(HERE.parent)])}
SCRIPT = "from pathlib import Path; from runs_fakes import serve; serve(Path.cwd(), delay=0.05)"
TRIALS = 15
PATIENCE_SECONDS = 120

# when to kill, by what is on the disk
POINTS: dict[str, Callable[[Path, str], bool]] = {
    "accepted": lambda root, address: True,
    "first answers": lambda root, address: len(journal(root, address)) >= 2,
    "last pipeline": lambda root, address: len(journal(root, address)) >= 12,
    "written": lambda root, address: (root / address.lstrip("/") / "report.json").exists(),
}


@contextmanager
def service(root: Path) -> Iterator[tuple[subprocess.Popen[str], httpx2.Client]]:
    with (root / "log.txt").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT], cwd=root, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=log, text=True
        )
        assert process.stdout
        with process:
            line = next((line for line in process.stdout if line.startswith("Serving on ")), None)
            assert line, (root / "log.txt").read_text()
            with httpx2.Client(base_url=line.split()[2].rstrip(","), timeout=30) as client:
                yield process, client
            process.kill()


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.slow
@pytest.mark.parametrize("points", [*([point] for point in POINTS), list(POINTS)], ids=", ".join)
def test_a_run_outlives_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: list[str]) -> None:
    prepared(tmp_path, monkeypatch)
    address, kept, run = "", set[Any](), dict[str, Any]()
    for point in points:
        with service(tmp_path) as (process, client):
            response = client.post("/runs", json={}, headers={"idempotency-key": "nightly"})
            assert response.status_code == 202
            assert address in ("", response.headers["location"])
            address = response.headers["location"]
            until(partial(POINTS[point], tmp_path, address))
            process.kill()
            process.wait()
        kept |= {(trial.key, trial.asked_at) for trial in journal(tmp_path, address)}
    with service(tmp_path) as (_, client):
        until(lambda: run.update(client.get(address).json()) or run["state"] not in ("queued", "running"))
        assert run["state"] == "finished", run
        assert [each["id"] for each in client.get("/runs").json()["runs"]] == [run["id"]]
        assert client.get(run["report"]).status_code == 200
    asked = {(trial.key, trial.asked_at) for trial in journal(tmp_path, address)}
    assert len(asked) == len({key for key, _ in asked}) == TRIALS  # each once, and so nothing of `kept` again
    assert kept <= asked
    assert TRIALS <= len(told(tmp_path)) <= TRIALS + len(points)  # one at a time was being answered when it died
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [run["id"]]


@pytest.mark.slow
def test_a_signal_stops_the_run_and_lets_watchers_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(tmp_path, monkeypatch)
    with service(tmp_path) as (process, client):
        address = client.post("/runs", json={}).headers["location"]
        until(partial(POINTS["first answers"], tmp_path, address))
        with client.stream("GET", f"{address}/events") as response:
            lines = response.iter_lines()
            assert next(lines) == "event: progress"
            process.send_signal(signal.SIGTERM)
            asked = time.monotonic()
            assert "event: end" not in list(lines)
        assert process.wait(timeout=60) == 0
        assert time.monotonic() - asked < GRACE_SECONDS
    kept = {(trial.key, trial.asked_at) for trial in journal(tmp_path, address)}
    assert 2 <= len(kept) < TRIALS
    with service(tmp_path) as (_, client):
        until(lambda: client.get(address).json()["state"] == "finished")
    asked_at = {(trial.key, trial.asked_at) for trial in journal(tmp_path, address)}
    assert kept < asked_at
    assert len(asked_at) == TRIALS
