"""What is recorded of the conditions of a comparison: warm-ups, and whether each condition of fairness holds."""

from __future__ import annotations

from typing import Literal

from corpora.model import Record

Subject = Literal["base model", "decoding", "system", "order", "concurrency", "warm-up"]


class Warmup(Record):
    """Requests to one pipeline that nobody counts, before each of its turns; a resumed run warms up again."""

    asked: int
    failed: int


class FairnessCheck(Record):
    """One condition of a fair comparison. `holds` is None where the run does not tell; `found` is what was seen."""

    subject: Subject
    holds: bool | None
    found: str
