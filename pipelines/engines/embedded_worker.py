"""The one thread that owns the model. Everyone else hands requests in and is told what happens."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from corpora.errors import BakeoffError, EngineError, EngineUnavailableError
from pipelines.engines.embedded_batch import Batch, Request


class Worker:
    """Runs requests from any number of threads and event loops, all in one batch, which it makes in its thread.

    Attributes:
        ready: the batch, once the weights are loaded; holds the error where they could not be. To look at only.
    """

    def __init__(self, open_batch: Callable[[], Batch], translate: Callable[[Exception], EngineError]) -> None:
        self.ready: Future[Batch] = Future()
        self._open_batch = open_batch
        self._translate = translate
        self._inbox: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._waiting: deque[Request] = deque()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="bakeoff-embedded", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Raises EngineUnavailableError once the worker is closed."""
        with self._lock:  # nothing may be put behind the None that ends the inbox
            if self._closed:
                raise _closed()
            self._inbox.put(request)

    def close(self) -> None:
        """Ends the thread after the step it is in; requests that are not done fail."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._inbox.put(None)
        self._thread.join()

    def _run(self) -> None:
        import torch

        try:
            batch = self._open_batch()
        except Exception as error:
            self.ready.set_exception(error)
            return
        self.ready.set_result(batch)
        with torch.inference_mode():
            while self._receive(idle=not batch.rows):
                self._admit(batch)
                self._step(batch)
        for request in (*batch.clear(), *self._waiting):
            request.deliver(_closed())

    def _receive(self, idle: bool) -> bool:
        """Takes what has come in, waiting for something where there is nothing to do; False at the end."""
        try:
            while True:
                request = self._inbox.get(block=idle and not self._waiting)
                if request is None:
                    return False
                self._waiting.append(request)
        except queue.Empty:
            return True

    def _admit(self, batch: Batch) -> None:
        self._waiting = deque(request for request in self._waiting if not request.cancelled)
        joining = [self._waiting.popleft() for _ in range(batch.fitting(tuple(self._waiting)))]
        try:
            batch.admit(joining)
        except Exception as error:  # whatever torch raises must reach whoever asked, and end nobody else's answer
            self._fail(joining, error)

    def _step(self, batch: Batch) -> None:
        try:
            batch.step()
        except Exception as error:  # as above; the batch shared the step, so it failed for all of it
            self._fail(batch.clear(), error)

    def _fail(self, requests: list[Request], error: Exception) -> None:
        ours = error if isinstance(error, BakeoffError) else self._translate(error)
        for request in requests:
            request.deliver(ours)


def _closed() -> EngineUnavailableError:
    return EngineUnavailableError("The embedded engine was closed.", "Start Bakeoff again, then ask again.")
