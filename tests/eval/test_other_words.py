"""What the bounds make of other words: who may be right in them, and who words answers like the references."""

from __future__ import annotations

import pytest
from eval_fakes import Config, FakePipeline, manifest
from test_borne_out import ASKED, WHO, asked, bake_off, evidence, in_other_words, known_of, lie

from eval.assessed import assess
from eval.borne_out import is_nearer, of_several
from eval.metrics.lexical import rouge_l, rouge_l_recall
from eval.metrics.own_words import tells_some
from eval.options import EvaluationOptions
from eval.outcomes import is_right
from eval.right_answers import rights
from eval.summary import summarise

LONG = (
    " In practice somebody hands in a form at the desk, waits until it has been looked at, and is told by telephone or "
    "by letter what came of it, so that it is wise to ask early, to keep a copy of everything, and to bring it along "
    "when the goods are fetched on the day that was agreed on before with the office in charge of all such things."
)
MORE = (
    " People who want to know more can look at the notes that hang beside the door of the office, where the hours and "
    "the forms are listed, too."
)


@pytest.mark.parametrize(
    ("response", "told"),
    [
        ("You would turn to the pilot for that.", True),
        ("It takes a quick review.", True),
        ("Requests for ropes at the yard are kept in a drawer.", False),  # the question's words
        ("Bananas are yellow.", False),
    ],
)
def test_what_tells_something_of_a_reference_may_be_right_in_other_words(response: str, told: bool) -> None:
    it = ASKED[0]
    assert tells_some(it.user_input, it.reference or "", response, frozenset()) is told
    assert told <= known_of(it, response).reworded  # what tells nothing may still be borne out


def test_what_is_said_to_most_questions_tells_nothing() -> None:
    vague = [asked("vague", each, "It takes a short while.") for each in ASKED]
    assert known_of(ASKED[0], "It takes a short while.").reworded  # alone it may be
    assert not any(each.beside_several.reworded for each in assess(ASKED, vague))
    named = [asked("named", each, f"That is the {WHO[n // 10]}.") for n, each in enumerate(ASKED)]  # one in four each
    assert any(each.beside_several.reworded for each in assess(ASKED, named))


def test_where_a_reference_adds_nothing_to_the_question_any_of_its_words_tells() -> None:
    asks, reference = "Is the north gate of the yard closed at night?", "The north gate of the yard is closed at night."
    assert tells_some(asks, reference, "The gate is, from ten.", frozenset())
    assert not tells_some(asks, reference, "From ten.", frozenset())


def test_who_adds_a_sentence_to_the_reference_words_it_no_less_like_it() -> None:
    it = ASKED[0]
    wordy = f"{it.reference}{MORE}"
    assert known_of(it, wordy).likeness == 1
    assert rouge_l(it.reference or "", wordy) < 0.6
    assert rouge_l_recall("", wordy) == 0


def test_copies_and_much_to_say_do_not_hide_who_writes_like_the_references() -> None:
    """One repeats the reference and goes on; the other copies a third, and says the rest in its own words."""
    wordy = [asked("wordy", each, f"{each.reference}{MORE}") for each in ASKED]
    varied = [
        asked("varied", each, in_other_words(each) if n % 3 else each.reference or "") for n, each in enumerate(ASKED)
    ]
    assert is_nearer(*(rights(assess(ASKED, each)).likeness for each in (wordy, varied)))


@pytest.mark.parametrize("times", [1, 2, 4])
def test_asking_again_leaves_all_in_the_bound_that_may_be_right(times: int) -> None:
    """Some of its answers are right and too long, the others right and in its own words."""
    answers = [
        asked("chatty", each, f"{each.reference}{LONG}" if (n + again) % 2 else in_other_words(each)).model_copy(
            update={"repeat": again}
        )
        for n, each in enumerate(ASKED)
        for again in range(times)
    ]
    assert set(rights(assess(ASKED, answers)).most.values()) == {1.0}
    copies = [
        asked("copier", each, lie(each) if n % 5 == 0 else each.reference or "").model_copy(update={"repeat": again})
        for n, each in enumerate(ASKED)
        for again in range(times)
    ]
    head = manifest(
        ASKED,
        {name: FakePipeline(name, str) for name in ("copier", "chatty")},
        Config(evaluation=EvaluationOptions(repeat=times)),
    )
    assert not summarise(head, ASKED, [*copies, *answers]).verdict.clear


def test_who_quotes_the_lone_sentence_that_the_answer_is_in_adds_nothing_to_it() -> None:
    it = ASKED[0]
    said = evidence(it)
    told = asked("one", it, said)
    quoted = it.model_copy(update={"reference_contexts": (it.reference_contexts[0].model_copy(update={"text": said}),)})
    assert of_several(quoted, told, is_right(quoted, told)).surely
    rows = f"{said} Requests for sails at the dock are approved by the warden after a review of a day."
    two = it.model_copy(update={"reference_contexts": (it.reference_contexts[0].model_copy(update={"text": rows}),)})
    assert not of_several(two, told, is_right(two, told)).surely
    other = asked("one", it, said.replace("pilot", "warden"), said)
    assert not of_several(quoted, other, is_right(quoted, other)).surely


@pytest.mark.parametrize("nothing", ["I don't know.", "Bananas are yellow."])
def test_who_has_nothing_that_is_surely_right_is_not_clearly_better_than_who_has_nothing(nothing: str) -> None:
    found = bake_off({"lies": [lie(each) for each in ASKED], "nothing": [nothing] * 40})
    assert not found.verdict.clear
    told = bake_off({"right": [each.reference or "" for each in ASKED], "nothing": [nothing] * 40})
    assert told.verdict.clear
