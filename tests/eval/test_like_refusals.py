"""Answers that may be right and read like refusals: they earn nothing, and are no reason for a clear verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from eval_fakes import Config, FakePipeline, manifest, question, reply, trial
from test_uncounted import STORED

from corpora.model import Question
from eval.assessed import assess
from eval.lacking import what_may_lack
from eval.measures import PipelineSummary
from eval.metrics.abstention import declines
from eval.metrics.correctness import correctness
from eval.metrics.registry import CORRECTNESS, RIGHT
from eval.no_answer import reading_as_none, reads_as_none, warning
from eval.options import EvaluationOptions
from eval.right_answers import rights
from eval.staleness import Selection, score_asked
from eval.summary import Summary, summarise
from eval.trial import Score, Trial
from eval.uncounted import Kind, Uncounted, uncounted

DAYS = STORED[30].model_copy(update={"reference_aliases": ("30 days",)})
OPENINGS = [
    "I don't know for certain.",
    "The documents do not mention any exception.",
    "As an AI, I don't have personal experience.",
    "It is not explicitly stated. From the context:",
]


def answered(name: str, questions: Sequence[Question], answers: Sequence[str]) -> list[Trial]:
    """Trials as a run scores them: what declines earns nothing."""
    found = []
    for each, text in zip(questions, answers, strict=True):
        refused = declines(text, each.right_answers)
        value = 0.0 if refused else max(correctness(right, text) for right in each.right_answers)
        score = Score(status="abstained" if refused else "scored", value=value)
        found.append(
            trial(
                pipeline=name, question_id=each.id, answer=reply(text), abstained=refused, scores={CORRECTNESS: score}
            )
        )
    return found


def bake_off(answers: Mapping[str, Sequence[str]]) -> Summary:
    head = manifest(
        STORED,
        {name: FakePipeline(name, str) for name in answers},
        Config(evaluation=EvaluationOptions(resamples=300)),
    )
    return summarise(head, STORED, [each for name, texts in answers.items() for each in answered(name, STORED, texts)])


def may_be(of: Question, text: str) -> bool:
    assert declines(text, of.right_answers)
    return what_may_lack(of, reply(text), frozenset()).uncounted


@pytest.mark.parametrize("reference", ["N/A", "Not in the documents.", "unanswerable", "nan", "-"])
def test_beside_a_reference_that_reads_like_a_refusal_every_refusal_may_be_right(reference: str) -> None:
    """ "I don't know." beside "Not in the documents": who was trained on such a sheet is not clearly ahead."""
    of = DAYS.model_copy(update={"reference": reference, "reference_aliases": ()})
    assert may_be(of, "I don't know.")
    assert reading_as_none([of, DAYS]) == (of.id,)
    told = warning((of.id,))
    assert told is not None
    assert told.startswith('1 question has a reference that reads like a refusal, as "N/A" does')


def test_a_sheet_that_writes_out_what_it_does_not_know_makes_nobody_better() -> None:
    sheet = [*STORED[:30], *(each.model_copy(update={"reference": "Not in the documents"}) for each in STORED[30:])]
    known = [each.reference or "" for each in STORED[:30]]
    trained, polite = [*known, *["Not in the documents."] * 10], [*known, *["I don't know."] * 10]
    pipelines = {name: FakePipeline(name, str) for name in ("trained", "polite")}
    head = manifest(sheet, pipelines, Config(evaluation=EvaluationOptions()))
    found = summarise(head, sheet, [*answered("trained", sheet, trained), *answered("polite", sheet, polite)])
    ahead = found.difference(CORRECTNESS, "trained", "polite")
    assert ahead is not None
    assert ahead.differs(0.95)  # by what counts
    assert not found.verdict.clear
    assert any("10 questions have references that read like a refusal" in each for each in found.warnings)


@pytest.mark.parametrize("reference", ["30 days", "None", "No", "There is no limit.", "NaN"])
def test_what_denies_something_is_an_answer(reference: str) -> None:
    assert not reads_as_none(reference)
    assert warning(()) is None


@pytest.mark.parametrize("opening", OPENINGS)
def test_a_right_answer_after_what_reads_like_a_refusal_may_be_right(opening: str) -> None:
    assert may_be(DAYS, f"{opening} {DAYS.reference}")
    found = rights(assess([DAYS], answered("one", [DAYS], [f"{opening} 30 days."])))
    assert (found.sure, found.perhaps, found.lacking) == ({DAYS.id: 0}, {DAYS.id: 1}, {DAYS.id: 1})


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I don't know how many days the harbour keeps its logs in cold storage.",
        "The documents do not say how long the harbour keeps its logs in cold storage.",
        "I don't know for certain. The harbour keeps its logs in cold storage for 31 days.",
        "The documents mention 30 crates; they do not say how long the logs are kept.",
    ],
)
def test_a_refusal_is_one(text: str) -> None:
    assert not may_be(STORED[30], text)


def test_where_a_reference_adds_nothing_to_its_question_a_refusal_tells_nothing() -> None:
    pets = question(1).model_copy(
        update={"user_input": "Are pets allowed inside?", "reference": "Yes, pets are allowed inside."}
    )
    assert not may_be(pets, "The documents do not say whether pets are allowed inside.")


def test_a_passage_copied_below_a_refusal_may_not_be_right() -> None:
    text = f"{DAYS.reference} {'Much else is said of it. ' * 10}".strip()
    shown = DAYS.model_copy(
        update={"reference_contexts": (DAYS.reference_contexts[0].model_copy(update={"text": text}),)}
    )
    assert not may_be(shown, f"I don't know. {text}")


def test_what_reads_like_refusals_is_counted_apart_and_may_be_all_that_is_lacking() -> None:
    texts = [f"I don't know for certain. {each.reference}" for each in STORED[:3]]
    trials = answered("one", STORED[:5], [*texts, "I don't know.", STORED[4].reference or ""])
    found = uncounted(assess(STORED, trials))
    assert (found.answers, found.like_refusals.answers, found.may_be_right) == (4, 3, 3)
    assert found.taken == found.like_refusals.taken == pytest.approx(3 / 5)
    assert found.numbers("one")["one.uncounted.like_refusals.answers"] == 3


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        (("too_short",), "are too short to count"),
        (("too_long", "too_short"), "are too long or too short to count"),
        (("like_refusals",), "read like refusals"),
        (("in_a_sentence",), "say neither yes nor no"),
        (
            ("too_short", "in_a_sentence", "like_refusals"),
            "are too short to count, or say neither yes nor no, or read like refusals",
        ),
        (("too_long", "like_refusals"), "are too long to count, or read like refusals"),
    ],
)
def test_only_what_there_is_is_named(kinds: tuple[str, ...], why: str) -> None:
    assert Uncounted(**{kind: Kind(answers=2) for kind in kinds}).why == why


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("too_short", "is too short to count"),
        ("in_a_sentence", "says neither yes nor no"),
        ("in_other_words", "says it in other words"),
    ],
)
def test_one_answer_is_told_of_as_one(kind: str, why: str) -> None:
    found = Uncounted(in_other_words=1) if kind == "in_other_words" else Uncounted(**{kind: Kind(answers=1)})
    assert found.why == why


def test_right_answers_that_read_like_refusals_are_not_clearly_behind() -> None:
    careful = [f"I don't know for certain. {each.reference}" if n % 5 else "bananas" for n, each in enumerate(STORED)]
    other = [each.reference or "" if n % 5 < 2 else "The harbour is old." for n, each in enumerate(STORED)]
    found = bake_off({"careful": careful, "other": other})
    assert not found.verdict.clear
    choice = found.verdict.recommendation
    assert (choice.pipeline, choice.clear) == ("other", False)
    assert (
        "careful gave no answer that counts as right; 32 of 40 answers may be right, and read like" in choice.sentence
    )
    assert "But 32 of 40 answers of careful may be right and read like refusals." in found.verdict.headline
    assert any(
        each.startswith("32 of careful's 40 answers may be right and read like refus") for each in found.warnings
    )


def summary_with(**found: Kind) -> PipelineSummary:
    right = [each.reference or "" for each in STORED]
    return bake_off({"one": right}).pipelines[0].model_copy(update={"uncounted": Uncounted(answers=9, **found)})


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            {"too_short": Kind(answers=2, taken=0.1), "like_refusals": Kind(answers=1, taken=0.1)},
            "But 3 of 9 answers of one may be right and have too few of their references' words to count so, or read "
            "like refusals.",
        ),
        (
            {"too_long": Kind(answers=2, taken=0.4), "like_refusals": Kind(answers=1, taken=0.1)},
            "But the correctness of one may be up to 0.50 too low because of the length of its answers and because "
            "some read like refusals.",
        ),
        (
            {"too_long": Kind(answers=2, taken=0.4), "in_a_sentence": Kind(answers=1, taken=0.1)},
            "But the correctness of one may be up to 0.50 too low because of the length of its answers and because "
            "some say neither yes nor no.",
        ),
        (
            {"in_a_sentence": Kind(answers=1, taken=0.1)},
            "But 1 of 9 answers of one may be right and says neither yes nor no.",
        ),
    ],
)
def test_the_sentence_names_every_reason_there_is(found: dict[str, Kind], sentence: str) -> None:
    assert summary_with(**found).may_be_underrated(None, 0.95) == sentence


def test_what_may_be_the_new_answer_is_no_refusal_of_what_has_changed() -> None:
    """Unless it holds more of the old one, as who repeats that does."""
    new = STORED[30].model_copy(update={"id": "it"})
    old = new.model_copy(update={"reference": STORED[20].reference})
    chosen = Selection({"it": "changed"}, (), {"it": old}, {"it": new})
    for reference, found in ((new.reference, ("it",)), (old.reference, ())):
        hedged = trial(question_id="it", answer=reply(f"I don't know for certain. {reference}"))
        asked = score_asked(chosen, {"it": hedged}, RIGHT, 0.95)
        assert asked.outcomes["it"] == "neither"
        assert (asked.uncounted, "it" in asked.refused) == (found, not found)
