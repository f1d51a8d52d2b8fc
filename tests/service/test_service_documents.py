"""Documents are taken in and removed over HTTP, and the next question is answered from what is there then."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest
from documents_fakes import ASK_BELL, BELL, stored
from runs_fakes import Service, prepared, running, use_engine
from word_embedder import WordEmbedder

from corpora.errors import CorpusStorageError
from corpora.reading import read_corpus
from service import corpus_change, corpus_use
from service.corpus_use import measuring
from service.project import open_project


@pytest.fixture
async def service(every_kind: Path) -> AsyncIterator[Service]:
    async with running(every_kind) as service:
        yield service


async def send(service: Service, name: str = "bell.md", content: bytes = BELL) -> httpx2.Response:
    return await service.client.post("/documents", files={"file": (name, content)})


async def answer(service: Service, **body: str) -> str:
    response = await service.client.post("/query", json=ASK_BELL | body)
    assert response.status_code == 200, response.text
    return str(response.json()["response"])


async def listed(service: Service) -> list[str]:
    return [each["id"] for each in (await service.client.get("/documents")).json()["documents"]]


async def test_the_next_question_is_answered_from_a_new_document_and_after_its_removal_not(
    service: Service, tmp_path: Path
) -> None:
    before = (await service.client.get("/documents")).headers["etag"]
    files = stored(tmp_path)
    assert "noon" not in await answer(service)
    taken = await send(service, "../../bell tower.md")
    assert taken.status_code == 201, taken.text
    body = taken.json()
    assert body["indexed"]["added"] > 0
    assert body["document"]["source"] == "bell tower.md"
    states = {each["name"]: each["state"] for each in body["pipelines"]}
    assert states == {
        "zero-shot": "unchanged", "prompting": "refreshed", "rag": "refreshed", "finetuned": "behind",
        "both": "refreshed",
    }  # fmt: skip
    assert await answer(service) == "The bell rings at noon."
    assert await answer(service, pipeline="prompting") == "The bell rings at noon."
    shown = (await service.client.get(taken.headers["location"])).json()
    assert (shown["title"], shown["text"]) == ("Bell", BELL.decode())
    after = await service.client.get("/documents")
    assert after.headers["etag"] not in ("", before)
    assert after.json()["content_hash"] == body["content_hash"] == read_corpus(tmp_path / "corpus").content_hash
    assert len(stored(tmp_path) - files) == 1
    removed = await service.client.delete(taken.headers["location"])
    assert removed.status_code == 200, removed.text
    assert removed.json()["indexed"]["removed"] == body["indexed"]["added"]
    assert "noon" not in await answer(service)
    assert (await service.client.get("/documents")).headers["etag"] == before
    assert stored(tmp_path) == files


async def test_only_what_is_new_is_embedded(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded: list[str] = []

    def embed(self: WordEmbedder, texts: list[str]) -> list[list[float]]:
        embedded.extend(texts)
        return [self.embed_query(text) for text in texts]

    monkeypatch.setattr(WordEmbedder, "embed_documents", embed)
    await send(service)
    assert embedded
    assert all(text.startswith("Bell\n") for text in embedded)


async def test_the_same_file_is_one_document(service: Service) -> None:
    first = await send(service)
    again = await send(service, "other name.md")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["location"] == again.headers["location"]
    assert again.json()["document"]["source"] == "bell.md"
    assert len(await listed(service)) == 4


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.md", b"", 422, "document-unreadable"),
        ("a.md", "\u200b\u200b".encode(), 422, "document-unreadable"),
        ("a.zip", b"PK\x03\x04", 415, "document-type"),
        ("a.md", b"<!doctype html><p>x", 415, "document-type"),
        ("a.pdf", b"%PDF-1.4 junk", 422, "document-unreadable"),
        ("a.md", b"x" * 2001, 413, "document-too-large"),
        ("a.md", b"x" * 40_000, 413, "body-too-large"),
        ("", b"x", 422, "invalid-request"),
    ],
)
async def test_what_cannot_be_taken_changes_nothing(
    every_kind: Path, name: str, content: bytes, status: int, code: str
) -> None:
    limits = open_project(every_kind).settings.documents.model_copy(update={"max_file_bytes": 2000})
    async with running(every_kind, documents=limits) as service:
        files = stored(every_kind.parent)
        refused = await send(service, name, content)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
        assert refused.json()["remedy"]
        assert stored(every_kind.parent) == files
        assert (await service.client.get("/pipelines")).json()["pipelines"][2]["ready"]


async def test_one_file_and_nothing_else(service: Service) -> None:
    two = [("file", ("a.md", b"one")), ("file", ("b.md", b"two"))]
    for sent in ({"files": two}, {"files": two[:1], "data": {"more": "x"}}, {"json": {}}, {"data": {"file": "x"}}):
        refused = await service.client.post("/documents", **sent)  # type: ignore[arg-type]
        assert refused.status_code == 422, refused.text
    broken = await service.client.post(
        "/documents", content=b"--x", headers={"content-type": "multipart/form-data; boundary=y"}
    )
    assert broken.status_code == 400
    assert not broken.json()["detail"].endswith("..")
    assert len(await listed(service)) == 3


async def test_a_document_that_questions_need_stays(service: Service) -> None:
    refused = await service.client.delete("/documents/ferry")
    assert refused.status_code == 409
    assert refused.json()["code"] == "document-in-use"
    assert "ferry, captain" in refused.json()["detail"]
    for path in ("/documents/none", "/documents/../corpus.yaml", "/documents/%00"):
        assert (await service.client.delete(path)).status_code == 404
        assert (await service.client.get(path)).status_code == 404
    assert len(await listed(service)) == 3


async def test_a_corpus_may_be_full(every_kind: Path) -> None:
    limits = open_project(every_kind).settings.documents.model_copy(update={"max_documents": 3})
    async with running(every_kind, documents=limits) as service:
        refused = await send(service)
    assert (refused.status_code, refused.json()["code"]) == (409, "corpus-full")


async def test_a_long_list_comes_in_pages(service: Service) -> None:
    found, address = [], "/documents?limit=2"
    while address:
        page = (await service.client.get(address)).json()
        found += [each["id"] for each in page["documents"]]
        address = page["next"]
    assert found == ["crane", "ferry", "museum"]
    assert (await service.client.get("/documents?after=none")).status_code == 404
    assert (await service.client.get("/documents?limit=0")).status_code == 422


async def test_nothing_changes_while_a_bake_off_measures(service: Service) -> None:
    async with measuring(service.project):
        refused = await send(service)
        assert (refused.status_code, refused.json()["code"]) == (409, "corpus-in-use")
    assert (await send(service)).status_code == 201


@pytest.mark.parametrize("mark", ["use", "change"])
async def test_a_mark_that_cannot_be_written_says_what_to_do(service: Service, mark: str) -> None:
    path = service.project.home.documents / f"{service.project.corpus.name}.{mark}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.mkdir()  # root may write what belongs to others, though not this
    async with AsyncExitStack() as stack:
        with pytest.raises(CorpusStorageError, match=rf"cannot be written.*Move .*{mark} away, which is a folder"):
            await _taken(service, mark, stack)


async def _taken(service: Service, mark: str, stack: AsyncExitStack) -> None:
    if mark == "use":
        await stack.enter_async_context(measuring(service.project))
    else:
        stack.enter_context(corpus_change.changing(service.project, Event()))


async def test_a_run_begins_after_a_change_and_keeps_the_next_one_out(service: Service) -> None:
    with corpus_change.changing(service.project, Event()):
        address = await service.start(pipelines=["rag"])
        waiting = await service.until(address, lambda run: run["state"] == "running")
        assert waiting["progress"] == []
    await service.until(address, lambda run: run["progress"] != [])
    assert (await send(service)).status_code == 409


async def test_a_change_that_waits_too_long_is_refused(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_use, "CHANGE_SECONDS", 0.05)
    async with service.library._turns.lock:
        refused = await send(service)
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert refused.headers["retry-after"]
    assert (await send(service)).status_code == 201


async def test_changes_at_once_come_one_after_another(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_use, "MOST_WAITING", 3)
    files = [b"# One\n\nFirst.\n", b"# Two\n\nSecond.\n", b"# Three\n\nThird.\n", b"# Four\n\nFourth.\n"]
    answers = await asyncio.gather(*(send(service, "x.md", content) for content in files))
    assert sorted(each.status_code for each in answers) == [201, 201, 201, 503]
    assert next(each for each in answers if each.status_code == 503).headers["retry-after"]
    assert len(await listed(service)) == 6


def no_space(*args: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("target", ["corpora.storing.os.fsync", "service.corpus_change.index_documents"])
async def test_a_full_disk_loses_nothing(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    files = stored(tmp_path)
    location = (await send(service, "salt.md", b"# Store\n\nThe salt is dry.\n")).headers["location"]
    with monkeypatch.context() as patch:
        patch.setattr(target, no_space)
        for refused in (await send(service), await service.client.delete(location)):
            assert (refused.status_code, refused.json()["code"]) == (507, "corpus-storage"), refused.text
            assert "disk is full" in refused.json()["detail"]
    assert "dry" in await answer(service, question="The salt is what?")
    assert len(stored(tmp_path) - files) == 1
    assert (await send(service)).status_code == 201
    assert await answer(service) == "The bell rings at noon."


async def test_a_full_folder_for_temporary_files_is_told_of_and_logged(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    files = stored(tmp_path)
    large = BELL + b"It rings again. " * 100_000  # more than is kept in memory
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.SpooledTemporaryFile.rollover", no_space)
        refused = await send(service, content=large)
        assert (refused.status_code, refused.json()["code"]) == (507, "corpus-storage"), refused.text
        assert "cannot be kept in" in refused.json()["detail"]
        assert refused.json()["remedy"].startswith("Free some space there, or set TMPDIR")
        (told,) = [each for each in caplog.records if "cannot be kept in" in each.getMessage()]
        assert (told.levelname, told.name) == ("WARNING", "bakeoff.service")
    assert stored(tmp_path) == files
    assert (await send(service, content=large)).status_code == 201


async def test_an_adapter_trained_on_the_documents_goes_on_and_takes_part_in_no_bake_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_engine(monkeypatch, tmp_path)
    monkeypatch.setattr("staleness_fakes.CORPUS", _without_examples())
    config = prepared(tmp_path, monkeypatch)
    async with running(config) as service:
        taken = await send(service)
        (effect,) = [each for each in taken.json()["pipelines"] if each["name"] == "finetuned"]
        assert effect["state"] == "behind"
        assert "bakeoff train" in effect["detail"]
        await answer(service, pipeline="finetuned")
    async with running(config) as service:
        await answer(service, pipeline="finetuned")
        refused = await service.post(pipelines=["finetuned"])
        assert (refused.status_code, refused.json()["code"]) == (503, "adapter-missing")
        assert (await service.post(pipelines=["rag"])).status_code == 202


def _without_examples() -> dict[str, Any]:
    from staleness_fakes import CORPUS

    kept = {name: content for name, content in CORPUS.items() if name != "examples.jsonl"}
    return kept | {"corpus.yaml": {"name": "harbour", "questions": "questions.jsonl"}}
