"""Faults of the engine: it dies, hangs, breaks off, talks nonsense, or fails now and then."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
from fault_engine import LAST, whole
from fault_world import PIPELINES, Kept, Outcome, World, again, until

TRIALS = 5 * len(PIPELINES)
PROMPT_SECONDS = 5.0
"""By then a caller has to be told; a machine that has nothing else to do needs a fraction of one."""


class Caller:
    """One who asks in a thread: what came, and how it ended."""

    def __init__(self, world: World, number: int, question: str) -> None:
        self.began = threading.Event()
        self.ended_at = 0.0
        self.status = 0
        self.text = ""
        self.broken = False
        self._world = world
        self._openai = number % 4 == 3
        self.streams = number % 4 != 2
        self.question = question
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()

    def _ask(self) -> None:
        messages = [{"role": "user", "content": self.question}]
        body: dict[str, Any] = {"question": self.question, "pipeline": "plain", "stream": self.streams}
        if self._openai:
            body = {"messages": messages, "model": "plain", "stream": True}
        path = "/v1/chat/completions" if self._openai else "/query"
        try:
            with self._world.client() as client, client.stream("POST", path, json=body) as response:
                self.status = response.status_code
                for piece in response.iter_text():
                    self.text += piece
                    self.began.set()
        except httpx2.HTTPError:
            self.broken = True
        finally:
            self.ended_at = time.monotonic()
            self.began.set()

    @property
    def answered(self) -> bool:
        """Whether this passes for a whole answer."""
        if self.broken or self.status != 200:
            return False
        if self._openai:
            return '"finish_reason":"stop"' in self.text.replace(" ", "")
        return "event: answer" in self.text if self.streams else "response" in json.loads(self.text)

    @property
    def truthful(self) -> bool:
        """Whether it is one, if it passes for one."""
        return not self.answered or LAST in self.text

    @property
    def message(self) -> str:
        """What it was told in the place of an answer."""
        found = [line for line in self.text.splitlines() if '"detail"' in line or '"message"' in line]
        if not found:
            return ""
        told = json.loads(found[-1].removeprefix("data: "))
        return str(told.get("detail") or told["error"]["message"])


def callers(world: World, number: int) -> list[Caller]:
    """Four who have begun to hear an answer, but for one who wants it whole; nobody asks what was asked before."""
    found = [Caller(world, each, f"What is {number} and {each}?") for each in range(4)]
    for caller in found:
        if caller.streams:
            assert caller.began.wait(60)
    return found


def until_answered(world: World) -> float:
    """Seconds until a question is answered."""
    began = time.monotonic()
    with world.client() as client:
        body = {"question": "Is anybody there?", "pipeline": "plain"}
        until(lambda: client.post("/query", json=body).status_code == 200)
    return time.monotonic() - began


def killed_in_streams(root: Path, times: int) -> Iterator[Outcome]:
    """kill -9 while four answers come."""
    with World(root) as world:
        world.start_engine()
        world.start_app()
        for number in range(times):
            world.tell_engine(pause=0.3)
            start = len(world.asked())
            asking = callers(world, number)
            struck = time.monotonic()
            world.engine.kill()
            for caller in asking:
                caller.thread.join(60)
                assert caller.ended_at - struck < PROMPT_SECONDS, "a caller was left hanging"
                assert not caller.broken, "a caller was hung up on"
                assert not caller.answered, "half an answer was called whole"
                assert caller.message, caller.text
            with world.client() as client:
                began = time.monotonic()
                refused = client.post("/query", json={"question": "And now?", "pipeline": "plain"})
                assert (refused.status_code, refused.json()["code"]) == (503, "engine-unavailable"), refused.text
                assert time.monotonic() - began < PROMPT_SECONDS
            assert world.ready() == (503, ["engine-unavailable"] * len(PIPELINES))
            asked = world.asked()[start:]
            world.tell_engine()
            world.start_engine()
            seconds = until_answered(world)
            assert world.ready() == (200, [])
            lost = sum(not _is_whole(_ask(world, caller.question)) for caller in asking)
            yield Outcome(asking[0].message, lost, twice=len(asked) - len(set(asked)), seconds=seconds)


def killed_in_a_run(root: Path, times: int) -> Iterator[Outcome]:
    """kill -9 in the middle of POST /runs."""
    with World(root) as world:
        world.start_engine()
        world.start_app()
        for _ in range(times):
            world.tell_engine(pause=0.05)
            run = world.start_run()
            until(lambda run=run: len(world.answers(run)) >= 3)
            world.engine.kill()
            kept = Kept.now(world, run)
            time.sleep(0.5)
            status, codes = world.ready()
            assert (status, set(codes)) == (503, {"engine-unavailable"})
            assert world.run(run)["state"] == "running"
            world.tell_engine()
            world.start_engine()
            began = time.monotonic()
            until(lambda kept=kept: len(world.answers(kept.run)) > len(kept.answers))
            seconds = time.monotonic() - began
            ended = world.until_ended(run)
            assert ended["state"] == "finished", ended
            yield Outcome("the run waits for it, and goes on", kept.lost(TRIALS), kept.twice, seconds=seconds)


def killed_in_bakeoff_run(root: Path, times: int) -> Iterator[Outcome]:
    """kill -9 in the middle of `bakeoff run`, and nobody starts it again for longer than it is waited for."""
    with World(root) as world, ThreadPoolExecutor(1) as pool:
        for _ in range(times):
            world.start_engine()
            world.tell_engine(pause=0.1)
            before = set((root / "runs").iterdir()) if (root / "runs").exists() else set()
            running = pool.submit(world.bakeoff, "run", PATIENCE="0.5")
            until(lambda before=before: (root / "runs").exists() and set((root / "runs").iterdir()) - before)
            (folder,) = set((root / "runs").iterdir()) - before
            until(lambda folder=folder: len(world.answers(folder.name)) >= 3)
            world.engine.kill()
            kept = Kept.now(world, folder.name)
            stopped = running.result(60)
            assert stopped.returncode == 1, stopped.stdout
            assert "cannot be reached" in stopped.stdout, stopped.stdout
            assert f"--resume {folder.name}" in stopped.stdout, stopped.stdout
            world.tell_engine()
            world.start_engine()
            resumed = world.bakeoff("run", "--resume", folder.name)
            assert resumed.returncode == 0, resumed.stdout
            message = "What was asked is kept. Go on with: bakeoff run --resume"
            yield Outcome(message, kept.lost(TRIALS), kept.twice, by_itself=False)
            world.engine.stop()


def _under(fault: str, codes: set[str], root: Path, times: int) -> Iterator[Outcome]:
    """The fault under twenty questions, eight at once, and then under a bake-off."""
    with World(root) as world:
        world.start_engine()
        world.start_app()
        for number in range(times):
            world.tell_engine(fault=fault)
            questions = [f"What is {number} and {each}?" for each in range(20)]
            start = len(world.asked())
            with ThreadPoolExecutor(8) as pool:
                replies = list(pool.map(lambda question: _ask(world, question), questions))
            failed = [reply for reply in replies if reply.status_code != 200]
            answered = [reply.json()["response"].split()[0] for reply in replies if reply.status_code == 200]
            assert all(_is_whole(reply) for reply in replies if reply not in failed), "not a whole answer"
            twice = again(answered, world.asked()[start:])
            told = {reply.json()["code"] for reply in failed}
            assert told <= codes, told
            fifths = {name for name in world.asked()[start:] if name.startswith("fifth")}
            if fault == "one in five":
                assert len(failed) == len(fifths), "it fails those questions that the engine fails, and no other"
                assert "engine-unavailable" not in told, "the circuit breaker opened"
            else:
                assert len(failed) == len(questions)
                assert "engine-unavailable" in told, "the circuit breaker did not open"
            most = max(world.asked().count(name) for name in world.asked()[start:])
            assert most <= 2, "one retry is allowed"
            until_breaker_rests(world)
            start = len(world.asked())
            run = world.start_run()
            ended = world.until_ended(run)
            assert ended["state"] == "finished", ended
            rows = world.journal(run)
            seen = {trial.failure.code for trial in rows.values() if trial.failure}
            assert seen <= codes - {"engine-unavailable"}, seen
            assert _in_flight(world) == 0
            twice += again(world.answers(run).values(), world.asked()[start:])
            world.tell_engine()
            seconds = until_answered(world)
            message = failed[0].json()["detail"] if failed else ""
            yield Outcome(message, TRIALS - len(rows), twice, seconds=seconds)


def until_breaker_rests(world: World) -> None:
    """Until a question would be let through, so that the next thing is not refused for the last."""
    until(lambda: world.ready()[0] == 200)


def _ask(world: World, question: str) -> httpx2.Response:
    with world.client() as client:
        return client.post("/query", json={"question": question, "pipeline": "plain"})


def _is_whole(reply: httpx2.Response) -> bool:
    text = reply.json().get("response", "")
    return bool(text) and whole(text.split()[0], text)


def _in_flight(world: World) -> float:
    with world.client() as client:
        lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("bakeoff_in_flight{"))


def hangs(root: Path, times: int) -> Iterator[Outcome]:
    """It takes the question and says nothing."""
    return _under("hang", {"engine-timeout", "engine-unavailable"}, root, times)


def breaks_off(root: Path, times: int) -> Iterator[Outcome]:
    """Its streams end in mid-answer."""
    return _under("truncate", {"engine-protocol", "engine-unavailable"}, root, times)


def talks_nonsense(root: Path, times: int) -> Iterator[Outcome]:
    """HTML and broken bytes in the midst of its streams."""
    return _under("garbage", {"engine-protocol", "engine-unavailable"}, root, times)


def fails_one_in_five(root: Path, times: int) -> Iterator[Outcome]:
    """500 to one question in five."""
    return _under("one in five", {"engine-error"}, root, times)
