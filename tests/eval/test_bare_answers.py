"""Which right answers an answer is held against: the bare one beside any sentence that has it, however short."""

from __future__ import annotations

import pytest

from eval.metrics.bare_answers import deciding

TEAM = "The Payments team uses Jira."


@pytest.mark.parametrize(
    ("rights", "response", "against"),
    [
        ((TEAM, "Jira"), "The Payments team uses Trello.", ("Jira",)),
        ((TEAM, "Jira"), TEAM, (TEAM, "Jira")),
        ((TEAM, "Jira"), "Jira", ("Jira",)),
        ((TEAM,), "Trello", (TEAM,)),
        (("Role-based access control (RBAC)", "RBAC"), "Single sign-on", ("Role-based access control (RBAC)", "RBAC")),
        (("Maria Lopez, the CTO", "CTO"), "Ada", ("Maria Lopez, the CTO", "CTO")),
        (("It is 30 days.", "30"), "It is 40 days.", ("30",)),
        (("30 days", "a month"), "within 30 weeks", ("30 days", "a month")),
        (("Jira", "jira."), "Trello", ("Jira", "jira.")),
        (("公司有班车。", "有"), "没有。", ("有",)),
        (
            ("It is kept for thirty days in the cold storage.", "30 days"),
            "It is kept for ten days there.",
            ("30 days",),
        ),
    ],
)
def test_the_bare_answer_decides(rights: tuple[str, ...], response: str, against: tuple[str, ...]) -> None:
    assert deciding(rights, response) == against
