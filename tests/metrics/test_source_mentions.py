"""Naming a source within a sentence makes it neither more nor less faithful."""

from __future__ import annotations

import time

import pytest

from eval.metrics.courtesies import without_courtesies
from eval.metrics.support import support

EVIDENCE = ("Dogs are allowed on the ground floor. Lost files can be restored within 30 days.",)
ANSWER = "lost files can be restored within 30 days"


@pytest.mark.parametrize(
    "citing",
    [
        "Yes, according to passage 3, {}.",
        "{}, according to passage 3.",
        "{} according to passages 2 and 3.",
        "{}, as stated in passage 3.",
        "{}, as per the handbook.",
        "{}, as mentioned in the documentation.",
        "{}, see page 7.",
        "Passage 2 states that {}.",
        "Passage [2] says {}.",
        "The context says {}.",
        "Yes, the handbook states that {}.",
        "Document 1 and Document 3 state that {}.",
        "As document 3 says, {}.",
        "In passage 2, it is stated that {}.",
        "It says in passage 2 that {}.",
        "The answer can be found in passage 3: {}.",
        "Passage 3: {}.",
        "According to section 4.2 of the handbook, {}.",
        "According to Document 1 (Backups), {}.",
        "Per page 12 of the handbook, {}.",
        "Based on the handbook, page 12, {}.",
        "{} (section 2).",
        "{} (see section 2).",
        "{} (doc 3, p. 7).",
        "{} (passages 2 and 3).",
        "{} [Passage 2, Passage 3].",
        "{} (Handbook, page 7).",
        "{} (§ 4.2).",
        "{} (§ 4 (2)).",
        "{} (Art. 4).",
        "{} (clause 4).",
        "According to Article 4(2), {}.",
        "According to section 4 of the terms and conditions, {}.",
        "According to § 4 of the study regulations, {}.",
        "Under Article 4 of the policy, {}.",
        "According to the employee handbook, {}.",
        "{}, as stated in the timetable.",
        "{} (user manual, section 3).",
        "This is stated in passage 3. {}.",
        "{}. See section 2 for details.",
    ],
)
def test_an_answer_is_as_faithful_with_a_source_as_without(citing: str) -> None:
    for answer, true in ((ANSWER, True), (ANSWER.replace("30", "90"), False)):
        score = support(EVIDENCE, citing.format(answer))
        assert score == pytest.approx(support(EVIDENCE, f"{answer}."), abs=0.001)
        assert (score > 0.8) if true else (score < 0.2)


@pytest.mark.parametrize(
    "citing",
    [
        "根据文档2，{}",
        "根据资料1和资料2，{}",
        "文档2中提到，{}",
        "文档2指出{}",
        "如第3页所述，{}",
        "{}（第3页）",
        "{}（见文档2）",
    ],
)
def test_the_same_in_chinese(citing: str) -> None:
    assert without_courtesies(citing.format("丢失的文件可以恢复")) == "丢失的文件可以恢复"


@pytest.mark.parametrize(
    "text",
    [
        "You have to act according to the instructions.",
        "The fee is set according to section 3 of the lease.",
        "It is as stated in the manual.",
        "The context says nothing about it.",
        "The documentation says so.",
        "It is on page 3.",
        "Yes, it is in section 3.",
        "The lease may be ended under Article 15.",
        "Data is processed in accordance with Article 6.",
        "Page 3 shows the graph.",
        "Section 3 is closed.",
        "It burns methane (CH4).",
        "It runs on a GPU (P100).",
        "Dogs (small ones only, page 3) are allowed.",
        "根据第28条，可以。",
        "文件3天后删除。",
    ],
)
def test_what_says_something_stays(text: str) -> None:
    assert without_courtesies(text) == text


@pytest.mark.parametrize(
    "part",
    [
        *("according to passage 3, ", "passage 1, ", "(see section 2 ", "doc 3 (a ", "Section 3 of the ", "文档2、"),
        *(
            "Yes, the handbook ",
            "(Handbook, ",
            "it is stated in ",
            " as stated in the documents",
            "see page 1 of the the ",
        ),
    ],
)
def test_long_texts_are_read_at_once(part: str) -> None:
    began = time.process_time()
    without_courtesies(part * 20_000)
    assert time.process_time() - began < 10
