"""A bare "Unlimited" or "No limit", and what says so in other words."""

from __future__ import annotations

import pytest
from eval_fakes import question, reply

from eval.lacking import what_may_lack
from eval.metrics.abstention import declines
from eval.metrics.correctness import correctness
from eval.metrics.registry import RIGHT
from eval.outcomes import gives_nothing_asked

ASKED = "How many projects does the Free plan allow?"
TEAMS_365 = "How many seats does Teams 365 allow?"


@pytest.mark.parametrize("reference", ["Unlimited", "No limit", "No limits.", "Without limit"])
@pytest.mark.parametrize(
    "response",
    [
        "Unlimited",
        "The Free plan has unlimited projects.",
        "There is no limit.",
        "No limits",
        "There's no limit on the number of projects in the Free plan.",
        "There is no upper limit, and no cap.",
        "No, there isn't a limit.",
        "There is no maximum number of projects.",
        "The number of projects isn't limited.",
        "The Free plan does not cap projects.",
        "It is not capped.",
        "You can add projects without any limit.",
        "You can create as many projects as you like.",
        "As much as you need.",
        "Any number of projects.",
        "There is no limit in the documents.",
    ],
)
def test_no_limit_in_other_words_is_right(reference: str, response: str) -> None:
    asked = question(0).model_copy(update={"user_input": ASKED, "reference": reference})
    assert not declines(response, (reference,))
    assert correctness(reference, response) >= RIGHT
    assert not gives_nothing_asked(asked, response)


@pytest.mark.parametrize(
    ("asked", "reference", "response", "may_be"),
    [
        (ASKED, "Unlimited", "There is a limit of 5.", False),
        (ASKED, "Unlimited", "There is a limit.", False),
        (ASKED, "Unlimited", "It is not unlimited.", False),
        (ASKED, "No limit", "It is not an unlimited plan.", False),
        (ASKED, "Unlimited", "You cannot create as many projects as you like.", False),
        (ASKED, "Unlimited", "There is no limit on users, but projects end at 5.", False),
        (ASKED, "Unlimited", "The plan is not limited to projects.", False),
        (ASKED, "Unlimited", "There is no limit listed.", False),
        (ASKED, "Unlimited", "I know of no limit.", False),
        (ASKED, "Unlimited", "No more than five projects.", False),
        (ASKED, "Unlimited for a year", "There is no limit.", False),  # that is not all it says
        (ASKED, "Unlimited until May", "There is no limit.", False),
        (ASKED, "5", "There is no limit.", False),
        (ASKED, "Unlimited projects", "There is no limit on the number of projects in Free.", True),
        (ASKED, "Unlimited projects", "Unlimited", True),
        (ASKED, "Unlimited team projects", "You can create as many as you like.", True),
        (ASKED, "No project limit", "The Free plan has unlimited projects.", True),
        (ASKED, "Unlimited projects", "There is a limit of 5 projects.", False),
        (ASKED, "No project limit", "20 projects", False),
        (ASKED, "Unlimited", "There is no limit. The plan costs $9.", True),
        (ASKED, "Unlimited", "There is no limit on projects, but storage is capped.", True),
        (ASKED, "Unlimited", "Only the Enterprise plan has no limit.", True),
        (TEAMS_365, "Unlimited", "Teams 365 has no limit on seats.", True),
        (TEAMS_365, "Unlimited", "Teams 365 has no limit until 5 seats.", False),
    ],
)
def test_what_is_not_plainly_without_a_limit_is_not_right(
    asked: str, reference: str, response: str, may_be: bool
) -> None:
    known = question(0).model_copy(update={"user_input": asked, "reference": reference})
    assert declines(response, (reference,)) or correctness(reference, response) < RIGHT
    assert what_may_lack(known, reply(response), frozenset()).uncounted is may_be


def test_that_no_limit_is_mentioned_is_a_refusal() -> None:
    assert declines("No limit is mentioned in the documents.", ("Unlimited",))
    assert declines("There is no limit in the documents.", ("5",))
