"""API keys: who may ask, and who may change things. Only their hashes are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_bool
from datetime import UTC, datetime
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import Field

from corpora.errors import ConfigError, RunStorageError
from corpora.model import Record
from corpora.storing import remedy_for, write_atomically
from eval.storage import AGAIN, read_model, storage_errors

Role = Literal["ask", "change"]

PREFIX = "bk-"
"""So that scanners for secrets, and people, know one when they see it."""


class Key(Record):
    """Whose key it is and what it is good for; `change` may ask as well.

    `sha256` is of the key itself. A fast hash will do: nobody can guess 256 random bits, as they can a password.
    """

    name: str = Field(min_length=1, max_length=100, pattern=r"^[\w.@-]+$")
    role: Role
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    created: str


class KeyFile(Record):
    """`keys.json`."""

    keys: tuple[Key, ...] = ()


class KeyRing:
    """The keys in a file, read again whenever the file has changed, so that a key taken back is void at once.

    Whether one is wanted is known to the processes that were started with it, all at once: one that takes a dead one's
    place must not open the door again. It is a byte without a lock, which a process that is killed could keep.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._wanted = RawValue(c_bool, False)
        self._seen: tuple[int, int] | None = None
        self._keys: tuple[Key, ...] = ()

    @property
    def keys(self) -> tuple[Key, ...]:
        """Empty where there is no file. Raises ConfigError where it cannot be read: then nobody is let in."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._seen, self._keys = None, ()
            return ()
        except OSError as error:
            raise ConfigError(
                f"{self.path} cannot be read: {error.strerror}.",
                f"{remedy_for(error, self.path, 'Check the folder and its permissions')}, then {AGAIN}.",
            ) from error
        seen = (found.st_mtime_ns, found.st_ino)  # a file written whole is a new one, even within one tick of the clock
        if seen != self._seen:
            self._keys, self._seen = self._read(), seen
        return self._keys

    def want(self) -> None:
        """From now on one is wanted."""
        self._wanted.value = True

    def wanted(self) -> bool:
        """Whether who comes needs a key.

        Once there has been one, or a file that cannot be read, it stays so: the last one taken back, or a file that is
        lost, must not open the door.
        """
        if not self._wanted.value:
            try:
                there = bool(self.keys)
            except ConfigError:
                there = True
            if there:  # never the other way: another process may have found one meanwhile
                self.want()
        return bool(self._wanted.value)

    def find(self, secret: str) -> Key | None:
        """Whose key this is. Every key is compared, in a time that tells nothing of how much was right."""
        given = _hash(secret)
        found = None
        for key in self.keys:
            if hmac.compare_digest(key.sha256, given):
                found = key
        return found

    def add(self, name: str, role: Role) -> str:
        """Makes a key and gives it back: it is nowhere to be read afterwards.

        Raises:
            ConfigError: there is one of that name.
        """
        secret = PREFIX + secrets.token_urlsafe(32)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        made = Key(name=name, role=role, sha256=_hash(secret), created=created)
        with self._alone():
            if any(key.name == name for key in self.keys):
                raise ConfigError(
                    f"There is a key named {name!r} already.", f"Take it back with: bakeoff keys remove {name}"
                )
            self._write((*self.keys, made))
        return secret

    def remove(self, name: str) -> None:
        """Raises ConfigError where there is no key of that name."""
        with self._alone():
            left = tuple(key for key in self.keys if key.name != name)
            if len(left) == len(self.keys):
                raise ConfigError(f"There is no key named {name!r}.", "See: bakeoff keys list")
            self._write(left)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """From reading to writing: of two who read the same file, the second would write the first one's key away."""
        with storage_errors(self.path, AGAIN), FileLock(f"{self.path}.lock"):
            yield

    def _read(self) -> tuple[Key, ...]:
        try:
            return read_model(self.path, KeyFile).keys
        except RunStorageError as error:
            raise ConfigError(
                error.problem,
                "Restore it from a copy, or delete it and make every key anew with: bakeoff keys add NAME",
            ) from error

    def _write(self, keys: tuple[Key, ...]) -> None:
        content = KeyFile(keys=keys).model_dump_json(indent=2) + "\n"
        write_atomically(self.path, content.encode(), mode=0o600)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
