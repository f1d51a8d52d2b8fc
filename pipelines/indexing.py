"""Writes the index of a corpus: one writer at a time, and copies of it for a corpus that changes."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpora.errors import ConfigError, CorpusError, IndexMissingError, NotReadyError
from corpora.model import Corpus, Document, Passage, Record
from corpora.splitting import Splitting, embedded_text, split_document
from pipelines.embedding import BATCH, Embedder, EmbedTexts
from pipelines.index_collection import (
    COSINE,
    LAYOUT,
    MANIFEST,
    PAGE,
    Manifest,
    check_space,
    collection_name,
    document_hash,
    documents_hash,
    read_manifest,
    rows,
)
from pipelines.vectors import Vectors

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI

logger = logging.getLogger("bakeoff.index")

LOCK_SECONDS = 600


class Indexed(Record):
    """How many passages an indexing added, left as they were, and removed."""

    added: int
    kept: int
    removed: int


def build_index(
    vectors: Vectors,
    corpus: Corpus,
    embedder: Embedder,
    splitting: Splitting,
    on_progress: Callable[[int, int], None] | None = None,
    embed: EmbedTexts | None = None,
) -> Indexed:
    """Brings the index up to date, embedding only passages that are new. Blocks; a second writer waits for the first.

    Args:
        vectors: where it lies.
        on_progress: told how many passages are embedded, and of how many.
        embed: makes the vectors, in place of the embedder in this process.

    Raises:
        ConfigError: passages would be longer than the embedder reads.
        CorpusError: there is no text to index.
        NotReadyError: another process keeps the index locked, or the server that holds it does not answer.
    """
    vectors.folder.mkdir(parents=True, exist_ok=True)
    with locked(vectors.folder), vectors.errors():
        client = _client(vectors)
        return _bring_up_to_date(
            vectors, client, corpus, embedder, splitting, on_progress, embed or embedder.embed_batches
        )


def _client(vectors: Vectors) -> ClientAPI:
    """Begins anew where Chroma's files are broken: all that was in them comes from corpora."""
    try:
        return vectors.client()
    except IndexMissingError as error:
        logger.warning("%s", error.problem)
        shutil.rmtree(vectors.chroma)
        return vectors.client()


def _collection(vectors: Vectors, client: ClientAPI, name: str) -> Collection:
    """The collection of that name, an empty one where there is none or where its files are broken."""

    def found() -> Collection:
        return client.get_or_create_collection(name, embedding_function=None, configuration=COSINE)

    collection = found()
    check_space(collection)
    manifest = read_manifest(collection)
    if manifest is None or manifest.files in (None, vectors.files_hash(str(collection.id))):
        return collection
    logger.warning("The files of the collection %s are not as they were written; it is made again.", name)
    client.delete_collection(name)
    return found()


def _bring_up_to_date(
    vectors: Vectors,
    client: ClientAPI,
    corpus: Corpus,
    embedder: Embedder,
    splitting: Splitting,
    on_progress: Callable[[int, int], None] | None,
    embed: EmbedTexts,
) -> Indexed:
    began = time.perf_counter()
    name = collection_name(corpus, embedder, splitting)
    collection = _collection(vectors, client, name)
    present = dict(rows(collection))
    manifest = read_manifest(collection)
    documents = documents_hash(corpus)
    whole = manifest is not None and manifest.passages == len(present)
    if manifest is not None and whole and manifest.documents == documents:
        return Indexed(added=0, kept=len(present), removed=0)
    hashes = {document.id: document_hash(document) for document in corpus.documents}
    unchanged = _unchanged(hashes, present) if whole else set()
    kept = {row_id for row_id, row in present.items() if row["document_id"] in unchanged}
    changed = [document for document in corpus.documents if document.id not in unchanged]
    wanted = dict(_split(changed, embedder, splitting))
    if not wanted and not kept:
        raise CorpusError(f"The corpus {corpus.name!r} holds no text.", "Put text into its documents.")
    missing = [(passage, text) for passage, text in wanted.values() if passage.id not in present]
    again = [passage for passage, _ in wanted.values() if passage.id in present]
    superfluous = sorted(present.keys() - wanted.keys() - kept)
    collection.modify(metadata={MANIFEST: ""})  # not None, which Chroma refuses
    done = 0
    for places, embeddings in embed([text for _, text in missing]):
        _add(collection, [missing[place] for place in places], embeddings, hashes)
        done += len(places)
        if on_progress:
            on_progress(done, len(missing))
    for start in range(0, len(again), BATCH):
        batch = again[start : start + BATCH]
        collection.update([each.id for each in batch], metadatas=[_metadata(each, hashes) for each in batch])
    for start in range(0, len(superfluous), BATCH):
        collection.delete(superfluous[start : start + BATCH])
    before = manifest.seconds if manifest else 0.0
    manifest = Manifest(
        layout=LAYOUT,
        embedder=embedder.fingerprint(),
        splitting=splitting,
        documents=documents,
        passages=len(wanted) + len(kept),
        seconds=before + time.perf_counter() - began,
        files=vectors.files_hash(str(collection.id)),
    )
    collection.modify(metadata={MANIFEST: manifest.model_dump_json()})
    return Indexed(added=len(missing), kept=len(kept) + len(again), removed=len(superfluous))


def _unchanged(hashes: dict[str, str], present: dict[str, Any]) -> set[str]:
    """The documents all of whose passages were made of them as they are."""
    made_of: dict[str, set[str]] = {}
    for row in present.values():
        made_of.setdefault(row["document_id"], set()).add(row["document_hash"])
    return {document_id for document_id, digest in hashes.items() if made_of.get(document_id) == {digest}}


def _metadata(passage: Passage, hashes: dict[str, str]) -> dict[str, Any]:
    place = passage.model_dump(include={"document_id", "start", "end"})
    return place | {"document_hash": hashes[passage.document_id]}


def _add(
    collection: Collection, batch: list[tuple[Passage, str]], vectors: list[list[float]], hashes: dict[str, str]
) -> None:
    import numpy as np

    collection.upsert(
        ids=[passage.id for passage, _ in batch],
        embeddings=np.asarray(vectors, dtype=np.float32),
        documents=[text for _, text in batch],
        metadatas=[_metadata(passage, hashes) for passage, _ in batch],
    )


def copy_index(source: Vectors, target: Vectors, corpus: str) -> None:
    """Copies every collection of a corpus, by its name, to be brought up to date for a changed corpus.

    A collection holds one state of its corpus: changed in place, it would be out of date for the corpus as it was.

    Raises:
        NotReadyError: another process keeps the index locked, or the server that holds it does not answer.
    """
    if not source.exist:
        return
    source.folder.mkdir(parents=True, exist_ok=True)
    with locked(source.folder), source.errors(), target.errors():
        reader, writer = source.client(), target.client()
        page = min(PAGE, writer.get_max_batch_size())
        for found in reader.list_collections():
            if not found.name.startswith(f"{corpus}-"):
                continue
            old = reader.get_collection(found.name, embedding_function=None)
            new = writer.create_collection(found.name, embedding_function=None, configuration=COSINE)
            for start in range(0, old.count(), page):
                batch = old.get(limit=page, offset=start, include=["embeddings", "metadatas", "documents"])
                new.add(batch["ids"], batch["embeddings"], batch["metadatas"], batch["documents"])
            manifest = read_manifest(old)
            if manifest:
                manifest = manifest.model_copy(update={"files": target.files_hash(str(new.id))})
                new.modify(metadata={MANIFEST: manifest.model_dump_json()})


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


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other writers out. Raises NotReadyError where one of them takes longer than `LOCK_SECONDS`."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "lock", timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise NotReadyError(
            f"Another process has been writing {folder} for {LOCK_SECONDS // 60} minutes.",
            "Wait until it has ended, or stop it, and run `bakeoff index` again.",
        ) from error
    try:
        yield
    finally:
        lock.release()
