"""Traces for OpenTelemetry, where an exporter is configured by its own variables (`OTEL_EXPORTER_OTLP_ENDPOINT`).

They are sent over gRPC, to port 4317 by custom; OTLP over HTTP is not spoken. `OTEL_SERVICE_NAME` takes the place of
`bakeoff`.

Attributes are those of the semantic conventions for generative AI. No trace holds a question's or an answer's text.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as gen_ai
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from corpora.errors import BakeoffError, ConfigError
from pipelines.contract import Answer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
PROVIDER = "bakeoff"
"""None of those that the conventions know: the model asked for is a pipeline of ours, whichever engine is behind it."""

LAST_SECONDS = 2.0
"""For so long what was traced last is being sent when the service ends: a collector may be gone."""

_TRACER = trace.get_tracer("bakeoff")


def trace_app(app: FastAPI) -> None:
    """Has every request of the app traced, and what was traced sent, where an exporter is configured.

    Raises:
        ConfigError: another protocol than gRPC is asked for.
    """
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return
    protocol = next((os.environ[name] for name in PROTOCOLS if os.environ.get(name)), "grpc")
    if protocol != "grpc":
        raise ConfigError(
            f"{PROTOCOLS[-1]} is {protocol}, and traces are sent over gRPC only.",
            f"Leave it out, and name the collector's gRPC port in {ENDPOINTS[0]}.",
        )
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = OTELResourceDetector().detect().attributes.get("service.name", "bakeoff")
    provider = TracerProvider(resource=Resource.create({"service.name": name}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    app.add_middleware(OpenTelemetryMiddleware, exclude_spans=["receive", "send"])


def send_last_traces() -> None:
    """Sends what was traced and is not sent yet. Blocks for `LAST_SECONDS` at most; the SDK has no such bound."""
    shutdown = getattr(trace.get_tracer_provider(), "shutdown", None)  # there is none where nothing is sent
    if shutdown is not None:
        sending = Thread(target=shutdown, daemon=True)
        sending.start()
        sending.join(LAST_SECONDS)


@contextmanager
def answering(pipeline: str) -> Iterator[Span]:
    """A span around one answer. It is not made the current one: an answer is given over many turns of the loop."""
    attributes = {
        gen_ai.GEN_AI_OPERATION_NAME: "chat",
        gen_ai.GEN_AI_PROVIDER_NAME: PROVIDER,
        gen_ai.GEN_AI_REQUEST_MODEL: pipeline,
    }
    span = _TRACER.start_span(f"chat {pipeline}", kind=SpanKind.INTERNAL, attributes=attributes)
    try:
        yield span
    except BaseException as error:
        code = error.code if isinstance(error, BakeoffError) else type(error).__name__
        span.set_attribute("error.type", code)
        span.set_status(Status(StatusCode.ERROR, code))
        raise
    finally:
        span.end()


def note(span: Span, answer: Answer) -> None:
    """What the answer took; seconds."""
    span.set_attributes(
        {
            gen_ai.GEN_AI_RESPONSE_MODEL: answer.model,
            gen_ai.GEN_AI_RESPONSE_FINISH_REASONS: [answer.finish_reason],
            gen_ai.GEN_AI_USAGE_INPUT_TOKENS: answer.usage.prompt_tokens,
            gen_ai.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: answer.usage.cached_tokens,
            gen_ai.GEN_AI_USAGE_OUTPUT_TOKENS: answer.usage.completion_tokens,
            gen_ai.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: answer.timing.ttft,
            "bakeoff.retrieval": answer.timing.retrieval,
            "bakeoff.generation": answer.timing.generation,
        }
    )
