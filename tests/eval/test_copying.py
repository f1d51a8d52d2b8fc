"""A correctness that counts shared words stands beside what copying would have earned."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from eval_fakes import FakePipeline, manifest, passage, question, reply, trial

from corpora.model import Passage, Question
from eval.copying import Copying, copying
from eval.metrics.registry import CORRECTNESS
from eval.statistics import Confidence, Draws
from eval.summary import summarise
from eval.trial import Failure, Score, Trial

DATED = question(0).model_copy(update={"reference": "in 2019"})
SHOWN = (passage("It was shown in 2019."), passage("Dragon is a scheduler for deep learning."))


def answered(value: float, shown: tuple[Passage, ...] = SHOWN, number: int = 0, repeat: int = 0) -> Trial:
    scores = {CORRECTNESS: Score(value=value, status="scored")}
    return trial(question_id=f"q{number}", answer=reply("2019", shown), scores=scores, repeat=repeat)


def control(*trials: Trial, asked: Question = DATED) -> Copying | None:
    return several(trials, [asked, question(1, answerable=False)])


def several(trials: Sequence[Trial], asked: Sequence[Question]) -> Copying | None:
    clusters = {each.id: each.id for each in asked}
    return copying(trials, {each.id: each for each in asked}, Draws(clusters, {}, Confidence(resamples=300)))


def test_the_best_passage_is_taken_for_the_answer() -> None:
    found = control(answered(0.25))
    assert found is not None
    assert (found.questions, found.answers) == (1, 0.25)
    assert found.copies > 0.9  # "It was shown in 2019." holds all that was asked for
    assert found.as_good


def test_to_be_better_than_copying_has_to_be_shown() -> None:
    asked = [DATED.model_copy(update={"id": f"q{number}"}) for number in range(30)]
    chance = [answered(float(number % 10 < 6), SHOWN if number % 2 else SHOWN[1:], number) for number in range(30)]
    found = several(chance, asked)
    assert found is not None
    assert (found.answers > found.copies, found.as_good) == (True, True)
    assert found.told_of("rag").startswith("rag is not shown to earn more than copying would")
    worse = several([answered(0.25, SHOWN, number) for number in range(30)], asked)
    assert worse is not None
    assert worse.told_of("rag").startswith("rag earns less than copying would")
    nothing = SHOWN[1:]
    better = several([answered(1.0, nothing, number) for number in range(30)], asked)
    assert better is not None
    assert not better.as_good


def test_where_passages_hold_all_that_is_asked_for_nobody_could_be_shown_to_earn_more() -> None:
    asked = [DATED.model_copy(update={"id": f"q{number}"}) for number in range(30)]
    nearly = [answered(1.0, SHOWN if number else SHOWN[1:], number) for number in range(30)]
    found = several(nearly, asked)
    assert found is not None
    assert (found.as_good, found.tells_nothing) == (True, True)
    assert found.told_of("rag").startswith("rag is not shown to earn more than copying would")
    assert "0.97, than which no answers could be shown to have more. Read" in found.told_of("rag")
    few = [each.model_copy(update={"id": f"q{number}"}) for number, each in enumerate(asked[:12])]
    half = several([answered(number % 3 / 2, SHOWN[number % 2 :], number) for number in range(12)], few)
    assert half is not None
    assert (half.as_good, half.tells_nothing) == (True, False)  # perfect answers would be shown to, few as they are
    assert "than which" not in half.told_of("rag")


def test_a_question_asked_again_counts_once_by_the_mean_of_its_answers() -> None:
    found = control(answered(0.25), answered(0.75, repeat=1), answered(1.0, SHOWN[1:], repeat=2))
    assert found is not None
    assert (found.questions, found.answers) == (1, pytest.approx(2 / 3))
    assert found.copies == pytest.approx(2 / 3, abs=0.05)  # of what was shown twice nearly all, of the other nothing


def test_only_the_first_words_are_copied() -> None:
    late = SHOWN[0].model_copy(update={"text": "word " * 40 + "in 2019"})
    found = control(answered(0.25, (late,)))
    assert found is not None
    assert found.copies == 0


def test_of_a_text_without_spaces_two_characters_are_copied_for_a_word() -> None:
    asked = DATED.model_copy(update={"reference": "三十秒"})
    copies = []
    for before in (77, 80):
        found = control(answered(0.25, (SHOWN[0].model_copy(update={"text": "字" * before + "三十秒"}),)), asked=asked)
        assert found is not None
        copies.append(found.copies)
    assert copies == [1, 0]


def test_an_alias_counts_as_the_reference_does() -> None:
    asked = DATED.model_copy(update={"reference": "the year before 2020", "reference_aliases": ("2019",)})
    found = control(answered(1.0), asked=asked)
    assert found is not None
    assert found.copies > 0.9


@pytest.mark.parametrize(
    "nothing",
    [
        answered(1.0, shown=()),
        answered(1.0, number=1),  # which has no answer
        trial(question_id="q0", failure=Failure(code="engine-error", message="down")),
    ],
    ids=["nothing retrieved", "unanswerable", "failed"],
)
def test_there_is_no_control_where_nothing_could_be_copied(nothing: Trial) -> None:
    assert control(nothing) is None


def test_the_run_warns_of_a_pipeline_that_is_no_better() -> None:
    questions = [DATED]
    head = manifest(questions, {"rag": FakePipeline("rag", str)})
    poor = summarise(head, questions, [answered(0.25)])
    assert "rag earns no more than copying would: its answers have a correctness of 0.25" in poor.warnings[-1]
    many = [DATED.model_copy(update={"id": f"q{number}"}) for number in range(30)]
    good = summarise(head, many, [answered(1.0, SHOWN[1:], number) for number in range(30)])
    assert good.pipelines[0].copying is not None
    assert not any("copying" in each for each in good.warnings)
