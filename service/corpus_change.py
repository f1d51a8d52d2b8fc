"""One change of a corpus on disk: its documents first, then its index, and both or neither."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

from corpora.errors import (
    BakeoffError,
    CorpusInUseError,
    CorpusStorageError,
    DocumentInUseError,
    IndexMissingError,
    OverloadedError,
    UnknownDocumentError,
)
from corpora.model import Corpus, Record
from corpora.reading import documents_folder, read_corpus
from corpora.storing import clear_leftovers, corpus_storage_errors, removed, write_atomically
from corpora.wording import one_line
from pipelines.embedding import Embedder
from pipelines.indexing import Indexed
from service.corpus_use import changing, stopped
from service.preparing import index_documents
from service.project import Project

logger = logging.getLogger("bakeoff.service")

Plan = Callable[[Corpus, Path], AbstractContextManager[None]]
"""From a corpus and the folder of its documents to the change: entered it is made, left by an error it is undone.

Raises what speaks against it."""


class Stamp(Record):
    """What was last done to a corpus; other processes see by it that theirs is old.

    `indexed` is False from before a change until its index is complete. Where it stays so, because a kill came in
    between or the index could not be put back either, the change is cut off, and `complete_change` completes it.
    """

    content_hash: str
    indexed: bool


def change_corpus(
    project: Project,
    embedder: Embedder,
    plan: Plan,
    stopping: threading.Event,
    serve: Callable[[Corpus], None],
) -> tuple[Corpus, Indexed]:
    """Changes the corpus and brings its index up to date. Blocks; other processes wait for their turn.

    Args:
        stopping: set, it has the documents put back as they were, and leaves the index to `complete_change`.
        serve: opens what answers from the changed corpus. Nobody else begins a change meanwhile, which would leave no
            index to open.

    Returns:
        The corpus as it is then, and what was indexed, over all indexes together.

    Raises:
        CorpusInUseError, OverloadedError: a bake-off measures the corpus, or others change it.
        BusyError: the service is `stopping`.
        CorpusStorageError: files or index cannot be written; corpus and index are as they were.
        BakeoffError: what `plan` and the indexing raise; the same holds.
    """
    root = project.corpus.root
    with corpus_storage_errors(root), changing(project, stopping):
        folder = documents_folder(root)
        clear_leftovers(folder)
        corpus = read_corpus(root)
        change = plan(corpus, folder)
        _write_stamp(project, corpus, indexed=False)
        try:
            with change:
                fresh = read_corpus(root)
                indexed = _index(project, fresh, embedder, stopping)
                _write_stamp(project, fresh, indexed=True)
        except BaseException:
            with suppress(BakeoffError, OSError):  # else it is a change that was cut off
                _index(project, corpus, embedder, stopping)
                _write_stamp(project, corpus, indexed=True)
            raise
        serve(fresh)
    return fresh, indexed


def complete_change(project: Project, embedder: Embedder, stopping: threading.Event) -> None:
    """Brings the index up to date where a change was cut off. Blocks; what was embedded is not embedded again.

    Does nothing where none was, while another process is at it or measures the corpus, and where it cannot be done yet,
    which the log then says. Set, `stopping` ends it.
    """
    stamp = read_stamp(project)
    if stamp is not None and not stamp.indexed:
        index_anew(project, stamp, embedder, stopping)


def index_anew(project: Project, stamp: Stamp, embedder: Embedder, stopping: threading.Event) -> bool:
    """Brings the project's index up to date with the corpus, as `complete_change` does; whether it did.

    Not where the corpus has another stamp by now.
    """
    try:
        with changing(project, stopping, seconds=0):
            if read_stamp(project) != stamp:
                return False
            clear_leftovers(documents_folder(project.corpus.root))
            corpus = read_corpus(project.corpus.root)
            _index(project, corpus, embedder, stopping)
            _write_stamp(project, corpus, indexed=True)
            return True
    except (OverloadedError, CorpusInUseError):
        return False
    except (BakeoffError, OSError) as error:
        if not stopping.is_set():
            logger.warning("the last change of the documents could not be completed yet: %s", error)
        return False


def is_settled(project: Project) -> bool:
    """Whether no change is being made, and none was cut off."""
    stamp = read_stamp(project)
    return stamp is None or stamp.indexed


def removal(corpus: Corpus, folder: Path, document_id: str) -> AbstractContextManager[None]:
    """The plan to remove a document. Raises UnknownDocumentError, DocumentInUseError."""
    document = next((each for each in corpus.documents if each.id == document_id), None)
    if document is None:
        raise unknown_document(document_id)
    asking = [
        question.id
        for question in corpus.questions
        if any(evidence.document_id == document_id for evidence in question.reference_contexts)
    ]
    if asking:
        more = f" and {len(asking) - 10} more" if len(asking) > 10 else ""
        raise DocumentInUseError(
            f"{document_id!r} holds the evidence of the questions {', '.join(asking[:10])}{more}.",
            "Change or remove these in the corpus' question file first.",
        )
    if len(corpus.documents) == 1:
        raise DocumentInUseError("It is the corpus' last document.", "Send another one first.")
    return removed(folder, document)


def unknown_document(document_id: str) -> UnknownDocumentError:
    """What is said of an id that no document has."""
    return UnknownDocumentError(f"There is no document {one_line(document_id)!r}.", "See GET /documents for those.")


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


def _index(project: Project, corpus: Corpus, embedder: Embedder, stopping: threading.Event) -> Indexed:
    def go_on(done: int = 0, total: int = 0) -> None:
        if stopping.is_set():
            raise stopped()

    go_on()
    try:
        each = list(index_documents(replace(project, corpus=corpus), embedder, lambda: nullcontext(go_on)))
    except IndexMissingError as error:  # Chroma's own trouble with its files
        logger.warning("the documents could not be indexed: %s", error)
        raise CorpusStorageError(
            "The index cannot be written.", "See the service's log, and whether the disk is full; nothing has changed."
        ) from error
    return Indexed(
        added=sum(one.added for one in each),
        kept=sum(one.kept for one in each),
        removed=sum(one.removed for one in each),
        seconds=sum(one.seconds for one in each),
    )
