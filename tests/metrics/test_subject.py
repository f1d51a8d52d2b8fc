"""Who repeats the name that the question has makes nothing up."""

from __future__ import annotations

import time

import pytest

from eval.metrics.subject import without_subject
from eval.metrics.support import support

STEP = "How long does step 3 of descaling the Atlas 300 take?"
LINE = "Step 3 of descaling takes 5 minutes."
PRICE, ROW = "How much does the Business plan of Beacon cost?", "The Business plan costs $12 a month."


@pytest.mark.parametrize(
    ("question", "evidence", "response"),
    [
        (STEP, LINE, "Step 3 of descaling the Atlas 300 takes {} minutes."),
        (STEP, LINE, "The Atlas 300's step 3 of descaling takes {} minutes."),
        (STEP, LINE, "On the Atlas 300, step 3 of descaling takes {} minutes."),
        (PRICE, ROW, "The Business plan of Beacon costs ${} a month."),
        (PRICE, ROW, "Beacon's Business plan costs ${} a month."),
    ],
)
def test_the_name_in_the_question_is_no_claim(question: str, evidence: str, response: str) -> None:
    right = "5" if "5" in evidence else "12"
    for figure, true in ((right, True), ("8", False)):
        said = without_subject(response.format(figure), question, [evidence])
        assert (support([evidence], said) > 0.8) is true
        assert support([evidence], said) > support([evidence], response.format(figure))


FEE, PAID = "What is the fee for a building permit?", "The fee is 45 euros and is payable by online payment."


def test_so_is_what_it_is_about_without_a_capital() -> None:
    for figure, true in (("45", True), ("30", False)):
        told = f"The fee for a building permit is {figure} euros."
        assert (support([PAID], without_subject(told, FEE, [PAID])) > 0.8) is true
    owned = without_subject("auth-gateway is owned by Peter Novak.", "Who owns auth-gateway?", ["Owner: Peter Novak."])
    assert owned == "is owned by Peter Novak."


@pytest.mark.parametrize(
    ("question", "evidence", "response"),
    [
        (FEE, PAID, "The fee for a dog licence is 45 euros."),
        ("Who approves company cars?", "Approved by the director.", "It is approved by company cars."),
        ("Which form is needed for lost badges?", "Form: FA-03.", "The lost badges form."),
        ("How much notice do lost badges need?", "Notice: 4 weeks.", "Lost badges need notice."),
        (FEE, "A building permit costs 45 euros.", "The fee for a building permit is 45 euros."),
        ("Is it for a building permit or a dog licence?", "It is for dogs.", "It is for a building permit."),
        (STEP, LINE, "Step 3 of descaling the Bravo 300 takes 5 minutes."),
        (STEP, "Step 3 of descaling the Atlas 300 takes 5 minutes.", "Step 3 on the Atlas 300 takes 5 minutes."),
        ("Is SSO in the Basic plan?", "SSO is in the Pro plan.", "Yes, SSO is in the Basic plan."),
        ("Which plan has SSO, Basic or Pro?", "The Pro plan has it.", "The Basic plan has SSO."),
        ("Which of Alpha and Beta has SSO?", "Alpha has SSO.", "Beta has SSO."),
        ("Who founded Acme?", "It was founded by Anna Bell.", "Acme"),
    ],
)
def test_what_may_be_the_answer_stays(question: str, evidence: str, response: str) -> None:
    assert without_subject(response, question, [evidence]) == response


@pytest.mark.parametrize(
    "opening", ["For the Atlas 300, it", "The pressure of the Atlas 300", "On the Atlas 300, that"]
)
def test_thanks_before_the_name_stay_a_sentence_of_their_own(opening: str) -> None:
    evidence = "Max. pressure: 4 bar."
    asked = "What is the maximum pressure of the Atlas 300?"
    polite = without_subject(f"Thank you for your question! {opening} is 4 bar.", asked, [evidence])
    plain = without_subject(f"{opening} is 4 bar.", asked, [evidence])
    assert polite == f"Thank you for your question! {plain}"
    assert support([evidence], polite) == pytest.approx(support([evidence], plain))


@pytest.mark.parametrize("part", ["the Atlas 300 ", "Atlas ", "of the ", "A 1 "])
def test_long_texts_are_read_at_once(part: str) -> None:
    began = time.process_time()
    without_subject(part * 20_000, STEP, [LINE])
    without_subject("The Atlas 300", f"What is {part * 20_000}?", [LINE])
    assert time.process_time() - began < 10
