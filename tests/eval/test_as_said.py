"""What a reply says to its reader, out of what it is wrapped in, is what it is judged by."""

from __future__ import annotations

import pytest
from eval_fakes import FakePipeline, manifest, question, reply, trial

from eval.assessed import assess
from eval.metrics.abstention import declines, is_refusal
from eval.metrics.as_said import as_said, unwrapped
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS
from eval.outcomes import is_right
from eval.scoring import score_trial
from eval.summary import Summary, summarise
from eval.trial import Score, Trial


@pytest.mark.parametrize(
    "wrapped",
    [
        "28 days.",
        " 28 days.\n",
        "<think>\nPassage 1 says 30 days. Hmm, but that is sick leave.\n</think>\n\n28 days.",
        "Passage 1 says 30 days, so the answer may be that.\n</think>\n\n28 days.",
        "<reasoning>30 days?</reasoning>28 days.",
        "[THINK]30 days?[/THINK]28 days.",
        "Reasoning: The passage says 30 days.\n\nAnswer: 28 days.",
        "It says 30 days there.\n**Final answer:** 28 days.",
        "### Reasoning\n\nPassage 1 says 30 days.\n\n### Answer\n\n28 days.",
        "Passage 1 says 30 days.\n\n**Answer**\n28 days.",
        "28 days.\n\nQuestion: How long is the pool?\nAnswer: 25 metres.",
        "Question: How many days?\nAnswer: 28 days.\n\nQuestion: How long is the pool?",
        'Here is the answer:\n```json\n{"answer": "28 days.", "evidence": "Not 30 days."}\n```\nLet me know!',
        'Here is the JSON response:\n\n{"answer": "28 days.", "quote": "30 days"}',
        '{"thought": "The passage says 30 days.", "final_answer": "28 days."}',
        '{"Answer": ["28 days."]}',
        "```text\n28 days.\n```",
        "<answer>28 days.</answer>",
        "**Answer:** 28 days.",
        '{"answer": "28 days.", "source": "annual-leave.md", "confidence": 0.83}',
        '```json\n{"response": "28 days."}\n```',
        '<think>30?</think>{"answer": "28 days."}',
    ],
)
def test_what_is_said_is_taken_out_of_what_it_is_wrapped_in(wrapped: str) -> None:
    assert unwrapped(wrapped) == as_said(wrapped) == "28 days."


@pytest.mark.parametrize("cut", ["<think>\nPassage 1 says 28 days.", "<think>28 days</think>", "</think>"])
def test_who_reasons_and_says_nothing_has_said_nothing(cut: str) -> None:
    assert unwrapped(cut) == ""
    assert is_refusal(cut)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('{"answer": 140}', "140"),
        ('{"answer": ["a", "b"]}', "a, b"),
        ('{"answer": []}', "unknown"),
        ('{"answer": null}', "unknown"),
        ('{"error": "not found", "code": 404}', '{"error": "not found", "code": 404}'),
        ("```kubectl get pods```", "kubectl get pods"),
        (
            "The pool is long. So the answer is supported by [1].",
            "The pool is long. So the answer is supported by [1].",
        ),
        ("It is 5.\nQ: ", "It is 5."),
        ('{"answer": {"days": 28}}', '{"answer": {"days": 28}}'),
        ('{"replicas": 3}', '{"replicas": 3}'),
        ("The answer is short.", "The answer is short."),
    ],
)
def test_the_answer_of_an_object(told: str, said: str) -> None:
    assert unwrapped(told) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [('{"found": false}', "unknown"), ('{"error": "not found"}', "not found"), ('{"result": null}', "unknown")],
)
def test_an_object_without_an_answer_says_nothing_to_who_looks_for_refusals(told: str, said: str) -> None:
    assert as_said(told) == said
    assert unwrapped(told) == told
    assert not declines(told, [told])


@pytest.mark.parametrize("odd", ["\n{", "```{", "}\n{", "\n", "\n\t", "answer\n", "**answer", "```"])
def test_what_a_small_model_repeats_is_read_in_no_time(odd: str) -> None:
    assert unwrapped(odd * 20_000 + " 5").endswith("5")


def test_an_identifier_is_a_label_to_a_refusal_alone() -> None:
    assert unwrapped("MAX_RETRIES") == "MAX_RETRIES"
    assert as_said("MAX_RETRIES") == "max retries"


class Counted:
    """Correctness as it is, under ragas' name."""

    async def ascore(self, reference: str, response: str) -> object:
        return type("Value", (), {"value": correctness(reference, response)})()


LONG = "The passages tell of leave in several places. " * 30


async def scored(text: str) -> Trial:
    asked = question(0).model_copy(update={"reference": "28 days"})
    return await score_trial(asked, trial(question_id="q0", answer=reply(text)), {CORRECTNESS: Counted()}, 1.0)


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (f"<think>{LONG}</think>28 days", True),
        ("<think>The first passage says 28 days. But the user may mean another case.</think>The payroll office", False),
        ('{"answer": "28 days", "source": "annual-leave.md"}', True),
        ("<think>It is 28 days, and", False),
    ],
)
async def test_an_answer_is_judged_by_what_it_says_to_its_reader(said: str, right: bool) -> None:
    found, asked = await scored(said), question(0).model_copy(update={"reference": "28 days"})
    assert found.answer is not None
    assert found.answer.response == said
    assert found.scores[CORRECTNESS].value == pytest.approx(float(right))
    assert is_right(asked, found) is right
    (assessed,) = assess([asked], [found])
    assert assessed.right is right
    assert not assessed.lacks.uncounted


CUT = "<think>The first passage tells of leave, and"


def cut_off(pipeline: str, number: int, text: str = CUT) -> Trial:
    told = reply(text).model_copy(update={"finish_reason": "length"})
    return trial(pipeline, f"q{number}", answer=told, abstained=text == CUT, scores=NONE)


NONE = {CORRECTNESS: Score(value=0.0, status="abstained")}


def told(text: str, answerable: bool = True) -> Summary:
    """Of 40 questions a is right about all, or refuses, and b is cut off in every other one."""
    asked = [question(number, answerable=answerable) for number in range(40)]
    head = manifest(asked, {name: FakePipeline(name, str) for name in "ab"})
    scores = {CORRECTNESS: Score(value=1.0, status="scored") if answerable else Score(value=None, status="skipped")}
    good = "reference 0" if answerable else "I don't know."
    whole = [
        trial(name, each.id, text=good, abstained=not answerable, scores=scores) for name in "ab" for each in asked
    ]
    cut = {f"q{number}": cut_off("b", number, text) for number in range(0, 40, 2)}
    return summarise(head, asked, [cut.get(each.question_id, each) if each.pipeline == "b" else each for each in whole])


def test_reasoning_that_was_cut_off_may_be_right() -> None:
    summary = told(CUT)
    assert summary.verdict.clear is False
    assert "20 of 40 answers of b may be right and were cut off before they said anything" in summary.verdict.headline
    (warning,) = (each for each in summary.warnings if "cut off" in each)
    assert warning.startswith("20 of b's 40 answers were cut off at the limit of tokens, 20 of them before they said")


def test_who_says_something_else_before_the_limit_is_wrong_and_told_of() -> None:
    summary = told("Leave is a long story, which begins")
    assert summary.verdict.clear is True
    (warning,) = (each for each in summary.warnings if "cut off" in each)
    assert warning.startswith("20 of b's 40 answers were cut off at the limit of tokens, and do not count as right")


def test_reasoning_that_was_cut_off_may_have_ended_in_an_invention() -> None:
    summary = told(CUT, answerable=False)
    a, b = (each.abstention for each in summary.pipelines)
    assert (a.perhaps_made_up, b.perhaps_made_up) == (0, 20)
    assert (a.made_up.mean, b.made_up.mean) == (0, 0)
