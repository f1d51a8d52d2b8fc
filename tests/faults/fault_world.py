"""A small project with an engine before it and a service on it, each a process that can be killed and started again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx2

ROOT = Path(__file__).parents[2]
sys.path += [str(ROOT / part) for part in ("benchmarks", "tests", "tests/service", "tests/engines")]

from fault_engine import MODEL, SETTINGS, whole  # noqa: E402
from processes import free_port, running  # noqa: E402
from staleness_fakes import CORPUS, write  # noqa: E402
from tiny_models import save_tokenizer  # noqa: E402

from eval.trial import Trial  # noqa: E402
from service.readiness import KEPT_SECONDS  # noqa: E402

HERE = Path(__file__).parent
PATIENCE_SECONDS = 120
PIPELINES: dict[str, Any] = {
    "plain": {"kind": "prompting"},
    "context": {"kind": "prompting", "context_tokens": 40},
}
RAG = {"kind": "rag", "top_k": 2, "passage_tokens": 16, "overlap_tokens": 0}


@dataclass(frozen=True)
class Outcome:
    """What one fault did.

    Attributes:
        message: what somebody was told who asked while it lasted.
        lost: answers that were there before, or were owed, and are not there after; None where nobody counted.
        twice: answers that were there before, and that the engine was asked for again; None likewise.
        by_itself: whether nobody had to do anything but to take the fault away.
        seconds: from then to the first good answer; None where there is nothing to wait for.
    """

    message: str
    lost: int | None = None
    twice: int | None = None
    by_itself: bool = True
    seconds: float | None = None


class UnavailableError(Exception):
    """A scenario cannot be tried here; the message says why."""


class Server:
    """A process on one port through all its lives."""

    def __init__(self, command: list[str | Path], url: str, log: Path, **environment: str) -> None:
        self.url = url
        self.log = log
        self.command = command
        self._environment = environment
        self._stack = ExitStack()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, ready: str) -> None:
        """Returns once it answers at that path."""
        started = running(self.command, f"{self.url}{ready}", log=self.log, **self._environment)
        self.process = self._stack.enter_context(started)

    def kill(self) -> None:
        """As `kill -9` does."""
        if self.process:
            self.process.kill()
            self.process.wait()
        self.stop()

    def stop(self) -> None:
        self._stack.close()
        self.process = None


class World:
    """A project in a folder, its engine, and the service; what is started is stopped at the end."""

    def __init__(self, root: Path, engine_folder: Path | None = None, **config: Any) -> None:
        """`config` takes the place of what the configuration would say; the engine's files may lie elsewhere."""
        self.root = root
        self.engine_folder = engine_folder or root / "engine"
        self.tell_engine()
        write(root / "corpus", CORPUS)
        (root / "base").mkdir(exist_ok=True)
        save_tokenizer(root / "base")
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, HERE / "fault_engine.py", "--port", str(port), "--folder", self.engine_folder]
        self.engine = Server(command, url, root / "engine.log")
        engine = {"kind": "openai", "base_url": f"{url}/v1", "model": MODEL, "timeout": 1.5, "max_retries": 1}
        settings = {
            "corpus": "corpus",
            "base_model": str(root / "base"),
            "embedder": str(root / "base"),
            "decoding": {"max_new_tokens": 16},
            "engine": "one",
            "engines": {"one": engine},
            "pipelines": PIPELINES,
            "evaluation": {"warmup": 0, "concurrency": 2, "resamples": 100},
            "service": {"failures": 5, "rest_seconds": 0.5},
        }
        write(root, {"bakeoff.yaml": settings | config})
        self.app = self._app()

    def _app(self) -> Server:
        port = free_port()
        command = self.command("serve", "--port", str(port))
        return Server(command, f"http://127.0.0.1:{port}", self.root / "app.log", **self.environment())

    def command(self, *arguments: str) -> list[str | Path]:
        name, *rest = arguments
        return [sys.executable, HERE / "fault_app.py", name, "--config", self.root / "bakeoff.yaml", *rest]

    def environment(self, **more: str) -> dict[str, str]:
        return {"BAKEOFF_HOME": str(self.root), "PYTHONPATH": str(ROOT), "COLUMNS": "200", **more}

    def workers(self, count: int) -> None:
        """Lets the service have so many, from its next start on."""
        self.app.command += ["--workers", str(count)]

    def bakeoff(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The program, to its end."""
        return subprocess.run(
            list(map(str, self.command(*arguments))),
            env=os.environ | self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def start_engine(self) -> None:
        self.engine.start("/v1/models")

    def start_app(self) -> None:
        self.app.start("/health/live")

    def tell_engine(self, **settings: Any) -> None:
        write(self.engine_folder, {"settings.json": json.dumps(SETTINGS | settings)})

    def asked(self) -> list[str]:
        """Every prompt that the engine was asked, by name, in order."""
        path = self.engine_folder / "asked.txt"
        return path.read_text().splitlines() if path.exists() else []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.app.stop()
        self.engine.stop()

    @contextmanager
    def client(self) -> Iterator[httpx2.Client]:
        with httpx2.Client(base_url=self.app.url, timeout=60, trust_env=False) as client:
            yield client

    def ready(self) -> tuple[int, list[str]]:
        """The status of `/health/ready`, and the codes of what is not, as it is found now."""
        time.sleep(KEPT_SECONDS)  # for so long the service tells what it found before
        with self.client() as client:
            response = client.get("/health/ready")
        return response.status_code, [each["error"]["code"] for each in response.json()["not_ready"]]

    def journal(self, run: str) -> dict[tuple[str, str, int], Trial]:
        """The whole lines of a run's journal; of several about one trial the last counts."""
        path = self.root / "runs" / run / "journal.jsonl"
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        return {trial.key: trial for trial in map(Trial.model_validate_json, lines)}

    def answers(self, run: str) -> dict[tuple[str, str, int], str]:
        """Which prompt each answered trial of a run answers."""
        trials = self.journal(run).values()
        return {trial.key: trial.answer.response.split()[0] for trial in trials if trial.answer}

    def start_run(self) -> str:
        with self.client() as client:
            response = client.post("/runs", json={})
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    def run(self, name: str) -> dict[str, Any]:
        with self.client() as client:
            return dict(client.get(f"/runs/{name}").json())

    def until_ended(self, name: str) -> dict[str, Any]:
        until(lambda: self.run(name)["state"] not in ("queued", "running"))
        return self.run(name)


@dataclass(frozen=True)
class Kept:
    """What a run had when a fault struck: its answers, and how many prompts the engine had been asked."""

    world: World
    run: str
    answers: dict[tuple[str, str, int], str]
    asked: int

    @classmethod
    def now(cls, world: World, run: str) -> Kept:
        return cls(world, run, world.answers(run), len(world.asked()))

    def lost(self, trials: int) -> int:
        """Answers that were there and are not now, and trials that have none now, or not all of it."""
        now = self.world.journal(self.run)
        good = {
            key: trial.answer.response.split()[0]
            for key, trial in now.items()
            if trial.answer and whole(trial.answer.response.split()[0], trial.answer.response)
        }
        return sum(good.get(key) != name for key, name in self.answers.items()) + max(trials - len(good), 0)

    @property
    def twice(self) -> int:
        """Answers that were there, and that the engine was asked for again."""
        return len(set(self.answers.values()) & set(self.world.asked()[self.asked :]))


def again(names: Iterable[str], asked: Sequence[str]) -> int:
    """How many of these prompts, each of them answered once, the engine was asked for more than once."""
    return sum(asked.count(name) > 1 for name in names)


def until(reached: Callable[[], Any], pause: float = 0.02) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        if time.monotonic() > deadline:
            raise AssertionError("what was waited for did not come")
        time.sleep(pause)
