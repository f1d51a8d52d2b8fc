"""Test results that were seen before the configuration was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from eval_fakes import Config, FakePipeline, manifest, new_run, question, trial

from eval.history import earlier_test_runs
from eval.identity import in_words
from eval.manifest import EarlierRun
from eval.options import EvaluationOptions
from eval.report.build import REPORT
from eval.run import RunFolder
from eval.storage import write_whole
from pipelines.contract import Pipeline
from pipelines.engines.base import Decoding
from pipelines.engines.embedded import EmbeddedOptions
from pipelines.engines.registry import ENGINES
from pipelines.engines.vllm_settings import VllmOptions

QUESTIONS = (question(1), question(2))


def pipelines(**versions: int) -> dict[str, Pipeline]:
    return {name: FakePipeline(name, str, version=version) for name, version in versions.items()}


def config(**options: Any) -> Config:
    return Config(evaluation=EvaluationOptions(**options))


def ran(runs: Path, given: dict[str, Pipeline], **options: Any) -> RunFolder:
    run = new_run(runs, QUESTIONS, given, config(**options))
    run.finish()
    return run


@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        ({"rag": 1}, {"rag": 2}, ("pipelines.rag.version",)),
        ({"rag": 1}, {"rag": 1}, None),
        ({"rag": 1, "bare": 1}, {"rag": 1}, None),
        ({"rag": 1}, {"rag": 1, "bare": 1}, ("pipelines.bare",)),
        ({"bare": 1}, {"rag": 1}, ("pipelines.rag",)),
    ],
)
def test_what_answers_depend_on_is_compared(
    tmp_path: Path, before: dict[str, int], now: dict[str, int], changed: tuple[str, ...] | None
) -> None:
    run = ran(tmp_path, pipelines(**before))
    found = earlier_test_runs(tmp_path, manifest(QUESTIONS, pipelines(**now)), QUESTIONS)
    assert found == ((EarlierRun(run_id=run.manifest.run_id, changed=changed),) if changed else ())


def test_only_runs_on_the_same_test_questions_count_that_asked_them(tmp_path: Path) -> None:
    now = manifest(QUESTIONS, pipelines(rag=2))
    new_run(tmp_path, QUESTIONS, pipelines(rag=1))
    ran(tmp_path, pipelines(rag=1), split="dev")
    other = new_run(tmp_path, (question(3),), pipelines(rag=1))
    other.finish()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{}")
    assert earlier_test_runs(tmp_path, now, QUESTIONS) == ()
    ran(tmp_path, pipelines(rag=1), seed=3)
    assert len(earlier_test_runs(tmp_path, now, QUESTIONS)) == 1
    assert earlier_test_runs(tmp_path / "nowhere", now, QUESTIONS) == ()


@pytest.mark.parametrize(
    ("scored", "torn", "seen"), [(False, False, False), (False, True, False), (True, False, True), (True, True, True)]
)
def test_an_unfinished_run_counts_once_an_answer_has_scores(
    tmp_path: Path, scored: bool, torn: bool, seen: bool
) -> None:
    run = new_run(tmp_path, QUESTIONS, pipelines(rag=1))
    answer = trial() if scored else trial(scores={})
    with run.lock(), run.journal() as journal:
        journal.append(answer)
    if torn:
        with (run.path / "journal.jsonl").open("a") as file:
            file.write('{"pipeline": "rag", "question_id": "q2", "scores"')
    found = earlier_test_runs(tmp_path, manifest(QUESTIONS, pipelines(rag=2)), QUESTIONS)
    assert [each.run_id for each in found] == ([run.manifest.run_id] if seen else [])
    assert earlier_test_runs(tmp_path, manifest(QUESTIONS, pipelines(rag=1)), QUESTIONS) == ()


@pytest.mark.parametrize("name", [REPORT, "report.json"])
def test_an_unfinished_run_counts_once_it_was_reported(tmp_path: Path, name: str) -> None:
    run = new_run(tmp_path, QUESTIONS, pipelines(rag=1))
    write_whole(run.path / name, "")
    assert len(earlier_test_runs(tmp_path, manifest(QUESTIONS, pipelines(rag=2)), QUESTIONS)) == 1


def test_a_run_that_is_taken_up_again_still_counts(tmp_path: Path) -> None:
    run = ran(tmp_path, pipelines(rag=1))
    with run.lock(), run.journal() as journal:
        journal.append(trial())
        run.resume(run.manifest)
    assert len(earlier_test_runs(tmp_path, manifest(QUESTIONS, pipelines(rag=2)), QUESTIONS)) == 1


def test_a_run_on_other_documents_counts_where_it_asked_the_same(tmp_path: Path) -> None:
    now = manifest(QUESTIONS, pipelines(rag=1))
    edited = ran(tmp_path, pipelines(rag=1))
    edited.manifest = edited.manifest.model_copy(update={"corpus_hash": "other"})
    edited.finish()
    (found,) = earlier_test_runs(tmp_path, now, QUESTIONS[1:])
    assert found.changed == ("corpus",)
    assert earlier_test_runs(tmp_path, now, [question(9)]) == ()


@pytest.mark.parametrize(("asked", "counts"), [(1, True), (2, True), (4, True), (5, False)])
def test_a_run_on_other_documents_counts_from_half_of_the_questions_on(
    tmp_path: Path, asked: int, counts: bool
) -> None:
    """It asked the first two."""
    edited = ran(tmp_path, pipelines(rag=1))
    edited.manifest = edited.manifest.model_copy(update={"corpus_hash": "other"})
    edited.finish()
    questions = [question(number) for number in range(1, asked + 1)]
    found = earlier_test_runs(tmp_path, manifest(questions, pipelines(rag=1)), questions)
    assert bool(found) == counts


def test_on_dev_one_may_look_as_often_as_one_likes(tmp_path: Path) -> None:
    ran(tmp_path, pipelines(rag=1))
    assert earlier_test_runs(tmp_path, manifest(QUESTIONS, pipelines(rag=2), config(split="dev")), QUESTIONS) == ()


def test_the_manifest_says_it_in_a_sentence() -> None:
    names = tuple(f"pipelines.rag.options.{each}" for each in "abcde")
    runs = (EarlierRun(run_id="r1", changed=names), EarlierRun(run_id="r2", changed=names[:1]))
    (warning,) = manifest(QUESTIONS, pipelines(rag=1)).model_copy(update={"test_runs_before": runs}).warnings
    assert "asked 2 times before" in warning
    assert "(r1: pipeline rag; r2: pipeline rag)" in warning
    assert in_words(("engine.content_hash", "engine.threads"), ()) == ["the base model's weights", "the engine"]
    many = tuple(EarlierRun(run_id=f"r{number}", changed=("engine.model",)) for number in range(7))
    (warning,) = manifest(QUESTIONS, pipelines(rag=1)).model_copy(update={"test_runs_before": many}).warnings
    assert "asked 7 times before" in warning
    assert "(the last 3: r4: the engine; r5: the engine; r6: the engine)" in warning


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (["engine.kind", "engine.dtype", "config.engines.local.model"], ["the engine"]),
        (["config.base_model", "config.corpus", "corpus"], ["the base model", "the corpus"]),
        (
            ["pipelines.rag.index", "pipelines.rag-1.5.index", "config.pipelines.rag.top_k"],
            ["pipeline rag", "pipeline rag-1.5"],
        ),
        (["pipelines.rag-1.5", "pipelines.rag.x"], ["pipeline rag-1.5", "pipeline rag"]),
        (["config.evaluation.seed", "config.cost"], ["evaluation.seed", "cost"]),
        ([], []),
    ],
)
def test_what_changed_is_named_as_people_know_it_and_once(changed: list[str], named: list[str]) -> None:
    assert in_words(changed, ["rag", "rag-1", "rag-1.5"]) == named


@pytest.mark.parametrize("options", [EmbeddedOptions(), VllmOptions()], ids=["embedded", "vllm"])
def test_other_weights_are_named_so_whatever_serves_them(
    tmp_path: Path, options: EmbeddedOptions | VllmOptions
) -> None:
    (tmp_path / "config.json").write_text('{"max_position_embeddings": 128}')
    before = ENGINES[options.kind](options, tmp_path, "tiny", Decoding()).fingerprint()
    (tmp_path / "model.safetensors").write_bytes(b"others")
    now = ENGINES[options.kind](options, tmp_path, "tiny", Decoding()).fingerprint()
    assert in_words([f"engine.{key}" for key in now if now[key] != before[key]], ()) == ["the base model's weights"]


def test_what_a_pipeline_repeats_of_the_engine_is_told_once() -> None:
    changed = ("engine.decoding.temperature", "pipelines.rag.engine.decoding.temperature", "pipelines.rag.top_k")
    assert in_words(changed, ["rag", "zero"]) == ["the decoding", "pipeline rag"]
    zero = "pipelines.zero.engine.decoding.temperature"
    assert in_words((changed[0], zero), ["rag", "zero"]) == ["the decoding"]
