"""The number of a passage is no answer, wherever a reply names it as its source; a number of anything else is."""

from __future__ import annotations

import time

import pytest
from eval_fakes import trial

from corpora.model import Question
from eval.metrics.correctness import correctness
from eval.metrics.passage_numbers import without_passage_numbers
from eval.metrics.registry import METRICS
from eval.outcomes import is_right
from eval.scoring import score_trial
from eval.trial import Trial

HOW_MANY = "How many mirrors does Borealis have?"


def told(reference: str, response: str, question: str = HOW_MANY) -> float:
    return correctness(reference, without_passage_numbers(response, (question, reference)))


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
        "Borealis has 5 mirrors (Handbook §3).",
        "Borealis has 5 mirrors (§ 3 (2)).",
        "Borealis has 5 mirrors (Article 3).",
        "Borealis has 5 mirrors (see Art. 3(2)).",
        "Under Article 3 of the policy, Borealis has 5 mirrors.",
        "Pursuant to § 3 (1), Borealis has 5 mirrors.",
        "According to clause 3, Borealis has 5 mirrors.",
        "Borealis has 5 mirrors (Handbook, ch. 3).",
        "Borealis has 5 mirrors. See Handbook, p. 3.",
        "Borealis has 5 mirrors, see page 3.",
        "Handbook, p. 3: 5 mirrors",
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
    assert told("3", response) == 0
    assert told("5", response) == 1


@pytest.mark.parametrize(
    ("question", "reference", "response"),
    [
        (HOW_MANY, "3", "Document 3"),
        (HOW_MANY, "3", "It is in section 3."),
        ("Where is it?", "Section 3", "It is in the handbook (section 3)."),
        ("Where is it?", "§ 3", "It is in the handbook (§ 3)."),
        ("Which section is it in?", "3", "It is in the handbook (section 3)."),
        ("Which article of the GDPR governs processors?", "28", "According to Article 28 of the GDPR, they are bound."),
        ("What governs processors?", "28", "Processors are dealt with in the GDPR (Article 28)."),
        ("Which document tells it?", "3", "It is told in document 3."),
        ("Which report?", "report-3", "See report-3.pdf."),
        ("Which file?", "report-3.pdf", "See report-3.pdf."),
        (HOW_MANY, "3 mirrors", "3 mirrors (document 4)"),
        ("How long?", "30 days", "Source: 30 days"),
        ("How long?", "30 days", "By this source 30 days are allowed."),
        ("How many data sources has the team plan?", "20", "- Users: 50\n- Data sources: 20\n- Storage: 1 TB"),
        ("What is the limit of the team plan?", "20", "**Team plan** - data sources: 20"),
        ("How much?", "20", "Up to 20 % (page 3)"),
        ("How many?", "3", "There are 3 documents."),
        ("哪一章？", "第3章", "在第3章"),
        ("多久删除？", "3天", "文件3天后删除"),
        ("上限是多少？", "20MB", "单个文件20MB以内。"),
        ("要交几份？", "2份", "需提交文件2份：申请表和发票。"),
        ("上限是多少？", "50份", "最多可上传文档50份。"),
    ],
)
def test_other_numbers_are(question: str, reference: str, response: str) -> None:
    assert told(reference, response, question) == 1


async def test_correctness_is_scored_without_it() -> None:
    class Words:
        async def ascore(self, **inputs: str) -> object:
            return type("Result", (), {"value": correctness(**inputs)})()

    async def scored(response: str) -> tuple[Question, Trial]:
        asked = Question(id="q", user_input=HOW_MANY, reference="3")
        return asked, await score_trial(asked, trial(text=response), {"correctness": Words()}, 1)

    wrong, right = await scored("Borealis has 5 mirrors (document 3)."), await scored("It has 3 mirrors (document 5).")
    assert METRICS["correctness"].is_of_words
    assert (wrong[1].scores["correctness"].value, right[1].scores["correctness"].value) == (0, 1)
    assert (is_right(*wrong), is_right(*right)) == (False, True)


@pytest.mark.parametrize(
    "part", ["(", "[a", "passage 3, ", "source: ", "\nsources: 3", "3-", "a.", "1, 2 and ", "第3", "(page 3", "#["]
)
def test_long_replies_are_read_in_no_time(part: str) -> None:
    began = time.process_time()
    without_passage_numbers(part * 20_000, ("3",))
    assert time.process_time() - began < 5
