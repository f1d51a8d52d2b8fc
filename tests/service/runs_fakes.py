"""A service with jobs over the small project: in this process, and as a process that can be killed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from service_fakes import client_of, demo_pipelines
from staleness_fakes import CONFIG_FILE, write, write_project
from word_embedder import WordEmbedder

from eval.options import EvaluationOptions
from eval.trial import Trial
from pipelines.assembly import open_each, open_workbench
from pipelines.engines.fake import FakeEngine
from pipelines.engines.registry import ENGINES
from service.app import create_app
from service.job_runner import JobRunner
from service.job_work import Bakery
from service.jobs import JobStore, State, new_job
from service.library import Library
from service.preparing import index_project, train_project
from service.project import Project, open_project
from service.run_schemas import EXAMPLE_RUN, MEDIA_TYPES

POLL_SECONDS = 0.01
TRIALS = 15
"""Three pipelines, five questions."""


class NoTable:
    """Similarity's texts, which nobody embeds."""

    def __init__(self, embeddings: object) -> None:
        pass

    def add(self, texts: Iterable[str], on_progress: object) -> None:
        pass


@asynccontextmanager
async def no_metrics(table: object, judge: object) -> AsyncIterator[dict[str, Any]]:
    yield {}


def score_nothing(patch: pytest.MonkeyPatch) -> None:
    """ragas takes many seconds to import, and as long as it is not scored a trial is journalled twice."""
    module = SimpleNamespace(open_metrics=no_metrics, EmbeddingTable=NoTable)
    patch.setattr("eval.runner.import_module", lambda name: module)


class ToldEngine(FakeEngine):
    """Says in a file what it is asked, each question on a line, before it answers."""

    def __init__(self, *args: Any, told: Path, **faults: Any) -> None:
        super().__init__(*args, **faults)
        self.told = told

    def begin(self, messages: Any) -> Any:
        with self.told.open("a", encoding="utf-8") as file:
            file.write(json.dumps(messages[-1].text) + "\n")
        return super().begin(messages)


def use_engine(patch: pytest.MonkeyPatch, root: Path, **faults: Any) -> None:
    """Puts an engine with these faults behind the name `fake`; what it is asked stands in told.txt."""
    patch.setitem(ENGINES, "fake", partial(ToldEngine, told=root / "told.txt", **faults))


def told(root: Path) -> list[str]:
    """What the engine was asked so far, over all processes."""
    path = root / "told.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def prepared(root: Path, patch: pytest.MonkeyPatch, **changed: Any) -> Path:
    """A project in a folder, indexed and trained; the configuration's path."""
    write_project(root, patch)
    write(root, {"bakeoff.yaml": CONFIG_FILE | changed})
    project = open_project(root / "bakeoff.yaml")
    index_project(project)
    train_project(project)
    return project.path


@dataclass
class Service:
    """One that runs: the client to it, its jobs, its engine."""

    client: httpx2.AsyncClient
    jobs: JobRunner
    library: Library

    @property
    def project(self) -> Project:
        return self.library.bakery.project

    async def post(self, path: str = "/runs", key: str | None = None, **body: Any) -> httpx2.Response:
        headers = {} if key is None else {"idempotency-key": key}
        return await self.client.post(path, json=body if path == "/runs" else None, headers=headers)

    async def start(self, **body: Any) -> str:
        """The new run's address."""
        response = await self.post(**body)
        assert response.status_code == 202, response.text
        return str(response.headers["location"])

    async def until(self, address: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The run as soon as this holds of it."""
        async with asyncio.timeout(30):
            while True:
                run = (await self.client.get(address)).json()
                if reached(run):
                    return dict(run)
                await asyncio.sleep(POLL_SECONDS)

    async def ended(self, address: str) -> dict[str, Any]:
        return await self.until(address, lambda run: run["state"] not in ("queued", "running"))

    async def at_the_ninth(self, address: str) -> None:
        """Until eight questions are answered, and the engine has the ninth."""
        asking = {"name": "asking finetuned", "done": 2, "total": 5}
        await self.until(address, lambda run: run["progress"][-1:] == [asking])


@asynccontextmanager
async def running(config: Path, **settings: Any) -> AsyncIterator[Service]:
    """The service of a project, as `bakeoff serve` puts it together, and stopped as it is."""
    project = open_project(config)
    project = replace(project, settings=project.settings.model_copy(update=settings))
    async with open_workbench(project.config, project.corpus, project.home, older_adapters=True) as bench:
        pipelines = await open_each(project.config.selected, project.config, bench)
        bakery = Bakery(project, bench, pipelines)
        library = Library(bakery, POLL_SECONDS)
        runner = JobRunner(JobStore(project.jobs), library, project.settings.queued_runs, POLL_SECONDS)
        async with library, runner as jobs:
            app = create_app(
                library.bakery.pipelines,
                project.config.cost,
                settings=project.settings,
                documents=project.corpus.documents,
                jobs=jobs,
                library=library,
            )
            async with client_of(app) as client:
                yield Service(client, jobs, library)


def journal(root: Path, address: str) -> list[Trial]:
    """Every whole line of a run's journal."""
    path = root / "runs" / address.rsplit("/", 1)[1] / "journal.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [Trial.model_validate_json(line) for line in lines]


def serve(root: Path, delay: float) -> None:
    """Serves the prepared project of the working folder, as a process of its own."""
    from service.serving import serve_project

    patch = pytest.MonkeyPatch()
    patch.setattr("pipelines.assembly.Embedder", WordEmbedder)
    score_nothing(patch)
    use_engine(patch, root, delay=delay)
    serve_project(open_project(root / "bakeoff.yaml"), "127.0.0.1", 0)


def write_example_run(store: JobStore, root: Path, state: State = "finished") -> None:
    """A job of the documentation's example id in this state, and its files."""
    for name in (*MEDIA_TYPES, "report.html"):
        write(root / EXAMPLE_RUN, {name: "{}" if name.endswith(".json") else "Some text."})
    job = new_job("test", 1, ["rag"]).model_copy(update={"id": EXAMPLE_RUN, "state": state})
    store.add(job, "", None, "", 8)


def example_jobs(root: Path, state: State = "finished") -> JobRunner:
    """Jobs that nobody works on, with one of the documentation's example id in this state, and its files."""
    store = JobStore(root / "jobs.sqlite")
    write_example_run(store, root, state)
    project: Any = SimpleNamespace(config=SimpleNamespace(evaluation=EvaluationOptions()), runs=root)
    bench: Any = None
    return JobRunner(store, Library(Bakery(project, bench, demo_pipelines())), 8, POLL_SECONDS)
