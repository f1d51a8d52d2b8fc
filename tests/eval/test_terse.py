"""Which answers may be right that have too few words of their reference to count so."""

from __future__ import annotations

import pytest
from test_uncounted import STORED, bake_off

from eval.metrics.terse import may_be_right, usual_words

LOGS = (
    "How long does the harbour keep its logs in cold storage?",
    "The harbour keeps its logs in cold storage for 30 days.",
)
GPUS = ("Can a pod use two GPUs of two nodes?", "No, all GPUs of a pod have to be on the same node.")
PORT = ("Which port does the scheduler listen on by default?", "The scheduler listens on port 8080 by default.")
BACKUPS = ("How often is it copied?", "It is copied daily, at 2 in the morning.")
NOTICE = (
    "What is the notice of the ferry?",
    "The notice of the ferry is 10 working days, by the rules of the harbour.",
)
SEATS = (
    "Who has a seat in the council of the harbour?",
    "There are seats in that council for 12 members of all ranks.",
)
WROTE = ("Who wrote the first program for it?", "In 1843 Ada Lovelace was the first who wrote a program for it.")
STAFF = ("Does the ferry take more than a dozen guests?", "No, the ferry takes at most 8 of them by the rules.")
DAYS_ZH = ("日志在冷库中保存多少天？", "日志在港口的冷库中保存30天。")
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
        (BACKUPS, "Daily", True),
        (NOTICE, "The notice is some working days.", False),
        (NOTICE, "10", True),
        (NOTICE, "10 working days", True),
        (SEATS, "Several members.", False),
        (SEATS, "seats for members", False),
        (SEATS, "12 members", True),
        (WROTE, "Ada Lovelace", True),
        (WROTE, "1843", True),  # that this is not what was asked for is not seen
        (STAFF, "No, it doesn't.", True),
        (STAFF, "Yes, it does.", False),
        (DAYS_ZH, "几天", False),
        (DAYS_ZH, "保存天", False),
        (DAYS_ZH, "30天", True),
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


@pytest.mark.parametrize("text", ["Some days.", "Several days.", "For a few days.", "It is kept for days.", "Days"])
@pytest.mark.parametrize("asked", [LOGS, NOTICE])
def test_what_is_counted_is_no_answer_without_its_number(asked: tuple[str, str], text: str) -> None:
    assert not may_be_right(*asked, text, usual_words([text] * 30))
    assert may_be_right(*asked, f"10 {text}" if asked is NOTICE else f"30 {text}", usual_words([text] * 30))


def test_who_says_to_every_question_that_it_is_some_days_is_clearly_behind() -> None:
    found = bake_off(STORED, {"right": [each.reference or "" for each in STORED], "vague": ["Some days."] * 40})
    assert (found.verdict.clear, found.verdict.leaders) == (True, ("right",))
    assert "vague answered nothing rightly." in found.verdict.recommendation.sentence


def test_usual_words_are_those_of_one_answer_in_ten_and_of_two_at_least() -> None:
    assert usual_words(["cold 1", "cold 2", "warm 3"]) == {"cold"}
    assert usual_words([*["cold"] * 2, *(str(number) for number in range(18))]) == frozenset()
    assert usual_words([]) == frozenset()
