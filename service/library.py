"""The documents of the corpus that is served: taken in and removed, with all that answers from them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import wait
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Self

from corpora.errors import (
    BakeoffError,
    ConfigError,
    CorpusFullError,
    DocumentTooLargeError,
)
from corpora.extracting import read_document
from corpora.model import Corpus, Document
from corpora.reading import read_corpus
from corpora.storing import added
from eval.threads import to_end
from service.change_effects import effect
from service.corpus_change import (
    Plan,
    Stamp,
    change_corpus,
    complete_change,
    index_anew,
    is_settled,
    read_stamp,
    removal,
    unknown_document,
)
from service.corpus_use import Turns, measuring
from service.document_schemas import DocumentChange, DocumentEntry
from service.job_work import Bakery
from service.reopening import has_lost, opened, waiting, with_lacking

logger = logging.getLogger("bakeoff.service")

POLL_SECONDS = 0.5
"""How often it is looked whether another process has changed the corpus."""

STOPPING_SECONDS = 0.2
"""How often whoever waits for pipelines to be opened looks whether the service is being stopped."""


class Library:
    """Changes the corpus, one change after another, and opens the pipelines anew after each.

    Entered, it completes a change that was cut off, in this process or another, follows what others change, and opens
    what could not be opened once what it lacked is there.

    Attributes:
        bakery: the project, the engine and the pipelines as they are now.
    """

    def __init__(self, bakery: Bakery, poll_seconds: float = POLL_SECONDS) -> None:
        self.bakery = bakery
        self._poll_seconds = poll_seconds
        self._turns = Turns()
        self._listeners: list[Callable[[Bakery], None]] = []
        self._stopping = threading.Event()
        self._follower: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if not await self._settled():
            self.bakery = waiting(self.bakery)
        self._follower = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.stop()
        if self._follower:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)

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

        async with self._turns.next():
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
        async with self._turns.next():
            document = self.corpus.documents[self.place(document_id)]
            return await self._change(document, lambda corpus, folder: removal(corpus, folder, document_id))

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[Bakery]:
        """Keeps the corpus as it is, and gives what answers from it as it is now; waits for a change that was cut off.

        Between a change and the pipelines that know of it lies the time that they take to be opened, in every process.

        Raises:
            BakeoffError: the corpus as another process has changed it cannot be read.
        """
        while True:
            if await self._settled():  # a corpus that is measured is not changed, not even to complete a change
                async with measuring(self.bakery.project):
                    if await self._settled():
                        async with self._turns.lock:
                            current = await self._catch_up(await asyncio.to_thread(read_stamp, self.bakery.project))
                            if current:
                                await self._open_lacking()
                        if current:
                            yield self.bakery
                            return
            await asyncio.sleep(self._poll_seconds)

    async def _settled(self) -> bool:
        return await asyncio.to_thread(is_settled, self.bakery.project)

    async def _change(self, document: Document, plan: Plan) -> DocumentChange:
        before, loop = self.bakery, asyncio.get_running_loop()

        def serve(corpus: Corpus) -> None:
            """What cannot be opened, or not before the service ends, is left to `_follow`: the change is made."""
            opening = asyncio.run_coroutine_threadsafe(self._serve(corpus), loop)
            while not opening.done() and not self._stopping.is_set():
                wait([opening], timeout=STOPPING_SECONDS)
            if not opening.done():
                opening.cancel()
            elif error := opening.exception():
                logger.error("what has changed is not served yet: %s", error, exc_info=error)

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
        self._switch_to(await opened(self.bakery, corpus))

    async def _catch_up(self, stamp: Stamp | None) -> bool:
        """Serves the corpus as the last change has left it, whichever process made it.

        False while something keeps it from being opened: what is open goes on answering.
        """
        if stamp is not None and not stamp.indexed:
            return False
        if stamp is None or stamp.content_hash == self.corpus.content_hash:
            return True
        corpus = await asyncio.to_thread(read_corpus, self.corpus.root)
        found = await opened(self.bakery, corpus)
        if has_lost(
            self.bakery, found
        ):  # another change is made, or one was by a service that splits the documents otherwise
            bench = self.bakery.bench
            if not await to_end(index_anew, self.bakery.project, stamp, bench.embedder, self._stopping):
                return False
            found = await opened(self.bakery, corpus)
        self._switch_to(found)
        return True

    async def _open_lacking(self) -> None:
        found = await with_lacking(self.bakery)
        if found is not None:
            self._switch_to(found)

    def _switch_to(self, bakery: Bakery) -> None:
        """Answers from now on through these pipelines, and tells the listeners."""
        self.bakery = bakery
        for listener in self._listeners:
            listener(bakery)

    async def _follow(self) -> None:
        """Completes a change that was cut off, and serves what has been made of the corpus or could not be opened yet.

        What fails is tried again after `rest_seconds`.
        """
        rest = self.bakery.project.settings.rest_seconds
        seen, rested = None, rest
        while True:
            again = rested >= rest
            rested = self._poll_seconds if again else rested + self._poll_seconds
            try:
                async with self._turns.lock:
                    bakery = self.bakery
                    if again:
                        await to_end(complete_change, bakery.project, bakery.bench.embedder, self._stopping)
                    stamp = await asyncio.to_thread(read_stamp, bakery.project)
                    if again or stamp != seen:
                        seen = stamp
                        if await self._catch_up(stamp):
                            await self._open_lacking()
                        else:
                            seen = None  # as soon as there is an index to open
            except Exception as error:  # whatever it is, it may be over the next time
                logger.error("what has changed is not served: %s", error, exc_info=error)
            await asyncio.sleep(self._poll_seconds)
