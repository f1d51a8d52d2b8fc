"""A bare "None", "No support", "0" or "Free", and sentences that may say so."""

from __future__ import annotations

import pytest
from eval_fakes import question, reply
from test_uncounted import bake_off, of

from corpora.model import Question
from eval.lacking import what_may_lack
from eval.metrics.abstention import declines
from eval.metrics.beside_none import may_be_right_beside_none

SUPPORT = "What support comes with the Team plan?"
EXPIRES = "When does the token expire?"
KEYS = "How many API keys does the Team plan include?"
FEE = "What is the setup fee for Atlas 2?"
FREE_FEE = "What is the setup fee for the Free plan?"


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
        (SUPPORT, "No support", "The Team plan does not come with support.", True),
        (SUPPORT, "No phone support", "Calls by phone are not part of it.", True),
        (SUPPORT, "No support", "There is none.", True),
        (SUPPORT, "No support", "On the Team plan, which costs $20, support is not included.", True),
        ("What do you get with Team?", "No support", "Support is not part of it.", True),
        (KEYS, "No API keys", "0", True),
        (KEYS, "0", "The Team plan does not include any API keys.", True),
        (KEYS, "0 keys", "None", True),
        (KEYS, "0", "No keys are included [2].", True),
        (FEE, "$0", "There is no setup fee for Atlas 2.", True),
        (FEE, "€0", "Setting up Atlas 2 costs nothing.", True),
        (FEE, "0 EUR", "There is no charge.", True),
        (FEE, "$0.00", "It is free of charge.", True),
        (FEE, "Free", "The setup fee is $0.", True),
        (FEE, "Free", "€0", True),
        (FREE_FEE, "$0", "Free of charge", True),
        (FREE_FEE, "$0", "There is no setup fee on Free.", True),
        (FEE, "No charge", "Setup is free for Atlas 2.", True),
        (SUPPORT, "No support", "The Team plan comes with e-mail support.", False),
        (SUPPORT, "No support", "The Team plan comes with e-mail support and no SLA.", False),
        (SUPPORT, "No support", "The Team plan has no SLA.", False),
        (SUPPORT, "No support, but an SLA", "There is none.", False),
        (SUPPORT, "No support or SLA", "There is none.", False),
        (SUPPORT, "No limit", "The Team plan does not come with any support.", False),
        (KEYS, "0", "The Team plan includes 3 API keys.", False),
        (KEYS, "0", "The Team plan does not include API keys, but 3 tokens.", False),
        (KEYS, "0 or more", "None", False),
        (KEYS, "0", "There is no limit on API keys.", False),
        (FEE, "$0", "The setup fee is $50.", False),
        (FEE, "$0", "It costs $50, and there is no setup fee for Atlas 2.", False),
        (FEE, "$0", "It is not free.", False),
        (FREE_FEE, "$0", "Setup is not free.", False),
        (FEE, "$0", "Atlas 2 has no minimum term.", False),
        (FEE, "$0", "Feel free to ask about setup.", False),
        (FEE, "$50", "There is no setup fee for Atlas 2.", False),
        ("Which plan is at 0 degrees?", "None", "The Team plan is at 0 degrees.", False),
        ("What is not included in Free?", "Nothing", "Support is not included in Free.", False),
    ],
)
def test_what_may_be_right_beside_none(asked: str, reference: str, response: str, may_be: bool) -> None:
    known = question(0).model_copy(update={"user_input": asked, "reference": reference})
    assert may_be_right_beside_none(asked, (reference,), response) is may_be
    lost = what_may_lack(known, reply(response), frozenset())
    assert (lost.uncounted, lost.why == "too_short") == (may_be, may_be)


@pytest.mark.parametrize("response", ["Not included.", "Not available", "Not supported", "Not applicable", "N/A"])
def test_a_bare_denial_answers_where_there_is_nothing(response: str) -> None:
    for reference in ("None", "No support", "Not offered"):
        known = question(0).model_copy(update={"user_input": SUPPORT, "reference": reference})
        assert not declines(response, ("E-mail", reference))
        assert what_may_lack(known, reply(response), frozenset()).why == "too_short"


@pytest.mark.parametrize("reference", ["E-mail", "0", "No limit", "None of these"])
def test_elsewhere_it_is_a_refusal(reference: str) -> None:
    assert declines("Not included.", (reference,))


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
