"""No test reaches past this machine; what it needs from outside is there before it starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pipelines.home import Home

os.environ.update(
    HF_HUB_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    ANONYMIZED_TELEMETRY="False",
    RAGAS_DO_NOT_TRACK="true",
    TOKENIZERS_PARALLELISM="false",
)

os.environ.pop("BAKEOFF_HOME", None)  # somebody's own: what a test prepares or records is not to lie there

settings.register_profile("bakeoff", deadline=None)  # a busy machine is no failure
settings.register_profile("same-examples", settings.get_profile("bakeoff"), derandomize=True)
settings.load_profile("bakeoff")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Loopback only, for every test: a call to the outside is a failure, not a dependency."""
    for item in items:
        item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"]))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    from pipelines.home import Home  # after the environment is set

    return Home(tmp_path / "home")


@pytest.fixture
def dead_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names a proxy, and nobody answers there: what is sent through it fails."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
