"""The service does what its OpenAPI document says; `tests/faults/api_contract.py` asks far more."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract import examine

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("with_keys", [False, True], ids=["open", "keys"])
def test_the_service_does_what_its_document_says(
    with_keys: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = examine(tmp_path, monkeypatch, with_keys, examples=10)
    assert verdict.passed, verdict.said
    assert verdict.cases > 500
