"""Replies to questions without an answer that may be something else than the rules take them for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from eval_fakes import question, trial

from eval.metrics.abstention import declines
from eval.metrics.perhaps_refusal import may_be_invention, may_be_refusal
from eval.replies import replies
from eval.trial import Failure

FINE = "How much is the fine for a lost library book?"
COVER = "Is roadside assistance covered?"


@pytest.mark.parametrize(
    "reply",
    [
        "Our house rules are silent on that point.",
        "The house rules don’t say.",
        "The X says nothing about this.",
        "Please ask your broker.",
        "You'd have to ask the librarian.",
        "Beats me.",
        "I'd only be guessing.",
        "That one isn't in the notes.",
        "Nothing in here about lost items.",
        "These instructions are all about opening hours.",
        "Hmm, couldn't locate that.",
        "The section on fines is blank there.",
        "Sorry, the Lindholm rules leave that open.",
        "No. The house rules don't mention books that are lost.",
        "Late books cost 20 cents a day. However, the rules don't mention lost ones.",
        "- Opening hours: 9 to 5\n- Loans: 28 days\n\nNothing is said about lost books.",
        "Late books cost 20 cents a day. The rules do not, however, say anything about lost ones.",
        "Loans last 28 days. That is all the rules say.",
        "Loans last 28 days. Your question goes beyond that.",
        "No passage scored above 0.5.",
        "I checked all 12 documents and none of them mentions it.",
        "| Loans | 28 days |\n| Lost books | not specified |",
        "规定里没写这个。",
        "这得问前台。",
        "这方面的内容缺失。",
    ],
)
def test_a_refusal_in_words_that_no_rule_knows(reply: str) -> None:
    assert not declines(reply, ())
    assert may_be_refusal(FINE, reply)


@pytest.mark.parametrize("reply", ["There is no fine.", "Lost books are not fined.", "图书丢失不罚款。"])
def test_a_denial_that_names_nothing_may_be_one(reply: str) -> None:
    assert may_be_refusal(FINE, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "It is 12 euros.",
        "The rules say that it is 12 euros, and not more.",
        "No, there is none.",
        "Yes.",
        "The librarian decides.",
        "As much as a new copy.",
        "Not the borrower but Lindholm Insurance pays.",
        "It is 12 euros. It is not refunded.",
        "Anna Berg collects it. Nobody else may.",
        "罚款12元，不退。",
        "According to the house rules, it is whatever a new copy costs.",
        "The rules state that it is whatever a new copy costs.",
        "Based on the provided context, Anna Berg of the Loans Committee sets it.",
        "I believe it is the price of a new copy.",
        "根据手册，由部门经理决定。",
    ],
)
def test_what_tells_something_is_no_refusal(reply: str) -> None:
    assert not may_be_refusal(FINE, reply)


def test_a_number_of_the_question_tells_nothing() -> None:
    assert may_be_refusal("Is a fine of 12 euros due?", "Whether 12 euros are due the rules leave open.")
    assert not may_be_refusal("Is a fine of 12 euros due?", "Whether 15 euros are due the rules leave open.")


@pytest.mark.parametrize(
    "refusal",
    [
        "This is not covered.",
        "Not included.",
        "Not available.",
        "I do not know for certain. It is 30 days.",
        "The documents do not say. Anna Berg of Lindholm approves it.",
        "The documents do not specify this; at Lindholm it is covered up to 300 euros.",
        "I don't have the exact wording – it is covered abroad.",
        "The documents do not specify the cover, which is 30 days by default.",
        "I'm not sure where it is written. We usually pay for it.",
        "The documents do not mention it directly. Our rule is full cover.",
        "I could not find it in the documents. Lindholm?",
        "文档中没有提到具体规定。一般做法是由部门经理决定。",
        "I don't have the exact policy at hand. I can tell you that it is 45 euros.",
        "I could not find the exact wording. We do not give more than 4 weeks.",
        "I don't know for sure. I'd guess 30 days.",
        "I don't know. I would guess half of the bill.",
        "The documents do not mention this. My best guess would be half of the fees.",
        "I am not sure. If I had to guess, I'd say a written warning.",
        "I could not find the exact rule. I'm afraid it is only half of the bill.",
        "I don't know the exact section. The rules say no more than 45 euros a day.",
        "The handbook does not mention it. Roadside assistance is covered.",
        "The handbook does not mention it, so it is not covered.",
    ],
)
def test_a_refusal_that_may_be_made_up(refusal: str) -> None:
    assert declines(refusal, ())
    assert may_be_invention(COVER, refusal)


@pytest.mark.parametrize(
    "refusal",
    [
        "I don't know.",
        "The documents do not cover this.",
        "The policy does not say.",
        "Not mentioned.",
        "Unknown.",
        "No details are given.",
        "It is not possible to determine this.",
        "I don't know. Please ask Dr. Keller.",
        "The documents do not say. They are about accidents.",
        "资料没有提到。",
        "",
        "NOT_FOUND",
        "NOT FOUND",
        "<no_answer>",
        "[NO INFORMATION]",
        "INSUFFICIENT_CONTEXT",
        "I_DONT_KNOW",
        "null",
        "N.A.",
        '{"answer": null, "sources": []}',
        '{"answer": "unknown", "confidence": 0}',
        '{"found": false, "quote": null}',
        '```json\n{"answer": "NOT_FOUND"}\n```',
        "<answer>NOT_FOUND</answer>",
        "<think>The passages say: 25 days. Nothing about cover.</think>\nI don't know.",
        "I'm sorry, but I don't have enough information. Is there anything else I can help you with?",
        "The context does not contain information about it. If you have any other questions, feel free to ask!",
        "I don't have information about that. I recommend reaching out to your HR department for accurate details.",
        "As an AI, I don't have access to your policy.",
        "I'm not sure. I'd only be guessing.",
        "I don't know, I'm afraid. I apologize for the inconvenience.",
    ],
)
def test_a_refusal_that_is_surely_one(refusal: str) -> None:
    assert declines(refusal, ())
    assert not may_be_invention(COVER, refusal)


def test_a_label_that_is_a_right_answer_is_no_refusal() -> None:
    assert not declines("NOT_FOUND", ["404 NOT_FOUND"])
    assert not declines("null", ["it is set to null"])
    assert declines("NOT_FOUND", ["30 days"])


def test_json_that_is_nested_too_deeply_is_a_reply_like_any_other() -> None:
    assert not declines('{"answer": ' + "[" * 5000 + "]" * 5000 + "}", [])


def test_what_is_quoted_from_what_was_shown_is_made_up_by_nobody() -> None:
    refusal = "The documents do not mention it. They only say: Towing is paid for up to 80 kilometres."
    shown = ["Cover ends abroad. Towing is paid for up to 80 kilometres. It is 30 days."]
    assert may_be_invention(COVER, refusal)
    assert not may_be_invention(COVER, refusal, shown)
    assert may_be_invention(COVER, "I do not know for certain. It is 30 days.", shown)


@pytest.mark.parametrize(
    "told",
    [
        "**What they do cover:**\n- Towing is paid for up to 80 kilometres.\n- Keys are replaced within 2 days.",
        "1. Towing is paid for up to 80 kilometres. 2. Keys are replaced within 2 days.",
        "The towing section says: Towing is paid for up to 80 kilometres.",
        "The text only mentions that towing is paid for up to 80 kilometres.",
        "Confidence: 0.95",
        "Sources: towing.md, keys.md",
    ],
)
def test_what_leads_to_a_quotation_is_made_up_by_nobody(told: str) -> None:
    shown = ["Towing is paid for up to 80 kilometres. Keys are replaced within 2 days."]
    assert not may_be_invention(COVER, f"The documents do not mention roadside assistance. {told}", shown)


def test_what_replies_to_questions_without_an_answer_count_as_and_what_they_may_be() -> None:
    asked = [question(number, answerable=number == 0) for number in range(6)]
    told = [
        trial(question_id="q0", text="It is 5."),
        trial(question_id="q1", text="I don't know.", abstained=True),
        trial(question_id="q2", text="This is not covered.", abstained=True),
        trial(question_id="q3", text="It is 5."),
        trial(question_id="q4", text="Beats me."),
        trial(question_id="q5", failure=Failure(code="engine-error", message="down")),
    ]
    found = replies(asked, told)
    assert found.made_up == {"q1": 0, "q2": 0, "q3": 1, "q4": 1}
    assert found.least == {"q1": 0, "q2": 0, "q3": 1, "q4": 0, "q5": 0}
    assert found.most == {"q1": 0, "q2": 1, "q3": 1, "q4": 1, "q5": 1}
    assert (found.perhaps_refused, found.perhaps_made_up, found.failed) == (1, 1, 1)
    assert found.total == 4
    on_one = found.counted_on({"q4"})
    assert (on_one.made_up, on_one.least) == ({"q4": 1}, found.least)


def test_every_reply_to_a_question_counts() -> None:
    down = Failure(code="engine-error", message="down")
    told = [
        trial(question_id="q1", text="It is 5."),
        trial(question_id="q1", repeat=1, text="I don't know.", abstained=True),
        trial(question_id="q1", repeat=2, text="This is not covered.", abstained=True),
        trial(question_id="q1", repeat=3, failure=down),
        trial(question_id="q2", failure=down),
        trial(question_id="q2", repeat=1, text="Beats me."),
    ]
    found = replies([question(1, answerable=False), question(2, answerable=False)], told)
    assert found.made_up == {"q1": pytest.approx(1 / 3), "q2": 1}
    assert found.least == {"q1": 1 / 4, "q2": 0}
    assert found.most == {"q1": 3 / 4, "q2": 1}
    assert found.first == {"q1": True}
    assert (found.total, found.perhaps_refused, found.perhaps_made_up, found.failed) == (4, 1, 1, 2)


def test_the_page_tells_what_is_seen_of_refusals_in_any_words(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.syspath_prepend(root / "benchmarks")
    table = import_module("refusals_in_any_words").table()
    assert table in (root / "docs" / "metrics.md").read_text(encoding="utf-8")
