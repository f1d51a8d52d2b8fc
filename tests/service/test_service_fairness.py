"""`bakeoff run` over the fake engine: what its manifest says of the comparison, and what the terminal warns of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from runs_fakes import score_nothing, use_engine
from staleness_fakes import CONFIG_FILE, CORPUS, write, write_project

from corpora.errors import EngineUnavailableError, LeakageError, RunError, RunLockedError
from eval.run import RunFolder
from service import baking
from service.baking import report_run, run_project
from service.job_work import discard
from service.preparing import index_project, train_project
from service.project import open_project

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path, monkeypatch)
    monkeypatch.setenv("COLUMNS", "400")
    score_nothing(monkeypatch)


def run(root: Path, **changed: Any) -> RunFolder:
    """Prepares and runs the project with another configuration; the newest run."""
    write(root, {"bakeoff.yaml": CONFIG_FILE | changed})
    project = open_project(root / "bakeoff.yaml")
    index_project(project)
    train_project(project)
    before = set(project.runs.glob("*"))
    run_project(project, None)
    (path,) = set(project.runs.glob("*")) - before
    return RunFolder.open(path)


def test_a_run_of_which_every_question_failed_ends_with_an_error_and_has_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_engine(monkeypatch, tmp_path, fault="garbage")
    with pytest.raises(RunError, match=r"^Every question failed: .+ start a new run"):
        run(tmp_path)
    assert list(tmp_path.glob("runs/*/report.html"))


def test_a_run_goes_on_as_it_was_started(tmp_path: Path) -> None:
    config = tmp_path / "bakeoff.yaml"
    write(tmp_path, {"bakeoff.yaml": CONFIG_FILE})
    project = open_project(config, repeat=2)
    index_project(project)
    train_project(project)
    run_project(project, None)
    (run,) = project.runs.glob("*")
    again = open_project(config, resume=run.name)
    assert again.config == project.config != open_project(config).config
    run_project(again, run.name)
    assert RunFolder.open(run).manifest.resumed == 1


def test_a_run_that_goes_on_is_not_deleted_while_its_engine_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine may take minutes, as vLLM does."""
    begun = run(tmp_path)
    start = baking.open_workbench
    refused: list[str] = []

    def start_later(*args: Any) -> Any:
        with pytest.raises(RunLockedError) as raised:
            discard(begun.path)
        refused.append(raised.value.code)
        return start(*args)

    monkeypatch.setattr(baking, "open_workbench", start_later)
    run_project(open_project(tmp_path / "bakeoff.yaml", resume=begun.path.name), begun.path.name)
    assert refused == ["run-locked"]
    assert RunFolder.open(begun.path).questions == begun.questions


def test_a_run_that_stops_says_that_answers_are_kept_where_there_are_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = run(tmp_path)
    project = open_project(tmp_path / "bakeoff.yaml", resume=begun.path.name)

    async def stop(*_: Any) -> None:
        raise EngineUnavailableError("Nobody answers.", "Start it.")

    monkeypatch.setattr(baking, "bake", stop)
    for kept in (True, False):
        if not kept:
            (begun.path / "journal.jsonl").write_bytes(b"")
        capsys.readouterr()
        with pytest.raises(EngineUnavailableError):
            run_project(project, begun.path.name)
        said = capsys.readouterr().out
        assert f"Go on with: bakeoff run --config {project.path} --resume {begun.path.name}" in said
        assert ("What was asked is kept." in said) == kept


def test_real_pipelines_pass_every_check_that_can_be_made(tmp_path: Path) -> None:
    manifest = run(tmp_path, evaluation={"warmup": 1, "concurrency": 1}).manifest
    found = {check.subject: check.holds for check in manifest.fairness}
    told = ("base model", "decoding", "system", "warm-up")
    assert {subject: found[subject] for subject in told} == dict.fromkeys(told, True)
    assert found["order"] is None  # of five questions
    assert manifest.warnings == ()
    assert manifest.leakage is not None
    assert manifest.leakage.examples.compared == 10


def test_a_configuration_changed_after_its_test_results_were_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = run(tmp_path)
    pipelines = CONFIG_FILE["pipelines"] | {"rag": CONFIG_FILE["pipelines"]["rag"] | {"top_k": 1}}
    capsys.readouterr()
    second = run(tmp_path, pipelines=pipelines)
    (earlier,) = second.manifest.test_runs_before
    assert earlier.run_id == first.manifest.run_id
    assert earlier.changed == ("pipelines.rag.retrieval.options.top_k",)
    assert "The test questions were asked once before with other configurations" in capsys.readouterr().out
    report_run(second.path)
    assert "asked once before" in capsys.readouterr().out


def test_a_tone_that_tells_an_answer_stops_everything(tmp_path: Path) -> None:
    assert any(row["reference"] == "forty anchors" for row in CORPUS["questions.jsonl"])
    with pytest.raises(LeakageError, match="tells the answer to 1 question"):
        run(tmp_path, system="Remember the forty anchors, and be brief.")
