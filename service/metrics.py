"""What Prometheus sees. Each app has a registry of its own, so that two in one process do not mix.

Several workers each write their figures into files of one folder, which is named by the environment before
prometheus_client is imported; any of them then tells the sums.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from corpora.errors import BakeoffError
from pipelines.contract import Answer

# seconds; a cached prefix on a GPU takes some 20 ms, a full queue on a CPU takes minutes
LATENCY_BUCKETS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120)

# seconds
OVERHEAD_BUCKETS = (0.001, 0.002, 0.003, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.5)

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that names the workers' folder; prometheus_client's own."""

SPENT: ContextVar[list[float] | None] = ContextVar("spent", default=None)
"""Seconds that a request's answers spent waiting for their turn, retrieving and generating; one entry an answer."""


class Metrics:
    """Requests, latencies and tokens of every pipeline.

    `bakeoff_requests_total` has as `outcome` either `answered`, `cancelled` (the client went away, or the service was
    stopped), or the code of an error. Prompt tokens include the cached ones, as in `Usage`.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        one, two = ["pipeline"], ["pipeline", "outcome"]
        self.requests = Counter("bakeoff_requests", "Questions by outcome.", two, registry=self.registry)
        gauge = partial(Gauge, registry=self.registry, multiprocess_mode="livesum")
        self.waiting = gauge("bakeoff_waiting", "Questions that wait for their turn.")
        self.in_flight = gauge("bakeoff_in_flight", "Questions being answered now.", one)
        self.tasks = Gauge(
            "bakeoff_tasks",
            "Tasks of the event loop, of the worker that was asked.",
            registry=self.registry,
            multiprocess_mode="livemostrecent",
        )
        self.ttft = Histogram(
            "bakeoff_ttft_seconds", "Time to the first piece.", one, buckets=LATENCY_BUCKETS, registry=self.registry
        )
        self.e2el = Histogram(
            "bakeoff_e2el_seconds", "Time to the answer's end.", one, buckets=LATENCY_BUCKETS, registry=self.registry
        )
        self.overhead = Histogram(
            "bakeoff_overhead_seconds",
            "Time of a request with one answer, less its wait for a turn and all that is within the answer: retrieval, "
            "the making of the prompt, LangChain's stream, the engine.",
            buckets=OVERHEAD_BUCKETS,
            registry=self.registry,
        )
        self.tokens = Counter(
            "bakeoff_tokens",
            "Tokens of answered questions: prompt (cached ones included), cached, completion.",
            ["pipeline", "type"],
            registry=self.registry,
        )

    def text(self) -> bytes:
        """All figures in Prometheus' text format. Call it in the event loop."""
        self.tasks.set(len(asyncio.all_tasks()))
        folder = os.environ.get(FOLDER)
        if folder is None:
            return generate_latest(self.registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)
        return generate_latest(registry)

    def requested(self, seconds: float, spent: list[float]) -> None:
        """Records what a whole request took beside its one answer; /compare's answers overlap, and are left out."""
        if len(spent) == 1:
            self.overhead.observe(max(seconds - spent[0], 0.0))

    def spent(self, seconds: float) -> None:
        """Adds an answer's seconds to those of the request that it is given in."""
        spent = SPENT.get()
        if spent is not None:
            spent.append(seconds)

    @contextmanager
    def counting(self, pipeline: str) -> Iterator[None]:
        """Counts one question in and out, with what became of it."""
        outcome = "cancelled"
        with self.in_flight.labels(pipeline).track_inprogress():
            try:
                yield
                outcome = "answered"
            except BakeoffError as error:
                outcome = error.code
                raise
            except Exception:
                outcome = "unexpected"
                raise
            finally:
                self.requests.labels(pipeline, outcome).inc()

    def answered(self, pipeline: str, answer: Answer) -> None:
        """Records what an answer took."""
        self.ttft.labels(pipeline).observe(answer.timing.ttft)
        self.e2el.labels(pipeline).observe(answer.timing.e2el)
        usage = answer.usage
        counts = {"prompt": usage.prompt_tokens, "cached": usage.cached_tokens, "completion": usage.completion_tokens}
        for kind, count in counts.items():
            self.tokens.labels(pipeline, kind).inc(count)
