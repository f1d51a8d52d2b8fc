"""Every error: its status, its shape, and that nothing of the inside gets out."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from service_fakes import QUESTION, FakePipeline, client_of, events_of, fake_engine, make_app

from corpora.errors import BakeoffError, EngineProtocolError, IndexMissingError
from service.problems import PROBLEMS, Problem
from service.settings import ServiceSettings

pytestmark = pytest.mark.slow

QUERY = {"question": QUESTION, "pipeline": "rag"}
CHAT = {"model": "rag", "messages": [{"role": "user", "content": QUESTION}]}
SECRET = "/etc/secret is not a directory"


def tree(root: type[BakeoffError] = BakeoffError) -> Iterator[type[BakeoffError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == "corpora.errors":
            yield from tree(child)


def check_problem(response: httpx2.Response, code: str) -> Problem:
    """A whole problem of that code, whose status and request id are those of the response."""
    assert response.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(response.json())
    assert problem.code == code
    assert problem.type == f"urn:bakeoff:problem:{code}"
    assert problem.status == response.status_code
    assert problem.instance == f"urn:bakeoff:request:{response.headers['x-request-id']}"
    assert problem.title
    assert problem.detail
    assert problem.remedy
    return problem


@pytest.mark.parametrize("kind", list(tree()))
@pytest.mark.parametrize("opened", [True, False], ids=["raised", "unopened"])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
async def test_every_error_has_its_status(kind: type[BakeoffError], opened: bool, stream: bool) -> None:
    error = kind("It is broken.", "Mend it.")
    status, title = PROBLEMS[kind.code]
    app = make_app({"rag": FakePipeline("rag", error=error) if opened else error})
    async with client_of(app) as client:
        problem = check_problem(await client.post("/query", json={**QUERY, "stream": stream}), kind.code)
        chat = await client.post("/v1/chat/completions", json={**CHAT, "stream": stream})
    assert (problem.status, problem.title) == (status, title)
    assert (problem.detail, problem.remedy) == ("It is broken.", "Mend it.")
    assert chat.json()["error"]["message"] == "It is broken. Mend it."
    assert set(chat.json()["error"]) == {"message", "type", "param", "code"}
    assert chat.status_code == (400 if status == 422 or problem.code == "question-too-long" else status)


def test_the_table_has_every_error_and_no_other() -> None:
    codes = {kind.code for kind in tree()}
    assert codes <= PROBLEMS.keys()
    assert PROBLEMS.keys() - codes == {"invalid-request", "unexpected"}


async def test_an_error_of_a_newer_kind_has_its_parents_status() -> None:
    class NewError(IndexMissingError):
        code = "brand-new"

    async with client_of(make_app({"rag": NewError("It is new.", "Wait.")})) as client:
        problem = check_problem(await client.post("/query", json=QUERY), "brand-new")
    assert problem.status == PROBLEMS["index-missing"][0]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("unavailable", "engine-unavailable"),
        ("timeout", "engine-timeout"),
        ("garbage", "engine-protocol"),
        ("half", "engine-protocol"),
        ("error", "engine-error"),
    ],
)
async def test_what_an_engine_does_wrong_is_told(fault: Any, code: str) -> None:
    async with client_of(make_app({"rag": FakePipeline("rag", fake_engine(fault=fault))})) as client:
        plain = check_problem(await client.post("/query", json=QUERY), code)
        streamed = await client.post("/query", json={**QUERY, "stream": True})
        chunks = await client.post("/v1/chat/completions", json={**CHAT, "stream": True})
    events = events_of(streamed.text)
    assert streamed.status_code == 200  # the passages had gone out
    assert [name for name, _ in events].count("error") == 1
    assert events[-1][0] == "error"
    assert json.loads(events[-1][1])["code"] == plain.code
    if fault in ("half", "error"):  # with the first token only the first chunk goes out
        assert chunks.status_code == 200
        last = json.loads(events_of(chunks.text)[-1][1])
    else:
        assert chunks.status_code >= 500
        last = chunks.json()
    assert last["error"]["code"] == code
    assert "[DONE]" not in chunks.text


async def test_why_an_answer_ended_too_early_is_for_the_log(caplog: pytest.LogCaptureFixture) -> None:
    error = EngineProtocolError("m ended without a whole answer.", "Ask again.", SECRET, ended="abort")
    async with client_of(make_app({"rag": FakePipeline("rag", error=error)})) as client:
        response = await client.post("/query", json=QUERY)
    (record,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert vars(record)["finish_reason"] == "abort"
    assert SECRET not in str(vars(record))
    assert "abort" not in response.text


@pytest.mark.parametrize("path", ["/query", "/compare", "/v1/chat/completions"])
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("when", ["error", "late_error"])
async def test_an_unforeseen_exception_shows_nothing(
    path: str, stream: bool, when: str, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline = FakePipeline("rag", **{when: RuntimeError(SECRET)})  # type: ignore[arg-type]
    body = {"/query": {**QUERY, "stream": stream}, "/compare": {"question": QUESTION}}.get(
        path, {**CHAT, "stream": stream}
    )
    async with client_of(make_app({"rag": pipeline})) as client:
        response = await client.post(path, json=body, headers={"x-request-id": "find-me"})
    assert "unexpected" in response.text
    assert not any(inside in response.text for inside in ("secret", "Traceback", "RuntimeError", ".py"))
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "find-me" in record.getMessage()
    assert record.exc_info
    assert SECRET in str(record.exc_info[1])


async def test_a_bug_outside_of_any_pipeline_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("service.metrics.generate_latest", broken)
    async with client_of(make_app()) as client:
        response = await client.get("/metrics")
    check_problem(response, "unexpected")
    assert SECRET not in response.text


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\u2003"])
async def test_an_empty_question(client: httpx2.AsyncClient, question: str) -> None:
    problem = check_problem(await client.post("/query", json={**QUERY, "question": question}), "empty-question")
    assert problem.status == 422


async def test_an_overlong_question_never_reaches_the_pipeline() -> None:
    pipeline = FakePipeline("rag")
    app = make_app({"rag": pipeline}, settings=ServiceSettings(max_question_chars=100))
    async with client_of(app) as client:
        assert (await client.post("/query", json={**QUERY, "question": "x" * 100})).status_code == 200
        asked = len(pipeline.engine.prompts)
        problem = check_problem(await client.post("/query", json={**QUERY, "question": "x" * 101}), "question-too-long")
    assert problem.status == 413
    assert "101" in problem.detail
    assert "100" in problem.detail
    assert len(pipeline.engine.prompts) == asked


async def test_an_unknown_pipeline_is_told_which_there_are(client: httpx2.AsyncClient) -> None:
    problem = check_problem(await client.post("/query", json={**QUERY, "pipeline": "oracle"}), "unknown-pipeline")
    assert problem.status == 404
    assert all(name in problem.remedy for name in ("zero-shot", "prompting", "rag", "finetuned"))


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b"", "#"),
        (b"{", "#"),
        (b"[]", "#"),
        (b"{}", "#/question"),
        (b'{"question": "q"}', "#/pipeline"),
        (b'{"question": 1, "pipeline": "rag"}', "#/question"),
        (b'{"question": "q", "pipeline": "rag", "k/~": 1}', "#/k~1~0"),
        (b'{"question": "q", "pipeline": "rag", "stream": "perhaps"}', "#/stream"),
    ],
)
async def test_an_invalid_body_is_pointed_at(client: httpx2.AsyncClient, content: bytes, pointer: str) -> None:
    response = await client.post("/query", content=content, headers={"content-type": "application/json"})
    problem = check_problem(response, "invalid-request")
    assert problem.status == 422
    assert pointer in [field.pointer for field in problem.errors or []]


@pytest.mark.parametrize(
    ("content", "param"),
    [(b"{", None), (b"[]", None), (b"1", None), (b"{}", "model"), (b'{"model": "rag", "messages": [1]}', "messages.0")],
)
async def test_what_is_wrong_with_the_whole_body_is_no_parameter(
    client: httpx2.AsyncClient, content: bytes, param: str | None
) -> None:
    headers = {"content-type": "application/json"}
    response = await client.post("/v1/chat/completions", content=content, headers=headers)
    assert response.status_code == 400
    assert response.json()["error"]["param"] == param


async def test_of_many_faults_some_are_shown_and_the_rest_counted(client: httpx2.AsyncClient) -> None:
    response = await client.post("/query", json=QUERY | {f"x{number}": 0 for number in range(20_000)})
    problem = check_problem(response, "invalid-request")
    assert len(problem.errors or []) == 20
    assert problem.detail.endswith("; and 19980 more.")
    assert len(response.content) < 5_000


@pytest.mark.parametrize(
    "messages",
    [[CHAT["messages"][0]] * 3_000, [{"role": 1}] * 900, [{"role": "user", "content": [1] * 50_000}]],
    ids=["many", "wrong", "wrong parts"],
)
async def test_many_messages_are_refused_in_one_sentence(client: httpx2.AsyncClient, messages: list[Any]) -> None:
    response = await client.post("/v1/chat/completions", json=CHAT | {"messages": messages})
    assert response.status_code == 400
    assert response.json()["error"]["param"].startswith("messages")
    assert len(response.content) < 1_000


async def test_the_longest_question_fits_into_a_body_however_it_is_spelt(client: httpx2.AsyncClient) -> None:
    body = json.dumps(QUERY | {"question": "\U0001f409" * ServiceSettings().max_question_chars})  # 12 bytes each
    response = await client.post("/query", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/query", "/compare", "/v1/chat/completions"])
async def test_half_a_character_is_refused(client: httpx2.AsyncClient, path: str) -> None:
    """JSON can spell a lone surrogate; no tokenizer and no UTF-8 can take it."""
    chat = b'{"model": "rag", "messages": [{"role": "user", "content": "\\ud800"}]}'
    query = {"/query": b'{"question": "\\ud800", "pipeline": "rag"}', "/compare": b'{"question": "\\ud800"}'}
    headers = {"content-type": "application/json"}
    response = await client.post(path, content=query.get(path, chat), headers=headers)
    assert response.status_code in (400, 422)
    assert "surrogate" in response.text


async def test_half_a_character_as_a_name_is_refused(client: httpx2.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    for content in (b'{"question": "q", "pipeline": "\\ud800"}', b'{"question": "q", "pipeline": "rag", "\\ud800": 1}'):
        assert (await client.post("/query", content=content, headers=headers)).status_code in (404, 422)
    for content in (
        b'{"model": "\\ud800", "messages": [{"role": "user", "content": "q"}]}',
        b'{"model": "rag", "messages": [{"role": "user", "content": "q"}], "\\ud800": 1}',
        b'{"model": "rag", "messages": [{"role": "\\ud800", "content": "q"}]}',
    ):
        assert (await client.post("/v1/chat/completions", content=content, headers=headers)).status_code in (400, 404)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[" * 100_000, b'{"question": ' + b"9" * 10_000 + b"}"])
async def test_what_no_parser_can_read_is_a_bad_request(client: httpx2.AsyncClient, content: bytes) -> None:
    response = await client.post("/query", content=content, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_body_without_its_content_type(client: httpx2.AsyncClient) -> None:
    """What `curl -d` sends by itself."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    problem = check_problem(await client.post("/query", content=json.dumps(QUERY), headers=headers), "invalid-request")
    assert "application/json" in problem.remedy


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_huge_body_is_not_read(chunked: bool) -> None:
    sent = 0

    async def parts() -> Any:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 100

    async with client_of(make_app(settings=ServiceSettings(max_body_bytes=1000))) as client:
        content = parts() if chunked else b" " * 1001
        response = await client.post("/query", content=content, headers={"content-type": "application/json"})
    assert response.status_code == 413
    check_problem(response, "body-too-large")
    assert sent < 100


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/query", 405)])
async def test_wrong_addresses_and_methods(client: httpx2.AsyncClient, method: str, path: str, status: int) -> None:
    response = await client.request(method, path)
    assert response.status_code == status
    check_problem(response, {404: "not-found", 405: "method-not-allowed"}[status])
    if status == 405:
        assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/pipelines/", "/health/live/", "/v1/models/", "/query/"])
async def test_nobody_is_sent_to_a_host_of_the_callers_choice(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.get(path, headers={"host": "evil.example"})
    assert response.status_code == 404
    assert "location" not in response.headers


async def test_a_wrong_address_under_v1_has_openais_shape(client: httpx2.AsyncClient) -> None:
    response = await client.get("/v1/embeddings")
    assert response.status_code == 404
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}


async def test_an_engine_that_is_down_says_when_to_come_again() -> None:
    async with client_of(make_app({"rag": FakePipeline("rag", fake_engine(fault="unavailable"))})) as client:
        response = await client.post("/query", json=QUERY)
    assert int(response.headers["retry-after"]) > 0


async def test_the_request_id_comes_back_where_it_is_sane(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bakeoff.service")
    given = await client.post("/query", json=QUERY, headers={"x-request-id": "abc-1"})
    assert given.headers["x-request-id"] == "abc-1"
    for bad in ("", "a b", "x" * 129, "a\u00e9".encode()):
        response = await client.post("/query", json=QUERY, headers={"x-request-id": bad})
        made = response.headers["x-request-id"]
        assert made != bad
        assert len(made) == 32
    lines = [vars(record) for record in caplog.records if record.name == "bakeoff.service"]
    assert (lines[0]["request_id"], lines[0]["status"], lines[0]["path"]) == ("abc-1", 200, "/query")
    assert not any(QUESTION in str(line) for line in lines)
