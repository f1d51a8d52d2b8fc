"""Traces hold what an answer took, under the names of the conventions, and never what was asked or said."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from service_fakes import DRAGON, QUESTION, FakePipeline, client_of, fake_engine, make_app

from corpora.errors import ConfigError
from service.tracing import ENDPOINTS

QUERY = {"question": QUESTION, "pipeline": "rag"}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("service.tracing._TRACER", provider.get_tracer("bakeoff"))
    return exporter


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_is_a_span(spans: InMemorySpanExporter, stream: bool) -> None:
    async with client_of(make_app()) as client:
        await client.post("/query", json=QUERY | {"stream": stream})
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert (span.name, span.attributes["gen_ai.operation.name"]) == ("chat rag", "chat")
    assert span.attributes["gen_ai.provider.name"] == "bakeoff"
    assert span.attributes["gen_ai.response.model"] == "fake-model"
    assert int(str(span.attributes["gen_ai.usage.output_tokens"])) > 0
    assert not any(DRAGON in str(value) or QUESTION in str(value) for value in span.attributes.values())


async def test_a_failure_is_its_spans_status(spans: InMemorySpanExporter) -> None:
    async with client_of(make_app({"rag": FakePipeline("rag", fake_engine(fault="unavailable"))})) as client:
        await client.post("/query", json=QUERY)
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert (span.status.status_code, span.attributes["error.type"]) == (StatusCode.ERROR, "engine-unavailable")
    assert not span.events


@pytest.mark.parametrize(("given", "name"), [(None, "bakeoff"), ("library", "library")])
def test_the_service_has_the_name_that_its_environment_gives_it(
    monkeypatch: pytest.MonkeyPatch, given: str | None, name: str
) -> None:
    monkeypatch.setenv(ENDPOINTS[0], "http://127.0.0.1:9")
    if given:
        monkeypatch.setenv("OTEL_SERVICE_NAME", given)
    providers: list[TracerProvider] = []
    monkeypatch.setattr("opentelemetry.trace.set_tracer_provider", providers.append)
    make_app()
    (provider,) = providers
    assert provider.resource.attributes["service.name"] == name
    provider.shutdown()


def test_a_protocol_that_is_not_spoken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINTS[0], "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    with pytest.raises(ConfigError, match="gRPC only"):
        make_app()


async def test_our_own_share_of_a_request_is_counted() -> None:
    async with client_of(make_app()) as client:
        for _ in range(3):
            await client.post("/query", json=QUERY)
        await client.post("/compare", json={"question": QUESTION})
        lines = (await client.get("/metrics")).text.splitlines()
    (count,) = (line for line in lines if line.startswith("bakeoff_overhead_seconds_count"))
    assert float(count.rpartition(" ")[2]) == 3
