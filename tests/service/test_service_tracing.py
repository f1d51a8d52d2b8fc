"""Traces hold what an answer took, under the names of the conventions, and never what was asked or said."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from service_fakes import DRAGON, QUESTION, FakePipeline, client_of, fake_engine, make_app

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


async def test_our_own_share_of_a_request_is_counted() -> None:
    async with client_of(make_app()) as client:
        for _ in range(3):
            await client.post("/query", json=QUERY)
        await client.post("/compare", json={"question": QUESTION})
        lines = (await client.get("/metrics")).text.splitlines()
    (count,) = (line for line in lines if line.startswith("bakeoff_overhead_seconds_count"))
    assert float(count.rpartition(" ")[2]) == 3
