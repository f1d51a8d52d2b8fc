"""The folder of the indexes: one writer at a time, and copies of it for a corpus that changes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpora.errors import NotReadyError

LOCK_SECONDS = 600


def copy_index(folder: Path, copy: Path) -> None:
    """Copies all indexes of a folder, if there are any, to be brought up to date for a changed corpus.

    A collection holds one state of its corpus: changed in place, it would be out of date for the corpus as it was.

    Raises:
        NotReadyError: another process keeps the index locked.
    """
    if folder.is_dir():
        with locked(folder):
            shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("lock"))


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
