"""`bakeoff ask`, and what is waited for before a bake-off, over the fake engine."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from staleness_fakes import CONFIG_FILE, CORPUS, write, write_project

from pipelines.engines.fake import FakeEngine
from pipelines.engines.vllm_server import VllmEngine
from service.baking import opened
from service.cli import main
from service.preparing import index_project, train_project
from service.project import open_project

QUESTION = CORPUS["questions.jsonl"][0]["user_input"]


def ask(monkeypatch: pytest.MonkeyPatch, *names: str) -> int:
    options = [part for name in names for part in ("-p", name)]
    monkeypatch.setattr(sys, "argv", ["bakeoff", "ask", QUESTION, *options])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path, monkeypatch)


@pytest.mark.parametrize(("names", "status"), [(["zero-shot"], 0), (["rag", "zero-shot"], 1), (["nobody"], 1)])
def test_a_pipeline_that_fails_is_told_by_the_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], names: list[str], status: int
) -> None:
    assert ask(monkeypatch, *names) == status  # nothing is indexed
    said = capsys.readouterr().out
    assert ("to the first token" in said) == ("zero-shot" in names)


def test_an_answer_in_brackets_is_shown_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipelines.engines.fake.best_sentence", lambda messages, adapter: "see [/etc] and [bold]")
    assert ask(monkeypatch, "zero-shot") == 0
    assert "see [/etc] and [bold]" in capsys.readouterr().out


def compared(monkeypatch: pytest.MonkeyPatch, engine: type, config: dict[str, Any]) -> int:
    """How often a new adapter was compared before a bake-off with this configuration."""
    calls = []

    async def compare(*arguments: object) -> list[object]:
        calls.append(arguments)
        return []

    async def start() -> None:
        async with opened(open_project(Path("bakeoff.yaml"))):
            pass

    write(Path(), {"bakeoff.yaml": CONFIG_FILE | config})
    index_project(open_project(Path("bakeoff.yaml")))
    train_project(open_project(Path("bakeoff.yaml")))
    monkeypatch.setattr("service.baking.VllmEngine", engine)
    monkeypatch.setattr("service.baking.compare_new_adapters", compare)
    asyncio.run(start())
    return len(calls)


@pytest.mark.parametrize(
    ("engine", "run", "times"),
    [
        (FakeEngine, ["zero-shot", "finetuned"], 1),
        (FakeEngine, ["zero-shot", "rag"], 0),
        (VllmEngine, ["finetuned"], 0),
    ],
)
def test_only_an_adapter_is_compared_and_only_where_a_server_has_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], engine: type, run: list[str], times: int
) -> None:
    assert compared(monkeypatch, engine, {"run": run}) == times
    assert ("Comparing" in capsys.readouterr().out) == bool(times)
