"""The documents of the corpus that is served: taken in and removed, with all that answers from them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Self

from corpora.errors import (
    BakeoffError,
    ConfigError,
    CorpusFullError,
    DocumentTooLargeError,
    IndexMissingError,
    NotReadyError,
    OverloadedError,
)
from corpora.extracting import read_document
from corpora.model import Corpus, Document
from corpora.reading import read_corpus
from corpora.storing import added
from eval.threads import to_end
from pipelines.assembly import open_each
from pipelines.contract import Pipeline
from service.change_effects import effect
from service.corpus_change import (
    Plan,
    Stamp,
    change_corpus,
    complete_change,
    read_stamp,
    removal,
    unknown_document,
)
from service.corpus_use import CHANGE_SECONDS, measuring
from service.document_schemas import DocumentChange, DocumentEntry
from service.job_work import Bakery

logger = logging.getLogger("bakeoff.service")

MOST_WAITING = 8
"""Changes that may wait for the one that is made: each has its file with it."""

POLL_SECONDS = 0.5
"""How often it is looked whether another process has changed the corpus."""


class Library:
    """Changes the corpus, one change after another, and opens the pipelines anew after each.

    Entered, it completes a change that was killed, follows what other processes change, and opens what could not be
    opened once what it lacked is there.

    Attributes:
        bakery: the project, the engine and the pipelines as they are now.
    """

    def __init__(self, bakery: Bakery, poll_seconds: float = POLL_SECONDS) -> None:
        self.bakery = bakery
        self._poll_seconds = poll_seconds
        self._lock = asyncio.Lock()
        self._waiting = 0
        self._listeners: list[Callable[[Bakery], None]] = []
        self._stopping = threading.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._whole = asyncio.Event()

    async def __aenter__(self) -> Self:
        stamp = await asyncio.to_thread(read_stamp, self.bakery.project)
        if stamp is None or stamp.indexed:
            self._whole.set()
        else:
            found = self.bakery.pipelines
            self.bakery = replace(self.bakery, pipelines={name: _waiting(found[name]) for name in found})
            self._tasks.append(asyncio.create_task(self._complete()))
        self._tasks.append(asyncio.create_task(self._follow()))
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def stop(self) -> None:
        """Ends the change that is being made with the next few passages, and begins no other; nothing is lost."""
        self._stopping.set()

    @property
    def corpus(self) -> Corpus:
        return self.bakery.project.corpus

    def on_change(self, listener: Callable[[Bakery], None]) -> None:
        """Has `listener` told of what is to be served from now on, after every change."""
        self._listeners.append(listener)

    def place(self, document_id: str) -> int:
        """Where a document stands among all. Raises UnknownDocumentError."""
        for number, document in enumerate(self.corpus.documents):
            if document.id == document_id:
                return number
        raise unknown_document(document_id)

    async def take(self, name: str, content: bytes) -> tuple[DocumentChange, bool]:
        """Adds a file to the corpus; whether it is new. `name` is what its owner calls it.

        Raises:
            DocumentError: the file cannot be taken.
            CorpusFullError: the corpus holds as many documents as it may.
            BakeoffError: what `change_corpus` raises; nothing has changed.
        """
        document_id = f"upload-{hashlib.sha256(content).hexdigest()[:32]}"
        limits = self.bakery.project.settings.documents
        is_new = False

        def plan(corpus: Corpus, folder: Path) -> AbstractContextManager[None]:
            nonlocal is_new
            if any(each.id == document_id for each in corpus.documents):
                return nullcontext()
            if len(corpus.documents) >= limits.max_documents:
                raise CorpusFullError(
                    f"The corpus holds {len(corpus.documents)} documents, and no more are allowed.",
                    "Remove some, or raise service.documents.max_documents.",
                )
            is_new = True
            return added(folder, document)

        async with self._turn():
            known = [each for each in self.corpus.documents if each.id == document_id]
            document = known[0] if known else await to_end(read_document, document_id, name, content, limits)
            try:
                change = await self._change(document, plan)
            except ConfigError as error:  # no passage of it would fit the embedder beside its title
                raise DocumentTooLargeError(error.problem, error.remedy) from error
        return change, is_new

    async def remove(self, document_id: str) -> DocumentChange:
        """Removes a document.

        Raises:
            UnknownDocumentError: there is none of that id.
            DocumentInUseError: questions need it, or it is the last.
            BakeoffError: what `change_corpus` raises; nothing has changed.
        """
        async with self._turn():
            document = self.corpus.documents[self.place(document_id)]
            return await self._change(document, lambda corpus, folder: removal(corpus, folder, document_id))

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[Bakery]:
        """Keeps the corpus as it is, and gives what answers from it as it is now.

        Between a change and the pipelines that know of it lies the time that they take to be opened, in every process.

        Raises:
            BakeoffError: the corpus as another process has changed it cannot be read.
        """
        await self._whole.wait()  # a corpus that is measured is not changed, not even to complete a change
        async with measuring(self.bakery.project):
            async with self._lock:
                await self._catch_up(await asyncio.to_thread(read_stamp, self.bakery.project))
                await self._open_lacking()
            yield self.bakery

    async def _change(self, document: Document, plan: Plan) -> DocumentChange:
        before, loop = self.bakery, asyncio.get_running_loop()

        def serve(corpus: Corpus) -> None:
            asyncio.run_coroutine_threadsafe(self._serve(corpus), loop).result()

        corpus, indexed = await to_end(
            change_corpus, before.project, before.bench.embedder, plan, self._stopping, serve
        )
        after = self.bakery.pipelines
        return DocumentChange(
            document=DocumentEntry.of(document),
            content_hash=corpus.content_hash,
            indexed=indexed,
            pipelines=[effect(name, before.pipelines[name], after[name]) for name in after],
        )

    async def _serve(self, corpus: Corpus) -> None:
        """Opens every pipeline on the corpus as it is now, and tells the listeners."""
        all_open = not any(isinstance(each, BakeoffError) for each in self.bakery.pipelines.values())
        if corpus.content_hash == self.corpus.content_hash and all_open:
            return
        self._take(await self._opened(corpus))

    async def _opened(self, corpus: Corpus) -> Bakery:
        project = replace(self.bakery.project, corpus=corpus)
        bench = replace(self.bakery.bench, corpus=corpus)
        return Bakery(project, bench, await open_each(project.config.selected, project.config, bench))

    async def _catch_up(self, stamp: Stamp | None) -> bool:
        """Serves the corpus as the last change has left it, whichever process made it.

        False while another change keeps it from being opened: what is open goes on answering.
        """
        if stamp is None or stamp.content_hash == self.corpus.content_hash:
            return True
        if not stamp.indexed:
            return False
        found = await self._opened(await asyncio.to_thread(read_corpus, self.corpus.root))
        lacking = any(isinstance(each, IndexMissingError) for each in found.pipelines.values())
        if lacking and await asyncio.to_thread(read_stamp, self.bakery.project) != stamp:
            return False
        self._take(found)
        return True

    async def _complete(self) -> None:
        """Completes a change that was killed, while the pipelines that need no index answer."""
        bakery = self.bakery
        try:
            async with self._lock:
                await to_end(complete_change, bakery.project, bakery.bench.embedder, self._stopping)
                await self._catch_up(await asyncio.to_thread(read_stamp, bakery.project))
                await self._open_lacking()
        except Exception as error:  # whatever it is, the next change or start completes it
            logger.error("the last change of the documents is not completed: %s", error, exc_info=error)
        finally:
            self._whole.set()

    async def _open_lacking(self) -> None:
        """Opens what could not be opened, where what it lacked is there by now; else it is told why now."""
        bakery = self.bakery
        lacking = [name for name, found in bakery.pipelines.items() if isinstance(found, NotReadyError)]
        found = await open_each(lacking, bakery.project.config, bakery.bench)
        if found:
            self._take(replace(bakery, pipelines={**bakery.pipelines, **found}))

    def _take(self, bakery: Bakery) -> None:
        self.bakery = bakery
        for listener in self._listeners:
            listener(bakery)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise OverloadedError(f"{self._waiting} changes of the documents are waiting.", "Send one after another.")
        self._waiting += 1
        try:
            try:
                async with asyncio.timeout(CHANGE_SECONDS):
                    await self._lock.acquire()
            except TimeoutError:
                raise OverloadedError(
                    "Another change of the documents has not ended yet.", "Send it again.", CHANGE_SECONDS
                ) from None
            try:
                yield
            finally:
                self._lock.release()
        finally:
            self._waiting -= 1

    async def _follow(self) -> None:
        """Serves what another process has made of the corpus, and what could not be opened before."""
        seen, rested = None, 0.0
        while True:
            stamp = await asyncio.to_thread(read_stamp, self.bakery.project)
            try:
                async with self._lock:
                    if stamp != seen:
                        seen = stamp if await self._catch_up(stamp) else None
                    if rested >= self.bakery.project.settings.rest_seconds:
                        rested = 0.0
                        await self._open_lacking()
            except Exception as error:  # whatever it is, the next change is followed again
                logger.error("what has changed is not served: %s", error, exc_info=error)
            await asyncio.sleep(self._poll_seconds)
            rested += self._poll_seconds


def _waiting(found: Pipeline | BakeoffError) -> Pipeline | BakeoffError:
    if not isinstance(found, IndexMissingError):
        return found
    return IndexMissingError(
        "The last change of the documents was cut off, and is being completed.",
        "Wait until it is; GET /health/ready says so.",
    )
