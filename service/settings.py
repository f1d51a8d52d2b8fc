"""The limits of the query API."""

from __future__ import annotations

from pydantic import Field

from corpora.model import Record


class ServiceSettings(Record):
    """What the service refuses, and how long it waits for a pipeline's check.

    `max_question_chars` is counted before any tokenizing, so that a huge text costs nothing. `max_body_bytes` bounds
    what is read of a request at all. `check_seconds` bounds each pipeline's check behind `/health/ready`.
    """

    max_question_chars: int = Field(default=20_000, gt=0)
    max_body_bytes: int = Field(default=1024 * 1024, gt=0)
    check_seconds: float = Field(default=5.0, gt=0)
