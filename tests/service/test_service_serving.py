"""From a configuration to open pipelines."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from service_fakes import FakePipeline

from corpora.errors import AdapterMissingError, ConfigError
from pipelines.assembly import open_each
from pipelines.contract import Pipeline
from pipelines.home import Home
from pipelines.indexing import locked
from pipelines.prompting import PromptingOptions
from pipelines.rag import RagOptions
from pipelines.vectors import VectorOptions
from service.job_work import Bakery
from service.library import Library
from service.serving import _index_alone
from service.settings import ServiceSettings

MISSING = AdapterMissingError("The adapter is not trained yet.", "Run bakeoff train.")


async def test_one_that_cannot_be_opened_does_not_keep_the_others_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    async def opened(name: str, config: Any, bench: Any) -> Pipeline:
        if name == "finetuned":
            raise MISSING
        return FakePipeline(name)

    monkeypatch.setattr("pipelines.assembly.open_pipeline", opened)
    config: Any = SimpleNamespace(selected=("rag", "finetuned", "zero-shot"))
    found = await open_each(config.selected, config, bench=SimpleNamespace())  # type: ignore[arg-type]
    assert list(found) == ["rag", "finetuned", "zero-shot"]
    assert found["finetuned"] is MISSING
    assert all(isinstance(found[name], FakePipeline) for name in ("rag", "zero-shot"))


async def test_what_could_not_be_opened_is_opened_once_what_it_lacked_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lacking = {"rag": 2, "finetuned": 1}

    async def opened(name: str, config: Any, bench: Any) -> Pipeline:
        lacking[name] -= 1
        if lacking[name] >= 0:
            raise MISSING
        return FakePipeline(name)

    monkeypatch.setattr("pipelines.assembly.open_pipeline", opened)
    broken = ConfigError("It is broken.", "Mend it.")
    pipelines: dict[str, Any] = {"rag": MISSING, "finetuned": MISSING, "prompting": broken}
    never_changed = SimpleNamespace(name="c")
    settings = ServiceSettings(rest_seconds=0.01)
    project: Any = SimpleNamespace(settings=settings, config=None, home=Home(tmp_path), corpus=never_changed)
    bench: Any = SimpleNamespace(embedder=None)
    library = Library(Bakery(project, bench, pipelines), poll_seconds=0.01)
    all_open = asyncio.Event()

    def listen(bakery: Bakery) -> None:
        if all(isinstance(bakery.pipelines[name], FakePipeline) for name in ("rag", "finetuned")):
            all_open.set()

    library.on_change(listen)
    async with library:
        await asyncio.wait_for(all_open.wait(), 10)
    assert library.bakery.pipelines["prompting"] is broken


def test_one_service_has_the_vectors_on_disk(tmp_path: Path) -> None:
    def project(vectors: VectorOptions | None) -> Any:
        config = SimpleNamespace(pipelines={"rag": RagOptions()}, selected=("rag",), vectors=vectors)
        return SimpleNamespace(config=config, home=Home(tmp_path, vectors=vectors))

    with _index_alone(project(None)):
        with pytest.raises(ConfigError, match="Another service"), _index_alone(project(None)):
            pass
        with _index_alone(project(VectorOptions(url="http://127.0.0.1:8000"))), locked(tmp_path / "index"):
            pass  # neither Chroma's server nor `bakeoff index` is kept out
    with _index_alone(project(None)):
        pass


def test_who_serves_none_of_the_vectors_would_change_them_all_the_same(tmp_path: Path) -> None:
    config = SimpleNamespace(
        pipelines={"rag": RagOptions(), "plain": PromptingOptions()}, selected=("plain",), vectors=None
    )
    project: Any = SimpleNamespace(config=config, home=Home(tmp_path))
    with _index_alone(project), pytest.raises(ConfigError, match="rag would not see"), _index_alone(project):
        pass


def test_vectors_that_cannot_be_held_are_an_error_of_ours(tmp_path: Path) -> None:
    config = SimpleNamespace(pipelines={"rag": RagOptions()}, selected=("rag",), vectors=None)
    project: Any = SimpleNamespace(config=config, home=Home(tmp_path))
    (project.home.index.folder / "served").mkdir(parents=True)
    with pytest.raises(ConfigError, match="BAKEOFF_HOME"), _index_alone(project):
        pass
