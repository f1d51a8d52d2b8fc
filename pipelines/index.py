"""The index of a corpus as a pipeline reads it: its passages, and the nearest of them to a question."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from corpora.errors import IndexMissingError
from corpora.model import Corpus, Document, Passage
from corpora.splitting import Splitting, passage_at
from pipelines.embedding import Embedder
from pipelines.index_collection import (
    Manifest,
    check_space,
    collection_name,
    documents_hash,
    find,
    indexed_otherwise,
    open_store,
    read_manifest,
    rows,
)
from pipelines.index_damage import damaged
from pipelines.vectors import REMEDY, Vectors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from langchain_core.documents import Document as LangChainDocument


CHANGED_SECONDS = 60.0
"""For so long an index may be newer than what was opened of it, which still answers: a service whose documents have
changed opens it anew.
"""


class PassageIndex:
    """Reads one collection. Its methods block; call them in a thread.

    Attributes:
        passages: every passage by its id, in the order of the corpus.
        content_hash: over all that a search result depends on besides the question.
        seconds: what its passages took (`Manifest`).
    """

    def __init__(
        self,
        vectors: Vectors,
        client: ClientAPI,
        collection: str,
        embedder: Embedder,
        passages: dict[str, Passage],
        manifest: Manifest,
    ) -> None:
        self._vectors = vectors
        self._client = client
        self._collection = collection
        self._embedder = embedder
        self._store = open_store(client, collection, embedder)
        self.passages = passages
        self.content_hash = manifest.content_hash
        self.seconds = manifest.seconds
        self._newer_since: float | None = None

    @classmethod
    def open(cls, vectors: Vectors, corpus: Corpus, embedder: Embedder, splitting: Splitting) -> PassageIndex:
        """Opens the index of a corpus.

        Raises:
            IndexMissingError: it is missing, incomplete, broken, or older than the corpus.
            IndexUnavailableError: the server that holds it cannot be reached.
        """
        name = collection_name(corpus, embedder, splitting)
        with vectors.errors():
            client = vectors.client() if vectors.exist else None
            collection = find(client, name) if client else None
            manifest = read_manifest(collection) if collection else None
            if client is None or collection is None or manifest is None:
                why = indexed_otherwise(client, corpus, embedder) if client else ""
                raise IndexMissingError(f"There is no complete index of the corpus {corpus.name!r}{why}.", REMEDY)
            if manifest.documents != documents_hash(corpus):
                raise IndexMissingError(f"The corpus {corpus.name!r} has changed since it was indexed.", REMEDY)
            check_space(collection)
            if not vectors.as_written(str(collection.id), manifest.files):
                raise damaged(vectors.chroma, "its files are not as they were written")
            documents = {document.id: document for document in corpus.documents}
            passages = [
                _passage(vectors, documents.get(row["document_id"]), row_id, row) for row_id, row in rows(collection)
            ]
            if len(passages) != manifest.passages:
                raise IndexMissingError(
                    f"The index of {corpus.name!r} holds {len(passages)} passages in place of {manifest.passages}.",
                    REMEDY,
                )
            order = {document_id: number for number, document_id in enumerate(documents)}
            passages.sort(key=lambda passage: (order[passage.document_id], passage.start))
            return cls(vectors, client, name, embedder, {passage.id: passage for passage in passages}, manifest)

    def search(self, question: str, top_k: int) -> list[tuple[str, float]]:
        """Ids of the nearest passages with their cosine similarity (-1 to 1), best first.

        While the collection is brought up to date for a changed corpus it holds passages that this one does not know:
        they are passed over, as long as `check` allows it and others are left. A bake-off has to ask `check_unchanged`.

        Raises:
            IndexMissingError: the collection is gone, or is another one by now.
            IndexUnavailableError: the server that holds it does not answer.
        """
        vector = self._embedder.embed_query(question)
        wanted = fetched = min(top_k, len(self.passages))
        while True:
            hits = self._nearest(vector, fetched)
            known = [(str(one.id), 1.0 - distance) for one, distance in hits if one.id in self.passages]
            if len(known) >= wanted or len(hits) < fetched:
                break
            fetched *= 2
        if len(known) < max(len(hits), wanted) or self._newer_since is not None:
            self.check()
        if not known:
            self.check_unchanged()
        return known[:wanted]

    def _nearest(self, vector: list[float], count: int) -> list[tuple[LangChainDocument, float]]:
        from chromadb.errors import NotFoundError

        with self._vectors.errors():
            try:
                return self._store.similarity_search_by_vector_with_relevance_scores(vector, k=count)
            except NotFoundError:  # deleted; it may be there again, under another id
                manifest = self._manifest()
                if manifest is None or manifest.content_hash != self.content_hash:
                    raise _changed() from None
                self._store = open_store(self._client, self._collection, self._embedder)
                return self._store.similarity_search_by_vector_with_relevance_scores(vector, k=count)

    def check(self) -> None:
        """Raises IndexMissingError where the index is gone, or has been of another corpus for `CHANGED_SECONDS`,
        IndexUnavailableError where its server does not answer. One that is just being brought up to date still answers.
        """
        with self._vectors.errors():
            manifest = self._manifest()
        if manifest is None or manifest.content_hash == self.content_hash:
            self._newer_since = None
            return
        self._newer_since = self._newer_since or time.monotonic()
        if time.monotonic() - self._newer_since >= CHANGED_SECONDS:
            raise _changed()

    def check_unchanged(self) -> None:
        """Raises IndexMissingError where the index is not, or not quite, the one that was opened, and
        IndexUnavailableError where its server does not answer.
        """
        with self._vectors.errors():
            manifest = self._manifest()
        if manifest is None or manifest.content_hash != self.content_hash:
            raise _changed()

    def _manifest(self) -> Manifest | None:
        """The collection's by now."""
        collection = find(self._client, self._collection)
        if collection is None:
            raise IndexMissingError("The index is not there any more.", REMEDY)
        return read_manifest(collection)


def _changed() -> IndexMissingError:
    return IndexMissingError(
        "The index has changed since it was opened.",
        "A service whose documents change by its API follows by itself; after a `bakeoff index` start it again. A "
        "bake-off goes on only with the documents and the index that it began with: else begin a new one.",
    )


def _passage(vectors: Vectors, document: Document | None, passage_id: str, row: Any) -> Passage:
    """The text comes from the document, whose hash is known to be the indexed one."""
    passage = passage_at(document, row["start"], row["end"]) if document else None
    if passage is None or passage.id != passage_id:
        raise damaged(vectors.chroma, f"the passage {passage_id} is none of the corpus")
    return passage
