"""The metrics as ragas metrics, and a judge that behaves and misbehaves on a loopback port."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import Config, FakePipeline, new_run, passage, plain_scorers, question, reply, silent, trial
from langchain_core.embeddings import DeterministicFakeEmbedding

from corpora.errors import ConfigError
from eval.metrics.judge import JudgeOptions, JudgeUsage
from eval.metrics.registry import METRICS, available
from eval.options import EvaluationOptions
from eval.runner import run_bakeoff
from eval.scoring import score_trial
from eval.trial import Trial

pytestmark = [
    pytest.mark.slow,  # importing ragas takes many seconds
    # with a judge it reads an id of its own, which it sends nowhere, and leaves the file to the garbage collector
    pytest.mark.filterwarnings("ignore:.*ragas/uuid.json:pytest.PytestUnraisableExceptionWarning"),
]

SHOWN = (passage("It was shown in 2019."),)
ANSWER = trial(answer=reply("It was shown, number 1", SHOWN))


class Judge(ThreadingHTTPServer):
    """An OpenAI-compatible endpoint that judges in one `manner`."""

    daemon_threads = True

    def __init__(self, manner: str) -> None:
        super().__init__(("127.0.0.1", 0), _Bench)
        self.manner = manner
        self.requests: list[dict[str, Any]] = []

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def verdict(self, request: dict[str, Any]) -> str:
        """What a good judge says: one of two claims is borne out, the answer half right."""
        text = json.dumps(request["messages"])
        if "classifications" in text:
            rows = [
                {"statement": "a", "reason": "b", "attributed": 1},
                {"statement": "c", "reason": "d", "attributed": 0},
            ]
            return json.dumps({"classifications": rows})
        if "rating" in text:
            return json.dumps({"rating": 2})
        if "verdict" in text:
            rows = [{"statement": name, "reason": "}", "verdict": int(name == "a")} for name in "ac"]
            return json.dumps({"statements": rows})
        return json.dumps({"statements": ["a", "c"]})


class _Bench(BaseHTTPRequestHandler):
    server: Judge

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        manner, first = self.server.manner, len(self.server.requests) == 1
        if manner == "hangs":
            time.sleep(3)
        refuses = manner == "plain" and "response_format" in request
        verdict = self.server.verdict(request)
        content = {
            "fenced": f"Here you are:\n```json\n{verdict}\n```\nAnything else?",
            "nonsense": "I think that it is rather good.",
            "mends": "Sure! {statements: " if first else verdict,
        }.get(manner, verdict)
        message = {"role": "assistant", "content": content}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        body = {"id": "1", "object": "chat.completion", "created": 0, "model": "judge", "choices": [choice]}
        if manner != "fenced":
            body["usage"] = {"prompt_tokens": 30, "completion_tokens": 5, "total_tokens": 35}
        status = 500 if manner == "breaks" else 400 if refuses else 200
        data = json.dumps(body if status == 200 else {"error": {"message": "no"}}).encode()
        with suppress(BrokenPipeError):  # who hangs is left
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Says nothing on standard error."""


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    server = Judge(request.param)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def judged(server: Judge, limit: float = 20) -> Trial:
    from eval.metrics.ragas_metrics import open_metrics

    options = JudgeOptions(base_url=server.base_url, model="judge", timeout=limit, max_tokens=777)
    async with open_metrics(None, options) as metrics:
        return await score_trial(question(1), ANSWER, metrics, limit)


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


@pytest.mark.parametrize("judge", ["good", "fenced", "mends", "plain"], indirect=True)
async def test_a_judge_is_understood(judge: Judge) -> None:
    done = await judged(judge)
    found = {name: score for name, score in done.scores.items() if METRICS[name].judged}
    assert {name: (score.value, score.status) for name, score in found.items()} == dict.fromkeys(found, (0.5, "scored"))
    assert len(found) == 4
    shapes = [each["response_format"]["type"] for each in judge.requests if "response_format" in each]
    assert set(shapes) == {"json_schema"}
    assert {(each["max_tokens"], each["top_p"], each["temperature"]) for each in judge.requests} == {(777, 1.0, 0.0)}
    refused = sum("response_format" in each for each in judge.requests) if judge.manner == "plain" else 0
    calls = len(judge.requests) - refused  # a refused request is not paid for, one that had to be mended is
    uncounted = judge.manner == "fenced"
    assert done.judge == JudgeUsage(
        calls=calls,
        unreported=calls * uncounted,
        prompt_tokens=30 * calls * (not uncounted),
        completion_tokens=5 * calls * (not uncounted),
    )


NO_JSON = "the judge's answer is not the JSON that was asked for: 1 validation error for "


@pytest.mark.parametrize(
    ("judge", "why"), [("nonsense", NO_JSON), ("breaks", ""), ("hangs", "took more than 1 s")], indirect=["judge"]
)
async def test_a_judge_that_does_not_answer_fails_its_own_metrics_only(judge: Judge, why: str) -> None:
    limit = 1.0
    started = time.perf_counter()
    done = await judged(judge, limit)
    reasons = []
    for name, score in done.scores.items():
        if METRICS[name].judged:
            assert (score.value, score.status) == (None, "failed")
            reasons.append(score.reason or "")
        else:
            assert score.status == "scored"
    assert all(reasons)
    assert any(each.startswith(why) for each in reasons)
    assert not any("Instructor" in each or "\n" in each for each in reasons)
    assert time.perf_counter() - started < 4 * limit + 5
    if judge.manner == "hangs":  # each of its metrics was given up
        assert done.judge is not None
        assert done.judge.unreported == done.judge.calls == 4


@pytest.mark.usefixtures("dead_proxy")
@pytest.mark.parametrize("judge", ["good"], indirect=True)
async def test_a_judge_on_this_machine_is_asked_past_the_environments_proxies(judge: Judge) -> None:
    await judged(judge)
    assert judge.requests


async def test_a_judge_without_its_key_says_which_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    from eval.metrics.ragas_metrics import open_metrics

    monkeypatch.delenv("JUDGE_KEY", raising=False)
    options = JudgeOptions(base_url="http://127.0.0.1:9/v1", model="judge", api_key_env="JUDGE_KEY")
    with pytest.raises(ConfigError, match="JUDGE_KEY is not set"):
        async with open_metrics(None, options):
            pass


async def test_a_whole_bakeoff_with_everything_but_a_judge(tmp_path: Path) -> None:
    questions = [question(n) for n in range(6)]
    rag = FakePipeline("rag", lambda text: text.removeprefix("What is ").removesuffix("?"), passages=SHOWN)
    run = new_run(tmp_path, questions, {"rag": rag}, Config(evaluation=EvaluationOptions(warmup=0, resamples=200)))
    with run.lock():
        summary = await run_bakeoff(run, {"rag": rag}, DeterministicFakeEmbedding(size=8), None, silent)
    assert set(summary.pipelines[0].metrics) == set(available(similarity=True, judge=False))
    assert summary.pipelines[0].metrics["semantic_similarity"].mean.mean == pytest.approx(1)
