"""References that are a mere yes or no: what contradicts them, what may be right, and what runs make of that."""

from __future__ import annotations

import pytest
from eval_fakes import question, reply
from test_uncounted import bake_off, of

from corpora.model import Question
from eval.lacking import what_may_lack
from eval.metrics.correctness import correctness
from eval.metrics.in_a_sentence import may_be_right_beside_a_predicate, may_be_right_in_a_sentence, says_plainly
from eval.metrics.registry import RIGHT
from eval.outcomes import gives_nothing_asked

WATER = "Does the warranty cover water damage?"
GYM = "Can contractors use the gym?"
FREE = "Is shipping free?"
CARD = "Do I need a credit card for the trial?"
POOL = "Does the hotel have a pool?"


def asking(text: str, reference: str) -> Question:
    return question(0).model_copy(update={"user_input": text, "reference": reference})


def is_right(asked: Question, text: str) -> bool:
    return correctness(asked.reference or "", text) >= RIGHT and not gives_nothing_asked(asked, text)


@pytest.mark.parametrize(
    ("asked", "reference", "response", "right"),
    [
        (FREE, "No", "Yes, there is no charge for shipping.", False),
        (FREE, "No.", "Yes. There is no shipping fee on any order.", False),
        (FREE, "No", "Yes, shipping is free with no minimum order.", False),
        (FREE, "**No**", "**Yes**, shipping is free with no minimum order.", False),
        ("Is overtime paid?", "No", "Yes, overtime is paid, no matter when it is worked.", False),
        (CARD, "No", "Yes, you need a credit card, but no payment is taken.", False),
        (FREE, "Yes", "No, not even for members, who say yes to everything.", False),
        ("可以带宠物吗？", "是", "不是，房间里不欢迎宠物。", False),
        (FREE, "No", "Shipping is free with no minimum order.", False),
        (FREE, "No", "There is no charge for shipping.", False),
        (FREE, "No", "No, there is a charge for shipping.", True),
        (FREE, "No", "No there is a charge.", True),
        (FREE, "No", "The answer is no.", True),
        (FREE, "Yes", "Yes, with no minimum order.", True),
        (CARD, "No", "No credit card is needed for the trial.", True),
        (CARD, "No", "Unfortunately, no. Cash only.", True),
        (POOL, "No", "There is no pool on site.", True),
        (POOL, "No", "Unfortunately, there is no pool. Guests use the lake.", True),
        (POOL, "No", "The hotel has no pool at present.", True),
        ("Is there a limit on users?", "No", "No limit applies.", True),
        ("Is there a setup fee?", "No", "There's no fee.", True),
        # what "no" stands before is not what is asked for, or more is said that may make it so
        (POOL, "No", "There is no pool in winter.", False),
        (POOL, "No", "There is no pool, but a lake.", False),
        (POOL, "No", "The pool has no lifeguard.", False),
        (POOL, "No", "There is no pool. There is no sauna.", False),
        ("Is there a limit on users?", "No", "There is no limit on projects.", False),
        ("Is there a setup fee?", "No", "There is a setup fee with no discount.", False),
        ("Is there a setup fee?", "No", "There is no setup on site.", False),
        ("Is there a pool or a sauna?", "No", "There is no pool.", False),
        ("Is the deposit refundable?", "No", "There is no deposit.", False),
        ("What do I have to confirm with?", "No", "You type no after the prompt.", True),
    ],
)
def test_who_says_the_other_is_not_right(asked: str, reference: str, response: str, right: bool) -> None:
    assert is_right(asking(asked, reference), response) is right


@pytest.mark.parametrize(
    ("asked", "response", "said"),
    [
        (WATER, "The warranty does not cover water damage.", "no"),
        (WATER, "Water damage isn't covered by the warranty.", "no"),
        (WATER, "The warranty covers water damage.", "yes"),
        (GYM, "Contractors are forbidden to use the gym.", "no"),
        (GYM, "Contractors are allowed to use the gym. They have a badge.", "yes"),
        ("Could you tell me whether contractors can use the gym?", "Contractors can use the gym.", "yes"),
        ("承包商可以使用健身房吗？", "承包商不能使用健身房。", "no"),
        # what may turn it round
        (GYM, "Only contractors can use the gym.", None),
        (GYM, "Not all contractors can use the gym.", None),
        (GYM, "Contractors can use the gym on Sundays.", None),
        (GYM, "The policy forbids contractors to use the gym.", None),
        (GYM, "Contractors can use the gym. But not before 2026.", None),
        (GYM, "Contractors can not use the gym never.", None),
        ("Aren't contractors allowed to use the gym?", "Contractors can use the gym.", None),
        ("Must contractors wear a badge?", "Contractors may wear a badge.", None),
    ],
)
def test_what_a_sentence_says_plainly(asked: str, response: str, said: str | None) -> None:
    assert says_plainly(asked, response) == said


@pytest.mark.parametrize(
    ("asked", "reference", "response", "may_be"),
    [
        (WATER, "No", "The warranty does not cover water damage.", True),
        (WATER, "No", "Water damage is excluded.", True),
        (WATER, "No", "The warranty covers water damage.", False),
        (WATER, "Yes", "The warranty does not cover water damage.", False),
        (GYM, "Yes", "Contractors can use the gym.", True),
        (GYM, "No", "Only permanent employees can use the gym.", True),
        (GYM, "No", "Yes, contractors can use the gym.", False),
        (GYM, "No", "Absolutely! They can.", False),
        (GYM, "Yes", "Absolutely! They can.", True),
        (GYM, "Yes", "They can, from May onwards.", True),
        (GYM, "No", "Unfortunately, they can't.", True),
        (GYM, "No", "They can.", False),
        (GYM, "Yes", "They cannot.", False),
        (GYM, "No", "Hens are kept in the garden.", False),
        ("Where can contractors train?", "No", "Contractors can train in the gym.", False),
        (GYM, "No, that is for employees with a badge alone.", "Contractors cannot use the gym.", False),
        ("承包商可以使用健身房吗？", "不可以", "承包商不得使用健身房。", True),
        ("承包商可以使用健身房吗？", "否", "承包商可以使用健身房。", False),
    ],
)
def test_what_may_be_right_in_a_sentence(asked: str, reference: str, response: str, may_be: bool) -> None:
    assert may_be_right_in_a_sentence(asked, (reference,), response) is may_be
    assert what_may_lack(asking(asked, reference), reply(response), frozenset()).uncounted is may_be


DARK = "Is dark mode supported?"


@pytest.mark.parametrize(
    ("asked", "reference", "response", "may_be"),
    [
        (DARK, "Supported", "Yes, switch it on under Settings.", True),
        (DARK, "Supported", "Dark mode is a switch in the settings.", False),  # not seen
        (DARK, "Supported", "No, dark mode is not supported.", False),
        (DARK, "Supported", "No, it was taken out.", False),
        (DARK, "Not supported", "No, it was taken out.", True),
        (DARK, "Not supported", "Yes, dark mode is supported.", False),
        ("Is there a fee?", "Free", "No, there is none.", True),
        ("Is single sign-on required?", "Optional", "No, you can use a password.", True),
        (DARK, "Yes", "Yes, switch it on under Settings.", False),  # that is right
        (DARK, "It can be switched on under Settings", "Yes, since version 2.", False),  # a sentence: seen elsewhere
        (CARD, "Not required", "No, just sign up.", True),
        ("How is it supported?", "Supported", "Yes, it is.", False),
        ("Is it per user or per project?", "per project", "It is per user.", False),
        ("支持夜间配送吗？", "支持", "是的，时间为20:00至23:00。", True),
        ("支持夜间配送吗？", "不支持", "是的，时间为20:00至23:00。", False),
        ("支持夜间配送吗？", "支持", "不支持，只在白天配送。", False),
    ],
)
def test_what_may_be_right_beside_a_predicate(asked: str, reference: str, response: str, may_be: bool) -> None:
    assert may_be_right_beside_a_predicate(asked, (reference,), response) == may_be
    if may_be:
        assert what_may_lack(asking(asked, reference), reply(response), frozenset()).why == "too_short"


def test_what_is_said_to_every_question_turns_nothing_round() -> None:
    response = "According to the handbook, contractors may use the gym."
    assert may_be_right_in_a_sentence(GYM, ("No",), response)
    assert not may_be_right_in_a_sentence(GYM, ("No",), response, {"accord", "handbook"})


def test_a_no_in_passing_has_earned_its_score_and_may_be_right() -> None:
    lost = what_may_lack(asking(FREE, "No"), reply("There is no charge for shipping."), frozenset())
    assert (lost.share, lost.uncounted, lost.why) == (0.0, True, "in_a_sentence")


WHO = [
    f"{who} {where}"
    for who in ("visitors", "interns", "trainees", "students", "partners", "retirees")
    for where in "abcdefgh"
]
ASKED = [
    Question(id=f"q{number}", user_input=f"Can {who} park in the garage?", reference="Yes" if number % 2 else "No")
    for number, who in enumerate(WHO)
]


def test_answers_in_sentences_are_not_clearly_behind_a_mere_yes_or_no() -> None:
    sentences = [
        f"{who.capitalize()} can{'' if number % 2 else 'not'} park in the garage." for number, who in enumerate(WHO)
    ]
    terse = [each.reference or "" if number % 3 else "Yes and no." for number, each in enumerate(ASKED)]
    told = of(ASKED, sentences)
    assert (told.in_a_sentence.answers, told.may_be_right, told.too_short.answers, told.too_long.answers) == (
        48,
        48,
        0,
        0,
    )
    assert told.taken == told.in_a_sentence.taken == 1
    assert told.numbers("one")["one.uncounted.in_a_sentence.answers"] == 48
    found = bake_off(ASKED, {"terse": terse, "sentences": sentences})
    assert (found.verdict.clear, found.verdict.recommendation.clear) == (False, False)
    assert "48 of 48 answers may be right, and say neither yes nor no." in found.verdict.recommendation.sentence
    assert "But 48 of 48 answers of sentences may be right and say neither yes nor no." in found.verdict.headline
    assert any("Have it open with yes or no." in each for each in found.warnings)


def test_plain_lies_in_sentences_are_clearly_behind() -> None:
    lies = [
        f"{who.capitalize()} can{'not' if number % 2 else ''} park in the garage." for number, who in enumerate(WHO)
    ]
    terse = [each.reference or "" for each in ASKED]
    assert of(ASKED, lies).may_be_right == 0
    assert bake_off(ASKED, {"terse": terse, "lies": lies}).verdict.clear


def test_answers_with_a_no_for_something_else_are_told_of_by_their_number() -> None:
    """They have the whole score of a "No", so that no share of it is lacking."""
    asked = [each.model_copy(update={"reference": "No"}) for each in ASKED]
    in_passing = [
        f"{who.capitalize()} park in the garage with no fee." if number else "No." for number, who in enumerate(WHO)
    ]
    told = of(asked, in_passing)
    assert (told.in_a_sentence.answers, told.giving_nothing, told.taken) == (47, 47, 0)
    found = bake_off(asked, {"in_passing": in_passing, "half": ["No" if number % 2 else "Yes" for number in range(48)]})
    warning = (
        "47 of in_passing's 48 answers may be right and say neither yes nor no, where the reference is one of these "
        "alone: none of them counts as right. Have it open with yes or no."
    )
    assert warning in found.warnings
    said = "for parts of right answers, or for 47 of 48 answers that have the words of one and do not count: in right"
    assert said in found.verdict.headline


@pytest.mark.parametrize(
    ("asked", "reference", "response", "may_be"),
    [
        ("Is water damage covered?", "No", "That is not covered.", True),
        ("Is water damage covered?", "Water damage is not covered.", "It is not covered.", True),
        ("Is the schema documented?", "No", "The schema is not documented.", True),
        ("Is water damage covered?", "No", "That is not mentioned.", False),
        ("Is water damage covered?", "No", "The documents do not say whether water damage is covered.", False),
        ("What is covered?", "Water damage", "That is not covered.", False),
    ],
)
def test_a_no_in_the_questions_words_is_no_mere_refusal(
    asked: str, reference: str, response: str, may_be: bool
) -> None:
    assert what_may_lack(asking(asked, reference), reply(response), frozenset()).uncounted is may_be
