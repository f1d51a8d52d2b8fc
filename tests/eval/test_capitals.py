"""Names that only their capitals tell from other words."""

from __future__ import annotations

import time

import pytest

from eval.metrics.correctness import correctness
from eval.metrics.recall import token_recall
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
        ("A", "A, because Paris is the capital."),
        ("A", "A - Paris"),
        ("A", "A is correct."),
        ("A", "Sure. A is the right answer."),
        ("A", "A because Paris is the capital."),
        ("A", "A (Paris)"),
        ("A and C", "A and C are right."),
        ("A and C", "C and A"),
        ("A, B or D", "Only A, B, and D"),
        ("A bank and a shop", "bank and shop"),
        ("A (free) account", "a free account"),
        ("A, Bob and Ann", "Bob, Ann and others"),
        ("A", "**A**, since it is the capital."),
        ("A", "A\nParis is the capital."),
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
        ("IT", "It is the IT department."),
        ("the IT department", "the it department"),
        ("US", "us"),
        ("US", "Please contact us in the US."),
        ("US", "It is a US-based firm."),
        ("US", "THE US IS THE ONE."),
        ("US", "US, UK"),
        ("US", "The U.S. has it."),
        ("U.S.", "It is in the US."),
        ("U.S. dollars", "US dollars"),
        ("US$5", "5 US$"),
        ("us-east-1", "US-East-1"),
        ("WHO", "UNICEF and the WHO"),
        ("OR", "It is in OR."),
        ("IN", "Gary, IN"),
        ("Gary, IN", "Gary, Indiana"),  # as ever
        ("Minsk, BY", "Minsk, Belarus"),
        ("AT&T", "at&t"),
        ("Bring a passport OR an ID card", "bring a passport or an ID card"),
        ("It is closed on the way in", "IT IS CLOSED ON THE WAY IN"),
        ("IT IS CLOSED BY NOON", "It is closed by noon"),
        ("CONTACT US FOR A KEY", "Contact us for a key"),
        ("It's closed", "IT'S CLOSED"),
    ],
)
def test_the_name_is_right(reference: str, response: str) -> None:
    assert correctness(reference, response) == 1


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("IT", "It is the HR department."),
        ("IT", "It is approved by Finance."),
        ("IT", "IT IS THE HR DEPARTMENT."),
        ("the IT department", "It is the finance department."),
        ("US", "Please contact us in Germany."),
        ("US", "PLEASE CONTACT US FOR THE KEY"),
        ("WHO", "It was UNICEF who did it."),
        ("the WHO", "It was UNICEF who did it."),
        ("OR", "It is CA or NV."),
        ("IN", "It is in Ohio."),
        ("ME", "It seems to me Ohio."),
        ("AS", "It is as large as Guam."),
    ],
)
def test_a_word_that_only_binds_is_no_name(reference: str, response: str) -> None:
    assert correctness(reference, response) < RIGHT


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("A", "The answer is B."),
        ("A", "B. Paris is a city."),
        ("A", "It is a plan."),
        ("A", "A plan has it."),
        ("A", "A bank and a shop."),
        ("A", "B is correct."),
        ("A and C", "C"),
        ("A, B", "B"),
        ("A or B", "B."),
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


@pytest.mark.parametrize("part", ["A", "A ", "(A", "a ", "*", "IT ", "the us ", "US-", "\n", " "])
def test_long_texts_are_read_in_no_time(part: str) -> None:
    """What is quadratic takes minutes."""
    began = time.monotonic()
    token_recall("Plan A of IT", part * 40_000)
    assert time.monotonic() - began < 20
