"""What the query API takes and gives, apart from `/v1`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from corpora.model import Passage
from pipelines.contract import Answer
from service.problems import Problem

EXAMPLE_QUESTION = "What is Dragon in Kubernetes?"


# the pattern is only told: an empty question has an error of its own
QuestionText = Annotated[
    str, Field(description="The question's text.", examples=[EXAMPLE_QUESTION], json_schema_extra={"pattern": r"\S"})
]


class _Body(BaseModel):
    """A request's body: a misspelt field is refused, not ignored, and so is 0 for false."""

    model_config = ConfigDict(extra="forbid", strict=True)


class QueryRequest(_Body):
    question: QuestionText
    pipeline: str = Field(description="A name from `GET /pipelines`.", examples=["rag"])
    stream: bool = Field(default=False, description="Server-sent events in place of one JSON object.")


class CompareRequest(_Body):
    question: QuestionText


class Reply(Answer):
    """An answer, with whose it is and what it cost.

    `cost` is in `currency`; null where no price is known. Seconds in `timing`.
    """

    pipeline: str = Field(description="The pipeline that answered.")
    cost: float | None = Field(description="What the answer cost; null where no price is configured.")
    currency: str | None = Field(description="The currency of `cost`; null where that is.")


class RetrievedContexts(BaseModel):
    """Data of the event `retrieved`."""

    retrieved_contexts: tuple[Passage, ...]


class Outcome(BaseModel):
    """What became of the question in one pipeline: either `answer` or `error` is there."""

    pipeline: str
    answer: Reply | None = None
    error: Problem | None = None


class Comparison(BaseModel):
    """Every pipeline's outcome, in the order of the configuration."""

    question: str
    outcomes: list[Outcome]


class PipelineStatus(BaseModel):
    """Whether a pipeline would answer now. `kind` is null where it could not be opened."""

    name: str
    kind: str | None = Field(examples=["rag"])
    ready: bool
    error: Problem | None = Field(default=None, description="Why it is not ready, and what to do.")


class PipelineEntry(PipelineStatus):
    """A pipeline's status, and by hashes what its answers depend on."""

    fingerprint: dict[str, str] | None = Field(
        description="SHA-256 of engine, prompt, index, adapter and the like, by dotted names, to be compared with a "
        "run's; null where the pipeline could not be opened."
    )


class PipelineList(BaseModel):
    pipelines: list[PipelineEntry]


class Live(BaseModel):
    status: str = Field(examples=["live"])


class Ready(BaseModel):
    """`not_ready` is empty when `ready` is true."""

    ready: bool
    not_ready: list[PipelineStatus]
