"""What counts as right: enough of a reference's words, and something of what was asked for."""

from __future__ import annotations

import pytest
from eval_fakes import question, reply, trial

from corpora.model import Question
from eval.given import outcome
from eval.metrics.correctness import correctness
from eval.metrics.own_words import only_repeats, own_words, tells_most
from eval.metrics.registry import CORRECTNESS, RIGHT
from eval.outcomes import is_right
from eval.trial import Score

LOGS = (
    "How long does the harbour keep its logs in cold storage?",
    "The harbour keeps its logs in cold storage for 30 days.",
)
ECHO = "The harbour keeps its logs in cold storage."
PETS = ("Are pets allowed in the garden?", "Yes, pets are allowed in the garden.")
NO_PETS = ("Can guests use the garden?", "No, guests cannot use the garden.")
CHOICE = ("Is the flag of the harbour red or blue?", "The flag of the harbour is red")
CHINESE = ("港口的日志在冷库中保存多久？", "港口的日志在冷库中保存30天。")


def asked(text: str, *references: str | None) -> Question:
    first, *others = references
    return question(1).model_copy(update={"user_input": text, "reference": first, "reference_aliases": tuple(others)})


def counts(of: Question, text: str) -> bool:
    value = max(correctness(each, text) for each in of.right_answers)
    return is_right(of, trial(answer=reply(text), scores={CORRECTNESS: Score(status="scored", value=value)}))


@pytest.mark.parametrize(
    ("pair", "text", "right"),
    [
        (LOGS, LOGS[1], True),
        (LOGS, "The harbour keeps its logs in cold storage for a span of 30.", True),
        (LOGS, "The harbour keeps its logs in cold storage.", False),
        (LOGS, "How long the harbour keeps its logs in cold storage is anyone's guess.", False),
        (LOGS, LOGS[0], False),
        (PETS, "Pets are allowed in the garden.", True),
        (PETS, "Yes, they are allowed in the garden.", True),
        (NO_PETS, "No, guests can't use the garden.", True),
        (NO_PETS, "Guests are not able to use the garden.", True),
        (CHOICE, "The flag of the harbour is red.", True),
        (CHINESE, CHINESE[1], True),
        (CHINESE, "港口的日志在冷库中保存。", False),
        (
            ("In April, May and June, how long are logs kept?", "In April, May and June logs are kept for 9 days."),
            "In April, May and June logs are kept.",
            False,
        ),
        (("Who plays in Abidali?", "Abid Ali"), "Abidali", True),
        (LOGS, "The harbour keeps its logs in cold storage for a number of days.", False),
        (LOGS, "The harbour keeps its logs in cold storage for thirty days.", True),
        (LOGS, "The harbour keeps its logs in cold storage for a month.", True),
        (LOGS, "The harbour keeps its logs in cold storage, a week.", False),
        (("Can you tell me how long the harbour keeps its logs in cold storage?", LOGS[1]), ECHO, False),
        (("Can you tell me whether the harbour keeps its logs in cold storage?", LOGS[1]), ECHO, True),
        (
            ("How long, by default, is the notice of the ferry?", "The notice of the ferry is 30 days by default."),
            "The notice of the ferry is by default.",
            False,
        ),
        (
            ("Who can approve or reject a request?", "The line manager can approve or reject a request."),
            "A request can be approved or rejected.",
            False,
        ),
    ],
)
def test_what_gives_nothing_of_what_was_asked_is_not_right(pair: tuple[str, str], text: str, right: bool) -> None:
    assert correctness(pair[1], text) >= RIGHT
    assert counts(asked(*pair), text) is right


@pytest.mark.parametrize(
    ("question", "reference", "text"),
    [
        (
            "Does the library lend laptops?",
            "Yes, the library lends laptops to members.",
            "Yes, the library lends laptops.",
        ),
        (
            "Can visitors park in the courtyard?",
            "No, visitors cannot park in the courtyard; it is for deliveries.",
            "No, visitors cannot park in the courtyard.",
        ),
        (
            "According to the rules, are pets allowed in the garden?",
            "Pets are allowed in the garden if leashed.",
            "Pets are allowed in the garden.",
        ),
        (
            "Is the depot open or closed on Sundays?",
            "The depot is closed on Sundays for maintenance.",
            "The depot is closed on Sundays.",
        ),
        (
            "Which plant has the larger turbine hall, Aster or Birch?",
            "The Birch plant has the larger turbine hall, with 900 square metres.",
            "The Birch plant has the larger turbine hall.",
        ),
        ("图书馆可以借笔记本电脑吗？", "可以，图书馆向会员出借笔记本电脑。", "可以，图书馆可以借笔记本电脑。"),
        ("图书馆是否出借电脑？", "图书馆向会员出借电脑。", "图书馆出借电脑。"),
        ("图书馆能不能出借电脑？", "图书馆能向会员出借电脑。", "图书馆能出借电脑。"),
        ("仓库周日开门还是关门？", "仓库周日关门检修。", "仓库周日关门。"),
        ("仓库在周日或周六开门？", "仓库在周日九点开门。", "仓库在周日开门。"),
    ],
)
def test_words_of_the_question_may_be_all_of_the_answer(question: str, reference: str, text: str) -> None:
    assert own_words(question, reference)
    assert correctness(reference, text) >= RIGHT
    assert counts(asked(question, reference), text)


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("Express shipping costs €12.90 within Germany.", "Express shipping costs $12.90 within Germany."),
        ("The thermostat works without internet.", "The thermostat does not work without internet."),
    ],
)
def test_one_half_is_not_enough(reference: str, text: str) -> None:
    assert correctness(reference, text) == 0.5  # all of the words, and a contradiction
    assert not counts(asked("How is it?", reference), text)


def test_a_word_of_any_right_answer_that_is_given_is_enough() -> None:
    assert not counts(asked(*LOGS, "The harbour keeps its logs in cold storage for a month."), ECHO)
    assert counts(asked(*LOGS, "In cold storage the harbour keeps its logs."), ECHO)  # adds nothing to the question
    assert counts(asked(*LOGS, "30 days"), "30 days")
    assert counts(asked(LOGS[0], "30 days", LOGS[1]), "The harbour keeps its logs in cold storage for 30.")


def test_own_words_bind_nothing_affirm_nothing_and_deny_nothing() -> None:
    assert own_words(*LOGS) == {"30", "day"}
    assert own_words(*NO_PETS) == own_words(*PETS) == frozenset()
    assert not only_repeats(*PETS, "bananas")


@pytest.mark.parametrize(
    ("identifier", "text", "repeats"),
    [
        ("page_size", "The page size is set by the option `limit`.", True),
        ("--page-size", "The page size is set by the option `limit`.", True),
        ("page_size", "Set `page_size`.", False),
        ("page_size", "Use `pageSize`.", False),
        ("with the flag --page-size", "Use `--page-size`.", False),
        ("page_size", r"Use **page\_size**.", False),
        ("--page-size", "Use –page-size.", False),
    ],
)
def test_an_identifier_is_its_spelling(identifier: str, text: str, repeats: bool) -> None:
    assert only_repeats("Which option sets the page size?", identifier, text) is repeats


@pytest.mark.parametrize(
    ("pair", "text", "expected"),
    [
        (LOGS, "Not stated; 30 days elsewhere.", True),
        (LOGS, "I don't know how many days.", False),  # half
        (PETS, PETS[1], False),  # nothing to tell
    ],
)
def test_most_is_more_than_half_of_what_is_added(pair: tuple[str, str], text: str, expected: bool) -> None:
    assert tells_most(*pair, text) is expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, LOGS[1]),
        ("The harbour keeps its logs for 30 days.", "The harbour keeps its logs in cold storage for 90 days."),
        (LOGS[1], None),
    ],
)
def test_the_question_repeated_gives_neither_the_new_nor_the_old(before: str | None, after: str | None) -> None:
    echo = trial(answer=reply("The harbour keeps its logs in cold storage."))
    was = asked(LOGS[0], before) if before else None
    assert outcome(echo, was, asked(LOGS[0], after), RIGHT) == "neither"
