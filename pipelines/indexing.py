"""Writes the index of a corpus: one writer at a time, and copies of it for a corpus that changes."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpora.errors import IndexMissingError, NotReadyError
from corpora.model import Corpus, Passage, Record
from corpora.splitting import Splitting
from corpora.storing import make_folder, unwritable
from pipelines.embedding import BATCH, Embedder, EmbedTexts
from pipelines.index_changes import Changes, find_changes
from pipelines.index_collection import (
    COSINE,
    LAYOUT,
    MANIFEST,
    PAGE,
    Manifest,
    Spent,
    check_space,
    collection_name,
    documents_hash,
    read_manifest,
    read_spent,
    rows,
)
from pipelines.vectors import Vectors

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI

logger = logging.getLogger("bakeoff.index")

LOCK_SECONDS = 600

_OTHER = (
    "The index of %s was made of the corpus in %s, and becomes that of %s. Where both are in use, give them different "
    "names: of two corpora with one name only the one that was indexed last has an index."
)


class Indexed(Record):
    """How many passages an indexing added, left as they were, and removed; and the `seconds` that it took, without
    those of opening the embedder, which a process does once.
    """

    added: int
    kept: int
    removed: int
    seconds: float = 0.0


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
        CorpusStorageError: the index' folder cannot be made or written.
        NotReadyError: another process keeps the index locked, or the server that holds it does not answer.
    """
    make_folder(vectors.folder)
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
    if manifest is None or vectors.as_written(str(collection.id), manifest.files):
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
    collection = _collection(vectors, client, collection_name(corpus, embedder, splitting))
    present = dict(rows(collection))
    manifest = read_manifest(collection)
    documents = documents_hash(corpus)
    whole = manifest is not None and manifest.passages == len(present)
    if manifest is not None and whole and manifest.documents == documents:
        return Indexed(added=0, kept=len(present), removed=0)
    changes = find_changes(corpus, present, whole, embedder, splitting)
    root = str(corpus.root.resolve())
    if manifest is not None and manifest.root not in (None, root):
        logger.warning(_OTHER, corpus.name, manifest.root, root)
    seconds = _write(collection, changes, embed, on_progress)
    manifest = Manifest(
        layout=LAYOUT,
        embedder=embedder.fingerprint(),
        splitting=splitting,
        documents=documents,
        passages=len(changes.missing) + changes.kept,
        seconds=seconds,
        files=vectors.files_hash(str(collection.id)),
        root=root,
    )
    collection.modify(metadata={MANIFEST: manifest.model_dump_json()})
    return Indexed(
        added=len(changes.missing),
        kept=changes.kept,
        removed=len(changes.superfluous),
        seconds=time.perf_counter() - began - changes.opening,
    )


def _write(
    collection: Collection, changes: Changes, embed: EmbedTexts, on_progress: Callable[[int, int], None] | None
) -> float | None:
    """What the passages took that lie in the collection afterwards, in seconds; None where nobody knows."""
    before, new = read_spent(collection), Spent()
    _keep(collection, before)
    began = time.perf_counter()
    for places, embeddings in embed([text for _, text in changes.missing]):
        _add(collection, [changes.missing[place] for place in places], embeddings, changes.hashes)
        done = new.passages + len(places)
        new = Spent(seconds=time.perf_counter() - began + changes.splitting * done, passages=done)
        _keep(collection, Spent(seconds=before.seconds + new.seconds, passages=before.passages + done))
        if on_progress:
            on_progress(done, len(changes.missing))
    for start in range(0, len(changes.again), BATCH):
        batch = changes.again[start : start + BATCH]
        collection.update([each.id for each in batch], metadatas=[_metadata(each, changes.hashes) for each in batch])
    for start in range(0, len(changes.superfluous), BATCH):
        collection.delete(changes.superfluous[start : start + BATCH])
    return before.of_all(changes.kept, new)


def _keep(collection: Collection, spent: Spent) -> None:
    """In the place of the manifest, which is gone from then on."""
    collection.modify(metadata={MANIFEST: spent.model_dump_json()})


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
    make_folder(source.folder)
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


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other writers out.

    Raises:
        NotReadyError: one of them takes longer than `LOCK_SECONDS`.
        CorpusStorageError: the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "lock", timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise NotReadyError(
            f"Another process has been writing {folder} for {LOCK_SECONDS // 60} minutes.",
            "Wait until it has ended, or stop it, and run `bakeoff index` again.",
        ) from error
    except OSError as error:
        raise unwritable(folder / "lock", error) from error
    try:
        yield
    finally:
        lock.release()
