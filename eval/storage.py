"""A run's files: written whole or not at all, and every trouble with them said in our words."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from corpora.errors import RunStorageError
from corpora.storing import FULL, remedy_for, write_atomically
from eval.trial import Trial

ROOM_BYTES = 1024 * 1024
"""Less than this is called full before anything is asked."""

RESUME, AGAIN = "resume the run", "try again"
REPORT_AGAIN = "resume the run, or write its report again with `bakeoff report`"
"""What to do next where a file could not be read or written: one of a run, one of its report, and any other."""

Model = TypeVar("Model", bound=BaseModel)


@contextmanager
def storage_errors(path: Path, then: str = RESUME) -> Iterator[None]:
    """Turns the system's errors about a file into RunStorageError.

    Args:
        then: what to do once the disk has room, or the folder its permissions.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise RunStorageError(
                f"The disk is full: {path} could not be written.",
                f"Free some space, then {then}; what was written before is safe.",
            ) from error
        reason = error.strerror or type(error).__name__
        raise RunStorageError(
            f"{path} cannot be read or written: {reason}.",
            f"{remedy_for(error, path, 'Check the folder and its permissions')}, then {then}.",
        ) from error


def require_room(folder: Path) -> None:
    """Raises RunStorageError where next to no room is left: an answer that cannot be kept would be asked for again."""
    with storage_errors(folder):
        if shutil.disk_usage(folder).free < ROOM_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_whole(path: Path, text: str, then: str = RESUME) -> None:
    """Writes a file so that a reader finds the old one or the new one, never a part.

    Raises:
        RunStorageError: the disk is full or the folder cannot be written; the old file is as it was. What to do
            next is `then`.
    """
    with storage_errors(path, then):
        write_atomically(path, text.encode())


def write_lines(path: Path, rows: Iterable[BaseModel], then: str = RESUME) -> None:
    """Writes a JSON Lines file whole. Raises what `write_whole` raises."""
    write_whole(path, "".join(row.model_dump_json() + "\n" for row in rows), then)


def read_model(path: Path, model: type[Model]) -> Model:
    """Reads one JSON file. Raises RunStorageError where it is missing or broken."""
    with storage_errors(path):
        content = path.read_bytes()
    return _parse(content, model, str(path))


def read_lines(path: Path, model: type[Model], torn_end: bool = False) -> list[Model]:
    """Reads a JSON Lines file. With `torn_end`, a last line without an end is one still being written, and left out.

    Raises RunStorageError where another line is broken.
    """
    with storage_errors(path):
        content = path.read_bytes()
    if torn_end:
        content = content[: content.rfind(b"\n") + 1]
    lines = content.splitlines()
    return [_parse(line, model, f"{path}, line {number}") for number, line in enumerate(lines, start=1)]


def _parse(content: bytes, model: type[Model], where: str) -> Model:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise RunStorageError(
            f"{where} is broken: {first['msg']}.", "Restore the file from a copy, or start a new run."
        ) from error


class Journal:
    """The trials of a run, one JSON line each, on the disk before `append` returns.

    Of several lines about one question through one pipeline the last counts: first comes the answer, then the answer
    with its scores. A last line that a kill cut off is cut away when the journal is opened, and its question asked
    again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trials: dict[tuple[str, str, int], Trial] = {}
        with storage_errors(path):
            path.touch()
            self._cut_torn_line()
        for trial in read_lines(path, Trial):
            self.trials[trial.key] = trial
        with storage_errors(path):
            self._file = path.open("ab", buffering=0)

    def append(self, trial: Trial) -> None:
        """Raises RunStorageError where the disk is full; the journal then ends with the trial before."""
        line = trial.model_dump_json().encode() + b"\n"
        end = os.fstat(self._file.fileno()).st_size  # a position would be beyond it after a failure
        try:
            with storage_errors(self.path):
                if self._file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(self._file.fileno())
        except RunStorageError:
            with suppress(OSError):
                self._file.truncate(end)
            raise
        self.trials[trial.key] = trial

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _cut_torn_line(self) -> None:
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole == len(content):
            return
        with self.path.open("r+b") as file:
            try:
                Trial.model_validate_json(content[whole:])
            except ValidationError:
                file.truncate(whole)
            else:  # only the line's end is missing
                file.seek(0, os.SEEK_END)
                file.write(b"\n")
            file.flush()
            os.fsync(file.fileno())
