"""Was the evidence among the passages that the model was shown?"""

from __future__ import annotations

from collections.abc import Sequence

from corpora.model import Evidence, Passage

MOST = 0.5
"""A passage covers an evidence span when it holds more than this share of the span's characters."""


def covers(passage: Passage, evidence: Evidence) -> bool:
    """Whether the passage holds most of the span: same document, and more than half of the span's characters."""
    if passage.document_id != evidence.document_id:
        return False
    overlap = min(passage.end, evidence.end) - max(passage.start, evidence.start)
    return overlap > MOST * (evidence.end - evidence.start)


def recall_at(k: int | None, evidence: Sequence[Evidence], passages: Sequence[Passage]) -> float:
    """Share of the evidence spans that the best k passages cover, 0 to 1; all passages where k is None.

    Raises ValueError where there is no evidence to find.
    """
    if not evidence:
        raise ValueError("recall needs evidence")
    shown = passages[:k]
    return sum(any(covers(passage, span) for passage in shown) for span in evidence) / len(evidence)


def reciprocal_rank(evidence: Sequence[Evidence], passages: Sequence[Passage]) -> float:
    """1 over the rank of the first passage that covers any evidence span, 0 where none does; its mean is the MRR."""
    for rank, passage in enumerate(passages, start=1):
        if any(covers(passage, span) for span in evidence):
            return 1 / rank
    return 0.0
