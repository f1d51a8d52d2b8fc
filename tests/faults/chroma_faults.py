"""Chroma's server dies while it is asked, or while it is written to; or it hangs."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fault_world import RAG, Outcome, World, until
from index_faults import SMALL
from servers import ChromaServer
from word_embedder import WordEmbedder

from corpora.errors import IndexMissingError, NotReadyError
from corpora.model import Corpus, Document
from pipelines import embedding
from pipelines.index import PassageIndex
from pipelines.index_collection import collection_name, rows
from pipelines.indexing import build_index
from pipelines.vectors import VectorOptions, Vectors

PROMPT_SECONDS = 5.0
CHROMA_SECONDS = 2.0
QUERY = {"question": "What is the captain called?", "pipeline": "rag"}


def killed_in_questions(root: Path, times: int) -> Iterator[Outcome]:
    """kill -9 while four ask as fast as they can; a pipeline that needs no index answers on."""
    with _served(root) as (world, server):
        for _ in range(times):
            yield _kill_in_questions(world, server)


def hangs(root: Path, times: int) -> Iterator[Outcome]:
    """SIGSTOP while 24 ask, more than are answered at once; a pipeline that needs no index answers on."""
    with _served(root, rest_seconds=2.0) as (world, server):
        for _ in range(times):
            yield _hang(world, server)


def _hang(world: World, server: ChromaServer) -> Outcome:
    start = len(world.asked())
    with world.client() as client:
        before = client.post("/query", json=QUERY).json()["retrieved_contexts"]
    told: list[str] = []

    def ask() -> None:
        with world.client() as client:
            told.append(client.post("/query", json=QUERY).json()["code"])

    server.signal(signal.SIGSTOP)
    try:
        askers = [threading.Thread(target=ask) for _ in range(24)]
        for asker in askers:
            asker.start()
        until(lambda: told)
        with world.client() as client:
            began = time.monotonic()
            refused = client.post("/query", json=QUERY).json()
            assert client.post("/query", json=QUERY | {"pipeline": "plain"}).status_code == 200
            assert time.monotonic() - began < CHROMA_SECONDS, "who needs no index was left waiting"
        for asker in askers:
            asker.join()
        assert set(told) == {"index-unavailable"}, told
        assert world.ready() == (503, ["index-unavailable"])
    finally:
        server.signal(signal.SIGCONT)
    began = time.monotonic()
    with world.client() as client:
        until(lambda: client.post("/query", json=QUERY).status_code == 200)
        seconds = time.monotonic() - began
        after = client.post("/query", json=QUERY).json()["retrieved_contexts"]
    assert world.ready() == (200, [])
    answered = 4  # before, the other pipeline's, the first good one, and after
    return Outcome(refused["detail"], int(after != before), len(world.asked()) - start - answered, seconds=seconds)


@contextmanager
def _served(root: Path, rest_seconds: float = 0.5) -> Iterator[tuple[World, ChromaServer]]:
    """The service over Chroma's server, with a pipeline that searches it and one that does not."""
    (root / "chroma").mkdir()
    server = ChromaServer(root / "chroma")
    server.start()
    config = {
        "pipelines": {"rag": RAG, "plain": {"kind": "prompting"}},
        "vectors": {"url": server.url, "timeout": CHROMA_SECONDS, "startup_timeout": 5.0},
        "service": {"failures": 5, "rest_seconds": rest_seconds},
    }
    with World(root, **config) as world:
        try:
            world.start_engine()
            indexed = world.bakeoff("index")
            assert indexed.returncode == 0, indexed.stdout
            world.start_app()
            yield world, server
        finally:
            server.kill()


def _kill_in_questions(world: World, server: ChromaServer) -> Outcome:
    start = len(world.asked())
    with world.client() as client:
        before = client.post("/query", json=QUERY).json()["retrieved_contexts"]
    statuses: list[int] = []
    slowest = 0.0
    stop = threading.Event()

    def ask() -> None:
        nonlocal slowest
        with world.client() as client:
            while not stop.is_set():
                began = time.monotonic()
                statuses.append(client.post("/query", json=QUERY).status_code)
                slowest = max(slowest, time.monotonic() - began)
                time.sleep(0.02)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    until(lambda: len(statuses) >= 8)
    server.kill()
    until(lambda: 503 in statuses)
    with world.client() as client:
        refused = client.post("/query", json=QUERY).json()
        assert client.post("/query", json=QUERY | {"pipeline": "plain"}).status_code == 200
    assert refused["code"] == "index-unavailable", refused
    assert world.ready() == (503, ["index-unavailable"])
    server.start()
    began = time.monotonic()
    with world.client() as client:
        until(lambda: client.post("/query", json=QUERY).status_code == 200)
        seconds = time.monotonic() - began
        after = client.post("/query", json=QUERY).json()["retrieved_contexts"]
    stop.set()
    for asker in askers:
        asker.join()
    assert world.ready() == (200, [])
    assert set(statuses) == {200, 503}, statuses
    assert slowest < PROMPT_SECONDS, "somebody was left waiting"
    answered = 4 + statuses.count(200)  # before, the other pipeline's, the first good one, after; and the askers'
    return Outcome(refused["detail"], int(after != before), len(world.asked()) - start - answered, seconds=seconds)


class _Counting(WordEmbedder):
    """Counts what it embeds, and kills the server before one of the batches."""

    def __init__(self, server: ChromaServer, batch: int | None) -> None:
        super().__init__(Path(), "words")
        self.texts: list[str] = []
        self._server, self._left = server, batch

    def embed_documents(self, texts: Any) -> list[list[float]]:
        if self._left == 0:
            threading.Timer(0.002, self._server.kill).start()  # about when the batch before is being written
        if self._left is not None:
            self._left -= 1
        self.texts += texts
        return super().embed_documents(texts)


def killed_in_indexing(root: Path, times: int) -> Iterator[Outcome]:
    """kill -9 in the midst of the batches; what Chroma has then is not embedded again."""
    batch, embedding.BATCH = embedding.BATCH, 4
    try:
        for number in range(times):
            folder = root / f"chroma-{number}"
            folder.mkdir()
            server = ChromaServer(folder)
            server.start()
            try:
                yield _kill_in_indexing(
                    Vectors(folder, VectorOptions(url=server.url, startup_timeout=2.0)), server, number
                )
            finally:
                server.kill()
    finally:
        embedding.BATCH = batch


def _kill_in_indexing(vectors: Vectors, server: ChromaServer, number: int) -> Outcome:
    text = " ".join(f"Boat {each} of run {number} carries salt to pier {each * 7}." for each in range(40))
    document = Document(id="boats", title="Boats", text=text, source="boats.md")
    corpus = Corpus(name="boats", root=Path(), documents=(document,), content_hash="0")
    dying = _Counting(server, 1 + number % 6)
    try:
        build_index(vectors, corpus, dying, SMALL)
    except NotReadyError as error:
        message = str(error)
    else:
        raise AssertionError("the server was killed, and nobody noticed")
    server.kill()
    server.start()
    began = time.monotonic()
    collection = vectors.client().get_collection(collection_name(corpus, dying, SMALL), embedding_function=None)
    there = sum(1 for _ in rows(collection))
    with pytest.raises(IndexMissingError, match="bakeoff index"):  # half an index does not pass for a whole one
        PassageIndex.open(vectors, corpus, dying, SMALL)
    again = _Counting(server, None)
    indexed = build_index(vectors, corpus, again, SMALL)
    passages = len(PassageIndex.open(vectors, corpus, again, SMALL).passages)
    twice = len(again.texts) - (passages - there)
    lost = max(len(dying.texts) - 2 * 4 - there, 0)  # all but the batch in flight and the one being embedded
    return Outcome(
        f"{message} Then: run `bakeoff index`.",
        lost=lost + (passages - indexed.added - indexed.kept),
        twice=twice,
        by_itself=False,
        seconds=time.monotonic() - began,
    )
