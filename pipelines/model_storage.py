"""Weights being written: what goes wrong with the disk meanwhile, said in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpora.errors import CorpusStorageError


@contextmanager
def model_storage_errors(folder: Path) -> Iterator[None]:
    """Turns the errors of the system, and of safetensors, which has its own for a full disk, into CorpusStorageError.

    Args:
        folder: where the weights go.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError) as error:
        raise CorpusStorageError(
            f"A model could not be written to {folder}: {error}.",
            "Make sure that the disk has room and that the folder's owner and permissions let it be written, or name "
            "another folder in the environment variable BAKEOFF_HOME; then run the command again.",
        ) from error
