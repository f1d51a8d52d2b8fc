"""A bare yes or no beside a reference that is a sentence: too short to count, and it may be right."""

from __future__ import annotations

import pytest
from test_uncounted import bake_off, of

from corpora.model import Question
from eval.metrics.yes_no import may_be_right_alone, said_alone

PETS = [f"{pet} in the {room}" for pet in ("Cats", "Dogs", "Hens", "Mice") for room in ("garden", "hall", "attic")] * 4
ALLOWED = [number % 2 == 0 for number in range(len(PETS))]
ASKED = [
    Question(
        id=f"q{number}",
        user_input=f"Are {pet} allowed?",
        reference=f"{pet} of the guest house are {'' if allowed else 'not '}allowed.",
    )
    for number, (pet, allowed) in enumerate(zip(PETS, ALLOWED, strict=True))
]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes.", "yes"),
        ("**No**", "no"),
        ("No, they aren't.", "no"),
        ("Yes, it can be.", "yes"),
        ("不可以。", "no"),
        ("是的", "yes"),
        ("yes or no", None),
        ("Yes, in the garden.", None),
        ("Nothing", None),
        ("", None),
    ],
)
def test_what_is_said_alone(text: str, said: str | None) -> None:
    assert said_alone(text) == said


def test_what_is_said_to_every_question_does_not_count() -> None:
    assert said_alone("Says the rulebook, yes.") is None
    assert said_alone("Says the rulebook, yes.", {"say", "rulebook", "yes"}) == "yes"
    assert said_alone("Based on the context, yes.") == "yes"


@pytest.mark.parametrize(
    ("question", "references", "response", "may_be"),
    [
        ("Are pets allowed?", ("Pets may stay in the garden of the house.",), "Yes.", True),
        ("Are pets allowed?", ("Pets may stay in the garden of the house.",), "No, they are not.", True),
        ("Are pets allowed?", ("Yes, they may stay in the garden.",), "No.", False),
        ("Are pets allowed?", ("They may stay in the garden.", "yes"), "No.", False),
        ("Where are pets allowed?", ("They may stay in the garden.",), "Yes.", False),
        ("Are pets allowed?", ("They may stay in the garden.",), "bananas", False),
        ("Can you tell me if pets are allowed?", ("They may stay in the garden.",), "Yes.", True),
        ("Can you tell me where pets are allowed?", ("They may stay in the garden.",), "Yes.", False),
        ("How long, in days, is the notice?", ("The notice is given 30 days before.",), "Yes.", False),
        ("可以带宠物吗？", ("花园里欢迎宠物。",), "可以。", True),
        ("可以带宠物吗？", ("不可以，房间里不欢迎宠物。",), "可以。", False),
    ],
)
def test_what_may_be_right_alone(question: str, references: tuple[str, ...], response: str, may_be: bool) -> None:
    assert may_be_right_alone(question, references, response) is may_be


@pytest.mark.parametrize(("yes", "no"), [("Yes.", "No."), ("Yes, they are.", "No, they are not.")])
def test_bare_answers_to_sentences_are_not_clearly_behind(yes: str, no: str) -> None:
    bare = [yes if allowed else no for allowed in ALLOWED]
    wordy = [each.reference or "" if number % 5 < 3 else "The house is old." for number, each in enumerate(ASKED)]
    assert of(ASKED, bare).too_short.answers == len(ASKED)
    found = bake_off(ASKED, {"bare": bare, "wordy": wordy})
    assert (found.verdict.clear, found.verdict.recommendation.clear) == (False, False)
    assert "48 of 48 answers may be right, and are too short to count." in found.verdict.recommendation.sentence
