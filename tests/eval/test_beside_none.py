"""A bare "None", "Nobody" or "Never", and sentences that may say so."""

from __future__ import annotations

import pytest
from eval_fakes import question, reply
from test_uncounted import bake_off, of

from corpora.model import Question
from eval.lacking import what_may_lack
from eval.metrics.beside_none import may_be_right_beside_none

SUPPORT = "What support comes with the Team plan?"
EXPIRES = "When does the token expire?"


@pytest.mark.parametrize(
    ("asked", "reference", "response", "may_be"),
    [
        (SUPPORT, "None", "The Team plan does not come with any support.", True),
        (SUPPORT, "None", "The Team plan doesn't come with support.", True),
        (SUPPORT, "None", "There isn't any.", True),
        (SUPPORT, "None", "No.", True),
        (SUPPORT, "N/A", "There is none.", True),
        (SUPPORT, "Not included", "The Team plan lacks support.", True),
        (SUPPORT, "Nothing", "Unfortunately, no support is included.", True),
        (SUPPORT, "None", "On the Team plan, which costs $20, there is no support.", True),
        (SUPPORT, "None", "It comes with neither e-mail nor phone support.", True),
        (SUPPORT, "None", "Support comes with Business, but not with Team.", True),
        (SUPPORT, "None", "Team users do not have access to support.", True),
        ("What is the limit on projects?", "None", "There is no limit.", True),
        (EXPIRES, "Never", "The token does not expire.", True),
        ("Who can delete the log?", "No one", "The log cannot be deleted.", True),
        (SUPPORT, "None", "The Team plan comes with e-mail support.", False),
        (SUPPORT, "None", "The Team plan comes with e-mail support, but not with phone support.", False),
        (SUPPORT, "None", "The Team plan comes with e-mail support and no SLA.", False),
        (SUPPORT, "None", "Not only e-mail support, but phone support too.", False),
        (SUPPORT, "None", "No support other than e-mail.", False),
        (SUPPORT, "None", "Nothing but e-mail support.", False),
        (SUPPORT, "None", "The Team plan is not without support.", False),
        (SUPPORT, "None", "No more than 5 hours of support.", False),
        (SUPPORT, "None", "There is no limit on support.", False),
        (SUPPORT, "None", "Not a word is said of support.", False),
        (SUPPORT, "None", "Projects are not shared.", False),  # of something else
        (SUPPORT, "None of these", "The Team plan does not come with any support.", False),
        (SUPPORT, "E-mail", "The Team plan does not come with any support.", False),
        (EXPIRES, "Never", "After 5 days.", False),
        (EXPIRES, "Never", "Not later than a week.", False),
        ("What is not included in Free?", "Nothing", "Support is not included in Free.", False),
    ],
)
def test_what_may_be_right_beside_none(asked: str, reference: str, response: str, may_be: bool) -> None:
    known = question(0).model_copy(update={"user_input": asked, "reference": reference})
    assert may_be_right_beside_none(asked, (reference,), response) is may_be
    lost = what_may_lack(known, reply(response), frozenset())
    assert (lost.uncounted, lost.why == "too_short") == (may_be, may_be)


@pytest.mark.parametrize("response", ["The documents do not mention any support.", "I found no support."])
def test_a_refusal_is_none(response: str) -> None:
    known = question(0).model_copy(update={"user_input": SUPPORT, "reference": "None"})
    assert not what_may_lack(known, reply(response), frozenset()).uncounted


def test_who_denies_in_sentences_is_not_clearly_behind_a_bare_none() -> None:
    asked = [
        Question(id=f"q{number}", user_input=f"What support comes with plan {number}?", reference="None")
        for number in range(48)
    ]
    sentences = [f"Plan {number} does not come with any support." for number in range(48)]
    lies = [f"Plan {number} comes with e-mail support." for number in range(48)]
    bare = ["None" if number % 3 else "E-mail" for number in range(48)]
    assert (of(asked, sentences).too_short.answers, of(asked, lies).may_be_right) == (48, 0)
    assert not bake_off(asked, {"bare": bare, "sentences": sentences}).verdict.clear
    assert bake_off(asked, {"bare": bare, "lies": lies}).verdict.clear
