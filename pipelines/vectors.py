"""Where the collections of vectors lie: with Chroma in this process, on disk, or with Chroma's server.

The server has no login, and its client would build an embedding function that the server names: it belongs on a network
of its own, and collections are always opened with `embedding_function=None`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from corpora.errors import IndexMissingError, IndexUnavailableError
from corpora.model import Record
from pipelines.address import require_address, require_no_password
from pipelines.index_damage import files_hash, require_readable, trouble
from pipelines.proxies import check_proxies, past_proxies

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.config import Settings
    from httpx import Timeout

CONNECT_SECONDS = 5.0
REMEDY = "Run `bakeoff index`."
_NO_LOGIN = "leave them out, Chroma's server knows no login"
_SERVER = r"^https?://[^/\s]+/?$"


class VectorOptions(Record):
    """Chroma's server, and how patient we are with it.

    Attributes:
        url: where it listens: `http://127.0.0.1:8000`.
        timeout: seconds that one request to it may take.
        startup_timeout: seconds that it is waited for when an index is opened or written.
    """

    url: Annotated[
        str,
        AfterValidator(partial(require_no_password, remedy=_NO_LOGIN)),
        AfterValidator(require_address),
        Field(pattern=_SERVER),
    ]
    timeout: float = Field(default=10.0, gt=0)
    startup_timeout: float = Field(default=20.0, ge=0)


@dataclass(frozen=True)
class Vectors:
    """The place of the collections: Chroma's files in `folder`, or the `server` where there is one.

    The lock that keeps a second writer on this machine out lies in `folder` either way.
    """

    folder: Path
    server: VectorOptions | None = None

    @property
    def chroma(self) -> Path:
        """Chroma's own folder, where there is no server."""
        return self.folder / "chroma"

    @property
    def exist(self) -> bool:
        """False where Chroma has never written; opening it would make its files."""
        return self.server is not None or self.chroma.is_dir()

    def client(self) -> ClientAPI:
        """
        Raises:
            IndexUnavailableError: the server cannot be reached.
            IndexMissingError: Chroma's files are broken.
            CorpusStorageError: this user may not read and write them.
            ConfigError: the server is elsewhere, and the environment's proxies cannot be used.
        """
        if self.server is None:
            import chromadb

            require_readable(self.chroma)
            return chromadb.PersistentClient(path=str(self.chroma), settings=_settings())
        with self.errors():
            _wait_for(self.server)
            return connected(self.server)

    def files_hash(self, collection: str) -> str | None:
        """Over the files of the collection with that id; None where a server has them. Raises IndexMissingError."""
        return None if self.server else files_hash(self.chroma, collection)

    def as_written(self, collection: str, files: str | None) -> bool:
        """Whether that collection's files still have this hash, as far as it can be told: a server's are its own, even
        those that were written before it had them, and None is of when no hash was kept. Raises IndexMissingError.
        """
        return self.server is not None or files in (None, self.files_hash(collection))

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Chroma's errors, those of SQLite and of the connection through it, become ours."""
        import httpx
        from chromadb.errors import ChromaError, NotFoundError

        try:
            yield
        except NotFoundError as error:
            raise IndexMissingError("The index is not there any more.", REMEDY) from error
        except httpx.TimeoutException as error:
            raise IndexUnavailableError(
                "Chroma's server did not answer in time.", "See whether it is overloaded, or raise vectors.timeout."
            ) from error
        except httpx.TransportError as error:
            raise _unreachable() from error
        except Exception as error:
            if self.server is None and isinstance(error, ChromaError):
                missing = IndexMissingError(
                    f"The index in {self.folder} cannot be read: {error}",
                    f"Delete {self.folder} and run `bakeoff index`.",
                )
                raise trouble(self.chroma, missing) from error
            # a status that the client has no class for is a bare Exception
            if self.server is not None and (isinstance(error, ChromaError) or type(error) is Exception):
                raise IndexUnavailableError(
                    "Chroma's server failed.", "Read its log; it may have no room on its disk."
                ) from error
            raise


@lru_cache
def connected(options: VectorOptions) -> ClientAPI:
    """The one client of a server, for all threads of this process. It has to be there: see `Vectors.client`."""
    import chromadb

    url = urlsplit(options.url)
    ssl = url.scheme == "https"
    host = url.hostname or ""
    try:
        with past_proxies(options.url):
            client = chromadb.HttpClient(
                host=f"[{host}]" if ":" in host else host,
                port=url.port or (443 if ssl else 80),
                ssl=ssl,
                settings=_settings(),
            )
    except ValueError as error:  # what the client makes of a connection that fails
        raise _unreachable() from error
    client._server._session.timeout = _timeout(options)  # type: ignore[attr-defined]  # it would wait for ever
    return client


def _wait_for(options: VectorOptions) -> None:
    """Until the server answers at all; raises httpx's errors once `startup_timeout` is over."""
    import httpx

    heartbeat = f"{options.url.rstrip('/')}/api/v2/heartbeat"
    proxied, verify = check_proxies(options.url, httpx.Client), httpx.create_ssl_context()
    end = time.monotonic() + options.startup_timeout
    while True:
        try:
            httpx.get(heartbeat, timeout=_timeout(options), trust_env=proxied, verify=verify).raise_for_status()
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
        except httpx.HTTPStatusError as error:
            raise IndexUnavailableError(
                f"What vectors.url names is no server of Chroma's: it answered {error.response.status_code}.",
                "Correct vectors.url.",
            ) from error
        else:
            return


def _timeout(options: VectorOptions) -> Timeout:
    import httpx

    return httpx.Timeout(options.timeout, connect=min(CONNECT_SECONDS, options.timeout))


def _settings() -> Settings:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _unreachable() -> IndexUnavailableError:
    return IndexUnavailableError("Chroma's server cannot be reached.", "Start it, or correct vectors.url.")
