"""The benchmark of altered claims has a word for what it cannot tell."""

from __future__ import annotations

import random
from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
DENIALS = ("fails to", "is unable to", "is forbidden to", "refuses to")


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


@pytest.mark.parametrize(
    ("kind", "text", "others"),
    [
        ("verbal negation", "A pod must wait.", {f"A pod {denial} wait." for denial in DENIALS}),
        ("verbal negation", "It is evicted.", {f"It {denial} be evicted." for denial in DENIALS}),
        ("verbal negation", "Dragon denies it.", {f"Dragon {denial} deny it." for denial in DENIALS}),
        ("verbal negation", "Dragon deletes it.", {f"Dragon {denial} delete it." for denial in DENIALS}),
        ("comparator", "It takes at most 5 s.", {"It takes at least 5 s."}),
        ("comparator", "It comes within 5 s.", {"It comes only after 5 s."}),
        ("comparator", "It comes.", {None}),
    ],
)
def test_edits_that_are_on_no_list_of_the_metric(
    monkeypatch: pytest.MonkeyPatch, kind: str, text: str, others: set[str | None]
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    edit = import_module("edits").UNSEEN[kind]
    assert edit(text, random.Random(0), ()) in others
