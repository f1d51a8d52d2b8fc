"""Replies that drop, except or replace: their words alone do not tell which answer they give."""

from __future__ import annotations

import pytest
from eval_fakes import question, reply, trial

from corpora.model import Question
from eval.freshness import _rights
from eval.given import outcome
from eval.metrics.registry import RIGHT
from eval.staleness import Selection, score_asked

LONG, SHORT = "alpha, beta and gamma", "alpha and beta"
ADA, GRACE = "Ada Lovelace", "Grace Hopper"
KEPT = "The harbour keeps its logs in cold storage for {} days."


def asked(reference: str | None, text: str = "How long does the harbour keep its logs in cold storage?") -> Question:
    return question(1).model_copy(update={"user_input": text, "reference": reference})


def given(before: str, after: str | None, text: str, of: str | None = None) -> str:
    questions = [asked(each, of) if of else asked(each) for each in (before, after)]
    return outcome(trial(answer=reply(text)), questions[0], questions[1], RIGHT)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (LONG, SHORT, "alpha and beta, since gamma was dropped."),
        (LONG, SHORT, "alpha and beta, and previously gamma."),
        (SHORT, LONG, "Everything but gamma: alpha and beta."),
        (SHORT, LONG, "alpha and beta, gamma excepted."),
        (SHORT, LONG, "Excluding gamma, alpha and beta."),
        (ADA, GRACE, "Grace Hopper left."),
        (ADA, GRACE, "Grace Hopper is no longer the director."),
        (ADA, GRACE, "Grace Hopper has retired."),
        (ADA, GRACE, "Grace Hopper. She left."),
        ("保留甲乙", "保留甲乙丙", "除了丙，保留甲乙。"),
        (ADA, GRACE, "Grace Hopper has since resigned."),
        (ADA, GRACE, "The director, Grace Hopper, stepped down. Grace Hopper was replaced in May."),
        (ADA, GRACE, "The team is no longer led by Grace Hopper."),
        (ADA, GRACE, "It is not led by Grace Hopper any more."),
        (LONG, SHORT, "Alpha and beta were dropped."),
        ("alpha, beta and gamma", "alpha, beta and delta", "alpha and beta, since gamma was dropped."),
        (KEPT.format(30), KEPT.format(60), "60 days was discontinued."),
        ("张伟", "李娜", "李娜不再是主任。"),
        ("张伟", "李娜", "李娜已经离职。"),
        ("张伟", "李娜", "主任不再是李娜。"),
        ("张伟", "李娜", "李娜。她退休了。"),
        (KEPT.format(30), None, f"{KEPT.format(30)[:-1]}, but that was withdrawn."),
        (KEPT.format(30), None, "The harbour no longer keeps logs."),
        (KEPT.format(30), None, "Cold storage was discontinued."),
    ],
)
def test_a_word_of_dropping_that_the_reference_lacks_makes_it_unclear(
    before: str, after: str | None, text: str
) -> None:
    assert given(before, after, text) == "unclear"


@pytest.mark.parametrize(
    ("before", "after", "text", "expected"),
    [
        (LONG, SHORT, SHORT, "new"),
        (KEPT.format(30), KEPT.format(60), f"It is no longer 30 days. {KEPT.format(60)}", "new"),  # the old one dropped
        (ADA, GRACE, "Grace Hopper", "new"),
        (ADA, GRACE, ADA, "old"),
        ("Yes", "No", "No, it is no longer allowed.", "new"),  # as the reference denies
        ("red paint", "green paint without lead", "It is green paint without lead.", "new"),  # as the reference says
    ],
)
def test_what_the_reference_says_itself_or_is_said_of_the_other_tells(
    before: str, after: str, text: str, expected: str
) -> None:
    assert given(before, after, text) == expected


EVERYDAY = [
    "{} days, after which they are removed.",
    "{} days. Older ones are removed.",
    "{} days before removal.",
    "It keeps them for {} days, without exception.",
    "Shelf B is used to keep them for {} days.",
    "They are kept for {} days rather than being thrown away at once.",
    "{} days, unless the owner has left.",
    "{} days unless the owner has resigned.",
    "{} days, except for those of ships.",
    "{} days and no longer.",
    "{} days are left.",
]


@pytest.mark.parametrize("text", EVERYDAY)
def test_an_everyday_word_drops_nothing(text: str) -> None:
    assert given("30 days", "130 days", text.format(130)) == "new"
    assert given("30 days", "130 days", text.format(30)) == "old"
    assert given(KEPT.format(30), KEPT.format(130), f"{KEPT.format(130)} {text.format(130)}") == "new"
    assert given(KEPT.format(30), None, f"{KEPT.format(30)} {text.format(30)}".replace(" and no longer", "")) == "old"


@pytest.mark.parametrize(
    ("of", "before", "after", "text"),
    [
        ("Which port is it?", "It uses port 6443.", "It uses port 8443.", "Port 8443 is used to serve the API."),
        ("What deploys the charts?", "Helm", "Argo", "The tool used to deploy the charts is Argo."),
        ("What does the job delete?", "old logs", "old snapshots", "It removes old snapshots."),
        (
            "Can it run offline?",
            "It needs a network connection.",
            "It runs offline.",
            "It runs offline, without a network.",
        ),
        ("How many seats are free?", "12", "8", "8 seats left."),
        ("What is the timeout?", "30 s", "60 s", "60 s, except for streaming."),
        ("What may be asked for?", LONG, SHORT, "alpha and beta but no longer gamma"),
        ("日志保存多少天？", "30天", "60天", "日志保存60天，之后删除。"),
        ("端口是多少？", "6443", "8443", "端口是8443，除了管理端口。"),
    ],
)
def test_what_is_dropped_is_something_else_or_the_other_one(of: str, before: str, after: str, text: str) -> None:
    assert given(before, after, text, of) == "new"


def test_a_word_of_the_question_drops_nothing() -> None:
    assert given(ADA, GRACE, "Grace Hopper left.", "Who left the company last?") == "new"


HEDGED = [
    f"The documents do not say exactly. {KEPT.format(30)}",
    "I don't know for certain. It is 30 days.",
]
HONEST = [
    "The documents do not say.",
    "The documents no longer say that it is 30 days.",
    "The documents do not say how many days the harbour keeps its logs in cold storage.",
    "I don't know; the 30 days were dropped.",
]


@pytest.mark.parametrize("text", HEDGED)
def test_a_refusal_that_tells_what_was_withdrawn_is_unclear(text: str) -> None:
    assert given(KEPT.format(30), None, text) == "unclear"


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_refusal_of_what_was_withdrawn_is_new(text: str) -> None:
    assert given(KEPT.format(30), None, text) == "new"


def test_what_is_unclear_of_what_was_withdrawn_is_in_the_worst_case() -> None:
    keys = {"hedged": HEDGED[0], "honest": HONEST[0]}
    before, after = (
        {key: asked(reference).model_copy(update={"id": key}) for key in keys} for reference in (KEPT.format(30), None)
    )
    trials = {key: trial(question_id=key, answer=reply(text)) for key, text in keys.items()}
    found = score_asked(Selection(dict.fromkeys(keys, "withdrawn"), (), before, after), trials, RIGHT, 0.95)
    assert found.outcomes == {"hedged": "neither", "honest": "new"}
    assert (found.uncounted, found.refused) == (("hedged",), ("honest",))
    assert _rights(found).perhaps == {"hedged": 1.0, "honest": 1.0}
    assert _rights(found).sure == {"hedged": 0.0, "honest": 1.0}
