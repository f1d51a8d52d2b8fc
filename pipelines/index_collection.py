"""One collection of Chroma's: the passages of a corpus, split and embedded in one way, and the word that all are there.

Chroma alone cannot tell a whole index from one whose making was killed, or whose corpus has changed since, so a
manifest is written last and removed first. It lies in the collection's own metadata: it cannot outlive the collection,
nor speak of another one. While it is away, `Spent` is in its place.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpora.errors import IndexMissingError
from corpora.model import Corpus, Document, Record
from corpora.splitting import Splitting
from pipelines.embedding import Embedder

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from langchain_chroma import Chroma

LAYOUT = 2
MANIFEST = "manifest"
PAGE = 5000
"""Rows in one answer of Chroma's."""
COSINE: Any = {"hnsw": {"space": "cosine"}}


class Manifest(Record):
    """What lies in a collection; written when all of it does. `documents` is a hash over all of them; `seconds` is what
    splitting, embedding and storing its passages took (`Spent.of_all`), None where nobody knows; `files` is
    `Vectors.files_hash`, None with a server and in collections that were written before it was kept; `root` is the
    corpus' folder, None in those that were written before that was.
    """

    layout: int
    embedder: dict[str, Any]
    splitting: Splitting
    documents: str
    passages: int
    seconds: float | None
    files: str | None = None
    root: str | None = None

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude={"seconds", "files", "root"}).encode()).hexdigest()


class Spent(Record):
    """What splitting, embedding and storing so many passages took, in seconds. Of 0 passages nothing is known.

    It lies in a collection while that is being changed, so that what was spent is known after an interruption.
    """

    seconds: float = 0.0
    passages: int = 0

    def of_all(self, kept: int, new: Spent) -> float | None:
        """What the passages of a changed collection took: those that are `new`, and `kept` of those that this is of.

        Passages are taken to have cost alike: those that are gone take their share along, or the knowledge of today
        would be charged for all that it ever was. Where nobody knows of those that are kept, they count as the new
        ones do; None where there are none of these either.
        """
        if not kept:
            return new.seconds
        known = self if self.passages else new
        return new.seconds + known.seconds * kept / known.passages if known.passages else None


def open_store(client: ClientAPI, collection: str, embedder: Embedder) -> Chroma:
    """The collection as a LangChain vector store: vectors are the embedder's, Chroma itself gets no model.

    Makes the collection where there is none.
    """
    from langchain_chroma import Chroma

    return Chroma(
        collection_name=collection, embedding_function=embedder, client=client, collection_configuration=COSINE
    )


def find(client: ClientAPI, collection: str) -> Collection | None:
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(collection, embedding_function=None)
    except NotFoundError:
        return None


def check_space(collection: Collection) -> None:
    """The configuration asked for is ignored where the collection is there already."""
    if collection.configuration_json["hnsw"]["space"] != "cosine":
        raise IndexMissingError(
            f"The collection {collection.name} does not measure distance by cosine.",
            "Delete it in Chroma, or the whole folder where Chroma is on disk, and run `bakeoff index`.",
        )


def rows(collection: Collection) -> Iterator[tuple[str, Any]]:
    """Ids and metadata of all passages."""
    for start in range(0, collection.count(), PAGE):
        page = collection.get(limit=PAGE, offset=start, include=["metadatas"])
        yield from zip(page["ids"], page["metadatas"] or (), strict=True)


def read_manifest(collection: Collection) -> Manifest | None:
    """None where there is none, or none that this version can read."""
    try:
        manifest = Manifest.model_validate_json(str((collection.metadata or {}).get(MANIFEST, "")))
    except ValueError:
        return None
    return manifest if manifest.layout == LAYOUT else None


def read_spent(collection: Collection) -> Spent:
    """What its passages took, whether it is whole or not; of no passages where nobody knows."""
    manifest = read_manifest(collection)
    if manifest is not None:
        return Spent() if manifest.seconds is None else Spent(seconds=manifest.seconds, passages=manifest.passages)
    try:
        return Spent.model_validate_json(str((collection.metadata or {}).get(MANIFEST, "")))
    except ValueError:
        return Spent()


def collection_name(corpus: Corpus, embedder: Embedder, splitting: Splitting) -> str:
    key = json.dumps([LAYOUT, embedder.fingerprint(), splitting.model_dump()], sort_keys=True)
    return f"{corpus.name}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def indexed_otherwise(client: ClientAPI, corpus: Corpus, embedder: Embedder) -> str:
    """Why an index is missed although the corpus was indexed, as the end of a sentence; empty where it never was."""
    ours = re.compile(rf"{re.escape(corpus.name)}-[0-9a-f]{{12}}")
    found = [read_manifest(each) for each in client.list_collections() if ours.fullmatch(each.name)]
    same = [each.embedder == embedder.fingerprint() for each in found if each]
    ways = ["by another embedder"] * (False in same) + ["with other passages"] * (True in same)
    return f" as it is configured now: it was indexed {' and '.join(ways)}" if ways else ""


def documents_hash(corpus: Corpus) -> str:
    total = hashlib.sha256()
    for document in corpus.documents:
        total.update(f"{document.id}\0{document_hash(document)}\n".encode())
    return total.hexdigest()


def document_hash(document: Document) -> str:
    return hashlib.sha256(f"{document.title}\0{document.text}".encode()).hexdigest()
