"""The passages of a corpus and their vectors, in Chroma on disk.

`build_index` writes, `PassageIndex.open` reads. Chroma alone cannot tell a whole index from one whose making was
killed, or whose corpus has changed since, so a manifest is written last and removed first.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpora.errors import ConfigError, CorpusError, IndexMissingError
from corpora.model import Corpus, Document, Passage, Record
from corpora.splitting import Splitting, document_of, embedded_text, split_document
from pipelines.embedding import BATCH, Embedder
from pipelines.index_files import locked

if TYPE_CHECKING:
    from langchain_chroma import Chroma

LAYOUT = 1
REMEDY = "Run `bakeoff index`."


class Indexed(Record):
    """How many passages an indexing added, left as they were, and removed."""

    added: int
    kept: int
    removed: int


class Manifest(Record):
    """What lies in a collection; written when all of it does. `documents` are hashes by document id; `seconds` is what
    splitting, embedding and storing took, over all indexings that brought it to where it is.
    """

    layout: int
    embedder: dict[str, Any]
    splitting: Splitting
    documents: dict[str, str]
    passages: int
    seconds: float

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude={"seconds"}).encode()).hexdigest()


class PassageIndex:
    """Reads one collection. Its methods block; call them in a thread.

    Attributes:
        passages: every passage by its id, in the order of the corpus.
        content_hash: over all that a search result depends on besides the question.
        seconds: what making it took.
    """

    def __init__(self, store: Chroma, passages: dict[str, Passage], manifest: Manifest) -> None:
        self._store = store
        self.passages = passages
        self.content_hash = manifest.content_hash
        self.seconds = manifest.seconds

    @classmethod
    def open(cls, folder: Path, corpus: Corpus, embedder: Embedder, splitting: Splitting) -> PassageIndex:
        """Raises IndexMissingError where the index is missing, incomplete, broken, or older than the corpus."""
        collection = _collection_name(corpus, embedder, splitting)
        manifest = _read_manifest(folder / f"{collection}.json")
        if manifest is None:
            raise IndexMissingError(f"There is no complete index of the corpus {corpus.name!r}.", REMEDY)
        if manifest.documents != _document_hashes(corpus):
            raise IndexMissingError(f"The corpus {corpus.name!r} has changed since it was indexed.", REMEDY)
        with _chroma_errors(folder):
            store = _open_store(folder, collection, embedder, create=False)
            rows = store.get(include=["metadatas"])
        documents = {document.id: document for document in corpus.documents}
        passages = [
            _passage(documents[row["document_id"]], row_id, row["start"], row["end"])
            for row_id, row in zip(rows["ids"], rows["metadatas"], strict=True)
        ]
        if len(passages) != manifest.passages:
            raise IndexMissingError(
                f"The index of {corpus.name!r} holds {len(passages)} passages in place of {manifest.passages}.", REMEDY
            )
        order = {document_id: number for number, document_id in enumerate(documents)}
        passages.sort(key=lambda passage: (order[passage.document_id], passage.start))
        return cls(store, {passage.id: passage for passage in passages}, manifest)

    def search(self, question: str, top_k: int) -> list[tuple[str, float]]:
        """Ids of the nearest passages with their cosine similarity (-1 to 1), best first.

        While the collection is brought up to date for a changed corpus it holds passages that this one does not know:
        they are passed over.
        """
        wanted = fetched = min(top_k, len(self.passages))
        while True:
            hits = self._store.similarity_search_with_score(question, k=fetched)
            known = [(str(one.id), 1.0 - distance) for one, distance in hits if one.id in self.passages]
            if len(known) >= wanted or len(hits) < fetched:
                return known[:wanted]
            fetched *= 2


def build_index(
    folder: Path,
    corpus: Corpus,
    embedder: Embedder,
    splitting: Splitting,
    on_progress: Callable[[int, int], None] | None = None,
) -> Indexed:
    """Brings the index up to date, embedding only passages that are new. Blocks; a second writer waits for the first.

    Args:
        folder: where Chroma's files and the manifests lie.
        on_progress: told how many passages are embedded, and of how many.

    Raises:
        ConfigError: passages would be longer than the embedder reads.
        CorpusError: there is no text to index.
        NotReadyError: another process keeps the index locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder), _chroma_errors(folder):
        return _bring_up_to_date(folder, corpus, embedder, splitting, on_progress)


def _bring_up_to_date(
    folder: Path,
    corpus: Corpus,
    embedder: Embedder,
    splitting: Splitting,
    on_progress: Callable[[int, int], None] | None,
) -> Indexed:
    began = time.perf_counter()
    collection = _collection_name(corpus, embedder, splitting)
    path = folder / f"{collection}.json"
    store = _open_store(folder, collection, embedder, create=True)
    present = set(store.get(include=[])["ids"])
    manifest = _read_manifest(path)
    hashes = _document_hashes(corpus)
    whole = manifest is not None and manifest.passages == len(present)
    before = manifest.documents if manifest is not None and whole else {}
    if before == hashes:
        return Indexed(added=0, kept=len(present), removed=0)
    unchanged = {one for one, each in hashes.items() if before.get(one) == each}
    kept = {one for one in present if document_of(one) in unchanged}
    changed = [document for document in corpus.documents if document.id not in unchanged]
    wanted = dict(_split(changed, embedder, splitting))
    if not wanted and not kept:
        raise CorpusError(f"The corpus {corpus.name!r} holds no text.", "Put text into its documents.")
    missing = [(passage, text) for passage, text in wanted.values() if passage.id not in present]
    superfluous = sorted(present - wanted.keys() - kept)
    path.unlink(missing_ok=True)
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        store.add_texts(
            [text for _, text in batch],
            metadatas=[passage.model_dump(include={"document_id", "start", "end"}) for passage, _ in batch],
            ids=[passage.id for passage, _ in batch],
        )
        if on_progress:
            on_progress(start + len(batch), len(missing))
    for start in range(0, len(superfluous), BATCH):
        store.delete(superfluous[start : start + BATCH])
    manifest = Manifest(
        layout=LAYOUT,
        embedder=embedder.fingerprint(),
        splitting=splitting,
        documents=hashes,
        passages=len(wanted) + len(kept),
        seconds=(manifest.seconds if manifest else 0.0) + time.perf_counter() - began,
    )
    part = path.with_suffix(".part")
    part.write_text(manifest.model_dump_json(indent=1))
    part.replace(path)
    return Indexed(added=len(missing), kept=len(kept) + len(wanted) - len(missing), removed=len(superfluous))


def _split(
    documents: Iterable[Document], embedder: Embedder, splitting: Splitting
) -> Iterator[tuple[str, tuple[Passage, str]]]:
    for document in documents:
        room = embedder.max_tokens - embedder.count_tokens(document.title)
        if splitting.passage_tokens > room:
            raise ConfigError(
                f"passage_tokens is {splitting.passage_tokens}, but {embedder.name} reads {room} beside the title of "
                f"{document.id!r}.",
                f"Set passage_tokens to {room} or less, or shorten the title.",
            )
        for passage in split_document(document, splitting, embedder.count_tokens):
            yield passage.id, (passage, embedded_text(document, passage))


def _open_store(folder: Path, collection: str, embedder: Embedder, *, create: bool) -> Chroma:
    """The collection as a LangChain vector store: vectors are the embedder's, Chroma itself gets no model."""
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    settings = Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(path=str(folder / "chroma"), settings=settings)
    if not create:
        client.get_collection(collection, embedding_function=None)  # the line below would make an empty one
    store = Chroma(
        collection_name=collection,
        embedding_function=embedder,
        client=client,
        collection_configuration={"hnsw": {"space": "cosine"}},
    )
    # the configuration asked for is ignored where the collection is there already
    hnsw = client.get_collection(collection, embedding_function=None).configuration_json["hnsw"]
    if hnsw["space"] != "cosine":
        raise IndexMissingError(
            f"The index in {folder} does not measure distance by cosine.", f"Delete {folder} and run `bakeoff index`."
        )
    return store


@contextmanager
def _chroma_errors(folder: Path) -> Iterator[None]:
    """Chroma's errors, and SQLite's through it, become ours."""
    from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as error:
        raise IndexMissingError(
            f"The index in {folder} cannot be read: {error}", f"Delete {folder} and run `bakeoff index`."
        ) from error


def _read_manifest(path: Path) -> Manifest | None:
    """None where there is none, or none that this version can read."""
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None
    return manifest if manifest.layout == LAYOUT else None


def _collection_name(corpus: Corpus, embedder: Embedder, splitting: Splitting) -> str:
    key = json.dumps([LAYOUT, embedder.fingerprint(), splitting.model_dump()], sort_keys=True)
    return f"{corpus.name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def _document_hashes(corpus: Corpus) -> dict[str, str]:
    return {document.id: _hash(document) for document in corpus.documents}


def _hash(document: Document) -> str:
    return hashlib.sha256(f"{document.title}\0{document.text}".encode()).hexdigest()


def _passage(document: Document, passage_id: str, start: int, end: int) -> Passage:
    """The text comes from the document, whose hash is known to be the indexed one."""
    return Passage(id=passage_id, document_id=document.id, start=start, end=end, text=document.text[start:end])
