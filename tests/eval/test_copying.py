"""A correctness that counts shared words stands beside what copying would have earned."""

from __future__ import annotations

import pytest
from eval_fakes import FakePipeline, manifest, passage, question, reply, trial

from corpora.model import Passage, Question
from eval.copying import Copying, copying
from eval.metrics.registry import CORRECTNESS
from eval.summary import summarise
from eval.trial import Failure, Score, Trial

DATED = question(0).model_copy(update={"reference": "in 2019"})
SHOWN = (passage("It was shown in 2019."), passage("Dragon is a scheduler for deep learning."))


def answered(value: float, shown: tuple[Passage, ...] = SHOWN, number: int = 0, repeat: int = 0) -> Trial:
    scores = {CORRECTNESS: Score(value=value, status="scored")}
    return trial(question_id=f"q{number}", answer=reply("2019", shown), scores=scores, repeat=repeat)


def control(*trials: Trial, asked: Question = DATED) -> Copying | None:
    return copying(trials, {"q0": asked, "q1": question(1, answerable=False)})


def test_the_best_passage_is_taken_for_the_answer() -> None:
    found = control(answered(0.25))
    assert found is not None
    assert (found.questions, found.answers) == (1, 0.25)
    assert found.copies > 0.9  # "It was shown in 2019." holds all that was asked for
    assert found.as_good


def test_only_the_first_words_are_copied() -> None:
    late = SHOWN[0].model_copy(update={"text": "word " * 40 + "in 2019"})
    found = control(answered(0.25, (late,)))
    assert found is not None
    assert found.copies == 0
    assert not found.as_good


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
        answered(1.0, repeat=1),
        trial(question_id="q0", failure=Failure(code="engine-error", message="down")),
    ],
    ids=["nothing retrieved", "unanswerable", "asked again", "failed"],
)
def test_there_is_no_control_where_nothing_could_be_copied(nothing: Trial) -> None:
    assert control(nothing) is None


def test_the_run_warns_of_a_pipeline_that_is_no_better() -> None:
    questions = [DATED]
    head = manifest(questions, {"rag": FakePipeline("rag", str)})
    poor = summarise(head, questions, [answered(0.25)])
    assert "rag earns no more than copying would: its answers have a correctness of 0.25" in poor.warnings[-1]
    good = summarise(head, questions, [answered(1.0)])
    assert good.pipelines[0].copying is not None
    assert not any("copying" in each for each in good.warnings)
