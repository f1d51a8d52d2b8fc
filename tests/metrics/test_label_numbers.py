"""A number that only repeats of whom or what was asked is no answer."""

from __future__ import annotations

import time

import pytest

from eval.metrics.correctness import correctness
from eval.metrics.label_numbers import without_label_numbers
from eval.metrics.registry import METRICS

SEVERITY = "What is the first response time for severity 1 incidents of Atlas?"
REPLICAS = "How many replicas does tier 3 have?"
SEATS = "How much do 30 seats cost?"


def is_right(question: str, reference: str, response: str) -> bool:
    return METRICS["correctness"].says_yes(
        correctness(reference, without_label_numbers(response, question, (reference,)))
    )


@pytest.mark.parametrize(
    ("question", "reference", "response", "right"),
    [
        (SEVERITY, "1 hour", "Severity 1 incidents of Atlas get a first response within {}.", "1 hour"),
        (SEVERITY, "one hour", "Severity 1 incidents of Atlas get a response within {}.", "1 hour"),
        (SEVERITY, "1 hour", "**Severity-1**: {}", "60 minutes"),
        ("How fast is a P1 ticket answered?", "1 hour", "Priority 1 (P1) tickets are answered within {}.", "1 hour"),
        ("How long are the records kept?", "8 days", "Article 8 records are kept for {}.", "8 days"),
        ("How long is notice?", "3 months", "Under Plan 3, the notice period is {}.", "3 months"),
        ("When does phase 2 start?", "2 May 2025", "Phase 2 starts on {}.", "May 2, 2025"),
        ("When does shift 2 begin?", "2 pm", "Shift 2 begins at {}.", "14:00"),
        (SEATS, "$30", "30 seats cost {}.", "$30"),
        ("What is the discount on 10 licences?", "10 %", "10 licences get {} off.", "10%"),
        (REPLICAS, "3", "Tier 3 has {}.", "3 replicas"),
        (REPLICAS, "3 replicas", "Tier 3 has {}.", "3 replicas"),
        ("How many GB has plan 5?", "5", "Plan 5: {}", "5"),
    ],
)
def test_the_number_of_what_was_asked_about_is_no_answer(
    question: str, reference: str, response: str, right: str
) -> None:
    assert is_right(question, reference, response.format(right))
    for wrong in ("8 hours", "90 MB", "9 August 2025", "$90", "20 %", "11 pm"):
        if wrong.split()[0] not in reference:
            assert not is_right(question, reference, response.format(wrong)), wrong


@pytest.mark.parametrize(
    ("question", "reference", "response"),
    [
        ("Which of tier 2 and tier 3 has it?", "3", "Tier 3 has it."),
        ("Which of tier 2 and tier 3 has it?", "Tier 3", "Tier 3 has it."),
        ("What is error 404?", "404 NOT_FOUND", "Error 404 means NOT_FOUND."),
        ("Which level is it?", "3", "It is level 3."),
        ("Which level takes 3 days?", "level 3", "Level 3 takes 3 days."),
        ("How long is the 30-day trial?", "30 days", "The 30-day trial lasts 30 days."),
        ("How many of the 30 seats are free?", "30", "The 30 seats are all free."),
        ("When does it open in 2024?", "14 May 2024", "In 2024 it opens on 14 May."),
        (SEVERITY, "8 hours", "Severity 1: 8 hours"),
    ],
)
def test_an_answer_keeps_its_numbers(question: str, reference: str, response: str) -> None:
    assert without_label_numbers(response, question, (reference,)) == response
    assert is_right(question, reference, response)


@pytest.mark.parametrize(
    ("reference", "right", "wrong"),
    [
        ("Priority 1", "Severity 1 incidents get priority 1.", "Severity 1 incidents get priority 2."),
        ("Level 2", "Tier 2 customers are handed from level 1 to level 2.", "Tier 2 is handled by support level 3."),
        ("Pay band 4", "Grade 4 is in pay band 4.", "Grade 4 is in pay band 3."),
        ("Severity 2", "Severity 2 has a 2 hour response time.", "Severity 3 has a 2 hour response time."),
        ("Version 3", "It came with version 3.0 in 2024.", "It came with version 2 in May, 3 days late."),
        ("Semester 4", "It is taken in semester 4.", "It is taken in semester 3, for 4 credits."),
    ],
)
def test_another_number_of_what_is_numbered_contradicts(reference: str, right: str, wrong: str) -> None:
    assert is_right("Which one?", reference, right)
    assert not is_right("Which one?", reference, wrong)


@pytest.mark.parametrize(
    ("short", "full"),
    [("P2", "priority 2"), ("S1", "severity 1"), ("SEV1", "Sev 1"), ("L2", "Level 2"), ("Q3", "quarter 3")],
)
def test_a_letter_stands_for_the_word_before_a_number(short: str, full: str) -> None:
    for one, other in ((short, full), (full, short)):
        assert is_right("Which one?", one, f"It is {other} here.")
        assert not is_right("Which one?", one, f"It is {other[:-1]}7 here.")


@pytest.mark.parametrize("part", ["severity 1 ", "1 ", "1.1.", "a ", "tier-", "30 seats 30 "])
def test_long_texts_are_read_at_once(part: str) -> None:
    began = time.process_time()
    without_label_numbers(part * 20_000, SEVERITY, ("1 hour", "3"))
    assert time.process_time() - began < 10
