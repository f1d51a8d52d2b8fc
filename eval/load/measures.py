"""What a load did to the answers' times: pure functions of when requests were sent and when their chunks came.

The definitions are those of vLLM's serving benchmark (`vllm bench serve`, vllm/benchmarks/serve.py and
lib/endpoint_request_func.py of release 0.32), so that figures can be laid beside those published for it. As there:

- A chunk is a stream's event with `choices`, whatever text it holds; those with the role or the end are chunks too.
- ttft: from sending to the first chunk. e2el: from sending to the last one. itl: from one chunk to the next.
- tpot: (e2el - ttft) / (output tokens - 1); for one token or none there is none, and a target for it is met.
- Throughput: of the completed requests, over the time from the level's start until all its requests have ended.
- Goodput: requests a second that completed and met every target.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pydantic import Field, model_validator

from corpora.model import Record
from eval.latency import Percentiles
from eval.trial import Failure

MOST_FAILURES = 10  # kinds of failure that a level names


@dataclass(frozen=True)
class Exchange:
    """One request as it went. `sent`, `chunks` and `ended` are readings of one clock, in seconds.

    The times below are those of a request that completed: of a failed one only `sent` and `ended` count. `retry_after`
    is in how many seconds a server that refused it wants to be asked again; None where it said nothing of the kind.
    """

    sent: float
    ended: float
    chunks: tuple[float, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    failure: Failure | None = None
    retry_after: int | None = None

    @property
    def ttft(self) -> float:
        return self.chunks[0] - self.sent

    @property
    def e2el(self) -> float:
        return self.chunks[-1] - self.sent

    @property
    def itl(self) -> list[float]:
        return [later - earlier for earlier, later in pairwise(self.chunks)]

    @property
    def tpot(self) -> float | None:
        return (self.e2el - self.ttft) / (self.completion_tokens - 1) if self.completion_tokens > 1 else None


class Targets(Record):
    """Seconds that a request may take to count as good; None asks for nothing."""

    ttft: float | None = Field(default=None, gt=0)
    tpot: float | None = Field(default=None, gt=0)
    e2el: float | None = Field(default=None, gt=0)

    def met(self, exchange: Exchange) -> bool:
        """Whether a completed request met every target."""
        taken = (exchange.ttft, exchange.tpot or 0.0, exchange.e2el)
        return all(limit is None or time <= limit for limit, time in zip(self._limits, taken, strict=True))

    def __bool__(self) -> bool:
        return any(limit is not None for limit in self._limits)

    @property
    def _limits(self) -> tuple[float | None, float | None, float | None]:
        return self.ttft, self.tpot, self.e2el


class Load(Record):
    """How requests come: so many at once, a new one for each that ends (closed loop), or so many a second at random
    times, however many are waiting (open loop). One of the two is None.
    """

    concurrency: int | None = Field(default=None, ge=1)
    rate: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_loop(self) -> Load:
        if (self.concurrency is None) == (self.rate is None):
            raise ValueError("a load has a concurrency or a rate")
        return self

    def __str__(self) -> str:
        return f"{self.concurrency} at once" if self.rate is None else f"{self.rate:g} a second"


class FailureCount(Record):
    """So many requests failed with this code and message."""

    code: str
    message: str
    count: int


class Level(Record):
    """One pipeline under one load.

    Times are in seconds and of the `completed` requests; the `failed` ones count in `duration` and in nothing else,
    and their kinds are in `failures`, the ten most frequent ones. `repeated` requests put a question that the pipeline
    had been asked at this or an earlier level, so that a server's caches may have known its prompt. `goodput` is None
    without targets. `busy_share` is the share of the duration in which at least one request was in flight,
    `mean_in_flight` how many were on average.
    """

    pipeline: str
    load: Load
    duration: float
    completed: int
    failed: int
    failures: tuple[FailureCount, ...]
    repeated: int
    prompt_tokens: int
    completion_tokens: int
    requests_per_second: float
    output_tokens_per_second: float
    total_tokens_per_second: float
    goodput: float | None
    ttft: Percentiles
    tpot: Percentiles
    itl: Percentiles
    e2el: Percentiles
    busy_share: float
    mean_in_flight: float


def summarise_level(
    pipeline: str, load: Load, exchanges: Sequence[Exchange], duration: float, targets: Targets, repeated: int
) -> Level:
    """The measures of one level.

    Args:
        duration: seconds from the level's start until all its requests had ended, above 0.
    """
    done = [each for each in exchanges if each.failure is None]
    failures = Counter((each.failure.code, each.failure.message) for each in exchanges if each.failure)
    prompt_tokens = sum(each.prompt_tokens for each in done)
    completion_tokens = sum(each.completion_tokens for each in done)
    return Level(
        pipeline=pipeline,
        load=load,
        duration=duration,
        completed=len(done),
        failed=failures.total(),
        failures=tuple(
            FailureCount(code=code, message=message, count=count)
            for (code, message), count in failures.most_common(MOST_FAILURES)
        ),
        repeated=repeated,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        requests_per_second=len(done) / duration,
        output_tokens_per_second=completion_tokens / duration,
        total_tokens_per_second=(prompt_tokens + completion_tokens) / duration,
        goodput=sum(map(targets.met, done)) / duration if targets else None,
        ttft=Percentiles.of([each.ttft for each in done]),
        tpot=Percentiles.of([tpot for each in done if (tpot := each.tpot) is not None]),
        itl=Percentiles.of([gap for each in done for gap in each.itl]),
        e2el=Percentiles.of([each.e2el for each in done]),
        busy_share=busy_seconds(exchanges) / duration,
        mean_in_flight=sum(each.ended - each.sent for each in exchanges) / duration,
    )


def busy_seconds(exchanges: Sequence[Exchange]) -> float:
    """Seconds in which at least one request was in flight."""
    busy, until = 0.0, float("-inf")
    for each in sorted(exchanges, key=lambda one: one.sent):
        busy += max(0.0, each.ended - max(each.sent, until))
        until = max(until, each.ended)
    return busy
