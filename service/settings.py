"""The limits of the query API."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from corpora.extracting import DocumentLimits
from corpora.model import Record


class ServiceSettings(Record):
    """What the service refuses, and how long it waits: the block `service` of the configuration.

    Of several workers each has its own `answering`, `waiting` and `failures`; `quota` and `queued_runs` hold over all.

    Attributes:
        max_question_chars: counted before any tokenizing, so that a huge text costs nothing.
        max_body_bytes: bounds what is read of a request at all that brings no document.
        check_seconds: bounds each pipeline's check behind `/health/ready`.
        answering: questions that are answered at once.
        waiting: questions that may wait behind them; the next one is refused at once.
        answer_seconds: from a question's arrival to its answer's end.
        failures: in a row, after which a model, or the server of the index, that does not answer is left alone.
        rest_seconds: for so long, before one question tries it again.
        queued_runs: bake-offs that may wait for the one that is run; the next one is refused at once.
        quota: questions that one caller may ask, as "60/minute"; None is without bound.
        documents: what is refused of documents that come in.
    """

    max_question_chars: int = Field(default=20_000, gt=0)
    max_body_bytes: int = Field(default=256 * 1024, gt=0)  # a question's characters are 12 bytes each at most
    check_seconds: float = Field(default=5.0, gt=0)
    answering: int = Field(default=16, gt=0)
    waiting: int = Field(default=64, ge=0)
    answer_seconds: float = Field(default=300.0, gt=0)
    failures: int = Field(default=5, gt=0)
    rest_seconds: float = Field(default=10.0, gt=0)
    queued_runs: int = Field(default=8, gt=0)
    quota: str | None = None
    documents: DocumentLimits = DocumentLimits()

    @field_validator("quota")
    @classmethod
    def _is_a_rate(cls, quota: str | None) -> str | None:
        if quota is not None:
            from limits import parse_many

            rates = parse_many(quota)  # a ValueError, which names what it was given
            if len(rates) > 1 or not all(map(int, re.findall(r"\d+", quota))):
                raise ValueError(f"{quota!r} is not one number of questions in a time, such as 60/minute")
        return quota
