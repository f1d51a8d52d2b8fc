"""A pipeline is not called different from itself, and what the bake-off says it can show, it finds."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from eval_fakes import Config, FakePipeline, new_run, question, trial

from eval.metrics.registry import CORRECTNESS
from eval.options import EvaluationOptions
from eval.statistics import Confidence
from eval.trial import Score

QUICK = Confidence(resamples=300)
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("a_against_a")


@pytest.mark.slow
@pytest.mark.parametrize("again", ["asked", "made"])
def test_a_against_a_and_a_planted_difference(bench: Any, again: str) -> None:
    judged = bench.judge(bench.Simulated("0 or 1", 80, 0.3, again), 2, 200, QUICK)
    assert judged.different.n == 200
    assert judged.different.low <= 0.05  # a test that keeps to 5 % exactly is above it in half of all samples
    assert judged.found.mean >= 0.8
    assert 0.1 < judged.planted < 0.4


def test_it_is_called_different_when_it_is_made_much_better(bench: Any) -> None:
    population, rng = bench.Simulated("continuous", 40, 0.0), np.random.default_rng(0)
    assert all(bench.finds(population, 2, 1.0, QUICK, rng) for _ in range(5))
    assert not any(bench.finds(population, 2, 0.0, QUICK, rng) for _ in range(5))


def test_a_run_with_repeats_is_drawn_by_document_without_using_one_answer_twice(bench: Any, tmp_path: Path) -> None:
    questions = [question(n) for n in range(30)]
    config = Config(evaluation=EvaluationOptions(repeat=2))
    run = new_run(tmp_path, questions, {"rag": FakePipeline("rag", str)}, config)
    with run.journal() as journal:
        for number, asked in enumerate(questions):
            for repeat in range(2):
                score = Score(value=number / 100 + repeat / 2, status="scored")
                journal.append(trial("rag", asked.id, repeat=repeat, scores={CORRECTNESS: score}))
    rows, documents = bench.FromRun(run, "rag", 0.3).draw(np.random.default_rng(0), 2)
    assert rows.shape == (2, 30)
    assert len(set(documents)) == 30
    assert np.allclose(abs(rows[0] - rows[1]), 0.5)
    assert 0 < np.mean(rows[0] > rows[1]) < 1
