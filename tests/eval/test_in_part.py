"""Right answers that lack a word of a short reference are told of: what stands in its place may be another name."""

from __future__ import annotations

import pytest
from eval_fakes import FakePipeline, manifest, question, reply, trial

from eval.assessed import assess
from eval.in_part import InPart, in_part
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS
from eval.summary import summarise
from eval.trial import Failure, Score


def said(response: str, *rights: str) -> InPart:
    fields = {"user_input": "Which is it?", "reference": rights[0], "reference_aliases": rights[1:]}
    of = question(0).model_copy(update=fields)
    scores = {CORRECTNESS: Score(value=max(correctness(right, response) for right in rights), status="scored")}
    answered = trial(question_id=of.id, answer=reply(response), scores=scores)
    return in_part(assess([of], [answered]))


@pytest.mark.parametrize(
    ("response", "reference"),
    [
        ("GET /api/v2/users", "POST /api/v2/users"),
        ("It is in the Business Basic plan.", "Business Plus plan"),
        ("systemctl stop acme", "systemctl restart acme"),
        ("Saint Ignatius of Loyola", "St. Ignatius of Loyola"),
    ],
)
def test_who_lacks_a_word_of_a_short_reference_is_right_in_part(response: str, reference: str) -> None:
    assert said(response, reference) == InPart(right=1, lacking=1)


@pytest.mark.parametrize(
    ("response", "rights"),
    [
        ("It is in the Business Plus plan.", ("Business Plus plan",)),
        ("It is in the Business Basic plan.", ("Business Plus plan", "Basic")),  # one right answer is whole
        ("The guard closes the gate at night.", ("The guard closes the gate of the old harbour at night.",)),
    ],
)
def test_who_holds_all_of_it_or_most_of_a_sentence_is_not(response: str, rights: tuple[str, ...]) -> None:
    assert said(response, *rights) == InPart(right=1, lacking=0)


def test_wrong_answers_and_failures_and_refusals_are_not_counted() -> None:
    assert said("Nobody knows.", "Business Plus plan") == InPart()
    without = question(1, answerable=False)
    refused = trial(question_id=without.id, answer=reply("I don't know."), abstained=True)
    assert in_part(assess([without], [refused])) == InPart()
    asked = question(0)
    failed = trial(question_id=asked.id, failure=Failure(code="engine_down", message="It is down."))
    assert in_part(assess([asked], [failed])) == InPart()


def test_it_is_told_of_five_from_one_right_answer_in_five() -> None:
    assert InPart(right=5, lacking=4).told_of("rag") is None
    assert InPart(right=26, lacking=5).told_of("rag") is None
    assert InPart(right=25, lacking=5).told_of("rag") is not None
    assert InPart().told_of("rag") is None
    told = InPart(right=30, lacking=16).told_of("rag")
    assert told is not None
    assert told.startswith("16 of rag's 30 right answers lack a word of a short reference")


def test_the_run_warns_of_it() -> None:
    asked = [question(n).model_copy(update={"reference": "Business Plus plan"}) for n in range(5)]
    head = manifest(asked, {"rag": FakePipeline("rag", str)})
    scores = {CORRECTNESS: Score(value=2 / 3, status="scored")}
    told = [
        any("a word of a short reference" in warning for warning in summarise(head, asked, answered).warnings)
        for response in ("Business Basic plan", "The Business Plus plan")
        for answered in [[trial(question_id=each.id, answer=reply(response), scores=scores) for each in asked]]
    ]
    assert told == [True, False]
