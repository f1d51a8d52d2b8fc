"""A change of the corpus, and the end of the service or the begin of a bake-off in the midst of it."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import runs_fakes
from documents_fakes import ASK_BELL, BELL, stored
from runs_fakes import Service, running
from word_embedder import WordEmbedder

from corpora.errors import IndexUnavailableError
from pipelines import indexing
from service import corpus_change, reopening
from service.corpus_use import measuring

FILE = {"file": ("bell.md", BELL)}


async def corpus_hash(service: Service) -> str:
    return str((await service.client.get("/documents")).json()["content_hash"])


async def test_a_run_measures_the_corpus_that_a_change_has_just_left(
    every_kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed, go_on = asyncio.Event(), asyncio.Event()

    async def open_late(*args: Any) -> Any:
        indexed.set()
        await go_on.wait()
        return await open_each(*args)

    open_each = reopening.open_each
    async with running(every_kind) as service:
        monkeypatch.setattr(reopening, "open_each", open_late)
        taking = asyncio.create_task(service.client.post("/documents", files=FILE))
        await indexed.wait()  # the pipelines do not know yet what has become of the corpus
        address = await service.start(pipelines=["rag"])
        await service.until(address, lambda run: run["state"] == "running")
        go_on.set()
        assert (await taking).status_code == 201
        assert (await service.ended(address))["state"] == "finished"
        manifest = json.loads((every_kind.parent / "runs" / address.rpartition("/")[2] / "manifest.json").read_text())
        assert manifest["corpus_hash"] == await corpus_hash(service)


async def test_what_is_measured_is_what_another_process_has_left(
    every_kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(every_kind) as one:
        monkeypatch.setattr(runs_fakes, "POLL_SECONDS", 60)
        async with running(every_kind) as other:
            await asyncio.sleep(0.1)  # its first look at what others have done
            await one.client.post("/documents", files=FILE)
            async with other.library.measured() as bakery:
                assert bakery.project.corpus.content_hash == await corpus_hash(one)


async def test_a_service_that_ends_lets_a_document_go_and_the_next_one_is_whole(
    every_kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = stored(every_kind.parent)
    async with running(every_kind) as service:
        before = await corpus_hash(service)
        with monkeypatch.context() as patch:
            embed = WordEmbedder.embed_documents

            def stop(self: WordEmbedder, texts: list[str]) -> list[list[float]]:
                service.library.stop()
                return embed(self, texts)

            patch.setattr(WordEmbedder, "embed_documents", stop)
            cut_off = await service.client.post("/documents", files=FILE)
        assert (cut_off.status_code, cut_off.json()["code"]) == (503, "busy"), cut_off.text
        assert (await service.client.post("/documents", files=FILE)).status_code == 503
        assert stored(every_kind.parent) == files
    async with running(every_kind) as service:
        await until_ready(service)
        assert await corpus_hash(service) == before
        assert (await service.client.post("/documents", files=FILE)).status_code == 201


async def test_a_change_that_was_killed_is_completed_while_others_answer(
    every_kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.readiness.KEPT_SECONDS", 0)
    go_on = Event()
    embed = WordEmbedder.embed_documents

    def wait(self: WordEmbedder, texts: list[str]) -> list[list[float]]:
        assert go_on.wait(30)
        return embed(self, texts)

    async with running(every_kind) as service:
        change = service.library.bakery
    (every_kind.parent / "corpus" / "documents" / "bell.md").write_bytes(BELL)
    change.project.home.documents.mkdir(parents=True, exist_ok=True)
    corpus_change._write_stamp(change.project, change.project.corpus, indexed=False)  # as a kill leaves it
    monkeypatch.setattr(WordEmbedder, "embed_documents", wait)
    async with running(every_kind) as service:
        ready = (await service.client.get("/health/ready")).json()
        assert [each["name"] for each in ready["not_ready"]] == ["rag", "both"]
        assert {each["error"]["code"] for each in ready["not_ready"]} == {"index-missing"}
        assert "being completed" in ready["not_ready"][0]["error"]["detail"]
        assert (await service.client.post("/query", json=ASK_BELL | {"pipeline": "zero-shot"})).status_code == 200
        go_on.set()
        await until_ready(service)
        answer = await service.client.post("/query", json=ASK_BELL)
        assert answer.json()["response"] == "The bell rings at noon."


async def test_a_killed_change_is_completed_once_no_bake_off_measures_any_more(
    every_kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.readiness.KEPT_SECONDS", 0)
    async with running(every_kind) as service:
        change = service.library.bakery
    (every_kind.parent / "corpus" / "documents" / "bell.md").write_bytes(BELL)
    change.project.home.documents.mkdir(parents=True, exist_ok=True)
    corpus_change._write_stamp(change.project, change.project.corpus, indexed=False)
    async with AsyncExitStack() as other:
        await other.enter_async_context(measuring(change.project))  # as `bakeoff run` beside it does
        async with running(every_kind, rest_seconds=0.05) as service:
            await asyncio.sleep(0.1)
            assert (await service.client.get("/health/ready")).status_code == 503
            await other.aclose()
            await until_ready(service)


async def until_ready(service: Service) -> None:
    async with asyncio.timeout(30):
        while (await service.client.get("/health/ready")).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_change_that_could_not_be_undone_is_completed_and_a_run_waits_for_it(
    every_kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(every_kind, rest_seconds=0.05) as service:
        location = (await service.client.post("/documents", files=FILE)).headers["location"]
        with monkeypatch.context() as chroma:
            chroma.setattr(indexing, "_write", delete_and_die)
            assert (await service.client.delete(location)).status_code == 503
            assert not corpus_change.is_settled(service.project)
            address = await service.start(pipelines=["rag"])
            await asyncio.sleep(0.2)
            assert (await service.client.get(address)).json()["state"] == "running"
            assert (await service.client.get(address)).json()["progress"] == []
        assert (await service.ended(address))["state"] == "finished"
        assert corpus_change.is_settled(service.project)
        answer = await service.client.post("/query", json=ASK_BELL)
        assert answer.json()["response"] == "The bell rings at noon."


def delete_and_die(collection: Any, changes: Any, *args: Any) -> None:
    """As a server of vectors that is gone in the middle of a change."""
    if changes.superfluous:
        collection.delete(changes.superfluous)
    raise IndexUnavailableError("Chroma's server cannot be reached.", "Start it.")
