"""From a configuration to open pipelines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from service_fakes import FakePipeline

from corpora.errors import AdapterMissingError
from pipelines.assembly import open_each
from pipelines.contract import Pipeline

MISSING = AdapterMissingError("The adapter is not trained yet.", "Run bakeoff train.")


async def test_one_that_cannot_be_opened_does_not_keep_the_others_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    async def opened(name: str, config: Any, bench: Any) -> Pipeline:
        if name == "finetuned":
            raise MISSING
        return FakePipeline(name)

    monkeypatch.setattr("pipelines.assembly.open_pipeline", opened)
    config: Any = SimpleNamespace(selected=("rag", "finetuned", "zero-shot"))
    found = await open_each(config, bench=SimpleNamespace())  # type: ignore[arg-type]
    assert list(found) == ["rag", "finetuned", "zero-shot"]
    assert found["finetuned"] is MISSING
    assert all(isinstance(found[name], FakePipeline) for name in ("rag", "zero-shot"))
