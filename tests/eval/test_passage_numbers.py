"""The number of a passage is no answer, wherever a reply names it as its source; a number of anything else is."""

from __future__ import annotations

import pytest

from eval.metrics.correctness import correctness, correctness_at_any_length
from eval.metrics.passage_numbers import without_passage_numbers


@pytest.mark.parametrize(
    "response",
    [
        "Borealis has 5 mirrors (Document 3).",
        "According to passage 3, Borealis has 5 mirrors.",
        "Passage 3 states that Borealis has 5 mirrors.",
        "Borealis has 5 mirrors.\n\nSource: Document 3",
        "Borealis has 5 mirrors.\n\n**Sources:** [1], [3]",
        "Borealis has 5 mirrors. Sources: 1, 3",
        "Borealis has 5 mirrors (page 3).",
        "Borealis has 5 mirrors (handbook, p. 3).",
        "Borealis has 5 mirrors (see section 3).",
        "Borealis has 5 mirrors, as stated in section 3.",
        "Borealis has 5 mirrors [Source 3].",
        "Borealis has 5 mirrors [Document 2, Document 3].",
        "Documents 2 and 3 say that Borealis has 5 mirrors.",
        "Borealis has 5 mirrors [mirrors-3.md].",
        "From notes_3.txt: 5.",
        "根据文档3，有5个镜像。",
        "有5个镜像（第3页）。",
    ],
)
def test_the_number_of_a_passage_is_no_answer(response: str) -> None:
    assert correctness("3", response) == correctness_at_any_length("3", response) == 0
    assert correctness("5", response) == 1


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("3", "Document 3"),
        ("3", "It is in section 3."),
        ("Section 3", "It is in the handbook (section 3)."),
        ("§ 3", "It is in the handbook (§ 3)."),
        ("report-3.pdf", "See report-3.pdf."),
        ("passage 3", "It is told in passage 3."),
        ("3 mirrors", "3 mirrors (document 4)"),
        ("30 days", "Source: 30 days"),
        ("30 days", "By this source 30 days are allowed."),
        ("5 GB", "A context of 5 GB"),
        ("20", "Up to 20 % (page 3)"),
        ("80", "(80)"),
        ("3", "There are 3 documents."),
        ("第3章", "在第3章"),
        ("3天", "文件3天后删除"),
    ],
)
def test_other_numbers_are(reference: str, response: str) -> None:
    assert correctness(reference, response) == 1


@pytest.mark.parametrize(
    "part", ["(", "[a", "passage 3, ", "source: ", "3-", "a.", "1, 2 and ", "see the ", "第3", "§", "(page 3", "#["]
)
def test_long_replies_are_read_in_no_time(part: str) -> None:
    without_passage_numbers(part * 20_000, "3")
