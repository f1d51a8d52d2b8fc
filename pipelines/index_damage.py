"""Whether an index on disk is as it was written. Chroma does not look, and a broken file takes the process down.

What is broken is made again: everything in an index comes from the corpus.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpora.errors import BakeoffError, CorpusStorageError, IndexMissingError
from corpora.storing import is_full, unwritable

SAVED = "index_metadata.pickle"
"""Chroma writes it with the graph."""

REMEDY = "Run `bakeoff index`, which makes it again."


def require_readable(folder: Path) -> None:
    """Raises IndexMissingError where Chroma's SQLite file in that folder is broken; opening it might crash.

    CorpusStorageError where it may be whole, and this user may not read and write it.
    """
    if not (folder / "chroma.sqlite3").exists():
        return
    with _opened(folder) as database:
        (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise damaged(folder, found)


def files_hash(folder: Path, collection: str) -> str:
    """SHA-256 over the files of a collection's graph of vectors, which change only when it is written to.

    A graph that Chroma has not saved yet (it does so after a thousand changes) is made anew whenever it is opened; its
    files are empty ones, which come with the first reader, and do not count.

    Args:
        collection: Chroma's id of it.

    Raises:
        IndexMissingError: they cannot be read.
        CorpusStorageError: this user may not read and write them, or the disk is full.
    """
    total = hashlib.sha256()
    with _opened(folder) as database:
        query = "SELECT id FROM segments WHERE collection = ? AND scope = 'VECTOR' ORDER BY id"
        segments = [str(segment) for (segment,) in database.execute(query, (collection,))]
    saved = [folder / segment for segment in segments if (folder / segment / SAVED).exists()]
    for file in sorted(file for graph in saved for file in graph.glob("*")):
        with file.open("rb") as stream:
            total.update(f"{file.name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def trouble(folder: Path, missing: IndexMissingError) -> BakeoffError:
    """What an error over Chroma's files means: `missing`, unless it only is that the disk is full, or that this user
    may not read and write them.

    Chroma writes even where it is only to read. A good index is not to be deleted for that.
    """
    for path in (folder, folder / "chroma.sqlite3"):
        if os.access(path, os.F_OK) and not os.access(path, os.R_OK | os.W_OK):
            number = errno.EROFS if os.statvfs(path).f_flag & os.ST_RDONLY else errno.EACCES
            return unwritable(path, OSError(number, os.strerror(number)))
    if is_full(folder):
        return CorpusStorageError(
            f"The disk is full: the index in {folder} could not be opened or written.",
            "Free some space, then try again. What was indexed before is still there.",
        )
    return missing


def damaged(folder: Path, said: str) -> IndexMissingError:
    return IndexMissingError(f"The index in {folder} is damaged: {' '.join(said.split())}.", REMEDY)


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"file:{folder / 'chroma.sqlite3'}?mode=ro", uri=True)) as database:
            yield database
    except (sqlite3.DatabaseError, OSError) as error:
        raise trouble(folder, damaged(folder, str(error))) from error
