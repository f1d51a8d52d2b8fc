"""A run's folder: made, locked, read again, and resumed only as what it was."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from eval_fakes import Config, FakePipeline, manifest, new_run, question, trial

from corpora.errors import RunError, RunLockedError, RunStorageError
from eval.options import EvaluationOptions
from eval.run import RunFolder

QUESTIONS = (question(1), question(2))
PIPELINES = {"rag": FakePipeline("rag", str)}


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = new_run(tmp_path / "runs", QUESTIONS, PIPELINES)
    again = RunFolder.open(run.path)
    assert again.manifest == run.manifest
    assert again.questions == QUESTIONS
    assert again.trials() == ()
    assert again.manifest.run_id == run.path.name
    assert again.manifest.machine.cores >= 1
    assert again.manifest.versions["ragas"] != "not installed"


def test_two_runs_begun_in_one_second_are_two(tmp_path: Path) -> None:
    first = manifest(QUESTIONS, PIPELINES)
    runs = {RunFolder.create(tmp_path, first, QUESTIONS).path for _ in range(3)}
    assert len(runs) == 3
    assert {RunFolder.open(path).manifest.run_id for path in runs} == {path.name for path in runs}


def test_a_run_needs_questions(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"no questions in the split 'test'.*evaluation\.split"):
        new_run(tmp_path, (), PIPELINES)


def test_a_second_one_in_the_folder_is_told_who_works_there(tmp_path: Path) -> None:
    run = new_run(tmp_path, QUESTIONS, PIPELINES)
    code = textwrap.dedent("""
        import sys
        from pathlib import Path
        from eval.run import RunFolder
        with RunFolder.open(Path(sys.argv[1])).lock():
            print("locked", flush=True)
            sys.stdin.read()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(run.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(RunLockedError, match=rf"process {other.pid} on "), run.lock():
            pass
        other.kill()
        other.wait()
    with run.lock():  # a killed process holds nothing
        pass


def test_the_lock_is_for_one_in_the_same_process_too(tmp_path: Path) -> None:
    run = new_run(tmp_path, QUESTIONS, PIPELINES)
    with run.lock(), pytest.raises(RunLockedError), RunFolder.open(run.path).lock():
        pass
    with run.lock():
        pass


def test_an_unchanged_bakeoff_resumes(tmp_path: Path) -> None:
    run = new_run(tmp_path, QUESTIONS, PIPELINES)
    run.finish()
    run.resume(manifest(QUESTIONS, PIPELINES))
    again = RunFolder.open(run.path).manifest
    assert (again.resumed, again.finished) == (1, None)


def test_a_changed_bakeoff_does_not_resume_and_says_what_changed(tmp_path: Path) -> None:
    run = new_run(tmp_path, QUESTIONS, PIPELINES)
    other = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, seed=1))
    with pytest.raises(RunError, match=r"resumed: evaluation\.seed changed"):
        run.resume(manifest(QUESTIONS, PIPELINES, other))
    with pytest.raises(RunError, match=r"the corpus changed"):
        run.resume(manifest((question(3),), PIPELINES))
    with pytest.raises(RunError, match=r"resumed: pipeline rag changed"):
        run.resume(manifest(QUESTIONS, {"rag": FakePipeline("rag", str, version=2)}))
    with pytest.raises(RunError, match=r"resumed: pipeline zero changed"):
        run.resume(manifest(QUESTIONS, PIPELINES | {"zero": FakePipeline("zero", str)}))
    assert RunFolder.open(run.path).manifest.resumed == 0


def test_a_folder_without_a_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunStorageError, match="holds no run"):
        RunFolder.open(tmp_path)


def test_a_run_of_which_only_the_manifest_is_left_was_deleted(tmp_path: Path) -> None:
    run = new_run(tmp_path, QUESTIONS, PIPELINES)
    (run.path / "questions.jsonl").unlink()
    (run.path / "journal.jsonl").touch()
    with pytest.raises(RunStorageError, match=r"has lost its questions\.jsonl") as raised:
        RunFolder.open(run.path)
    assert raised.value.remedy == "Restore questions.jsonl from a copy."
    (run.path / "journal.jsonl").unlink()
    with pytest.raises(RunStorageError, match="was deleted") as raised:
        RunFolder.open(run.path)
    assert raised.value.remedy == "Begin a new run."


def test_a_run_that_lost_its_documents_has_them_restored(tmp_path: Path) -> None:
    run = new_run(tmp_path, QUESTIONS, PIPELINES)
    (run.path / "documents.jsonl").unlink()
    with pytest.raises(RunStorageError, match=r"has lost its documents\.jsonl") as raised:
        RunFolder.open(run.path)
    assert raised.value.remedy == "Restore documents.jsonl from a copy."


def test_a_file_in_the_place_of_all_runs_is_to_be_moved_away(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    with pytest.raises(RunStorageError) as raised:
        new_run(tmp_path / "runs", QUESTIONS, PIPELINES)
    said = f"Move {tmp_path / 'runs'} away, which is a file where a folder is expected, then try again."
    assert raised.value.remedy == said


def test_a_folder_in_the_place_of_a_runs_file_is_to_be_moved_away(tmp_path: Path) -> None:
    run = new_run(tmp_path, QUESTIONS, PIPELINES)
    (run.path / "questions.jsonl").unlink()
    (run.path / "questions.jsonl").mkdir()
    with pytest.raises(RunStorageError, match=r"questions\.jsonl away, which is a folder where a file is expected"):
        RunFolder.open(run.path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"{}"])
def test_a_broken_manifest_is_said(tmp_path: Path, content: bytes) -> None:
    run = new_run(tmp_path, QUESTIONS, PIPELINES)
    (run.path / "manifest.json").write_bytes(content)
    with pytest.raises(RunStorageError, match=r"manifest\.json is broken"):
        RunFolder.open(run.path)


def test_trials_come_in_the_order_of_pipelines_and_questions(tmp_path: Path) -> None:
    run = new_run(tmp_path, QUESTIONS, PIPELINES | {"zero": FakePipeline("zero", str)})
    with run.journal() as journal:
        for name, number in (("zero", 2), ("rag", 2), ("zero", 1), ("rag", 1)):
            journal.append(trial(name, f"q{number}"))
    assert [(each.pipeline, each.question_id) for each in run.trials()] == [
        ("rag", "q1"),
        ("rag", "q2"),
        ("zero", "q1"),
        ("zero", "q2"),
    ]
