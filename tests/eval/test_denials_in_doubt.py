"""What is taken for a denial of its reference may be right where more than one word turns it round."""

from __future__ import annotations

import pytest
from eval_fakes import FakePipeline, manifest, question, reply, trial

from corpora.model import Question
from eval.lacking import what_may_lack
from eval.metrics.contradiction import contradicts, contradicts_perhaps
from eval.metrics.correctness import correctness
from eval.metrics.recall import coverage
from eval.metrics.registry import CORRECTNESS
from eval.summary import Summary, summarise
from eval.trial import Score, Trial

SPONSOR = "Contractors cannot access the VPN without a sponsor."
ONLY = "Contractors can access the VPN only with a sponsor."


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        (SPONSOR, ONLY),
        ("Refunds are not issued until the item is inspected.", "Refunds are only issued once the item is inspected."),
        ("Only managers can approve requests.", "Requests can't be approved by anyone except managers."),
        ("The discount applies to annual plans.", "Annual plans are discounted. It does not apply to monthly plans."),
    ],
)
def test_what_more_than_one_word_turns_round_may_be_right(reference: str, response: str) -> None:
    assert contradicts(reference, response)
    assert contradicts_perhaps(reference, response)


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("Logs are kept for 30 days.", "Logs are not kept for 30 days."),
        ("Interns are not eligible for a bonus.", "Interns are eligible for a bonus."),
        ("Yes, but only for members.", "No, but only for members."),  # it opens otherwise
        ("Logs are not kept for more than 30 days.", "Logs are kept for 30 months, not for more."),  # another unit
        ("Logs are kept.", "Logs are kept."),
    ],
)
def test_a_plain_denial_and_another_number_are_certain(reference: str, response: str) -> None:
    assert not contradicts_perhaps(reference, response)


@pytest.mark.parametrize(
    ("asked", "reference", "response"),
    [
        ("Which plan lacks SSO?", "Basic", "SSO is not in Basic."),
        ("What does it lack?", "encryption", "It does not have encryption."),
        ("Which feature is unavailable in Basic?", "SSO", "Basic does not have SSO."),
        ("Which plan doesn't have SSO?", "Plan A", "SSO is not in Plan A."),
        ("Which plan is without SSO?", "Plan A", "SSO is not in Plan A."),
    ],
)
def test_a_denial_may_name_what_is_not_where_that_is_asked_for(asked: str, reference: str, response: str) -> None:
    assert contradicts_perhaps(reference, response, asked)
    assert not contradicts_perhaps(reference, response, "Which one is it?")
    lost = what_may_lack(
        question(0).model_copy(update={"user_input": asked, "reference": reference}), reply(response), frozenset()
    )
    assert (lost.uncounted, lost.why) == (True, "denying")


def test_a_sentence_is_denied_plainly_whatever_is_asked() -> None:
    assert not contradicts_perhaps(
        "Logs are kept for 30 days.", "Logs are not kept for 30 days.", "How long are they not deleted?"
    )


def test_what_it_may_lack_is_what_the_denial_took() -> None:
    asked = about(0)
    lost = what_may_lack(asked, reply(ONLY), frozenset())
    whole = coverage(SPONSOR, ONLY)
    assert (lost.share, lost.uncounted, lost.why) == (whole - correctness(SPONSOR, ONLY), True, "denying")
    plain = what_may_lack(asked, reply("Contractors can access the VPN without a sponsor."), frozenset())
    assert not plain.uncounted


def about(number: int) -> Question:
    return question(number).model_copy(update={"user_input": "Who can access the VPN?", "reference": SPONSOR})


def answered(pipeline: str, number: int, response: str) -> Trial:
    scores = {CORRECTNESS: Score(value=correctness(SPONSOR, response), status="scored")}
    return trial(pipeline, f"q{number}", answer=reply(response), scores=scores)


def bakeoff(other: str) -> Summary:
    """30 questions; "repeats" is right, and the other says so in 20 of them."""
    asked = [about(number) for number in range(30)]
    trials = [answered("repeats", each, SPONSOR) for each in range(30)]
    trials += [answered("other", each, other if each < 20 else SPONSOR) for each in range(30)]
    head = manifest(asked, {name: FakePipeline(name, str) for name in ("repeats", "other")})
    return summarise(head, asked, trials)


def test_no_verdict_is_clear_by_such_denials_alone() -> None:
    summary = bakeoff(ONLY)
    assert not summary.verdict.clear
    assert "20 of 30 answers of other may be right and are taken for denials." in summary.verdict.headline
    assert any("20 of other's 30 answers may be right and are taken for denials" in each for each in summary.warnings)
    assert summary.pipelines[1].uncounted.denying.answers == 20


def test_plain_denials_leave_the_verdict_clear() -> None:
    summary = bakeoff("Contractors can access the VPN without a sponsor.")
    assert summary.verdict.clear
    assert summary.verdict.leaders == ("repeats",)
