"""What a run says to the literature: it agrees, it disagrees, or it cannot be told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from eval_fakes import Config, FakePipeline, manifest, question, trial

from corpora.model import Question
from eval.differences import REVERSED
from eval.literature import BERGLUND, OVADIA, Expectation, expectations
from eval.manifest import Manifest
from eval.metrics.registry import CORRECTNESS
from eval.options import EvaluationOptions
from eval.summary import summarise
from eval.trial import Score, Trial

N, HARD = 40, 20
GOOD, FAIR, POOR = [1.0] * 34 + [0.0] * 6, [1.0] * 16 + [0.0] * 24, [1.0] * 2 + [0.0] * 38


def asked(tag: str = REVERSED, hard: int = HARD, turned: int = 20) -> list[Question]:
    """40 questions with an answer, the first 20 of them with the tag, and some without an answer."""
    easy = [question(n).model_copy(update={"tags": (tag,) if n < turned else ("plain",)}) for n in range(N)]
    return easy + [question(N + n, answerable=False) for n in range(hard)]


def head(questions: Sequence[Question], kinds: dict[str, str], **options: object) -> Manifest:
    config = Config(evaluation=EvaluationOptions(resamples=500))
    made = manifest(questions, {name: FakePipeline(name, str) for name in kinds}, config)
    pipelines = {name: each.model_copy(update={"kind": kinds[name]}) for name, each in made.pipelines.items()}
    said = {name: {"kind": kind, **options} if kind == "prompting" else {"kind": kind} for name, kind in kinds.items()}
    return made.model_copy(update={"pipelines": pipelines, "config": made.config | {"pipelines": said}})


def trials(name: str, values: Sequence[float], made_up: int = 0, hard: int = HARD) -> list[Trial]:
    """`made_up` of the hard questions are answered, the others refused."""
    easy = [
        trial(name, f"q{n}", scores={CORRECTNESS: Score(value=value, status="scored")})
        for n, value in enumerate(values)
    ]
    skipped = {CORRECTNESS: Score(value=None, status="skipped")}
    return easy + [trial(name, f"q{N + n}", abstained=n >= made_up, scores=skipped) for n in range(hard)]


def found(
    values: dict[str, Sequence[float]], made_up: dict[str, int] | None = None, tag: str = REVERSED, hard: int = HARD,
    turned: int = 20, **options: object,
) -> dict[str, Expectation]:  # fmt: skip
    kinds = {"bare": "prompting", "rag": "rag", "tuned": "finetuned"}
    questions = asked(tag, hard, turned)
    made = head(questions, {name: kinds[name] for name in values}, **options)
    every = [each for name, row in values.items() for each in trials(name, row, (made_up or {}).get(name, 0), hard)]
    summary = summarise(made, questions, every)
    return {each.statement.partition(" ")[0] + each.source[:3]: each for each in expectations(made, summary)}


RAG_TUNED, RAG_BARE, TUNED_BARE, TURNED, INVENTED = (
    "RetrievalOva", "RetrievalSou", "Fine-tuningSou", "OnBer", "Fine-tunedinf",
)  # fmt: skip


@pytest.mark.parametrize(
    ("rag", "tuned", "outcome"),
    [(GOOD, POOR, "agrees"), (POOR, GOOD, "disagrees"), (GOOD, GOOD, "cannot be told")],
)
def test_retrieval_against_fine_tuning(rag: list[float], tuned: list[float], outcome: str) -> None:
    told = found({"rag": rag, "tuned": tuned})[RAG_TUNED]
    assert told.outcome == outcome
    assert told.found.startswith("rag minus tuned: ")


@pytest.mark.parametrize(("terse", "outcome"), [("{} days", "cannot be told"), ("bananas", "disagrees")])
def test_what_is_behind_for_its_length_alone_cannot_be_told(terse: str, outcome: str) -> None:
    told = "The harbour keeps its logs in cold storage for {} days."
    questions = [each.model_copy(update={"reference": told.format(n)}) for n, each in enumerate(asked(hard=0))]
    made = head(questions, {"rag": "rag", "tuned": "finetuned"})
    every = [
        trial(name, each.id, text.format(n), scores={CORRECTNESS: Score(value=value, status="scored")})
        for name, text, value in (("rag", terse, 0.2), ("tuned", told, 1.0))
        for n, each in enumerate(questions)
    ]
    summary = summarise(made, questions, every)
    reason = summary.pipelines[0].may_be_underrated(None, 0.95)
    found = {each.source: each for each in expectations(made, summary)}
    for source in (OVADIA, BERGLUND):
        assert found[source].outcome == outcome
        assert f"{found[source].found}.".endswith(reason or " questions.")


def test_each_pair_that_was_run_has_its_expectation() -> None:
    told = found({"bare": POOR, "rag": GOOD, "tuned": FAIR})
    assert set(told) == {RAG_TUNED, RAG_BARE, TUNED_BARE, TURNED, INVENTED}
    assert [told[each].outcome for each in (RAG_TUNED, RAG_BARE, TUNED_BARE)] == ["agrees"] * 3
    assert set(found({"bare": POOR, "rag": GOOD})) == {RAG_BARE}
    assert found({"bare": POOR}) == {}


@pytest.mark.parametrize("options", [{"context_tokens": 1200}, {"shots": 3}])
def test_a_prompt_with_the_corpus_in_it_is_no_bare_model(options: dict[str, int]) -> None:
    assert found({"bare": POOR, "rag": GOOD}, **options) == {}


def test_a_fine_tuned_pipeline_that_retrieves_is_neither() -> None:
    questions = asked()
    made = head(questions, {"rag": "rag", "both": "finetuned"})
    both = made.pipelines["both"]
    changed = both.model_copy(update={"fingerprint": both.fingerprint | {"retrieval": {"top_k": 4}}})
    made = made.model_copy(update={"pipelines": made.pipelines | {"both": changed}})
    summary = summarise(made, questions, [*trials("rag", GOOD), *trials("both", GOOD)])
    assert expectations(made, summary) == ()


@pytest.mark.parametrize(
    ("rag", "tuned", "tag", "outcome"),
    [
        ([1.0] * N, [0.0] * 20 + [1.0] * 20, REVERSED, "agrees"),
        ([0.0] * 20 + [1.0] * 20, [1.0] * N, REVERSED, "disagrees"),
        ([1.0, 0.0] * 20, [1.0, 0.0] * 20, REVERSED, "cannot be told"),
        ([1.0] * N, [0.0] * N, "something", "cannot be told"),
    ],
)
def test_reversed_questions(rag: list[float], tuned: list[float], tag: str, outcome: str) -> None:
    told = found({"rag": rag, "tuned": tuned}, tag=tag)[TURNED]
    assert told.outcome == outcome
    assert ("no question has the tag" in told.found) == (tag != REVERSED)


@pytest.mark.parametrize(
    ("rag", "tuned", "outcome"), [(1, 18, "agrees"), (18, 1, "disagrees"), (9, 11, "cannot be told")]
)
def test_what_is_made_up(rag: int, tuned: int, outcome: str) -> None:
    told = found({"rag": GOOD, "tuned": GOOD}, {"rag": rag, "tuned": tuned})[INVENTED]
    assert told.outcome == outcome
    assert told.found.startswith("tuned minus rag: ")
    assert told.found.endswith(f" on {HARD} questions")


def test_four_questions_tell_nothing() -> None:
    """Each of them is answered as published work has it, which may be chance."""
    turned = found({"rag": [1.0] * N, "tuned": [0.0] * 4 + [1.0] * 36}, turned=4)[TURNED]
    invented = found({"rag": GOOD, "tuned": GOOD}, {"rag": 0, "tuned": 4}, hard=4)[INVENTED]
    for told in (turned, invented):
        assert told.outcome == "cannot be told"
        assert told.found.endswith(" on 4 questions, of which at least 10 are needed")


def test_without_unanswerable_questions_nothing_is_made_up() -> None:
    told = found({"rag": GOOD, "tuned": GOOD}, hard=0)[INVENTED]
    assert (told.outcome, told.found) == ("cannot be told", "every question has an answer in the documents")


def test_a_run_that_is_not_finished_tells_nothing() -> None:
    questions = asked()
    made = head(questions, {"rag": "rag", "tuned": "finetuned", "bare": "prompting"})
    assert expectations(made, summarise(made, questions, [])) == ()
