"""The yes or no that a text opens with, in whatever word and behind whatever leads to it; and what that contradicts."""

from __future__ import annotations

import pytest

from eval.metrics.contradiction import contradicts
from eval.metrics.opening import opens_with, without_lead_in, without_opening
from eval.metrics.terse import may_be_right
from eval.metrics.yes_no import may_be_right_alone, said_alone

LEADS = (
    "{}, ",
    "Unfortunately, {}. ",
    "Great question! {}, ",
    "Hi there! Good question. {}, ",
    "Based on the documents, {}, ",
    "According to the handbook: **{}**. ",
    "Short answer: {}. ",
    "**Answer:** {}. ",
    "**Answer: {}.** ",
    "The answer is {}. ",
    "- {}, ",
    "1. {}, ",
    "A: {}. ",
    "I'm sorry, but {}. ",
    "I'm afraid the answer is {}. ",
    "Sure, {}. ",
    "No problem! {}, ",
)


@pytest.mark.parametrize(
    ("text", "said", "rest"),
    [
        ("No", "no", ""),
        ("No.", "no", ""),
        ("**Yes**, there is.", "yes", "there is."),
        ("**Yes,** there is.", "yes", "there is."),
        ("Yes there is.", "yes", "there is."),
        ("Yes—there is.", "yes", "there is."),
        ("No they are not.", "no", "they are not."),
        ("No\n\nThey are not.", "no", "They are not."),
        ("No credit card is needed.", None, "No credit card is needed."),
        ("No one is allowed.", None, "No one is allowed."),
        ("Yes or no", None, "Yes or no"),
        ("不可以，房间里不欢迎宠物。", "no", "房间里不欢迎宠物。"),
        ("是的：有。", "yes", "有。"),
        ("不是的，没有限制。", "no", "没有限制。"),
        ("不行", "no", ""),
        ("不允许携带宠物。", None, "不允许携带宠物。"),
        ("对于宠物没有规定。", None, "对于宠物没有规定。"),
    ],
)
def test_what_a_text_opens_with(text: str, said: str | None, rest: str) -> None:
    assert (opens_with(text), without_opening(text)) == (said, rest)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Absolutely! You can.", "yes"),
        ("Absolutely not.", "no"),
        ("Of course", "yes"),
        ("Not at all.", "no"),
        ("No.", "no"),
        ("Certainly a good idea.", None),
        ("Sure-fire", None),
        ("Nope, they are not.", "no"),
        ("Not at the moment.", "no"),
        ("Sure! You can.", "yes"),
        # a courtesy, by what follows
        ("Sure! Pets can't come along.", None),
        ("Certainly! Here is what the handbook says.", None),
    ],
)
def test_what_a_text_opens_with_in_whatever_word(text: str, said: str | None) -> None:
    assert opens_with(text) == said


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("said", ["yes", "no"])
def test_what_leads_to_a_yes_or_no_hides_neither(lead: str, said: str) -> None:
    text = lead.format(said) + "it is so."
    assert (opens_with(text), without_opening(text)) == (said, "it is so.")


@pytest.mark.parametrize(
    "text",
    [
        "Unfortunately not. It is so.",
        "Unfortunately, not. It is so.",
        "Certainly not. It is so.",
        "I'm afraid not. It is so.",
        "Great question! Nope, it is so.",
    ],
)
def test_a_not_by_itself_is_a_no(text: str) -> None:
    assert (opens_with(text), without_opening(text).casefold()) == ("no", "it is so.")


@pytest.mark.parametrize(
    "text",
    [
        "There's a limit. No. 5 in the list explains it.",
        "Answer: No. 5",
        "The answer is no more than 5.",
        "Based on the documents, no fee is charged.",
        "According to the policy, yes votes count twice.",
        "Unfortunately, no pets are allowed.",
        "For dogs, no, but for cats, yes.",
        "In April, yes, in May, no.",
        "--yes skips the question.",
    ],
)
def test_what_is_no_opening_yes_or_no(text: str) -> None:
    assert (opens_with(text), without_opening(text)) == (None, text)


def test_what_only_leads_to_an_answer() -> None:
    assert without_lead_in("Hello! Unfortunately, there is no pool.") == "there is no pool."
    assert without_lead_in("Based on the documents, there is none.") == "there is none."
    assert without_lead_in("There is no pool.") == "There is no pool."


@pytest.mark.parametrize("lead", LEADS)
def test_an_opening_yes_or_no_contradicts_the_other_behind_what_leads_to_it(lead: str) -> None:
    no, yes = lead.format("no"), lead.format("yes")
    upgrades = "Yes, upgrades take effect immediately."
    assert contradicts(upgrades, f"{no}upgrades take effect at the next billing cycle.")
    assert not contradicts(upgrades, f"{yes}upgrades take effect immediately.")
    returns = "No, sale items cannot be returned."
    assert contradicts(returns, f"{yes}sale items can be sent back.")
    assert not contradicts(returns, f"{no}sale items cannot be returned.")


@pytest.mark.parametrize("opening", ["Unfortunately not. ", "Nope, ", "Certainly not. ", "Not at all: "])
def test_a_no_in_another_word_contradicts_a_yes_and_denies_nothing_else(opening: str) -> None:
    assert contradicts("Yes, upgrades take effect immediately.", f"{opening}upgrades take effect next month.")
    assert not contradicts("No, upgrades take effect next month.", f"{opening}upgrades take effect next month.")


def test_a_courtesy_contradicts_nothing() -> None:
    assert not contradicts("No, sale items cannot be returned.", "Sure! Sale items cannot be returned.")


def test_a_bare_no_is_one_behind_what_leads_to_it_too() -> None:
    assert said_alone("Unfortunately, no, they are not.") == said_alone("Nope.") == "no"
    assert said_alone("Unfortunately, no. Cash only.") is None
    asked, reference = "Is it sold on Pro?", "It is sold on Enterprise only."
    assert may_be_right_alone(asked, (reference,), "Unfortunately, no.")
    assert not may_be_right_alone(asked, (f"Great question! Yes, {reference}",), "No.")


def test_few_words_may_be_right_that_open_alike_behind_what_leads_to_it() -> None:
    reference = "No, single sign-on is only available to customers on the large Enterprise plan."
    assert may_be_right("Does Pro have it?", reference, "Unfortunately, no.")


@pytest.mark.parametrize("mark", ["*", "_", "- ", "so, ", "unfortunately, "])
def test_what_a_small_model_repeats_opens_with_nothing(mark: str) -> None:
    """Read in no time: what is quadratic in it takes longer than a test may."""
    assert opens_with(mark * 60_000) is None
