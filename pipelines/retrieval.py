"""The passages for a question: by meaning, by words, or by both."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from pydantic import Field

from corpora.model import Corpus, Passage
from corpora.splitting import Splitting, embedded_text
from pipelines.bm25 import BM25
from pipelines.index import PassageIndex
from pipelines.workbench import Workbench

RRF_K = 60
DEPTH = 50

_SEARCHES = ThreadPoolExecutor(16, "search")
"""Threads of their own, of all pipelines: a server of vectors that hangs must not hold those that others work in."""


class RetrievalOptions(Splitting):
    """What is searched, and how many passages are shown to the model.

    `dense` ranks by cosine similarity of vectors, `bm25` by shared words, `hybrid` fuses the two.
    """

    search: Literal["dense", "bm25", "hybrid"] = "hybrid"
    top_k: int = Field(default=4, ge=1, le=DEPTH)

    @property
    def splitting(self) -> Splitting:
        return Splitting(passage_tokens=self.passage_tokens, overlap_tokens=self.overlap_tokens)


class Retriever:
    """Finds passages for questions; safe to use from many tasks at once."""

    def __init__(self, options: RetrievalOptions, index: PassageIndex, words: BM25 | None) -> None:
        self._options = options
        self._index = index
        self._words = words
        self._ids = tuple(index.passages)

    @classmethod
    async def open(cls, options: RetrievalOptions, bench: Workbench) -> Retriever:
        """Raises what `PassageIndex.open` does. The model is warm afterwards: no question pays for loading it."""
        return await asyncio.to_thread(cls._open, options, bench)

    @classmethod
    def _open(cls, options: RetrievalOptions, bench: Workbench) -> Retriever:
        index = PassageIndex.open(bench.home.index, bench.corpus, bench.embedder, options.splitting)
        words = None if options.search == "dense" else _index_words(index, bench.corpus)
        retriever = cls(options, index, words)
        retriever._search("warm-up")
        return retriever

    async def check(self) -> None:
        """Raises IndexMissingError or IndexUnavailableError where a search made now would."""
        await asyncio.get_running_loop().run_in_executor(_SEARCHES, self._index.check)

    async def check_unchanged(self) -> None:
        """Raises IndexMissingError where the index is not the one that was opened, or IndexUnavailableError."""
        await asyncio.get_running_loop().run_in_executor(_SEARCHES, self._index.check_unchanged)

    async def retrieve(self, question: str) -> tuple[Passage, ...]:
        """The `top_k` best passages, best first. Raises what `PassageIndex.search` raises.

        `score` is the cosine similarity for dense search, BM25's score for words, and for hybrid the sum of reciprocal
        ranks; scores of different kinds of search cannot be compared.
        """
        hits = await asyncio.get_running_loop().run_in_executor(_SEARCHES, self._search, question)
        return tuple(self._index.passages[one].model_copy(update={"score": score}) for one, score in hits)

    @property
    def indexing_seconds(self) -> float | None:
        """What splitting, embedding and storing the passages of the index took; None where nobody knows.

        A search by words alone is charged the vectors too: it reads its passages from an index, which is made with
        them whoever searches it.
        """
        return self._index.seconds

    def fingerprint(self) -> dict[str, Any]:
        return {"options": self._options.model_dump(), "index": self._index.content_hash}

    def _search(self, question: str) -> list[tuple[str, float]]:
        top_k = self._options.top_k
        if self._words is None:
            return self._index.search(question, top_k)
        if self._options.search == "bm25":
            return self._by_words(self._words, question, top_k)
        rankings = (self._index.search(question, DEPTH), self._by_words(self._words, question, DEPTH))
        return reciprocal_rank_fusion([one for one, _ in ranking] for ranking in rankings)[:top_k]

    def _by_words(self, words: BM25, question: str, top_k: int) -> list[tuple[str, float]]:
        return [(self._ids[place], score) for place, score in words.search(question, top_k)]


def _index_words(index: PassageIndex, corpus: Corpus) -> BM25:
    documents = {document.id: document for document in corpus.documents}
    return BM25([embedded_text(documents[one.document_id], one) for one in index.passages.values()])


def reciprocal_rank_fusion(rankings: Iterable[Sequence[str]]) -> list[tuple[str, float]]:
    """Ids by the sum of 1 / (60 + rank) over the rankings, rank from 1; equals keep the order they were first seen in.

    Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods",
    SIGIR 2009, whose constant this is.
    """
    scores: dict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, one in enumerate(ranking, start=1):
            scores[one] += 1 / (RRF_K + rank)
    return sorted(scores.items(), key=lambda item: -item[1])
