"""Who has a corpus in hand, over all processes: many may measure it at once, and one changes it while nobody does."""

from __future__ import annotations

import asyncio
import fcntl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from corpora.errors import BusyError, CorpusInUseError, OverloadedError
from corpora.storing import make_folder, unwritable
from service.project import Project

CHANGE_SECONDS = 60
"""How long a change waits for another one."""

MOST_WAITING = 8
"""Changes that may wait for the one that is made: each has its file with it."""

POLL_SECONDS = 0.1


class Turns:
    """One after another in this process, whoever changes the corpus or opens what answers from it.

    Attributes:
        lock: of whoever has its turn.
    """

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def next(self) -> AsyncIterator[None]:
        """A turn for a change. Raises OverloadedError where too many wait, or it waited for `CHANGE_SECONDS`."""
        if self._waiting >= MOST_WAITING:
            raise OverloadedError(f"{self._waiting} changes of the documents are waiting.", "Send one after another.")
        self._waiting += 1
        try:
            try:
                async with asyncio.timeout(CHANGE_SECONDS):
                    await self.lock.acquire()
            except TimeoutError:
                raise OverloadedError(
                    "Another change of the documents has not ended yet.", "Send it again.", CHANGE_SECONDS
                ) from None
            try:
                yield
            finally:
                self.lock.release()
        finally:
            self._waiting -= 1


@asynccontextmanager
async def measuring(project: Project, on_wait: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
    """Keeps the corpus as it is; waits where it is being changed just now, of which `on_wait` is told before.

    The system ends it with the process.

    Raises CorpusStorageError where the folder of such marks cannot be written.
    """
    with _opened(project) as file:
        waits = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waits:
                    on_wait()
                waits = True
                await asyncio.sleep(POLL_SECONDS)
        yield


@contextmanager
def changing(project: Project, stopping: threading.Event, seconds: float = CHANGE_SECONDS) -> Iterator[None]:
    """Lets nobody else change or measure the corpus. Blocks, until `stopping` is set.

    Raises:
        BusyError: `stopping` is set.
        CorpusInUseError: a bake-off measures it.
        OverloadedError: others have been changing it for so many seconds.
        CorpusStorageError: the folder of such marks cannot be written.
    """
    path = _path(project, "change")
    lock = FileLock(path, timeout=seconds)
    try:
        lock.acquire(cancel_check=stopping.is_set)
    except Timeout:
        if stopping.is_set():
            raise stopped() from None
        raise OverloadedError("The corpus is being changed by another process.", "Try again later.") from None
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        with _opened(project) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CorpusInUseError(
                    "A bake-off measures the corpus, which must not change meanwhile.",
                    "Wait until it has ended, or stop it; GET /runs lists those of a service.",
                ) from None
            yield
    finally:
        lock.release()


def stopped() -> BusyError:
    """What is said of a change that the end of the service has cut off."""
    return BusyError("The service is being stopped; the documents are as they were.", "Send it again once it runs.")


def _opened(project: Project) -> BinaryIO:
    """The file whose lock says who uses the corpus."""
    path = _path(project, "use")
    try:
        return path.open("ab")
    except OSError as error:
        raise unwritable(path, error) from error


def _path(project: Project, use: str) -> Path:
    folder = project.home.documents
    make_folder(folder)
    return folder / f"{project.corpus.name}.{use}"
