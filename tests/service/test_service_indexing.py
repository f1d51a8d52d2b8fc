"""`bakeoff index` beside bake-offs, services and changes of the documents: it takes nothing away that somebody uses."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from documents_fakes import CHANGED
from runs_fakes import prepared, running, score_nothing, told, use_engine
from staleness_fakes import write_project
from word_embedder import WordEmbedder

from corpora.errors import CorpusInUseError, OverloadedError
from eval.run import RunFolder
from pipelines.index import PassageIndex
from pipelines.indexing import build_index, copy_index
from pipelines.retrieval import RetrievalOptions
from service import preparing
from service.corpus_use import changing, measuring
from service.preparing import index_project
from service.project import Project, open_project

FERRY = "corpus/documents/ferry.md"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    write_project(tmp_path, monkeypatch)
    project = open_project(Path("bakeoff.yaml"))
    index_project(project)
    return project


def edit(root: Path) -> Project:
    path = root / FERRY
    path.write_text(f"{path.read_text()}\nIt is blue.\n")
    return open_project(root / "bakeoff.yaml")


def opened(project: Project) -> list[PassageIndex]:
    """Raises IndexMissingError where an index is not of the project's documents as they are."""
    embedder = WordEmbedder(Path("models/base"), "models/base")
    splittings = [RetrievalOptions(passage_tokens=16, overlap_tokens=0), RetrievalOptions(passage_tokens=64)]
    return [PassageIndex.open(project.home.index, project.corpus, embedder, each.splitting) for each in splittings]


async def test_an_index_that_a_bake_off_answers_from_stays_as_it_is(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = opened(project)
    async with measuring(project):
        index_project(project)  # nothing to change, which is said and harms nobody
        assert "0 passages added, 3 reused, 0 removed" in capsys.readouterr().out
        changed = edit(tmp_path)
        with pytest.raises(CorpusInUseError, match=r"bake-off.*Wait until it has ended, or stop it"):
            index_project(changed)
        for each in before:
            each.check_unchanged()
    index_project(changed)
    assert opened(changed)


async def test_a_copy_of_the_index_is_brought_up_to_date_whoever_measures(project: Project, tmp_path: Path) -> None:
    copied = replace(project.home, index_copy=tmp_path / "copy")
    copy_index(project.home.index, copied.index, project.corpus.name)
    changed = replace(edit(tmp_path), home=copied)
    async with measuring(project):
        index_project(changed)
    assert opened(changed)
    assert opened(project)


async def test_it_waits_for_a_change_and_indexes_what_that_has_left(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = Event()

    def told_of_waiting(what: str) -> AbstractContextManager[None]:
        if what == "Waiting for another change of the documents":
            waits.set()
        return nullcontext()

    monkeypatch.setattr(preparing, "waiting", told_of_waiting)
    with changing(project, Event()):
        indexing = asyncio.create_task(asyncio.to_thread(index_project, project))
        assert await asyncio.to_thread(waits.wait, 10)
        changed = edit(tmp_path)
    await indexing
    assert opened(changed)


def test_it_does_not_wait_for_ever(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "LOCK_SECONDS", 0.05)
    with changing(project, Event()), pytest.raises(OverloadedError, match="another process"):
        index_project(project)


async def test_a_bake_off_waits_until_the_index_is_whole(project: Project) -> None:
    waits = asyncio.Event()

    async def measure() -> None:
        async with measuring(project, waits.set):
            assert opened(project)

    with changing(project, Event()):
        waiting = asyncio.create_task(measure())
        await asyncio.wait_for(waits.wait(), 5)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 5)


async def test_a_run_whose_index_is_changed_all_the_same_stops_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another machine, say: the lock that keeps `bakeoff index` out is of this one's folder."""
    score_nothing(monkeypatch)
    use_engine(monkeypatch, tmp_path, delay=0.05)
    config = prepared(tmp_path, monkeypatch, **CHANGED | {"run": ["rag"]})
    async with running(config) as service:
        address = await service.start(repeat=20)
        await service.until(address, lambda run: bool(told(tmp_path)))
        changed = edit(tmp_path)
        with pytest.raises(CorpusInUseError):
            await asyncio.to_thread(index_project, changed)
        options = RetrievalOptions(passage_tokens=16, overlap_tokens=0)
        embedder = WordEmbedder(Path("models/base"), "models/base")
        await asyncio.to_thread(build_index, changed.home.index, changed.corpus, embedder, options.splitting)
        run = await service.ended(address)
        assert (run["state"], run["problem"]["code"]) == ("failed", "index-missing"), run
        assert "has changed since it was opened" in run["problem"]["detail"]
        trials = RunFolder.open(tmp_path / "runs" / address.rsplit("/", 1)[1]).trials()
        assert len(trials) < 100
        assert all(each.answer and len(each.answer.retrieved_contexts) == 2 for each in trials)
