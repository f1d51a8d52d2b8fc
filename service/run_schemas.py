"""What `/runs` takes and gives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from corpora.model import Split
from service.jobs import Job
from service.problems import for_caller

EXAMPLE_RUN = "20260101-120000-9f86d081"

FileName = Literal["report.json", "trials.jsonl", "trials.csv", "summary.md"]
"""What `eval.exports` writes."""

MEDIA_TYPES: dict[FileName, str] = {
    "report.json": "application/json",
    "trials.jsonl": "application/x-ndjson",
    "trials.csv": "text/csv; charset=utf-8",
    "summary.md": "text/markdown; charset=utf-8",
}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Times = Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)]
"""A whole number as JSON schema has it: 3.0 is one, "3" is not."""


class RunRequest(BaseModel):
    """A bake-off to be run. What is left out is as the configuration has it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    split: Split | None = Field(default=None, description="Whose questions are asked: `dev` to tune, `test` to report.")
    repeat: Times | None = Field(default=None, description="How often each question is asked.")
    pipelines: list[str] | None = Field(
        default=None, min_length=1, max_length=100, description="Names from `GET /pipelines`; all that are open."
    )


class RunJob(Job):
    """A bake-off as a job: what was asked for, how far it is, and where its results are once it is finished."""

    report: str | None = Field(
        default=None, description="The report's address.", examples=[f"/runs/{EXAMPLE_RUN}/report"]
    )
    files: dict[FileName, str] = Field(default_factory=dict, description="The addresses of the exports.")

    @classmethod
    def of(cls, job: Job) -> RunJob:
        """As whoever asks may know it."""
        here = location(job)
        if job.problem is not None:
            job = job.model_copy(update={"problem": for_caller(job.problem, address=here)})
        if job.state != "finished":
            return cls(**dict(job))
        return cls(**dict(job), report=f"{here}/report", files={name: f"{here}/files/{name}" for name in MEDIA_TYPES})


class RunList(BaseModel):
    """Jobs, newest first."""

    runs: list[RunJob]
    next: str | None = Field(description="The address of the next page; null where there is none.")


def location(job: Job) -> str:
    """The job's address."""
    return f"/runs/{job.id}"
