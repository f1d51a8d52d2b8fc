"""What is said out of courtesy claims nothing: it is no reason to call an answer less faithful."""

from __future__ import annotations

import time

import pytest

from eval.metrics.courtesies import without_courtesies
from eval.metrics.support import support

EVIDENCE = ("Lost files can be restored for 30 days from the admin page.",)
ANSWER = "Lost files can be restored for 30 days."


@pytest.mark.parametrize(
    "courteous",
    [
        "{} Let me know if you have any other questions!",
        "{} I hope this helps!",
        "{} Feel free to ask if you need further assistance.",
        "{}\n\nIf you have any further questions about the admin page, please don't hesitate to ask.",
        "{} Would you like me to go into more detail?",
        "{} Let me know if you'd like more information on restoring files, backups or the trash.",
        "Great question! {}",
        "Sure! {}",
        "Certainly! Here is the answer: {}",
        "I'd be happy to help! {} Have a great day!",
        "Thanks for asking. {}",
        "Based on the provided documents, {}",
        "According to the documentation, {}",
        "Based on the information provided in the context, {}",
        "Here's what I found:\n\n{}",
        "**Answer:** {}",
        "**Answer**: {}",
        "To answer your question, {}",
        "According to the handbook, {}",
        "According to document 3, {}",
        "The documents state that {}",
        "Based on the context provided: {}",
        "{} (Source: document 3)",
        "{} Let me know if you need more info.",
        "{} Please let me know if you have any other questions or concerns.",
        "{} I'm here to help! If you need more details, just ask.",
    ],
)
def test_courtesies_and_lead_ins_leave_an_answer_as_faithful_as_it_is(courteous: str) -> None:
    for answer in (ANSWER, ANSWER.replace("30", "90")):
        assert support(EVIDENCE, courteous.format(answer)) == pytest.approx(support(EVIDENCE, answer), abs=0.001)


@pytest.mark.parametrize("courteous", ["根据提供的资料，{}希望这对您有帮助！", "{}如果您还有其他问题，请随时告诉我。"])
def test_the_same_in_chinese(courteous: str) -> None:
    answer = "丢失的文件可以在30天内恢复。"
    assert without_courtesies(courteous.format(answer)) == answer


@pytest.mark.parametrize(
    "text",
    [
        "Let me know by 5 May.",
        "Sure, it is free of lactose.",
        "Of course, it is not a problem with alcohol.",
        "Certainly, it is made of real leather.",
        "You are welcome to come with dogs and cats.",
        "Feel free to contact us on Sundays and public holidays.",
        "Sure you can.",
        "如有问题请联系张三经理。",
        "You can ask questions by e-mail.",
        "Thanks to the cache, it is fast.",
        "Feel free to use port 80.",
        "It sure does.",
        "Here is where Pods run.",
        "Let me know if you have questions about this, refunds are not possible after opening.",
        "According to John Smith, it floats.",
        "Based on the policy of 2019, it is allowed.",
        "Please check with your administrator to be sure.",
        "Note that this may vary with your settings.",
        "Pods at kubernetes.io run v1.2, e.g. here.",
        "1. Open it.\n2. Close it.",
    ],
)
def test_what_says_something_stays(text: str) -> None:
    assert without_courtesies(text) == text


def test_a_reply_of_courtesies_alone_is_not_borne_out() -> None:
    """It claims nothing, and is no answer: its words are weighed as they are."""
    assert support(EVIDENCE, "Great question! I hope this helps!") < 0.5


@pytest.mark.parametrize(
    "part", [" ", "\n", "let me know ", "about a, ", "Based on the provided ", "here is the ", "根据", "如果有", "* "]
)
def test_long_texts_are_read_at_once(part: str) -> None:
    began = time.monotonic()
    without_courtesies(part * 20_000)
    assert time.monotonic() - began < 10
