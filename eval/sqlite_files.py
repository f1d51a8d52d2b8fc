"""SQLite files that several processes share: opened and looked through, and set aside where they are broken."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from corpora.errors import RunStorageError


def open_database(path: Path, schema: str, synchronous: Literal["NORMAL", "FULL"]) -> sqlite3.Connection:
    """A connection in autocommit mode, for any thread, one at a time; a missing file is begun with the schema.

    Args:
        schema: one statement, which does nothing where the table is there.
        synchronous: FULL keeps what was written even where the power fails, NORMAL all but the last of it.

    Raises:
        RunStorageError: a folder is in its place.
        sqlite3.Error: the file cannot be used; a DatabaseError with SQLITE_CORRUPT where its pages do not hold
            together.
    """
    if path.is_dir():
        raise RunStorageError(f"{path} is a folder where a file is expected.", "Move it away, then try again.")
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(schema)
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise _corrupt(found)
    except UnicodeDecodeError as error:  # where what SQLite says quotes the file
        connection.close()
        raise _corrupt("what is said of it is no text") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _corrupt(found: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(found)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def set_aside(path: Path) -> str:
    """Renames a broken file and what belongs to it, for whoever wants to look at it; returns its new name."""
    aside = f"{path.name}.broken-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    for end in ("", "-wal", "-shm"):
        old = path.with_name(path.name + end)
        if old.exists():
            old.rename(path.with_name(aside + end))
    return aside
