"""How questions are spread over documents, and so of which documents it holds what is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import accumulate

import numpy as np

from corpora.model import Record
from eval import numbers
from eval.pairing import FEWEST_CLUSTERS
from eval.statistics import effective_clusters

MUCH_LESS = 2 / 3
"""Of their number, what documents tell at most that are called uneven: 1 to 10 questions on each tell more."""


class Spread(Record):
    """On which documents the questions with an answer are.

    Attributes:
        questions: how many there are.
        documents: how many documents they are on, as far as is known.
        effective: how many documents of one size would tell as much (`effective_clusters`); a question on none that is
            known counts as one of its own. 0 where there is no question.
        half: the fewest documents that half of these questions are on.
        on_half: how many questions are on these.
    """

    questions: int = 0
    documents: int = 0
    effective: float = 0.0
    half: int = 0
    on_half: int = 0

    @property
    def few(self) -> bool:
        """Whether there are so few documents that questions are resampled in their place."""
        return 0 < self.documents < FEWEST_CLUSTERS

    @property
    def uneven(self) -> bool:
        """Whether there are enough, which tell far less than as many equal ones, since a few have most questions."""
        return self.documents >= FEWEST_CLUSTERS > self.effective and self.effective < MUCH_LESS * self.documents

    @property
    def holding(self) -> str:
        """Where it holds that somebody is ahead, in a sentence; nothing where documents are many and alike."""
        if self.few:
            these = f"these {self.documents} documents" if self.documents > 1 else "this one document"
            return f"That is on {these}: of others it tells little."
        if self.uneven:
            return f"That is mostly on {self._most}: of others it tells little."
        return ""

    @property
    def warning(self) -> str:
        """What few documents, or a few with most of the questions, do to a run, in sentences; nothing of others."""
        if self.few:
            only = f"only {self.documents} documents" if self.documents > 1 else "only one document"
            return (
                f"The questions are on {only}: what is found holds for further questions on the same documents. For it "
                f"to hold for others, ask on {FEWEST_CLUSTERS} at least."
            )
        if self.uneven:
            return (
                f"Many questions are on {self._most}: all of them tell as much as {self.effective:.1f} equal "
                "documents would. Ask on the others as well."
            )
        return ""

    @property
    def _most(self) -> str:
        asked = f"{numbers.count(self.on_half)} of {numbers.counted(self.questions, 'question')}"
        return f"{self.half} of the {self.documents} documents, with {asked}"


def spread_of(questions: Collection[str], documents: Mapping[str, str]) -> Spread:
    """Of questions by their ids, and each one's document, as far as it is known."""
    sizes = sorted(Counter(documents[each] for each in questions if each in documents).values(), reverse=True)
    enough = [held for held in accumulate(sizes) if 2 * held >= sum(sizes)]
    alone = len(questions) - sum(sizes)
    return Spread(
        questions=len(questions),
        documents=len(sizes),
        effective=effective_clusters(np.array([*sizes, *[1] * alone], float)) if questions else 0.0,
        half=len(sizes) - len(enough) + 1 if sizes else 0,
        on_half=enough[0] if sizes else 0,
    )
