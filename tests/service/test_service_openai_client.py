"""The official `openai` client against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from servers import serving
from service_fakes import DRAGON, PASSAGE, QUESTION, FakePipeline, demo_pipelines, fake_engine, make_app

from corpora.errors import AdapterMissingError, QuestionTooLongError
from corpora.model import Document
from service.chat import citations
from service.settings import ServiceSettings

pytestmark = pytest.mark.slow

ASKED: Any = [{"role": "user", "content": QUESTION}]


@pytest.fixture
async def address() -> AsyncIterator[str]:
    pipelines = demo_pipelines() | {
        "untrained": AdapterMissingError("The adapter is not trained yet.", "Run bakeoff train."),
        "down": FakePipeline("down", fake_engine(fault="unavailable"), passages=()),
        "late": FakePipeline("late", fake_engine(fault="error")),
        "small": FakePipeline("small", error=QuestionTooLongError("The prompt takes 9000 tokens.", "Ask less.")),
    }
    async with serving(make_app(pipelines, settings=ServiceSettings(max_question_chars=1000))) as address:
        yield address


@pytest.fixture
async def client(address: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="none") as client:
        yield client


def strictly(kind: type[openai.BaseModel], value: openai.BaseModel) -> None:
    """The client builds its objects without checking; this checks."""
    kind.model_validate(value.model_dump(exclude_unset=True), strict=True)


def check_citation(annotation: Any, text: str) -> None:
    citation = annotation["url_citation"]
    assert annotation["type"] == "url_citation"
    assert citation["title"] == "Dragon <2019>"
    assert citation["url"] == f"/documents/dragon#char=0,{len(DRAGON)}"
    assert (citation["start_index"], citation["end_index"]) == (0, len(text))


@pytest.mark.parametrize("name", ["javascript:alert(1)//.md", "https:evil.example.md", "//evil.example/a.md"])
@pytest.mark.parametrize("known", [True, False])
def test_no_name_of_a_file_becomes_an_address(name: str, known: bool) -> None:
    documents = {name: Document(id=name, title="A", text=DRAGON, source=name)} if known else {}
    (citation,) = citations([PASSAGE.model_copy(update={"document_id": name})], documents, 1)
    url = urlsplit(urljoin("https://service.example/v1/chat/completions", citation.url_citation.url))
    assert (url.scheme, url.netloc) == ("https", "service.example")
    assert unquote(url.path) == f"/documents/{name}"


async def test_a_completion(client: openai.AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(model="rag", messages=ASKED)
    strictly(ChatCompletion, completion)
    (choice,) = completion.choices
    assert (completion.object, completion.model) == ("chat.completion", "rag")
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", DRAGON, "stop")
    (annotation,) = choice.message.annotations or []
    check_citation(annotation.model_dump(), DRAGON)
    usage = completion.usage
    assert usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > usage.completion_tokens > 0
    assert usage.prompt_tokens_details
    assert usage.prompt_tokens_details.cached_tokens == 0
    again = await client.chat.completions.create(model="rag", messages=ASKED)
    assert again.id != completion.id
    assert again.usage
    assert again.usage.prompt_tokens_details
    assert again.usage.prompt_tokens_details.cached_tokens


@pytest.mark.parametrize("options", [{"include_usage": True}, {"include_usage": False}, {"include_usage": None}, None])
async def test_a_stream(client: openai.AsyncOpenAI, options: Any) -> None:
    include_usage = bool(options and options["include_usage"])
    stream = await client.chat.completions.create(model="rag", messages=ASKED, stream=True, stream_options=options)
    chunks = [chunk async for chunk in stream]
    for chunk in chunks:
        strictly(ChatCompletionChunk, chunk)
    assert len({(chunk.id, chunk.created, chunk.model, chunk.object) for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert not any(chunk.choices[0].delta.role for chunk in chunks[1:] if chunk.choices)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == DRAGON
    reasons = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    assert reasons == [None] * (len(reasons) - 1) + ["stop"]
    (sources,) = [extra for chunk in chunks if chunk.choices and (extra := chunk.choices[0].delta.model_extra)]
    check_citation(sources["annotations"][0], text)
    with_usage = [chunk for chunk in chunks if chunk.usage]
    assert with_usage == (chunks[-1:] if include_usage else [])
    if include_usage:
        assert chunks[-1].choices == []
        assert with_usage[0].usage
        assert with_usage[0].usage.completion_tokens == len(DRAGON.split())
    assert all(("usage" in chunk.model_fields_set) == include_usage for chunk in chunks)


async def test_the_stream_helper_of_the_client(client: openai.AsyncOpenAI) -> None:
    async with client.chat.completions.stream(model="rag", messages=ASKED) as stream:
        completion = await stream.get_final_completion()
    assert completion.choices[0].message.content == DRAGON


async def test_without_retrieval_there_are_no_sources(client: openai.AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(model="zero-shot", messages=ASKED)
    assert completion.choices[0].message.annotations == []
    stream = await client.chat.completions.create(model="zero-shot", messages=ASKED, stream=True)
    assert not [chunk async for chunk in stream if chunk.choices[0].delta.model_extra]


async def test_the_synchronous_client(address: str) -> None:
    def ask() -> tuple[str | None, str, list[str]]:
        with openai.OpenAI(base_url=f"{address}/v1", api_key="none") as client:
            whole = client.chat.completions.create(model="rag", messages=ASKED)
            with client.chat.completions.create(model="rag", messages=ASKED, stream=True) as stream:
                pieces = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
            with pytest.raises(openai.NotFoundError):
                client.chat.completions.create(model="oracle", messages=ASKED)
            return whole.choices[0].message.content, pieces, [model.id for model in client.models.list()]

    whole, pieces, models = await asyncio.to_thread(ask)
    assert whole == pieces == DRAGON
    assert models[:4] == ["zero-shot", "prompting", "rag", "finetuned"]


async def test_models(client: openai.AsyncOpenAI) -> None:
    models = [model async for model in client.models.list()]
    assert {"rag", "untrained"} <= {model.id for model in models}
    one = await client.models.retrieve("rag")
    strictly(openai.types.Model, one)
    assert one in models
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("oracle")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("model", "kind", "code", "status"),
    [
        ("oracle", openai.NotFoundError, "model_not_found", 404),
        ("untrained", openai.InternalServerError, "adapter-missing", 503),
        ("small", openai.BadRequestError, "context_length_exceeded", 400),
    ],
)
async def test_errors_are_the_clients_own(
    client: openai.AsyncOpenAI, model: str, kind: type[openai.APIStatusError], code: str, status: int, stream: bool
) -> None:
    with pytest.raises(kind) as caught:
        await client.chat.completions.create(model=model, messages=ASKED, stream=stream)  # type: ignore[call-overload]
    assert (caught.value.code, caught.value.status_code) == (code, status)
    assert caught.value.request_id
    assert caught.value.type == ("invalid_request_error" if status < 500 else "server_error")


@pytest.mark.parametrize(("question", "code"), [("", "empty-question"), ("x" * 1001, "context_length_exceeded")])
async def test_a_bad_question(client: openai.AsyncOpenAI, question: str, code: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model="rag", messages=[{"role": "user", "content": question}])
    assert (caught.value.code, caught.value.param) == (code, "messages")


async def test_an_engine_that_is_down_may_be_asked_again_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpora.errors.EngineUnavailableError.retry_after", 1)
    pipelines = {
        "down": FakePipeline("down", fake_engine(fault="unavailable"), passages=()),
        "broken": FakePipeline("broken", fake_engine(fault="garbage"), passages=()),
    }
    async with (
        serving(make_app(pipelines)) as own,
        openai.AsyncOpenAI(base_url=f"{own}/v1", api_key="none", max_retries=1) as client,
    ):
        for name in pipelines:
            with pytest.raises(openai.InternalServerError):
                await client.chat.completions.create(model=name, messages=ASKED)
    assert [len(pipeline.engine.prompts) for pipeline in pipelines.values()] == [2, 1]


async def test_an_error_in_mid_stream_is_raised_by_the_client(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="late", messages=ASKED, stream=True)
    pieces: list[str] = []
    with pytest.raises(openai.APIError) as caught:
        await _collect(stream, pieces)
    assert "".join(pieces)
    assert caught.value.code == "engine-error"


async def _collect(stream: Any, pieces: list[str]) -> None:
    async for chunk in stream:
        pieces += [chunk.choices[0].delta.content or ""]


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("n", 2),
        ("tools", [{"type": "function", "function": {"name": "f", "parameters": {}}}]),
        ("tool_choice", "required"),
        ("logprobs", True),
        ("stop", ["."]),
        ("response_format", {"type": "json_object"}),
        ("web_search_options", {}),
    ],
)
async def test_what_would_silently_not_happen_is_refused(client: openai.AsyncOpenAI, param: str, value: Any) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model="rag", messages=ASKED, **{param: value})
    assert (caught.value.param, caught.value.code) == (param, "unsupported_parameter")


async def test_a_parameter_that_openai_does_not_have_is_refused(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model="rag", messages=ASKED, extra_body={"temprature": 0})
    assert caught.value.param == "temprature"


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "system", "content": "Talk like a pirate."}, *ASKED],
        [{"role": "developer", "content": "Talk like a pirate."}, *ASKED],
        [*ASKED, {"role": "assistant", "content": "Dragon"}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}],
        [{"role": "user", "content": [{"type": "text", "text": 1}]}],
    ],
)
async def test_messages_that_cannot_be_asked_are_refused(client: openai.AsyncOpenAI, messages: Any) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model="rag", messages=messages)
    assert caught.value.param == "messages"


@pytest.mark.parametrize("messages", [[], [{"role": "wizard", "content": "q"}], "q", [{"content": "q"}]])
async def test_messages_that_are_none_are_refused(client: openai.AsyncOpenAI, messages: Any) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model="rag", messages=messages)
    assert (caught.value.param or "").startswith("messages")
    assert caught.value.code == "invalid-request"


@pytest.mark.parametrize("stream", [False, True])
async def test_what_has_no_effect_is_named(client: openai.AsyncOpenAI, stream: bool) -> None:
    history: Any = [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hello."}, *ASKED]
    raw = client.chat.completions.with_raw_response
    response = await raw.create(model="rag", messages=history, temperature=0.7, max_tokens=5, n=1, stream=stream)  # type: ignore[call-overload]
    assert response.headers["x-bakeoff-ignored"] == "max_tokens, messages, temperature"
    plain = await raw.create(model="rag", messages=ASKED, tools=[], response_format={"type": "text"})
    assert "x-bakeoff-ignored" not in plain.headers


async def test_only_the_last_message_is_asked() -> None:
    pipeline = FakePipeline("rag")
    history: Any = [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hello."}]
    parts: Any = [{"type": "text", "text": "What is"}, {"type": "text", "text": "Dragon?"}]
    async with (
        serving(make_app({"rag": pipeline})) as own,
        openai.AsyncOpenAI(base_url=f"{own}/v1", api_key="none") as client,
    ):
        await client.chat.completions.create(model="rag", messages=[*history, {"role": "user", "content": parts}])
    (prompt,) = pipeline.engine.prompts
    assert "What is\nDragon?" in prompt[-1].text
    assert not any("Hello" in message.text for message in prompt)
