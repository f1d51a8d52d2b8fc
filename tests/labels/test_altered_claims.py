"""The benchmark of altered claims has a word for what it cannot tell."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_labels_of_one_class_have_no_auroc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    altered_claims = import_module("altered_claims")
    claims = [
        altered_claims.Claim(
            **dict.fromkeys(altered_claims.Claim._fields, "x") | {"supported": True, "document": f"d{n}"}
        )
        for n in range(3)
    ]
    assert altered_claims.auroc([], claims, lambda claim: 0.5) == "–"
    one = claims[0]._replace(supported=False)
    assert altered_claims.auroc([one], [claims[0]], lambda claim: float(claim.supported)) == "1.00"
