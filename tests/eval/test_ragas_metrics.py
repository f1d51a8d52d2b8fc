"""The metrics as ragas metrics."""

from __future__ import annotations

from pathlib import Path

import pytest
from eval_fakes import Config, FakePipeline, new_run, passage, plain_scorers, question, reply, right, silent, trial
from langchain_core.embeddings import DeterministicFakeEmbedding

from eval.metrics.judge import JudgeOptions
from eval.metrics.registry import METRICS, available
from eval.options import EvaluationOptions
from eval.runner import run_bakeoff
from eval.scoring import score_trial

pytestmark = [
    pytest.mark.slow,  # importing ragas takes many seconds
    # with a judge it reads an id of its own, which it sends nowhere, and leaves the file to the garbage collector
    pytest.mark.filterwarnings("ignore:.*ragas/uuid.json:pytest.PytestUnraisableExceptionWarning"),
]

SHOWN = (passage("It was shown in 2019."),)
ANSWER = trial(answer=reply("It was shown, number 1", SHOWN))


async def test_ragas_tells_nobody() -> None:
    from ragas._analytics import do_not_track

    import eval.metrics.ragas_metrics  # noqa: F401

    assert do_not_track()


async def test_every_metric_is_there_and_a_ragas_metric() -> None:
    from ragas.metrics.collections import BaseMetric

    from eval.metrics.ragas_metrics import EmbeddingTable, open_metrics

    judge = JudgeOptions(base_url="http://127.0.0.1:9/v1", model="judge")
    table = EmbeddingTable(DeterministicFakeEmbedding(size=8))
    for table_or_none, judge_or_none in ((table, judge), (table, None), (None, judge), (None, None)):
        async with open_metrics(table_or_none, judge_or_none) as metrics:
            assert set(metrics) == set(available(table_or_none is not None, judge_or_none is not None))
            assert all(isinstance(metric, BaseMetric) for metric in metrics.values())
    assert set(METRICS) == set(available(similarity=True, judge=True))


async def test_they_score_as_the_pure_functions_do() -> None:
    from eval.metrics.ragas_metrics import open_metrics

    async with open_metrics() as metrics:
        theirs = await score_trial(question(1), ANSWER, metrics, 60)
    ours = await score_trial(question(1), ANSWER, plain_scorers(), 60)
    for name, score in ours.scores.items():
        if name != "rouge_l":  # for which the plain ones have F1
            assert theirs.scores[name] == score, name
    assert theirs.scores["k_precision_shown"].value == pytest.approx(3 / 5)
    assert theirs.scores["contains"].value == 1
    assert theirs.scores["exact_match"].value == 0


async def test_rouge_is_ragas_rouge_where_words_are_the_same() -> None:
    from ragas.metrics.collections import RougeScore

    from eval.metrics.lexical import rouge_l

    theirs = RougeScore()  # whose stemmer leaves these words as they are
    for reference, response in (
        ("red green blue", "blue green red"),
        ("gpu quota", "gpu quota on node 7"),
        ("red red green", "green red blue red red"),
        ("red", "blue"),
    ):
        found = await theirs.ascore(reference=reference, response=response)
        assert rouge_l(reference, response) == pytest.approx(found.value)


async def test_a_batch_goes_through_ragas_own_door() -> None:
    from eval.metrics.ragas_metrics import open_metrics

    async with open_metrics() as metrics:
        rows = [{"reference": "number 1", "response": text} for text in ("number 1", "no")]
        assert [found.value for found in await metrics["token_recall"].abatch_score(rows)] == [1, 0]


async def test_words_are_found_as_words() -> None:
    from eval.metrics.ragas_metrics import open_metrics

    async with open_metrics() as metrics:
        inside = await metrics["contains"].ascore(reference="ram", response="the program")
        word = await metrics["contains"].ascore(reference="RAM", response="It needs ram.")
    assert (inside.value, word.value) == (0, 1)


async def test_similarity_is_looked_up_in_what_was_embedded_in_batches() -> None:
    from eval.metrics.ragas_metrics import EmbeddingTable, open_metrics

    calls: list[int] = []

    class Counting(DeterministicFakeEmbedding):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            calls.append(len(texts))
            return super().embed_documents(texts)

    table = EmbeddingTable(Counting(size=8))
    table.add([f"text {n}" for n in range(100)] + ["text 1"])
    async with open_metrics(table) as metrics:
        same = await metrics["semantic_similarity"].ascore(reference="text 3", response="text 3")
        other = await metrics["semantic_similarity"].ascore(reference="text 3", response="text 4")
    assert calls == [64, 36]
    assert same.value == pytest.approx(1)
    assert other.value < 1


async def test_similarity_is_the_same_whatever_batch_a_text_was_embedded_in() -> None:
    """Models give some 1e-7 more or less in another batch, and a sign-flip test finds whatever has one sign."""
    from eval.metrics.ragas_metrics import EmbeddingTable, open_metrics

    class Noisy(DeterministicFakeEmbedding):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            noise = 1e-7 * len(texts)
            return [[value + noise for value in each] for each in super().embed_documents(texts)]

    found = []
    for others in (0, 40):
        table = EmbeddingTable(Noisy(size=8))
        table.add(["text 3", "text 4", *(f"another {n}" for n in range(others))])
        async with open_metrics(table) as metrics:
            found.append((await metrics["semantic_similarity"].ascore(reference="text 3", response="text 4")).value)
    assert found[0] == found[1]


async def test_a_whole_bakeoff_with_everything_but_a_judge(tmp_path: Path) -> None:
    questions = [question(n) for n in range(6)]
    rag = FakePipeline("rag", right, passages=SHOWN)
    run = new_run(tmp_path, questions, {"rag": rag}, Config(evaluation=EvaluationOptions(warmup=0, resamples=200)))
    with run.lock():
        summary = await run_bakeoff(run, {"rag": rag}, DeterministicFakeEmbedding(size=8), None, silent)
    assert set(summary.pipelines[0].metrics) == set(available(similarity=True, judge=False))
    assert summary.pipelines[0].metrics["semantic_similarity"].mean.mean == pytest.approx(1)
