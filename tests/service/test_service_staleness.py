"""`bakeoff staleness`, from the command line to its file, over the fake engine."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from staleness_fakes import CHANGES, CONFIG_FILE, CORPUS, TRAINING_SECONDS, bake, write, write_project

from corpora.errors import EngineError, RunStorageError
from eval.run import RunFolder
from eval.staleness import FILE, PipelineStaleness, Staleness
from eval.storage import Journal, read_model
from eval.trial import Trial
from pipelines.engines.fake import FakeEngine
from service.baking import opened
from service.cli import main
from service.project import open_project

pytestmark = pytest.mark.slow

Command = Callable[..., int]


@pytest.fixture
def bakeoff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, run in this process on a small project; gives the exit status."""
    write_project(tmp_path, monkeypatch)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["bakeoff", *map(str, arguments)])
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the engine was asked each question."""
    counted: Counter[str] = Counter()
    begin = FakeEngine.begin

    def count(engine: FakeEngine, messages: Any) -> Any:
        counted[messages[-1].text.rsplit("Question:", 1)[-1].strip()] += 1
        return begin(engine, messages)

    monkeypatch.setattr(FakeEngine, "begin", count)
    return counted


def result(run: RunFolder) -> dict[str, PipelineStaleness]:
    return {each.name: each for each in read_model(run.path / FILE, Staleness).pipelines}


def test_every_pipeline_is_asked_before_and_after_its_refresh(
    bakeoff: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run = bake()
    assert bakeoff("staleness", run.path, "--changes", "changes") == 0
    shown = capsys.readouterr().out
    assert "New answer, after" in shown
    assert "Questions: 1 with a new answer, 1 without one now, 1 new" in shown
    assert f"Report: {run.path / 'report.html'}\n" in shown
    found = result(run)
    rag, finetuned, bare = found["rag"], found["finetuned"], found["zero-shot"]
    assert rag.before.outcomes == {"ferry": "old", "museum": "old", "bell": "neither"}
    assert rag.after is not None
    assert rag.after.outcomes == {"ferry": "new", "museum": "new", "bell": "new"}
    assert finetuned.before.outcomes["ferry"] == "old"
    assert finetuned.after is not None
    assert finetuned.after.outcomes["ferry"] == "new"
    assert bare.after == bare.before
    assert bare.before.outcomes == {"ferry": "neither", "museum": "new", "bell": "neither"}

    assert rag.unchanged is not None
    assert (rag.unchanged.questions, rag.unchanged.broken.n, rag.unchanged.broken.mean) == (2, 2, 0.0)
    assert finetuned.unchanged is not None  # its example went
    assert finetuned.unchanged.broken_questions == ("captain",)

    assert rag.refresh is not None
    assert rag.refresh.training_seconds is None
    assert 0 < (rag.refresh.indexing_seconds or 0) < 30
    assert finetuned.refresh is not None
    assert (finetuned.refresh.seconds, finetuned.refresh.machine_cost) == (TRAINING_SECONDS, pytest.approx(0.12))
    assert bare.refresh is not None
    assert (bare.refresh.seconds, bare.refresh.cost) == (0.0, 0.0)


def test_after_a_run_of_several_repeats_each_is_asked_once(bakeoff: Command, asked: Counter[str]) -> None:
    write(Path(), {"bakeoff.yaml": CONFIG_FILE | {"evaluation": {"warmup": 0, "concurrency": 1, "repeat": 3}}})
    run = bake()
    asked.clear()
    assert bakeoff("staleness", run.path, "--changes", "changes") == 0
    # before the refresh by all three pipelines, after it by the two that are refreshed
    assert asked["The bell rings at what hour?"] == 5


def test_questions_without_evidence_are_on_the_nearest_document_before_a_change_and_after_it(bakeoff: Command) -> None:
    def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**each, "reference_contexts": []} for each in rows]

    write(Path("corpus"), {"questions.jsonl": bare(CORPUS["questions.jsonl"])})
    write(Path("changes"), {name: bare(CHANGES[name]) for name in ("changed.jsonl", "added.jsonl")})
    run = bake()
    nearest = {each.id: each.nearest_document for each in RunFolder.open(run.path).questions}
    assert nearest == {"ferry": "ferry", "captain": "ferry", "crane": "crane", "museum": "museum", "nobody": None}
    assert bakeoff("staleness", run.path, "--changes", "changes") == 0
    documents = read_model(run.path / FILE, Staleness).documents
    assert documents == {"ferry": "ferry", "museum": "museum", "bell": "bell"}


def price(writing: float | None) -> None:
    write(Path(), {"bakeoff.yaml": CONFIG_FILE | {"cost": {"machine_per_hour": 3.6, "writing_per_example": writing}}})


def drop_examples() -> None:
    for folder, name, content in (("corpus", "corpus.yaml", CORPUS), ("changes", "changes.yaml", CHANGES)):
        kept = {key: value for key, value in content[name].items() if key != "examples"}
        write(Path(folder), {name: kept})
    Path("corpus", "examples.jsonl").unlink()


@pytest.mark.parametrize(
    ("writing", "on_documents", "examples", "cost"),
    [(0.5, False, 1, 0.62), (None, False, 1, None), (None, True, 0, 0.12)],
)
def test_writing_is_paid_for_by_those_trained_on_examples(
    bakeoff: Command, writing: float | None, on_documents: bool, examples: int, cost: float | None
) -> None:
    """The change set tells one example otherwise, and drops one."""
    price(writing)
    if on_documents:
        drop_examples()
    run = bake()
    assert bakeoff("staleness", run.path, "--changes", "changes") == 0
    refreshes = {name: each.refresh for name, each in result(run).items() if each.refresh}
    tuned = refreshes.pop("finetuned")
    assert (tuned.examples, tuned.machine_cost) == (examples, pytest.approx(0.12))
    assert tuned.cost == (None if cost is None else pytest.approx(cost))
    assert {name: (each.examples, each.writing_cost) for name, each in refreshes.items()} == {
        "rag": (0, 0.0),
        "zero-shot": (0, 0.0),
    }
    assert all(each.cost is not None for each in refreshes.values())


@pytest.mark.parametrize(("shots", "written"), [(1, 0), (2, 1)])
def test_of_new_examples_a_prompt_needs_those_that_it_shows(bakeoff: Command, shots: int, written: int) -> None:
    """The change set tells two examples otherwise, one of which may be the second that is shown."""
    pipelines = CONFIG_FILE["pipelines"] | {"few": {"kind": "prompting", "shots": shots}}
    settings = {"cost": {"machine_per_hour": 3.6, "writing_per_example": 0.5}, "pipelines": pipelines, "run": ["few"]}
    write(Path(), {"bakeoff.yaml": CONFIG_FILE | settings})
    greetings = [{"prompt": f"Greet {who}.", "completion": f"Hello, {who}.", "fact": who} for who in ("Ida", "Olaf")]
    write(Path("corpus"), {"examples.jsonl": greetings + CORPUS["examples.jsonl"]})
    other = {"prompt": "Greet Olaf.", "completion": "Good evening, Olaf.", "fact": "Olaf"}
    write(Path("changes"), {"examples.jsonl": [*CHANGES["examples.jsonl"], other]})
    run = bake()
    assert run.manifest.pipelines["few"].preparation.training_examples == shots
    assert bakeoff("staleness", run.path, "--changes", "changes") == 0
    refresh = result(run)["few"].refresh
    assert refresh is not None
    assert (refresh.examples, refresh.cost) == (written, 0.5 * written)


def test_what_was_made_for_the_corpus_as_it_is_stays(bakeoff: Command, tmp_path: Path) -> None:
    run = bake()
    bakeoff("staleness", run.path, "--changes", "changes")
    project = open_project(Path("bakeoff.yaml"))

    async def answers_from() -> list[Any]:
        async with opened(project) as (_, pipelines):
            return [pipeline.fingerprint() for pipeline in pipelines.values()]

    before = [contestant.fingerprint for contestant in run.manifest.pipelines.values()]
    assert asyncio.run(answers_from()) == before
    assert len(list(project.home.adapters.iterdir())) == 2
    assert not list(project.home.root.glob(".changed-*"))
    assert bakeoff("staleness", run.path, "--changes", "changes") == 0


def test_without_training_a_tuned_model_is_measured_as_it_is(
    bakeoff: Command, asked: Counter[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run = bake()
    asked.clear()
    assert bakeoff("staleness", run.path, "--changes", "changes", "--no-train") == 0
    assert "finetuned was not refreshed: training was left out." in capsys.readouterr().out
    found = result(run)
    assert found["finetuned"].before.outcomes["ferry"] == "old"
    assert found["finetuned"].after is found["finetuned"].refresh is None
    assert found["rag"].after is not None
    # before: only the new question, the others are the run's; after: the three, and the two unchanged, of rag alone
    assert asked == {
        "The bell rings at what hour?": 3 + 1,
        "The ferry leaves at what time?": 1,
        "The museum shows what?": 1,
        "What is the captain called?": 1,
        "In which colour is the crane painted?": 1,
    }
    asked.clear()
    assert bakeoff("staleness", run.path, "--changes", "changes") == 0
    assert sum(asked.values()) == 5  # the newly trained one; nobody else is asked twice
    assert result(run)["finetuned"].after is not None


@pytest.mark.parametrize(
    ("fault", "status"), [(RunStorageError("The disk is full.", "Free some space."), 1), (KeyboardInterrupt(), 130)]
)
def test_an_interrupted_measurement_goes_on(
    fault: BaseException,
    status: int,
    bakeoff: Command,
    asked: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = bake()
    asked.clear()
    append, written = Journal.append, 0

    def interrupted(journal: Journal, trial: Trial) -> None:
        nonlocal written
        written += 1
        if written > 6:
            raise fault
        append(journal, trial)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", interrupted)
        assert bakeoff("staleness", run.path, "--changes", "changes") == status
    assert "What was asked is kept" in capsys.readouterr().out
    assert not (run.path / FILE).exists()
    assert bakeoff("staleness", run.path, "--changes", "changes") == 0
    assert sum(asked.values()) == 3 + 5 + 5 + 1  # the one that could not be written is asked again
    assert result(run)["rag"].after is not None


def test_what_failed_is_asked_again_by_the_same_command(
    bakeoff: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failure is broken by no refresh."""
    run = bake()

    def down(engine: FakeEngine, messages: Any) -> Any:
        raise EngineError("It broke off.", "Ask again.")

    with monkeypatch.context() as patch:
        patch.setattr(FakeEngine, "begin", down)
        assert bakeoff("staleness", run.path, "--changes", "changes") == 0
    assert " failed after the refresh: the same command asks again." in capsys.readouterr().out
    rag = result(run)["rag"]
    assert rag.unchanged is not None
    assert (rag.failed, rag.unchanged.failed, rag.unchanged.broken.n, rag.unchanged.broken_questions) == (5, 2, 0, ())
    assert bakeoff("staleness", run.path, "--changes", "changes") == 0
    assert "failed after the refresh" not in capsys.readouterr().out
    assert {name: each.failed for name, each in result(run).items()} == {"zero-shot": 0, "rag": 0, "finetuned": 0}
    rag = result(run)["rag"]
    assert rag.after is not None
    assert (rag.failed, rag.after.outcomes) == (0, {"ferry": "new", "museum": "new", "bell": "new"})


def spoil_corpus() -> None:
    write(Path("corpus"), {"documents/crane.md": "# Crane\n\nThe crane is painted green. It is tall.\n"})


def spoil_engine() -> None:
    path = Path("runs").glob("*/manifest.json").__next__()
    path.write_text(path.read_text().replace('"model": "models/base"', '"model": "another"'))


def spoil_configuration() -> None:
    path = Path("runs").glob("*/manifest.json").__next__()
    path.write_text(path.read_text().replace('"concurrency": 1', '"gone": 1'))


def leak() -> None:
    prompt = CORPUS["questions.jsonl"][0]["user_input"]
    write(Path("changes"), {"examples.jsonl": [CHANGES["examples.jsonl"][0] | {"prompt": prompt}]})


@pytest.mark.parametrize(
    ("spoil", "finish", "changes", "told"),
    [
        (lambda: None, False, "changes", "is not finished"),
        (lambda: None, True, "nowhere", "nowhere holds no changes.yaml"),
        (spoil_corpus, True, "changes", "is not as the run"),
        (spoil_engine, True, "changes", ", the engine changed."),
        (spoil_configuration, True, "changes", "is one of another version"),
        (leak, True, "changes", "repeats a question"),
    ],
)
def test_what_cannot_be_measured_is_told(
    bakeoff: Command,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[], None],
    finish: bool,
    changes: str,
    told: str,
) -> None:
    run = bake(finish)
    spoil()
    assert bakeoff("staleness", run.path, "--changes", changes) == 1
    assert told in capsys.readouterr().err
    assert not (run.path / FILE).exists()


def test_a_folder_that_is_no_run_is_told(bakeoff: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert bakeoff("staleness", "corpus", "--changes", "changes") == 1
    assert "holds no run" in capsys.readouterr().err
