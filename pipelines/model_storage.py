"""Weights being written: what goes wrong with the disk meanwhile, said in our words."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpora.errors import CorpusStorageError
from corpora.storing import FULL, is_full

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR})
_TOLD = re.compile(r"\(os error (\d+)\)|\[Errno (\d+)\]")


@contextmanager
def model_storage_errors(folder: Path) -> Iterator[None]:
    """Turns what is raised where a disk is full, or may not be written, into CorpusStorageError; all else passes.

    Args:
        folder: where the weights go.
    """
    try:
        yield
    except Exception as error:
        if not _is_of_storage(error, folder):
            raise
        raise CorpusStorageError(
            f"A model could not be written to {folder}: {_reason(error)}.",
            "Make sure that the disk has room and that the folder's owner and permissions let it be written, or name "
            "another folder in the environment variable BAKEOFF_HOME; then run the command again.",
        ) from error


def _is_of_storage(error: Exception, folder: Path) -> bool:
    """safetensors, tokenizers and shutil tell the system's number in their own errors; torch's says nothing of a full
    disk.
    """
    if isinstance(error, RuntimeError):
        return is_full(folder)
    number = error.errno if isinstance(error, OSError) else None
    return (_told(error) if number is None else number) in FULL | _REFUSED


def _reason(error: Exception) -> str:
    """shutil's error holds one line for each file of a folder that could not be copied: one of them will do."""
    number = _told(error) if isinstance(error, shutil.Error) else None
    return str(error) if number is None else os.strerror(number)


def _told(error: Exception) -> int | None:
    found = _TOLD.search(str(error))
    return int(found[1] or found[2]) if found else None
