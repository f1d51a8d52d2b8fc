"""What has to be done to bring the index of a corpus up to date."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from corpora.errors import ConfigError, CorpusError
from corpora.model import Corpus, Document, Passage
from corpora.splitting import Splitting, embedded_text, split_document
from pipelines.embedding import Embedder
from pipelines.index_collection import document_hash


@dataclass(frozen=True)
class Changes:
    """What brings a collection up to date.

    `missing` are passages to be embedded, with the texts to embed; `again` are passages that stay, of documents that
    are not as they were; `superfluous` are the ids of rows to delete; `kept` counts the rows that stay; `hashes` are
    the documents' own; `splitting` is what it took to split documents, in seconds for each passage that came of it;
    `opening` is what opening the embedder took, in seconds.
    """

    missing: list[tuple[Passage, str]]
    again: list[Passage]
    superfluous: list[str]
    kept: int
    hashes: dict[str, str]
    splitting: float
    opening: float


def find_changes(
    corpus: Corpus, present: dict[str, Any], whole: bool, embedder: Embedder, splitting: Splitting
) -> Changes:
    """Compares a corpus with the rows of its collection.

    Only documents that changed are split again; all of them where the collection is not `whole`.

    Args:
        present: the metadata of each row, by its id.

    Raises:
        ConfigError: passages would be longer than the embedder reads.
        CorpusError: there is no text to index.
    """
    hashes = {document.id: document_hash(document) for document in corpus.documents}
    unchanged = _unchanged(hashes, present) if whole else set()
    left = {row_id for row_id, row in present.items() if row["document_id"] in unchanged}
    changed = [document for document in corpus.documents if document.id not in unchanged]
    began = time.perf_counter()
    reach = embedder.max_tokens if changed else 0  # which opens it
    opened = time.perf_counter()
    wanted = dict(_split(changed, embedder, reach, splitting))
    seconds = time.perf_counter() - opened
    if not wanted and not left:
        raise CorpusError(f"The corpus {corpus.name!r} holds no text.", "Put text into its documents.")
    again = [passage for passage, _ in wanted.values() if passage.id in present]
    return Changes(
        missing=[(passage, text) for passage, text in wanted.values() if passage.id not in present],
        again=again,
        superfluous=sorted(present.keys() - wanted.keys() - left),
        kept=len(left) + len(again),
        hashes=hashes,
        splitting=seconds / len(wanted) if wanted else 0.0,
        opening=opened - began,
    )


def _unchanged(hashes: dict[str, str], present: dict[str, Any]) -> set[str]:
    """The documents all of whose passages were made of them as they are."""
    made_of: dict[str, set[str]] = {}
    for row in present.values():
        made_of.setdefault(row["document_id"], set()).add(row["document_hash"])
    return {document_id for document_id, digest in hashes.items() if made_of.get(document_id) == {digest}}


def _split(
    documents: Iterable[Document], embedder: Embedder, reach: int, splitting: Splitting
) -> Iterator[tuple[str, tuple[Passage, str]]]:
    for document in documents:
        room = reach - embedder.count_tokens(document.title)
        if splitting.passage_tokens > room:
            raise ConfigError(
                f"passage_tokens is {splitting.passage_tokens}, but {embedder.name} reads {room} beside the title of "
                f"{document.id!r}.",
                f"Set passage_tokens to {room} or less, or shorten the title.",
            )
        for passage in split_document(document, splitting, embedder.count_tokens):
            yield passage.id, (passage, embedded_text(document, passage))
