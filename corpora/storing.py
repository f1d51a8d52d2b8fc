"""Documents put into a corpus' folder and taken out of it, each change whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpora.errors import CorpusStorageError
from corpora.model import Document
from corpora.reading import UPLOADED

_OURS = ".bakeoff-"
"""How the names of files begin that are there only in the middle of a change."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""The system's numbers for a disk, or somebody's share of it, that is full."""

ROOM_BYTES = 4 * 1024 * 1024
"""Less than this is called full where a library does not say what went wrong."""


@contextmanager
def added(folder: Path, document: Document) -> Iterator[None]:
    """Puts a document there, and takes it back where the block raises. Killed in between, it is there or it is not.

    Raises:
        CorpusStorageError: the disk is full, or the folder cannot be written; nothing has changed.
    """
    path = folder / f"{document.id}{UPLOADED}"
    with corpus_storage_errors(folder):
        write_atomically(path, document.model_dump_json().encode())
    try:
        yield
    except BaseException:
        with corpus_storage_errors(folder):
            path.unlink(missing_ok=True)
        raise


@contextmanager
def removed(folder: Path, document: Document) -> Iterator[None]:
    """Takes a document away, and puts it back where the block raises. Raises what `added` does."""
    uploaded = folder / f"{document.id}{UPLOADED}"
    path = uploaded if uploaded.is_file() else folder / document.source
    aside = path.with_name(f"{_OURS}{path.name}.removed")
    with corpus_storage_errors(folder):
        path.replace(aside)
        _settle(path.parent)
    try:
        yield
    except BaseException:
        with corpus_storage_errors(folder):
            aside.replace(path)
        raise
    with corpus_storage_errors(folder):
        aside.unlink()


def clear_leftovers(folder: Path) -> None:
    """Removes what a change that was killed has left. Call it while nobody else changes the corpus."""
    with corpus_storage_errors(folder):
        for path in folder.rglob(f"{_OURS}*"):
            path.unlink()


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Writes a file so that a reader finds the old one or the new one, never a part, whatever is killed or fails.

    Args:
        mode: who may read and write it; until it is in place, only its owner may.

    Raises:
        OSError: the disk is full or the folder cannot be written; the old file is as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_OURS, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _settle(path.parent)


@contextmanager
def corpus_storage_errors(folder: Path) -> Iterator[None]:
    """Turns the system's errors about a corpus' files into CorpusStorageError."""
    try:
        yield
    except OSError as error:
        full = error.errno in FULL
        problem = "The disk is full" if full else f"The corpus cannot be changed: {error.strerror or error}"
        remedy = remedy_for(error, folder, f"Give the service leave to write {folder}")
        raise CorpusStorageError(f"{problem}.", f"{remedy}, then try again; nothing has changed.") from error


def make_folder(folder: Path) -> None:
    """Makes a folder for what is prepared, where there is none. Raises CorpusStorageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpusStorageError(
            f"{folder} cannot be made: {error.strerror or error}.",
            f"{remedy_for(error, folder, 'Give Bakeoff leave to write there')}, or name another folder in the "
            "environment variable BAKEOFF_HOME; then try again.",
        ) from error


def is_full(folder: Path) -> bool:
    """Whether next to no room is left where a folder is or would be: for content, or for one more file (inodes)."""
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.is_dir())
    room = os.statvfs(there)
    return shutil.disk_usage(there).free < ROOM_BYTES or (room.f_files > 0 and room.f_favail == 0)


def unwritable(path: Path, error: OSError) -> CorpusStorageError:
    """What is said where a prepared folder is there and the system does not let it be written."""
    first = remedy_for(error, path, "Check the folder's owner and permissions")
    return CorpusStorageError(
        f"{path} cannot be written: {error.strerror or error}.",
        f"{first}, or name another folder in the environment variable BAKEOFF_HOME; then try again.",
    )


def remedy_for(error: OSError, path: Path, otherwise: str) -> str:
    """What to do first where the system does not let a file or a folder be made or written, without a full stop.

    Args:
        path: what was to be written, or a folder to be made.
        otherwise: what is said where neither the disk is full nor a folder stands in a file's place, nor a file in a
            folder's.
    """
    if error.errno in FULL:
        return "Free some space"
    if error.errno == errno.EISDIR:
        return f"Move {path} away, which is a folder where a file is expected"
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        for each in (path, *path.parents):
            if each.is_file():
                return f"Move {each} away, which is a file where a folder is expected"
    return otherwise


def _settle(folder: Path) -> None:
    """Makes the names in a folder outlast a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
