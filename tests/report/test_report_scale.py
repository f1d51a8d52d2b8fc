"""The benchmark of large reports asks what it says it asks, and says what did not hold."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from eval.run import RunFolder

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
QUESTIONS = 30


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module("report_scale")


@pytest.mark.slow
def test_every_question_is_asked_scored_and_reported(bench: Any, tmp_path: Path) -> None:
    measured = bench.bake(tmp_path, QUESTIONS)
    run = RunFolder.open(measured.page.parent)
    trials = run.trials()
    assert len(trials) == measured.trials == QUESTIONS * len(bench.KINDS)
    warmups = sum(each.asked for each in run.manifest.warmups.values())
    assert measured.asked == len(trials) + warmups
    assert len((run.path / "journal.jsonl").read_text().splitlines()) == 2 * len(trials)
    assert all(trial.scores and not trial.cached for trial in trials)
    assert {trial.failure.code for trial in trials if trial.failure} == {"engine-timeout"}
    assert any(trial.scores["recall_at_4"].value for trial in trials if trial.pipeline == "rag-k4")
    assert run.manifest.finished
    assert run.manifest.warnings == ()
    assert list(measured.stages.peaks) == ["opening", "asking", "scoring", "summing up", "reporting"]
    assert sorted(measured.stages.peaks.values()) == list(measured.stages.peaks.values())


def measured(bench: Any, questions: int, peak: float) -> Any:
    stages = bench.Stages(seconds={"opening": 1.0, "asking": 2.0}, peaks={"opening": 100.0, "asking": peak})
    return bench.Measured(questions, 4 * questions + 16, 4 * questions, stages, Path("report.html"), 1_000_000)


@pytest.mark.parametrize(
    ("peaks", "opening", "wrong"),
    [
        ((400.0, 600.0, 1000.0), 0.5, []),
        ((400.0, 600.0, 1000.0), 1.0, ["open took 1.00 s"]),
        ((400.0, 700.0, 1201.0), 0.5, ["5,000 questions took 1,201 MiB, and 1,200 are allowed"]),
        ((300.0, 400.0, 710.0), 0.5, ["memory grew from 68 to 106 KiB for a question"]),
    ],
)
def test_what_did_not_hold_is_said(bench: Any, peaks: tuple[float, ...], opening: float, wrong: list[str]) -> None:
    runs = [measured(bench, size, peak) for size, peak in zip((500, 2000, 5000), peaks, strict=True)]
    seconds = {"open": opening}
    assert bench.faults(runs, seconds) == wrong
    assert bench.table(runs, seconds).endswith(f"did not hold: {wrong[0]}.\n" if wrong else "All of it holds.\n")


def test_one_size_alone_has_no_slope(bench: Any) -> None:
    assert bench.faults([measured(bench, 500, 400.0)], {"open": 0.5}) == []
