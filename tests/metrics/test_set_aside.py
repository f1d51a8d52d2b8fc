"""An answer that names what is right only to set it aside is not surely right, and often does not count."""

from __future__ import annotations

import pytest

from eval.metrics.correctness import correctness
from eval.metrics.registry import RIGHT
from eval.metrics.set_aside import sets_aside

ASKED = "Is it billed monthly or yearly?"


@pytest.mark.parametrize(
    ("right", "answer"),
    [
        ("monthly", "It is billed yearly rather than monthly."),
        ("monthly", "It is billed yearly; monthly billing is not available."),
        ("monthly", "It is billed yearly, and monthly payment isn't offered."),
        ("monthly", "Yearly. There is no monthly plan."),
        ("monthly", "Only yearly; the monthly option does not exist."),
        ("monthly", "Yearly (monthly plans were discontinued)."),
        ("monthly", "It is billed yearly. The alternative, monthly, does not apply here."),
        ("optional", "It is anything but optional."),
        ("60 km/h", "The limit is 40 km/h rather than 60 km/h."),
        ("an oral exam", "It is assessed by a written exam; an oral exam is not offered."),
        ("channel 7", "Use channel 12; do not use channel 7."),
        ("$29", "The Day Ticket costs $12 (previously $29)."),
        ("three zones", "It is two zones. It used to be three zones."),
        ("$1", "It is $3. Before that, it was $1."),
        ("30 days", "The page lists both 30 days and 60 days."),
        ("按月", "不是按月，而是按年。"),
    ],
)
def test_what_is_named_to_be_set_aside(right: str, answer: str) -> None:
    assert sets_aside(ASKED, [right], answer)


@pytest.mark.parametrize(
    ("right", "answer"),
    [
        ("monthly", "Monthly, not yearly."),
        ("monthly", "It is billed monthly rather than yearly."),
        ("monthly", "It is monthly. Yearly billing is not available."),
        ("monthly", "Rather than yearly, it is billed monthly."),
        ("monthly", "Not yearly, but monthly."),
        ("30 days", "You have 30 days without giving a reason."),
        ("30 days", "No later than 30 days after it."),
        ("9:00", "Not before 9:00."),
        ("port 8080", "It does not listen on port 80; it uses port 8080."),
        ("按月", "按月，不是按年。"),
        ("$12", "The Day Ticket costs $12 (previously $29)."),
        ("2 GB", "Files can't be larger than 2 GB."),
        ("30 days", "Deleted files can't be restored after 30 days."),
        ("approval from the IT director", "Access isn't possible without approval from the IT director."),
        ("CSV", "It doesn't export anything other than CSV."),
        ("evicted", "A pod that does not tolerate a taint will be evicted."),
        ("weekly", "It is billed yearly."),
        ("monthly", ""),
    ],
)
def test_what_is_so_is_not_set_aside_by_what_stands_beside_it(right: str, answer: str) -> None:
    assert not sets_aside(ASKED, [right], answer)


def test_what_the_question_denies_may_be_denied() -> None:
    assert not sets_aside("Which plan does not have SSO?", ["Basic"], "SSO is not in Basic.")
    assert not sets_aside("May it be opened?", ["It must not be opened."], "It must not be opened.")


@pytest.mark.parametrize("instead", ["rather than", "instead of", "as opposed to"])
def test_a_bare_answer_that_another_one_replaces_does_not_count(instead: str) -> None:
    assert correctness("monthly", f"It is billed yearly {instead} monthly.") < RIGHT
    assert correctness("monthly", f"It is billed monthly {instead} yearly.") == 1
    assert correctness("a written exam", f"By a written exam {instead} an oral exam.") == 1
