"""Which answers may be right that have too few words of their reference to count so."""

from __future__ import annotations

import pytest

from eval.metrics.terse import may_be_right, usual_words

LOGS = (
    "How long does the harbour keep its logs in cold storage?",
    "The harbour keeps its logs in cold storage for 30 days.",
)
GPUS = ("Can a pod use two GPUs of two nodes?", "No, all GPUs of a pod have to be on the same node.")
PORT = ("Which port does the scheduler listen on by default?", "The scheduler listens on port 8080 by default.")
CHINESE = ("默认端口是什么？", "默认端口是8080。")


@pytest.mark.parametrize(
    ("asked", "answer", "expected"),
    [
        (LOGS, "30 days", True),
        (LOGS, "It is 30.", True),
        (LOGS, "They are kept there for 30 days.", True),
        (LOGS, "31 days", False),
        (LOGS, "They are kept there for 31 days.", False),
        (LOGS, "bananas", False),
        (LOGS, "", False),
        (LOGS, "harbour logs", False),  # of the question
        (LOGS, LOGS[1], False),  # counts as right
        (GPUS, "No, it can't.", True),
        (GPUS, "Yes, it can.", False),
        (GPUS, "No", True),
        (PORT, "8080", True),
        (PORT, "By default, it is 8080.", True),
        (PORT, "9090", False),
        (CHINESE, "8080", True),
        (CHINESE, "9090", False),
        (("In which year?", "2019"), "No", False),
        (("How long is a year?", "365 days"), "365", True),  # half as many words
        (("Which colours?", "red green blue white"), "red bananas", False),  # half of them from the reference
        (("Which colours?", "red green blue white"), "red green bananas apples", False),  # half of the reference
    ],
)
def test_what_may_be_right(asked: tuple[str, str], answer: str, expected: bool) -> None:
    question, reference = asked
    assert may_be_right(question, reference, answer) is expected


def test_what_is_said_to_every_question_is_not_held_against_an_answer() -> None:
    said = [f"According to the provided context, the answer is {number}." for number in range(30)]
    assert not may_be_right(*LOGS, said[0].replace("is 0", "is 30"))
    assert may_be_right(*LOGS, said[0].replace("is 0", "is 30"), usual_words(said))
    assert not may_be_right(*LOGS, said[0].replace("is 0", "is bananas"), usual_words(said))


def test_usual_words_are_those_of_one_answer_in_ten_and_of_two_at_least() -> None:
    assert usual_words(["cold 1", "cold 2", "warm 3"]) == {"cold"}
    assert usual_words([*["cold"] * 2, *(str(number) for number in range(18))]) == frozenset()
    assert usual_words([]) == frozenset()
