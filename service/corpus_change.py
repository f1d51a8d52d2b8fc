"""One change of a corpus on disk: its documents first, then its index, and both or neither."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

from corpora.errors import BakeoffError, CorpusStorageError, IndexMissingError
from corpora.model import Corpus, Record
from corpora.reading import documents_folder, read_corpus
from corpora.storing import clear_leftovers, storage_errors, write_atomically
from pipelines.embedding import Embedder
from pipelines.indexing import Indexed
from service.corpus_use import changing
from service.preparing import index_documents
from service.project import Project

logger = logging.getLogger("bakeoff.service")

Plan = Callable[[Corpus, Path], AbstractContextManager[None]]
"""From a corpus and the folder of its documents to the change: entered it is made, left by an error it is undone.

Raises what speaks against it."""


class Stamp(Record):
    """What was last done to a corpus; other processes see by it that theirs is old.

    `indexed` is False from before a change until its index is complete: where a kill came in between, the next start
    or the next change completes it.
    """

    content_hash: str
    indexed: bool


def change_corpus(project: Project, embedder: Embedder, plan: Plan) -> tuple[Corpus, Indexed]:
    """Changes the corpus and brings its index up to date. Blocks; other processes wait for their turn.

    Returns:
        The corpus as it is then, and what was indexed, over all indexes together.

    Raises:
        CorpusInUseError, OverloadedError: a bake-off measures the corpus, or others change it.
        CorpusStorageError: files or index cannot be written; corpus and index are as they were.
        BakeoffError: what `plan` and the indexing raise; the same holds.
    """
    root = project.corpus.root
    with storage_errors(root), changing(project):
        folder = documents_folder(root)
        clear_leftovers(folder)
        corpus = read_corpus(root)
        change = plan(corpus, folder)
        _write_stamp(project, corpus, indexed=False)
        try:
            with change:
                fresh = read_corpus(root)
                indexed = _index(project, fresh, embedder)
                _write_stamp(project, fresh, indexed=True)
        except BaseException:
            with suppress(BakeoffError, OSError):  # else the next change or start does it
                _index(project, corpus, embedder)
                _write_stamp(project, corpus, indexed=True)
            raise
    return fresh, indexed


def complete_change(project: Project, embedder: Embedder) -> Project:
    """The project after a change that was killed has been completed; as it is where there was none. Blocks."""
    stamp = read_stamp(project)
    if stamp is None or stamp.indexed:
        return project
    try:
        corpus, _ = change_corpus(project, embedder, lambda corpus, folder: nullcontext())
    except BakeoffError as error:
        logger.warning("the last change of the documents could not be completed: %s", error)
        return project
    return replace(project, corpus=corpus)


def read_stamp(project: Project) -> Stamp | None:
    """None where the corpus was never changed by a service, or nobody can tell."""
    try:
        return Stamp.model_validate_json(_stamp_path(project).read_bytes())
    except (OSError, ValueError):
        return None


def _write_stamp(project: Project, corpus: Corpus, *, indexed: bool) -> None:
    stamp = Stamp(content_hash=corpus.content_hash, indexed=indexed)
    write_atomically(_stamp_path(project), stamp.model_dump_json().encode())


def _stamp_path(project: Project) -> Path:
    return project.home.documents / f"{project.corpus.name}.json"


def _index(project: Project, corpus: Corpus, embedder: Embedder) -> Indexed:
    try:
        each = list(index_documents(replace(project, corpus=corpus), embedder))
    except IndexMissingError as error:  # Chroma's own trouble with its files
        logger.warning("the documents could not be indexed: %s", error)
        raise CorpusStorageError(
            "The index cannot be written.", "See the service's log, and whether the disk is full; nothing has changed."
        ) from error
    return Indexed(
        added=sum(one.added for one in each),
        kept=sum(one.kept for one in each),
        removed=sum(one.removed for one in each),
    )
