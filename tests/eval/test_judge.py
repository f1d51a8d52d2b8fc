"""A judge that behaves and misbehaves on a loopback port, and what its metrics say of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from eval_fakes import passage, question, reply, trial

from corpora.errors import ConfigError
from eval.metrics.giving_up import GIVE_UP, giving_up
from eval.metrics.judge import JudgeOptions, JudgeUsage
from eval.metrics.registry import METRICS
from eval.scoring import score_trial
from eval.trial import Trial

pytestmark = [
    pytest.mark.slow,  # importing ragas takes many seconds
    # with a judge it reads an id of its own, which it sends nowhere, and leaves the file to the garbage collector
    pytest.mark.filterwarnings("ignore:.*ragas/uuid.json:pytest.PytestUnraisableExceptionWarning"),
]

ANSWER = trial(answer=reply("It was shown, number 1", (passage("It was shown in 2019."),)))
REFUSAL = json.dumps({"error": {"message": "as the server\nhas it", "type": "x", "param": None, "code": None}})
WRONG = {
    **{str(status): (status, REFUSAL) for status in (400, 401, 404, 429, 500)},
    "500 without a word": (500, ""),
    "a page": (200, "<html>\n Welcome to nginx </html>"),
    "half an object": (200, '{"choices": '),
    "an error that is a success": (200, REFUSAL),
    "no choices": (200, '{"id": "1", "choices": []}'),
    "a choice without a message": (200, '{"id": "1", "choices": [{"index": 0}]}'),
}
"""By the manner of a judge: the status and the body of all that it answers."""

NO_COMPLETION = "the judge sent what is not a chat completion"
NO_JSON = "the judge's answer is not the JSON that was asked for: 1 validation error for "


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
        if manner == "hangs" or (manner == "refuses, then hangs" and not first):
            time.sleep(3)
        refuses = manner == "plain" and "response_format" in request
        verdict = self.server.verdict(request)
        content = {
            "fenced": f"Here you are:\n```json\n{verdict}\n```\nAnything else?",
            "nonsense": "I think that it is rather good.",
            "says nothing": "",
            "declines": None,
            "refuses, then counts to three": '{"rating": 3}',
            "mends": "Sure! {statements: " if first else verdict,
        }.get(manner, verdict)
        message = {"role": "assistant", "content": content, "refusal": "I had rather not." if content is None else None}
        choice = {"index": 0, "message": message, "finish_reason": "length" if manner == "is cut off" else "stop"}
        body = {"id": "1", "object": "chat.completion", "created": 0, "model": "judge", "choices": [choice]}
        if manner != "fenced":
            body["usage"] = {"prompt_tokens": 30, "completion_tokens": 5, "total_tokens": 35}
        status, data = WRONG.get(manner, (200, json.dumps(body)))
        if refuses:
            status, data = 400, REFUSAL
        elif first and manner.startswith("refuses, then"):
            status, data = 401, REFUSAL
        with suppress(BrokenPipeError):  # who hangs is left
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if data.startswith("<") else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("retry-after-ms", "1")  # else the client's pauses would make these tests slow
            self.end_headers()
            self.wfile.write(data.encode())

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


@pytest.mark.parametrize(
    ("judge", "why"),
    [
        ("401", "the judge refused our key (401): as the server has it"),
        ("404", "the judge is not known by that name or address (404): as the server has it"),
        ("429", "the judge takes no more just now (429): as the server has it"),
        ("400", "the judge refused the request (400): as the server has it"),
        ("500", "the judge failed (500): as the server has it"),
        ("500 without a word", "the judge failed (500): Error code: 500"),
        ("a page", f"{NO_COMPLETION}: <html> Welcome to nginx </html>"),
        ("half an object", f"{NO_COMPLETION}: Expecting value"),
        ("an error that is a success", f"{NO_COMPLETION}: as the server has it"),
        ("no choices", f"{NO_COMPLETION}: ChatCompletion(id='1', choices=[]"),
        ("a choice without a message", f"{NO_COMPLETION}: "),
        ("is cut off", "the judge failed: The output is incomplete due to a max_tokens length limit."),
        ("says nothing", NO_JSON),
        ("nonsense", NO_JSON),
        ("declines", NO_JSON),
    ],
    indirect=["judge"],
)
async def test_each_metric_says_why_its_judge_failed(judge: Judge, why: str) -> None:
    done = await judged(judge)
    reasons = {}
    for name, score in done.scores.items():
        assert (score.value is None, score.status) == ((True, "failed") if METRICS[name].judged else (False, "scored"))
        if METRICS[name].judged:
            reasons[name] = score.reason or ""
    assert len(reasons) == 4
    for reason in reasons.values():
        assert reason.startswith(why)
        assert ("I had rather not." in reason) == (judge.manner == "declines")
        assert "\n" not in reason


@pytest.mark.parametrize(
    ("judge", "why"),
    [
        ("hangs", "took more than 1 s"),
        ("refuses, then hangs", "took more than 1 s; the judge refused our key (401): as the server has it"),
        ("refuses, then counts to three", "the metric gave no number"),  # of 0, 2 and 4; it was not the key
    ],
    indirect=["judge"],
)
async def test_a_judge_that_fails_in_another_way_than_at_first(judge: Judge, why: str) -> None:
    limit = 1.0
    started = time.perf_counter()
    done = await judged(judge, limit)
    assert done.scores["judged_accuracy"].reason == why
    assert time.perf_counter() - started < 4 * limit + 5
    if judge.manner == "hangs":  # each of its metrics was given up
        assert done.judge is not None
        assert done.judge.unreported == done.judge.calls == 4


@pytest.mark.parametrize("judge", ["401", "a page"], indirect=True)
async def test_a_judge_that_keeps_failing_is_given_up(judge: Judge) -> None:
    from eval.metrics.ragas_metrics import open_metrics

    async with open_metrics(None, JudgeOptions(base_url=judge.base_url, model="judge")) as metrics:
        patient = giving_up({name: metric for name, metric in metrics.items() if METRICS[name].judged})
        for _ in range(GIVE_UP // len(patient)):
            last = await score_trial(question(1), ANSWER, patient, 20)
        asked = len(judge.requests)
        after = await score_trial(question(1), ANSWER, patient, 20)
    assert len(judge.requests) == asked
    assert not any("not asked" in (score.reason or "") for score in last.scores.values())
    reasons = {after.scores[name].reason for name in patient}
    assert reasons == {f"not asked: the judge failed {GIVE_UP} times in a row"}


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
