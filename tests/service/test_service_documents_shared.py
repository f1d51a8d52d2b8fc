"""Several processes change one corpus: each goes on answering, and follows what the others have changed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import yaml
from documents_fakes import ASK_BELL, BELL
from runs_fakes import Service, running
from word_embedder import WordEmbedder

from pipelines.assembly import open_each
from service import reopening
from service.preparing import index_project
from service.project import open_project

SLOW = b"# Slow\n\nThe tortoise is slow.\n"


class SlowChange:
    """The indexing of SLOW: it tells that it has begun, and goes on once it may."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.begun = Event()
        self.go_on = Event()
        self.opening = Event()
        embed = WordEmbedder.embed_documents

        def slowly(embedder: WordEmbedder, texts: Any) -> list[list[float]]:
            if any("tortoise" in text for text in texts):
                self.begun.set()
                assert self.go_on.wait(30)
            return embed(embedder, texts)

        patch.setattr(WordEmbedder, "embed_documents", slowly)

    def before_opening(self, patch: pytest.MonkeyPatch, service: Service, seconds: float) -> None:
        """Has the service open nothing before the indexing has begun, or so many seconds have passed."""
        engine = service.library.bakery.bench.engine

        async def later(names: Any, settings: Any, bench: Any) -> Any:
            if bench.engine is engine:
                self.opening.set()
                await asyncio.to_thread(self.begun.wait, seconds)
            return await open_each(names, settings, bench)

        patch.setattr(reopening, "open_each", later)


def split_otherwise(config: Path) -> Path:
    """The same project with other passages, indexed."""
    content = yaml.safe_load(config.read_text())
    content["pipelines"]["rag"]["passage_tokens"] = 24
    path = config.with_name("otherwise.yaml")
    path.write_text(yaml.safe_dump(content))
    index_project(open_project(path))
    return path


async def send(service: Service, content: bytes = BELL) -> int:
    return (await service.client.post("/documents", files={"file": ("a.md", content)})).status_code


async def answer(service: Service) -> str:
    response = await service.client.post("/query", json=ASK_BELL)
    assert response.status_code == 200, response.text
    return str(response.json()["response"])


async def count(service: Service) -> int:
    return int((await service.client.get("/documents")).json()["total"])


async def until_counted(service: Service, documents: int) -> None:
    async with asyncio.timeout(30):
        while await count(service) != documents:
            assert await answer(service)
            await asyncio.sleep(0.01)


async def test_another_process_follows(every_kind: Path) -> None:
    async with running(every_kind) as one, running(every_kind) as other:
        assert await send(one) == 201
        await until_counted(other, 4)
        assert await answer(other) == "The bell rings at noon."


async def test_a_change_is_opened_before_the_next_one_begins(every_kind: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(every_kind) as one, running(every_kind) as two:
        change = SlowChange(monkeypatch)
        change.before_opening(monkeypatch, one, seconds=0.3)
        first = asyncio.create_task(send(one))
        assert await asyncio.to_thread(change.opening.wait, 30)
        second = asyncio.create_task(send(two, SLOW))
        assert await first == 201
        assert await asyncio.to_thread(change.begun.wait, 30)
        assert await answer(one) == "The bell rings at noon."
        change.go_on.set()
        assert await second == 201


async def test_who_follows_goes_on_answering_while_the_next_change_is_made(
    every_kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(every_kind) as one, running(every_kind) as two:
        change = SlowChange(monkeypatch)
        change.before_opening(monkeypatch, two, seconds=30)
        assert await send(one) == 201
        second = asyncio.create_task(send(one, SLOW))
        assert await asyncio.to_thread(change.begun.wait, 30)
        for _ in range(10):
            assert await answer(two)
            await asyncio.sleep(0.02)
        change.go_on.set()
        assert await second == 201
        await until_counted(two, 5)
        assert await answer(two) == "The bell rings at noon."


async def test_services_that_split_the_documents_otherwise_follow_each_other(every_kind: Path) -> None:
    """Each has an index of its own, which the other one's change does not bring up to date."""
    otherwise = split_otherwise(every_kind)
    async with running(every_kind) as one, running(otherwise) as two:
        for changing, following, documents, name in ((one, two, 4, b"bell"), (two, one, 5, b"gong")):
            assert await send(changing, BELL.replace(b"bell", name)) == 201
            await until_counted(following, documents)
            assert await answer(following) == "The bell rings at noon."
        for each in (one, two):
            assert (await each.client.get("/health/ready")).status_code == 200


async def test_ready_is_who_answers_while_documents_come(every_kind: Path) -> None:
    async with running(every_kind) as one, running(every_kind) as two:
        for number in range(8):
            change = asyncio.create_task(send(one, BELL + b"%d" % number))
            while not change.done():
                for each in (one, two):
                    assert await answer(each)
                    assert (await each.client.get("/health/ready")).status_code == 200
            assert await change == 201


async def test_what_cannot_be_opened_after_a_change_is_opened_later(
    every_kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [OSError(28, "No space left on device")]

    async def failing(names: Any, settings: Any, bench: Any) -> Any:
        if failures:
            raise failures.pop()
        return await open_each(names, settings, bench)

    async with running(every_kind, rest_seconds=0.05) as one:
        monkeypatch.setattr(reopening, "open_each", failing)
        assert await send(one) == 201
        await until_counted(one, 4)
        assert await answer(one) == "The bell rings at noon."


async def test_a_service_that_ends_waits_for_no_pipeline_to_be_opened(
    every_kind: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def never(names: Any, settings: Any, bench: Any) -> Any:
        begun.set()
        await asyncio.sleep(60)

    async with running(every_kind) as one:
        monkeypatch.setattr(reopening, "open_each", never)
        change = asyncio.create_task(send(one))
        await asyncio.wait_for(begun.wait(), 30)
        one.library.stop()
        assert await asyncio.wait_for(change, 10) == 201
