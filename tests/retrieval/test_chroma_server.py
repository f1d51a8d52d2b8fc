"""Chroma as a server that is killed, hangs, starts late, or is something else."""

import asyncio
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest
from retrieval_fakes import HARBOUR, FakeEmbedder, make_corpus
from servers import ChromaServer, serving

from corpora.errors import IndexMissingError, IndexUnavailableError, NotReadyError
from corpora.splitting import Splitting
from pipelines import clock, embedding
from pipelines.engines.base import Decoding
from pipelines.engines.fake import FakeEngine, FakeOptions
from pipelines.home import Home
from pipelines.index import PassageIndex
from pipelines.indexing import build_index
from pipelines.rag import RagOptions, RagPipeline
from pipelines.vectors import VectorOptions, Vectors, connected
from pipelines.workbench import Workbench

pytestmark = pytest.mark.slow
SMALL = Splitting(passage_tokens=8, overlap_tokens=0)
CORPUS = make_corpus(HARBOUR)


@pytest.fixture
def vectors(chroma: VectorOptions, tmp_path: Path) -> Vectors:
    return Vectors(tmp_path, chroma.model_copy(update={"timeout": 1.0, "startup_timeout": 1.0}))


async def test_a_question_fails_while_the_server_is_dead_and_is_answered_once_it_is_back(vectors, chroma_server):
    build_index(vectors, CORPUS, FakeEmbedder(), SMALL)
    engine = FakeEngine(FakeOptions(), Path(), "fake", Decoding())
    home = Home(vectors.folder, vectors=vectors.server)
    bench = Workbench(CORPUS, engine, FakeEmbedder(), "Be brief.", Path(), home)
    rag = await RagPipeline.open("rag", RagOptions(passage_tokens=8, overlap_tokens=0, top_k=2), bench)
    before = await clock.answer(rag, "Where do terns nest?")
    await rag.check()
    for _ in range(3):
        chroma_server.kill()
        for ask in (rag.check(), clock.answer(rag, "Where do terns nest?")):
            with pytest.raises(IndexUnavailableError, match="cannot be reached"):
                await ask
        await asyncio.to_thread(chroma_server.start)
        await rag.check()
        after = await clock.answer(rag, "Where do terns nest?")
        assert after.response == before.response
        assert after.retrieved_contexts == before.retrieved_contexts


@pytest.mark.usefixtures("dead_proxy")
@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTPS_PROXY", ""), ("ALL_PROXY", "socks5://127.0.0.1:1080"), ("NO_PROXY", "localhost,127.0.0.1,[::1]")],
)
def test_a_server_on_this_machine_is_asked_past_the_environments_proxies(vectors, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    connected.cache_clear()
    anew = Vectors(vectors.folder, vectors.server.model_copy(update={"timeout": 2.0}))
    assert anew.client().list_collections() == []
    assert "no_proxy" not in os.environ


def test_a_server_that_hangs_is_waited_for_no_longer_than_was_said(vectors, chroma_server):
    build_index(vectors, CORPUS, FakeEmbedder(), SMALL)
    index = PassageIndex.open(vectors, CORPUS, FakeEmbedder(), SMALL)
    chroma_server.signal(signal.SIGSTOP)
    try:
        for ask in (lambda: index.search("boat", 1), lambda: PassageIndex.open(vectors, CORPUS, FakeEmbedder(), SMALL)):
            began = time.monotonic()
            with pytest.raises(IndexUnavailableError, match="in time"):
                ask()
            assert time.monotonic() - began < 5
    finally:
        chroma_server.signal(signal.SIGCONT)
    assert index.search("boat", 1)


def test_a_server_that_starts_late_is_waited_for(vectors, chroma_server):
    build_index(vectors, CORPUS, FakeEmbedder(), SMALL)
    patient = Vectors(vectors.folder, vectors.server.model_copy(update={"startup_timeout": 60.0}))
    chroma_server.kill()
    starting = threading.Timer(1.0, chroma_server.start)
    starting.start()
    try:
        assert PassageIndex.open(patient, CORPUS, FakeEmbedder(), SMALL).search("boat", 1)
    finally:
        starting.join()


def test_without_a_server_indexing_says_so(vectors):
    nobody = Vectors(vectors.folder, VectorOptions(url="http://127.0.0.1:9", startup_timeout=0))
    with pytest.raises(IndexUnavailableError, match=r"cannot be reached.*Start it, or correct vectors.url"):
        build_index(nobody, CORPUS, FakeEmbedder(), SMALL)


class _KillsTheServer(FakeEmbedder):
    def __init__(self, server: ChromaServer, after: int) -> None:
        super().__init__()
        self._server, self._after = server, after

    def embed_documents(self, texts):
        if len(self.embedded) >= self._after:
            self._server.kill()
        return super().embed_documents(texts)


@pytest.mark.parametrize("after", [0, 2, 4])
def test_a_server_killed_while_it_is_written_to_leaves_no_index_that_looks_whole(
    vectors, chroma_server, monkeypatch, after
):
    monkeypatch.setattr(embedding, "BATCH", 2)
    build_index(vectors, make_corpus({"boats": HARBOUR["boats"]}), FakeEmbedder(), SMALL)
    with pytest.raises(NotReadyError):
        build_index(vectors, CORPUS, _KillsTheServer(chroma_server, after), SMALL)
    chroma_server.start()
    for corpus in (CORPUS, make_corpus({"boats": HARBOUR["boats"]})):
        with pytest.raises(IndexMissingError, match="bakeoff index"):
            PassageIndex.open(vectors, corpus, FakeEmbedder(), SMALL)
    report = build_index(vectors, CORPUS, FakeEmbedder(), SMALL)
    assert report.kept >= after
    index = PassageIndex.open(vectors, CORPUS, FakeEmbedder(), SMALL)
    assert len(index.passages) == report.added + report.kept


async def test_another_server_at_that_address_is_told_of(tmp_path):
    async def teapot(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 418, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})

    async with serving(teapot) as url:
        other = Vectors(tmp_path, VectorOptions(url=url, startup_timeout=0))
        with pytest.raises(IndexUnavailableError, match=r"answered 418.*vectors.url"):
            await asyncio.to_thread(PassageIndex.open, other, CORPUS, FakeEmbedder(), SMALL)


def test_an_index_that_was_written_on_disk_is_read_through_a_server_of_its_files(tmp_path):
    on_disk = Vectors(tmp_path / "index")
    first = build_index(on_disk, CORPUS, FakeEmbedder(), SMALL)
    shutil.copytree(on_disk.chroma, tmp_path / "data")  # where `ChromaServer` has its own
    server = ChromaServer(tmp_path)
    server.start()
    try:
        vectors = Vectors(tmp_path / "index", VectorOptions(url=server.url))
        assert PassageIndex.open(vectors, CORPUS, FakeEmbedder(), SMALL).search("boat", 1)
        assert build_index(vectors, CORPUS, FakeEmbedder(), SMALL).kept == first.added
    finally:
        server.kill()
