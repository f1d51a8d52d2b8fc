"""The SQLite file that jobs lie in: opened, locked, set aside where it is broken, its errors told in our words."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from corpora.errors import RunStorageError
from eval.sqlite_files import open_database, set_aside

logger = logging.getLogger("bakeoff.jobs")

# SQLITE_ERROR: there is a table of that name, with other columns
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


class JobDatabase:
    """One connection to the file, for one thread at a time.

    Several processes may have it open; one of them at a time owns it, and the system gives the lock of a dead one back.
    """

    def __init__(self, path: Path, schema: str, check: Callable[[sqlite3.Connection], None]) -> None:
        """Opens the file; one that is broken is renamed, for whoever wants to look at it, and a new one is begun.

        Args:
            check: raises ValidationError where a row is broken.

        Raises:
            RunStorageError: the file cannot be opened, or is broken while another process owns it.
        """
        self.path = path
        self._schema = schema
        self._lock = FileLock(path.with_suffix(".lock"), timeout=0, thread_local=False)
        with self.errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            owner = self.own()
            try:
                self.connection = self._open(check)
            except (sqlite3.DatabaseError, ValidationError, UnicodeDecodeError) as error:
                if not owner or not _is_broken(error):
                    self._lock.release()
                    raise
                logger.error(
                    "%s is broken (%s) and was set aside as %s; a new list of runs is begun. The folders of runs/ are "
                    "untouched: an unfinished one can be resumed with bakeoff run --resume",
                    path,
                    _first_line(error),
                    set_aside(path),
                )
                self.connection = self._open(check)

    def own(self) -> bool:
        """Whether this process owns the file, from now on if nobody did."""
        if not self._lock.is_locked:
            try:
                self._lock.acquire()
            except Timeout:
                return False
        return True

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is done in it, or nothing where an error leaves it. Raises RunStorageError."""
        with self.errors():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turns errors about the file into RunStorageError."""
        try:
            yield
        except (sqlite3.Error, OSError, ValidationError, UnicodeDecodeError) as error:
            raise RunStorageError(
                f"The list of runs in {self.path} cannot be used: {_first_line(error)}.",
                "Free some space and check the permissions; if the file is broken, start the service again, which sets "
                "it aside. The folders of runs/ stay as they are.",
            ) from error

    def close(self) -> None:
        self.connection.close()
        self._lock.release()

    def _open(self, check: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
        connection = open_database(self.path, self._schema, "FULL")
        try:
            check(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _is_broken(error: Exception) -> bool:
    """Not: locked, full, or not ours to read."""
    return not isinstance(error, sqlite3.OperationalError) or error.sqlite_errorcode in _BROKEN


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
