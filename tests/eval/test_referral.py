"""Replies that only send the asker elsewhere are refusals, unless a right answer does so too."""

from __future__ import annotations

import pytest

from eval.metrics.abstention import declines
from eval.metrics.referral import only_refers

LEAVE = "Full-time employees get 28 days of annual leave per calendar year."


@pytest.mark.parametrize(
    "reply",
    [
        "Please refer to the official documentation.",
        "Please refer to the official documentation for more information.",
        "You should ask the HR department.",
        "I would recommend contacting support for this question.",
        "I'd suggest that you check with your supervisor.",
        "Please check the employee handbook or ask your manager.",
        "Sorry, you should ask somebody else.",
        "For more details, see the documentation.",
        "If you are unsure, please contact your administrator.",
        "It is best to consult the company's policy. Please contact HR directly.",
        "You can find out more by asking HR.",
        "请咨询人力资源部门。",
        "请参阅官方文档。",
        "建议您联系客服。",
        "Contact the IT department.",
        "Please contact the full-time team.",
    ],
)
def test_who_only_sends_elsewhere_declines(reply: str) -> None:
    assert declines(reply, [LEAVE])
    assert declines(reply, [])


@pytest.mark.parametrize(
    ("reply", "reference"),
    [
        ("You should ask the HR department.", "The HR department"),
        ("Please contact your line manager.", "Sick leave must be reported to the line manager before 9 am."),
        ("Ask your manager.", "You need the consent of whoever leads you; contact her first."),
        ("See the employee handbook.", "In the handbook, section 4."),
        ("请咨询人力资源部门。", "由人力资源部门批准。"),
        ("You should contact the IT department.", "IT"),
        ("Please ask the payroll team.", "Payroll"),
        ("Contact the facility management team.", "Facility management"),
        ("Please contact IT support.", "Broken laptops are handled by IT, room 204."),
        ("Contact the security team.", "Report a lost badge to security immediately so that it can be blocked."),
        ("Please contact the accounting department.", "Accounting (accounting@example.com)"),
        ("You need to contact the platform administrators.", "Access is granted by the platform team on request."),
        ("Please ask Maria Keller.", LEAVE),
        ("Please refer to the documentation. The limit is 30 days.", LEAVE),
        ("Contact support within 14 days.", LEAVE),
        ("Look at the label on the back of the device.", LEAVE),
        ("You should ask your manager to order a new one for you.", LEAVE),
        ("Read the file with cat.", LEAVE),
    ],
)
def test_who_says_where_it_is_answered_or_more_than_that_answers(reply: str, reference: str) -> None:
    assert not declines(reply, [reference])


def test_a_word_that_names_nobody_there_is_no_answer() -> None:
    assert declines("Contact the IT department.", ["Leave is lost if it is not given to it in time."])
    assert declines("Please ask your line manager.", ["Type the command line by hand, with two dashes before each."])
    assert declines("Ask your manager.", ["Before taking unpaid leave, get approval from your supervisor in writing."])
    assert declines("Please check the employee handbook.", ["It is granted to employees after 6 months."])


@pytest.mark.parametrize(
    "reply", ["ask hr or " * 24, "ask support for " + "the more " * 25, "see the " + "a " * 100, ""]
)
def test_what_nearly_refers_is_read_at_once(reply: str) -> None:
    assert not only_refers(reply)
