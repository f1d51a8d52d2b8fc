"""Whole bake-offs with fake pipelines."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import (
    TWELVE,
    Config,
    FakePipeline,
    bake,
    new_run,
    passage,
    question,
    right,
    silent,
    without_ragas,
)

from corpora.errors import ConfigError, EngineError, IndexMissingError
from eval.answers import AnswerCache
from eval.metrics.judge import JudgeOptions
from eval.options import EvaluationOptions
from eval.run import RunFolder
from eval.runner import score_anew
from eval.summary import summarise_run
from eval.trial import Score
from pipelines.clock import MachineTime
from pipelines.contract import Event


@pytest.fixture(autouse=True)
def _without_ragas(monkeypatch: pytest.MonkeyPatch) -> None:
    without_ragas(monkeypatch)


def broken(text: str) -> str:
    raise EngineError("It is broken.", "Mend it.")


async def test_every_question_goes_through_every_pipeline_once(tmp_path: Path) -> None:
    good, bad = FakePipeline("good", right), FakePipeline("bad", lambda text: "nonsense")
    run = new_run(tmp_path, TWELVE, {"good": good, "bad": bad})
    summary = await bake(run, good, bad)
    assert sorted(good.asked) == sorted(bad.asked) == sorted(each.user_input for each in TWELVE)
    assert good.asked != [each.user_input for each in TWELVE]  # shuffled,
    assert good.asked != bad.asked  # for each pipeline anew
    assert {each.name: each.metrics["correctness"].mean.mean for each in summary.pipelines} == {"good": 1, "bad": 0}
    assert summary.verdict.leaders == ("good",)
    assert summary.missing == 0
    assert RunFolder.open(run.path).manifest.finished is not None
    assert {path.name for path in run.path.iterdir()} >= {"report.json", "trials.jsonl", "trials.csv", "summary.md"}


async def test_no_more_at_once_than_allowed(tmp_path: Path) -> None:
    slow = FakePipeline("slow", right, delay=0.01)
    config = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, concurrency=3))
    await bake(new_run(tmp_path, TWELVE, {"slow": slow}, config), slow)
    assert slow.most_running == 3


@pytest.mark.parametrize(("concurrency", "turns"), [(6, ["a", "b", "c", "b", "a"]), (7, ["a", "b", "c"])])
async def test_halves_come_in_opposite_orders_where_they_load_the_machine(
    tmp_path: Path, concurrency: int, turns: list[str]
) -> None:
    """So that a machine that steadily becomes slower is so for all of them alike."""
    config = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, concurrency=concurrency))
    pipelines = [FakePipeline(name, right) for name in ("a", "b", "c")]
    run = new_run(tmp_path, TWELVE, {each.name: each for each in pipelines}, config)
    await bake(run, *pipelines)
    with run.journal() as journal:
        asked = [name for name, _, _ in journal.trials]  # as they came
    assert [name for name, _ in groupby(asked)] == turns
    assert Counter(asked) == {"a": 12, "b": 12, "c": 12}


async def test_warm_up_is_asked_apart_and_not_recorded(tmp_path: Path) -> None:
    one = FakePipeline("one", right)
    run = new_run(tmp_path, TWELVE, {"one": one}, Config(evaluation=EvaluationOptions(warmup=2, resamples=200)))
    await bake(run, one)
    assert len(one.asked) == len(TWELVE) + 2
    assert not {each.user_input for each in TWELVE} & set(one.asked[:2])
    assert len(run.trials()) == len(TWELVE)


async def test_a_pipeline_that_fails_every_time_is_counted_and_stops_nobody(tmp_path: Path) -> None:
    bad, good = FakePipeline("bad", broken), FakePipeline("good", right)
    run = new_run(tmp_path, TWELVE, {"bad": bad, "good": good})
    summary = await bake(run, bad, good)
    failed, fine = summary.pipelines
    assert (failed.failed, failed.answered, fine.answered) == (12, 0, 12)
    recall = failed.metrics["correctness"]
    assert (recall.mean.mean, recall.mean.n, recall.failed) == (0, 12, 12)
    assert failed.metrics["k_precision_gold"].mean.mean is None
    assert failed.latency.n == 0
    assert summary.verdict.leaders == ("good",)
    assert all(each.failure is not None and each.failure.code == "engine-error" for each in run.trials()[:12])


async def test_an_engine_that_hangs_fails_the_question_and_not_the_run(tmp_path: Path) -> None:
    hanging = FakePipeline("hanging", right, delay=60)
    config = Config(evaluation=EvaluationOptions(warmup=1, resamples=200, timeout=0.05))
    run = new_run(tmp_path, TWELVE[:2], {"hanging": hanging}, config)
    await bake(run, hanging)
    assert {each.failure.code for each in run.trials() if each.failure} == {"engine-timeout"}


async def test_a_pipeline_that_is_not_ready_stops_the_run_before_anything_is_asked(tmp_path: Path) -> None:
    class Unready(FakePipeline):
        async def check(self) -> None:
            raise IndexMissingError("There is no index.", "Make it: bakeoff index.")

    one, unready = FakePipeline("one", right), Unready("unready", right)
    with pytest.raises(IndexMissingError):
        await bake(new_run(tmp_path, TWELVE, {"one": one, "unready": unready}), one, unready)
    assert one.asked == []


async def test_a_finished_run_is_summed_up_again_without_asking_or_scoring(tmp_path: Path) -> None:
    one = FakePipeline("one", right)
    run = new_run(tmp_path, TWELVE, {"one": one})
    first = await bake(run, one)
    journal = (run.path / "journal.jsonl").read_bytes()
    assert await bake(run, one) == first
    assert len(one.asked) == 12
    assert (run.path / "journal.jsonl").read_bytes() == journal


async def test_scores_that_an_older_version_did_not_know_are_added_and_nobody_is_asked(tmp_path: Path) -> None:
    one = FakePipeline("one", right)
    run = new_run(tmp_path, TWELVE, {"one": one})
    before = await bake(run, one)
    kept = Score(value=0.25, status="scored")
    with run.journal() as journal:
        for trial in run.trials():
            known = {name: score for name, score in trial.scores.items() if name != "correctness"}
            journal.append(trial.model_copy(update={"scores": known | {"judged_accuracy": kept, "token_f1": kept}}))
    assert "correctness" not in summarise_run(run).pipelines[0].metrics
    with run.lock():
        await score_anew(run, silent)
    (after,) = summarise_run(run).pipelines
    assert after.metrics["correctness"] == before.pipelines[0].metrics["correctness"]
    assert after.metrics["judged_accuracy"].mean.mean == after.metrics["token_f1"].mean.mean == 0.25
    assert len(one.asked) == 12


async def test_answers_of_an_earlier_run_are_marked_and_keep_their_time(tmp_path: Path) -> None:
    first, second, changed = (FakePipeline("one", right, version=version) for version in (1, 1, 2))
    config = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, reuse_answers=True))
    with AnswerCache(tmp_path / "answers.sqlite") as answers:
        run = new_run(tmp_path, TWELVE, {"one": first}, config)
        before = await bake(run, first, answers=answers)
        again = new_run(tmp_path, TWELVE, {"one": second}, config)
        after = await bake(again, second, answers=answers)
        other = new_run(tmp_path, TWELVE, {"one": changed}, config)
        await bake(other, changed, answers=answers)
    assert (len(second.asked), len(changed.asked)) == (0, 12)
    assert (before.pipelines[0].cached, after.pipelines[0].cached) == (0, 12)
    assert (before.pipelines[0].latency.n, after.pipelines[0].latency.n) == (12, 0)
    times = [[each.answer.timing for each in each_run.trials() if each.answer] for each_run in (run, again)]
    assert times[0] == times[1]
    assert [each.machine_seconds for each in run.trials()] == [each.machine_seconds for each in again.trials()]


async def test_reuse_can_be_switched_off(tmp_path: Path) -> None:
    one = FakePipeline("one", right)
    config = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, reuse_answers=False))
    with AnswerCache(tmp_path / "answers.sqlite") as answers:
        for _ in range(2):
            await bake(new_run(tmp_path, TWELVE, {"one": one}, config), one, answers=answers)
    assert len(one.asked) == 24


async def test_only_unanswerable_questions(tmp_path: Path) -> None:
    wise, liar = FakePipeline("wise", lambda text: "I don't know."), FakePipeline("liar", right)
    run = new_run(tmp_path, [question(n, answerable=False) for n in range(10)], {"wise": wise, "liar": liar})
    summary = await bake(run, wise, liar)
    assert "correctness" not in summary.pipelines[0].metrics
    assert summary.pipelines[0].abstention.right_refusals.mean == 1
    assert summary.pipelines[1].abstention.made_up.mean == 1
    assert summary.pipelines[0].abstention.wrong_refusals.mean is None
    assert summary.verdict.leaders == ()
    assert "wise 100" in summary.verdict.headline


@pytest.mark.parametrize("number", [1, 2])
async def test_too_few_questions_to_say_anything(tmp_path: Path, number: int) -> None:
    good, bad = FakePipeline("good", right), FakePipeline("bad", lambda text: "no")
    run = new_run(tmp_path, TWELVE[:number], {"good": good, "bad": bad})
    summary = await bake(run, good, bad)
    assert not summary.verdict.clear
    assert "cannot tell" in summary.verdict.headline


async def test_retrieval_is_summed_up_for_those_that_retrieve(tmp_path: Path) -> None:
    rag = FakePipeline("rag", right, passages=(passage("It was shown in 2019."),))
    plain = FakePipeline("plain", lambda text: broken(text) if "3" in text else right(text))
    run = new_run(tmp_path, TWELVE, {"rag": rag, "plain": plain})
    summary = await bake(run, rag, plain)
    assert summary.pipelines[0].metrics["recall_at_4"].mean.mean == 1
    assert "recall_at_4" not in summary.pipelines[1].metrics
    assert "k_precision_shown" not in summary.pipelines[1].metrics


class Rarely(FakePipeline):
    """Retrieves, and finds something for one question of three."""

    def fingerprint(self) -> dict[str, Any]:
        return {**super().fingerprint(), "retrieval": {"top_k": 4}}

    async def stream(self, question: str) -> AsyncGenerator[Event, None]:
        self.passages = (passage("It was shown in 2019."),) if len(self.asked) % 3 == 0 else ()
        async for event in super().stream(question):
            yield event


async def test_questions_for_which_nothing_was_found_are_in_the_recall(tmp_path: Path) -> None:
    rag, plain = Rarely("rag", right), FakePipeline("plain", right)
    config = Config(evaluation=EvaluationOptions(warmup=0, resamples=200, concurrency=1))
    summary = await bake(new_run(tmp_path, TWELVE, {"rag": rag, "plain": plain}, config), rag, plain)
    recall = summary.pipelines[0].metrics["recall_at_4"]
    assert (recall.mean.mean, recall.mean.n, recall.skipped) == (pytest.approx(1 / 3), 12, 0)
    assert "recall_at_4" not in summary.pipelines[1].metrics


async def test_machine_time_adds_up_to_the_time_that_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("pipelines.clock.time.perf_counter", lambda: now)
    machine = MachineTime()
    now = 5.0  # nobody is in flight
    a = machine.begin()
    now = 7.0  # a alone
    b = machine.begin()
    now = 11.0  # both
    assert machine.end(a) == pytest.approx(2 + 2)
    now = 12.0  # b alone
    assert machine.end(b) == pytest.approx(2 + 1)


async def test_a_judge_whose_key_is_missing_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOBODYS_KEY", raising=False)
    judge = JudgeOptions(base_url="http://127.0.0.1:9/v1", model="judge", api_key_env="NOBODYS_KEY")
    one = FakePipeline("one", right)
    run = new_run(tmp_path, TWELVE, {"one": one}, Config(evaluation=EvaluationOptions(resamples=200, judge=judge)))
    with pytest.raises(ConfigError, match="NOBODYS_KEY is not set"):
        await bake(run, one)
    assert one.asked == []
