"""From a configuration to open pipelines."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from service_fakes import FakePipeline, client_of, make_app

from corpora.errors import AdapterMissingError, ConfigError
from pipelines.contract import Pipeline
from service.serving import keep_opening, open_each

MISSING = AdapterMissingError("The adapter is not trained yet.", "Run bakeoff train.")


async def test_one_that_cannot_be_opened_does_not_keep_the_others_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    async def opened(name: str, config: Any, bench: Any) -> Pipeline:
        if name == "finetuned":
            raise MISSING
        return FakePipeline(name)

    monkeypatch.setattr("service.serving.open_pipeline", opened)
    config: Any = SimpleNamespace(selected=("rag", "finetuned", "zero-shot"))
    found = await open_each(config, bench=SimpleNamespace())  # type: ignore[arg-type]
    assert list(found) == ["rag", "finetuned", "zero-shot"]
    assert found["finetuned"] is MISSING
    assert all(isinstance(found[name], FakePipeline) for name in ("rag", "zero-shot"))


async def test_what_could_not_be_opened_is_opened_once_what_it_lacked_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = {"rag": 2, "finetuned": 1}

    async def opened(name: str, config: Any, bench: Any) -> Pipeline:
        lacking[name] -= 1
        if lacking[name] >= 0:
            raise MISSING
        return FakePipeline(name)

    monkeypatch.setattr("service.serving.open_pipeline", opened)
    broken = ConfigError("It is broken.", "Mend it.")
    pipelines: dict[str, Any] = {"rag": MISSING, "finetuned": MISSING, "prompting": broken}
    app = make_app(pipelines)
    async with client_of(app) as client:
        before = await client.post("/query", json={"question": "Why?", "pipeline": "rag"})
        config: Any = SimpleNamespace()
        await asyncio.wait_for(keep_opening(pipelines, config, bench=SimpleNamespace(), seconds=0.01), 10)  # type: ignore[arg-type]
        after = await client.post("/query", json={"question": "Why?", "pipeline": "rag"})
    assert (before.status_code, after.status_code) == (503, 200)
    assert pipelines["prompting"] is broken
