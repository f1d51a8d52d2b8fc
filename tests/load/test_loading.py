"""`bakeoff load` as it is called: what it refuses, prints and writes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from load_server import MODEL, PacedServer
from servers import serving

from corpora.errors import (
    ConfigError,
    EngineProtocolError,
    EngineUnavailableError,
    RunError,
    RunStorageError,
    UnknownPipelineError,
)
from corpora.model import Corpus, Question
from eval.config import BakeoffConfig
from eval.load.measures import Load, Targets
from eval.load.result import LoadPlan, LoadResult
from eval.manifest import Manifest
from eval.options import EvaluationOptions
from eval.run import RunFolder
from pipelines.home import Home
from service.loading import _load, check_address, destination, loads_of, plan_of, run_load_test, targets_of
from service.project import Project
from service.settings import ServiceSettings

NOBODY = "http://127.0.0.1:9"
PLAN = LoadPlan(pipelines=(), loads=(Load(concurrency=1), Load(concurrency=2)), requests=3)


def project(tmp_path: Path, questions: int = 4) -> Project:
    asked = tuple(Question(id=str(number), user_input=f"Question {number}?") for number in range(questions))
    return Project(
        path=tmp_path / "bakeoff.yaml",
        settings=ServiceSettings(),
        config=BakeoffConfig.model_validate({"corpus": "c", "pipelines": {"rag": {"kind": "rag"}}}),
        corpus=Corpus(name="c", root=tmp_path, documents=(), questions=asked, content_hash="0"),
        home=Home(tmp_path / "home"),
        runs=tmp_path / "runs",
    )


async def load(
    project: Project, url: str, plan: LoadPlan, path: Path | None = None, run: RunFolder | None = None
) -> None:
    await asyncio.to_thread(run_load_test, project, url, plan, path, False, run)


async def test_it_prints_and_writes_what_came_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "load.json"
    plan = PLAN.model_copy(update={"targets": Targets(e2el=60.0), "loads": (*PLAN.loads, Load(rate=12.5))})
    async with serving(PacedServer(0.0, 0.01, 3)) as url:
        await load(project(tmp_path), url, plan, path)
    result = LoadResult.model_validate_json(path.read_bytes())
    assert result.plan == plan.model_copy(update={"pipelines": (MODEL,)})  # all that the server has
    assert (result.url, result.split, result.questions) == (url, "test", 4)
    assert [(level.load.concurrency, level.completed) for level in result.levels] == [(1, 3), (2, 3), (None, 3)]
    assert json.loads(path.read_text())["levels"][0]["requests_per_second"] > 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("answers/s", "of most", "good/s", "1 at once", "2 at once", "12.5 a second"))
    assert all(word in shown for word in ("ttft", "tpot", "itl", "e2el", path.name))
    assert "Only 4 questions could be asked" in shown  # 9 requests, 4 questions


async def test_failures_are_shown_with_their_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(PacedServer(0.0, 0.0, 1, fault=lambda _: "500")) as url:
        await load(project(tmp_path), url, PLAN)
    assert (
        "paced, 2 at once: 3 × The server answered with status 500: out of order. Read its log."
        in capsys.readouterr().out
    )


async def test_what_was_measured_is_kept_where_the_rest_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "load.json"

    class Stopped(PacedServer):
        async def __call__(self, scope: object, receive: object, send: object) -> None:
            if len(self.asked) >= 2 + 3:  # warm-up and the first level
                task.cancel()
                await asyncio.sleep(0.05)
            await super().__call__(scope, receive, send)

    planned = LoadResult(url="", started="now", split="test", questions=4, plan=PLAN)
    async with serving(Stopped(0.0, 0.0, 1)) as url:
        task = asyncio.create_task(_load(planned.model_copy(update={"url": url}), ["a", "b", "c"], path, None))
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(LoadResult.model_validate_json(path.read_bytes()).levels) == 1


async def test_an_unknown_pipeline_is_told_which_there_are(tmp_path: Path) -> None:
    async with serving(PacedServer(0.0, 0.0, 1)) as url:
        with pytest.raises(UnknownPipelineError, match=f"no pipeline 'oracle'. It has {MODEL}"):
            await load(project(tmp_path), url, PLAN.model_copy(update={"pipelines": ("oracle",)}))


async def test_nothing_is_written_where_nothing_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "load.json"
    path.write_text("an earlier result")
    with pytest.raises(EngineUnavailableError, match="bakeoff serve"):
        await load(project(tmp_path), NOBODY, PLAN, path)
    assert path.read_text() == "an earlier result"


async def test_what_a_server_that_is_not_ours_does_goes_into_no_run(tmp_path: Path) -> None:
    path, manifest = tmp_path / "load.json", Manifest.model_construct(run_id="R", pipelines={})
    run = RunFolder(tmp_path, manifest, (), ())
    async with serving(PacedServer(0.0, 0.0, 1)) as url:
        with pytest.raises(EngineProtocolError, match=r"\(/pipelines, status 404\).*with --write FILE"):
            await load(project(tmp_path), url, PLAN, path, run)
    assert not path.exists()


async def test_without_questions_there_is_no_load(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no questions in the split 'test'"):
        await load(project(tmp_path, questions=0), NOBODY, PLAN)


@pytest.mark.parametrize("name", ["nowhere/load.json", "."])
async def test_a_file_that_cannot_be_one_is_told_before_anything_is_asked(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be a file"):
        await load(project(tmp_path), NOBODY, PLAN, tmp_path / name)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:1", "http://127.9.9.9", "http://0.0.0.0:80"]
)
def test_this_machine(url: str) -> None:
    check_address(url, anywhere=False)


@pytest.mark.parametrize("url", ["http://192.168.0.7", "https://example.org/x", "http://localhost.example.org:8080"])
def test_another_machine_only_on_purpose(url: str) -> None:
    with pytest.raises(ConfigError, match="--anywhere"):
        check_address(url, anywhere=False)
    check_address(url, anywhere=True)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999", "http://["]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ConfigError, match="no address"):
        check_address(url, anywhere=True)


@pytest.mark.parametrize("start", ["http://", "", "http://[::1]/", "http://127.0.0.1?"])
async def test_a_password_in_an_address_is_neither_taken_nor_shown(tmp_path: Path, start: str) -> None:
    with pytest.raises(ConfigError, match="variable BAKEOFF_KEY") as raised:
        await load(project(tmp_path), f"{start}bob:tiger@127.0.0.1", PLAN, tmp_path / "load.json")
    assert "tiger" not in str(raised.value)
    assert "bob" not in str(raised.value)


def test_loads() -> None:
    assert loads_of([], []) == [Load(concurrency=1), Load(concurrency=4), Load(concurrency=16)]
    assert loads_of([2], [0.5]) == [Load(concurrency=2), Load(rate=0.5)]
    assert loads_of([], [0.5]) == [Load(rate=0.5)]


@pytest.mark.parametrize(("concurrencies", "rates"), [([0], []), ([], [0.0]), ([], [-1.0]), ([], [float("nan")]),
                                                      ([], [float("inf")])])  # fmt: skip
def test_loads_that_are_none(concurrencies: list[int], rates: list[float]) -> None:
    with pytest.raises(ConfigError, match="above 0"):
        loads_of(concurrencies, rates)


def test_targets() -> None:
    assert targets_of(["ttft=0.5", "e2el=3"]) == Targets(ttft=0.5, e2el=3.0)
    assert not targets_of([])


@pytest.mark.parametrize("given", ["itl=1", "ttft", "ttft=", "ttft=soon", "ttft=0", "ttft=-1", "ttft=nan", "=1"])
def test_targets_that_are_none(given: str) -> None:
    with pytest.raises(ConfigError, match="--target takes ttft, tpot or e2el"):
        targets_of([given])


def test_the_plan_follows_the_evaluation() -> None:
    options = EvaluationOptions(warmup=5, timeout=7.0, seed=3)
    plan = plan_of(options, ["rag", "rag"], [Load(concurrency=4), Load(concurrency=4)], 4, Targets())
    assert (plan.pipelines, plan.loads) == (("rag",), (Load(concurrency=4),))
    assert (plan.requests, plan.warmup, plan.timeout, plan.seed) == (4, 5, 7.0, 3)
    with pytest.raises(ConfigError, match="never 4 at once"):
        plan_of(options, [], [Load(concurrency=4)], 3, Targets())


def test_where_the_result_goes(tmp_path: Path) -> None:
    assert destination(None, None) == (None, None)
    assert destination(None, tmp_path / "x.json") == (tmp_path / "x.json", None)
    with pytest.raises(ConfigError, match="two places"):
        destination(tmp_path, tmp_path / "x.json")
    with pytest.raises(RunStorageError, match="holds no run"):
        destination(tmp_path, None)
