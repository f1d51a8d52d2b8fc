"""The service dies: alone, and as one of several workers; and its disk is full."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import psutil
from engine_faults import TRIALS, Caller, until_answered
from fault_world import Kept, Outcome, UnavailableError, World, until

from service.project import open_project

RUN_SECONDS = 0.1


def killed(root: Path, times: int) -> Iterator[Outcome]:
    """kill -9 in the middle of a run and of three streams; started again, it goes on with the run by itself."""
    with World(root) as world:
        world.start_engine()
        world.start_app()
        for number in range(times):
            run, kept = _strike(world, number, world.app.kill)
            began = time.monotonic()
            world.tell_engine()
            world.start_app()
            seconds = time.monotonic() - began
            ended = world.until_ended(run)
            assert ended["state"] == "finished", ended
            yield Outcome("the connection breaks", kept.lost(TRIALS), kept.twice, seconds=seconds)


def _strike(world: World, number: int, strike: Any) -> tuple[str, Kept]:
    """Starts a run and streams, and strikes in their midst."""
    world.tell_engine(pause=RUN_SECONDS)
    run = world.start_run()
    until(lambda: len(world.answers(run)) >= 2)
    asking = [Caller(world, each, f"What is {number} and {each}?") for each in (0, 1, 3)]
    for caller in asking:
        assert caller.began.wait(60)
    strike()
    for caller in asking:
        caller.thread.join(60)
        assert not caller.thread.is_alive(), "a caller was left hanging"
        assert caller.truthful, "half an answer was called whole"
    assert any(caller.broken for caller in asking), "nobody was hung up on: was anything killed?"
    return run, Kept.now(world, run)


def worker_killed(root: Path, times: int) -> Iterator[Outcome]:
    """kill -9 of the one of two workers that has the run; the other one takes it, and answers all the while."""
    with World(root) as world:
        world.workers(2)
        world.start_engine()
        world.start_app()
        for number in range(times):
            until(lambda: len(_workers(world)) == 2 and _serving(world))
            world.tell_engine(pause=RUN_SECONDS)
            run = world.start_run()
            until(lambda run=run: len(world.answers(run)) >= 2)
            asking = [Caller(world, each, f"What is {number} and {each}?") for each in (0, 1, 3)]
            for caller in asking:
                assert caller.began.wait(60)
            _owner(world).kill()
            kept = Kept.now(world, run)
            seconds = until_answered(world)
            for caller in asking:
                caller.thread.join(60)
                assert not caller.thread.is_alive(), "a caller was left hanging"
                assert caller.truthful, "half an answer was called whole"
                assert caller.broken or caller.answered, caller.text
            world.tell_engine()
            ended = world.until_ended(run)
            assert ended["state"] == "finished", ended
            yield Outcome(
                "the connection breaks; the other worker answers", kept.lost(TRIALS), kept.twice, seconds=seconds
            )


def _workers(world: World) -> list[psutil.Process]:
    assert world.app.process
    children = psutil.Process(world.app.process.pid).children()
    return [each for each in children if any("spawn_main" in part for part in each.cmdline())]


def _serving(world: World) -> bool:
    """Whether as many workers have begun to serve as there are now, or have been."""
    started = world.app.log.read_text(errors="replace").count("startup complete")
    ended = world.app.log.read_text(errors="replace").count("a worker has ended")
    return started - ended >= 2


def jobs_lock(root: Path) -> Path:
    """The lock on the list of a project's runs; the project names it by its own place and engine."""
    return root / ".bakeoff" / open_project(root / "bakeoff.yaml").jobs.with_suffix(".lock").name


def _owner(world: World) -> psutil.Process:
    """The worker that has the lock on the list of runs, by the system's own list of locks."""
    inode = jobs_lock(world.root).stat().st_ino
    locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    pids = {int(lock[4]) for lock in locks if lock[1] == "FLOCK" and lock[5].endswith(f":{inode}")}
    return next(each for each in _workers(world) if each.pid in pids)


@contextmanager
def small_disk(folder: Path, size: str = "24m") -> Iterator[Path]:
    """A file system of that size. Raises UnavailableError where nobody lets us make one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"a file system of its own needs root ({done.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(disk: Path) -> Path:
    """A file that takes all the room that is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def disk_full(root: Path, times: int) -> Iterator[Outcome]:
    """No room for runs, list of runs, and index, in the middle of a run; questions are answered on."""
    with small_disk(root / "disk") as disk, World(disk, root / "engine") as world:
        world.start_engine()
        world.start_app()
        for _ in range(times):
            yield _fill_in_a_run(disk, world)


def _fill_in_a_run(disk: Path, world: World) -> Outcome:
    world.tell_engine(pause=RUN_SECONDS)
    run = world.start_run()
    until(lambda: len(world.answers(run)) >= 3)
    ballast = _fill(disk)
    kept = Kept.now(world, run)
    with world.client() as client:
        asked_for = until_refused(client)
    time.sleep(3)  # it is tried again and again meanwhile
    again = world.asked()[kept.asked :]
    ballast.unlink()
    world.tell_engine()
    began = time.monotonic()
    until_answered(world)
    by_itself = world.run(run)["state"] in ("queued", "running")
    if not by_itself:
        with world.client() as client:
            assert client.post(f"/runs/{run}/resume").is_success
    until(lambda: len(world.answers(run)) > len(kept.answers))
    seconds = time.monotonic() - began
    ended = world.until_ended(run)
    assert ended["state"] == "finished", ended
    message = f"{asked_for['detail']} {asked_for['remedy']}".replace(str(world.root), "HOME")
    repeated = len(again) - len(set(again))
    outcome = Outcome(message, kept.lost(TRIALS), kept.twice + repeated, by_itself, seconds)
    _forget_runs(world)
    return outcome


def until_refused(client: httpx2.Client) -> dict[str, Any]:
    """What another run is refused with while there is no room; one that is not has nothing to ask, in this split."""
    found: list[httpx2.Response] = []
    until(lambda: found.append(client.post("/runs", json={"split": "dev"})) or found[-1].status_code == 507, 0.2)
    assert client.get("/health/live").status_code == 200
    return dict(found[-1].json())


def _forget_runs(world: World) -> None:
    """Makes room for the next one."""
    with world.client() as client:
        runs = client.get("/runs").json()["runs"]
        for each in runs:
            world.until_ended(each["id"])
            with suppress(httpx2.HTTPError):
                client.delete(f"/runs/{each['id']}")
