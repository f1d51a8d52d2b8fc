from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from documents_fakes import CHANGED
from runs_fakes import prepared, score_nothing, use_engine
from service_fakes import client_of, make_app


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(make_app()) as client:
        yield client


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    score_nothing(monkeypatch)
    return prepared(tmp_path, monkeypatch)


@pytest.fixture
def every_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration of a project with a pipeline of every kind."""
    use_engine(monkeypatch, tmp_path)
    score_nothing(monkeypatch)
    return prepared(tmp_path, monkeypatch, **CHANGED)


@pytest.fixture
def root(config: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_engine(monkeypatch, config.parent)
    return config.parent


@pytest.fixture
def hanging(config: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose engine answers eight questions, and never the ninth."""
    use_engine(monkeypatch, config.parent, fault="hang", fault_every=9)
    return config.parent
