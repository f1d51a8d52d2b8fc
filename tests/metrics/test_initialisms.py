"""Initials are what they stand for, whichever of two texts writes it out."""

from __future__ import annotations

import time

import pytest

from eval.metrics.correctness import correctness
from eval.metrics.initialisms import initialisms


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("SRE", "Site Reliability Engineering"),
        ("SRE", "site reliability engineering"),
        ("QA", "Quality Assurance"),
        ("MQTT", "Message Queuing Telemetry Transport"),
        ("SLA", "service-level agreement"),
        ("SLAs", "Service Level Agreements"),
        ("SREs", "site reliability engineers"),
        ("VMs", "Virtual Machines"),
        ("SLAs", "SLA"),
        ("DMV", "Department of Motor Vehicles"),
        ("US", "United States"),
        ("U.S.", "United States"),
        ("TCP/IP", "Transmission Control Protocol / Internet Protocol"),
    ],
)
def test_initials_and_what_they_stand_for_are_the_same(short: str, full: str) -> None:
    assert correctness(short, f"It is the {full}.") == 1
    assert correctness(f"The {full}", f"It is {short} here.") == 1
    assert correctness(short, f"It is the {full} ({short}).") == 1


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("IT", "It is that."),
        ("AES", "It is advanced, easy, simple."),
        ("SRE", "It is site reliability."),
        ("Site Reliability Engineering", "It is SR."),
        ("QA", "the query's answer"),
        ("SRE", "SRE"),
        ("at midnight", "at 9 AM"),
        ("the U.S. state of Washington", "It is in the United States."),
        ("VMs", "various men"),
        ("US", "U.S."),  # a spelling already (`eval.metrics.other_spellings`)
    ],
)
def test_other_initials_are_others(reference: str, response: str) -> None:
    assert initialisms(reference, response) == []


@pytest.mark.parametrize("part", ["SRE ", "S.", "a ", "Site Reliability ", "ABCDEF "])
def test_long_texts_are_read_at_once(part: str) -> None:
    began = time.process_time()
    initialisms("SRE, of Site Reliability Engineering", part * 20_000)
    initialisms(part * 20_000, "SRE, of Site Reliability Engineering")
    assert time.process_time() - began < 10
