"""Answers that people judged, whatever data set they are from."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from pydantic import Field

from corpora.model import Record, Split
from eval.metrics.registry import Family


class Labelled(Record):
    """One answer, and what people said of it.

    `references` are right answers, any of them; `evidence` is what the answer should rest on; each data set has one of
    the two. `cluster` names what answers have in common (their question, passage or document): they are resampled
    together. `label` is True for right (correctness), or borne out by the evidence (faithfulness).
    """

    id: str = Field(min_length=1)
    dataset: str
    cluster: str
    family: Family
    user_input: str | None
    references: tuple[str, ...]
    evidence: tuple[str, ...]
    response: str
    label: bool
    language: str

    @property
    def half(self) -> Split:
        """`dev` to fit thresholds and weights on, `test` to report: by the SHA-256 of data set and cluster, so that a
        cluster is in one half whole, whatever else the file holds.
        """
        digest = hashlib.sha256(f"{self.dataset}\n{self.cluster}".encode()).digest()
        return "test" if digest[0] % 2 else "dev"


class LabelledSet(NamedTuple):
    """The answers of one data set, with its name, as people read it, and its family."""

    name: str
    family: Family
    rows: tuple[Labelled, ...]
