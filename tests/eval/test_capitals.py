"""Names that only their capitals tell from other words."""

from __future__ import annotations

import pytest

from eval.metrics.correctness import correctness
from eval.metrics.registry import RIGHT


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("A", "A"),
        ("A", "The answer is A."),
        ("A", "The answer is **A**."),
        ("A", "The answer is A because it is true."),
        ("A", "Answer: A"),
        ("A", "Answer: A. Paris"),
        ("A", "A) Paris"),
        ("A", "A. Paris"),
        ("A", "She got an A."),
        ("A", "Option (A)"),
        ("A", "(a)"),
        ("(A)", "A."),
        ("Option A", "Option (A)"),
        ("Plan A", "Plan A (the cheapest) has it."),
        ("Plan A", "Plan A/B"),
        ("Plan A", "Plan A & Plan B"),
        ("Plan A", "Plan A\nPlan B"),
        ("Plan A", "It is in plan a."),
        ("A. Smith", "Adam Smith"),  # an initial, of which nothing is asked
        ("A/C", "The room has A/C."),
        ("Once Upon a Time", "Once Upon A Time"),
    ],
)
def test_the_letter_is_right(reference: str, response: str) -> None:
    assert correctness(reference, response) == 1


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("A", "The answer is B."),
        ("A", "B. Paris is a city."),
        ("A", "It is a plan."),
        ("A", "A plan has it."),
        ("A", "They charge 5 % p.a., at 9 a.m."),
        ("A", "A+"),
        ("B", "A"),
        ("Plan A", "It is a plan."),
        ("Plan A", "A plan"),
        ("Plan A", "Plan B is a plan."),
        ("Plan A", "plan b"),
    ],
)
def test_an_article_is_no_letter(reference: str, response: str) -> None:
    assert correctness(reference, response) < RIGHT
