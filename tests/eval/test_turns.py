"""Turns: what is compared in one of them was asked of a machine in one mood."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from eval_fakes import Config, FakePipeline, evidence, manifest, question, reply, trial
from planted_trials import Needy

from corpora.model import Question
from eval.metrics.registry import CORRECTNESS
from eval.needs import Needs
from eval.options import EvaluationOptions
from eval.prices import Prices
from eval.statistics import Confidence
from eval.summary import summarise
from eval.trial import Score
from eval.turns import TURNS, compare_turns, count_turns, question_turns, within_turns

MANY = tuple(question(n) for n in range(120))


def on(document: str, number: int) -> Question:
    told = evidence("It was shown in 2019.").model_copy(update={"document_id": document})
    return question(number).model_copy(update={"reference_contexts": (told,)})


@pytest.mark.parametrize(
    ("questions", "concurrency", "repeat", "turns"),
    [
        (96, 4, 1, TURNS),
        (95, 4, 1, 11),
        (120, 1, 1, TURNS),
        (48, 4, 2, TURNS),
        (12, 6, 1, 2),
        (12, 7, 1, 1),
    ],
)
def test_turns_are_as_many_as_can_be_full(questions: int, concurrency: int, repeat: int, turns: int) -> None:
    options = EvaluationOptions(concurrency=concurrency, repeat=repeat)
    assert count_turns(MANY[:questions], options) == turns


def test_questions_on_one_document_come_in_one_turn_and_turns_are_alike_in_size() -> None:
    questions = [on(f"document {n % 40}", n) for n in range(120)]
    found = question_turns(questions, TURNS, seed=0)
    assert all(found[f"q{n}"] == found[f"q{n % 40}"] for n in range(120))
    assert set(Counter(found.values()).values()) == {9, 12}
    assert found != question_turns(questions, TURNS, seed=1)


@pytest.mark.parametrize("concurrency", [5, 15, 30])
def test_a_machine_in_another_mood_in_each_turn_makes_no_pipeline_faster(concurrency: int) -> None:
    """The same pipeline under two names; how fast the machine is changes with each turn of each."""
    options = EvaluationOptions(resamples=300, concurrency=concurrency)
    config = Config(evaluation=options, cost=Prices(machine_per_hour=3600))
    head = manifest(MANY, {"a": FakePipeline("a", str), "b": FakePipeline("b", str)}, config)
    assert head.turns == 60 // concurrency
    turns = question_turns(MANY, head.turns, options.seed)
    called = 0
    for seed in range(40):
        draw = random.Random(seed)
        moods = {(name, turn): draw.gauss(1.0, 0.1) for name in "ab" for turn in range(head.turns)}
        trials = [
            trial(name, each.id, answer=reply("number", e2el=seconds), machine_seconds=seconds)
            for name in "ab"
            for each in MANY
            for seconds in [moods[name, turns[each.id]] * draw.gauss(1.0, 0.01)]
        ]
        findings = {each.about: each for each in summarise(head, MANY, trials).verdict.findings}
        called += findings["latency"].clear
    assert called <= 5  # of 40 at 5 %; taken question by question nearly all are


@pytest.mark.parametrize("large", [60, 150, 300])
def test_nor_does_one_where_a_document_has_nearly_all_questions_and_so_a_turn(large: int) -> None:
    sizes = [large, *[1] * 9]
    turns = {f"q{turn}-{n}": str(turn) for turn, size in enumerate(sizes) for n in range(size)}
    called = 0
    for seed in range(200):
        draw = random.Random(seed)
        moods = {(name, turn): draw.gauss(1.0, 0.2) for name in "ab" for turn in sorted(set(turns.values()))}
        seconds = {name: {key: moods[name, turns[key]] * draw.gauss(1.0, 0.05) for key in turns} for name in "ab"}
        (found,) = compare_turns(seconds, [("a", "b")], turns, Confidence(), (-10.0, 10.0)).values()
        called += found.estimate.clear_of_zero
    assert called <= 16  # by the cluster-robust error 7, 111 and 164


def test_a_pipeline_that_is_twice_as_fast_is_found_to_be_so_in_four_turns() -> None:
    options = EvaluationOptions(resamples=300, concurrency=15)
    head = manifest(MANY, {"a": FakePipeline("a", str), "b": FakePipeline("b", str)}, Config(evaluation=options))
    turns = question_turns(MANY, head.turns, options.seed)
    draw = random.Random(0)
    moods = {(name, turn): draw.gauss(1.0, 0.1) for name in "ab" for turn in range(head.turns)}
    trials = [
        trial(name, each.id, answer=reply("number", e2el=(2.0 if name == "b" else 1.0) * moods[name, turns[each.id]]))
        for name in "ab"
        for each in MANY
    ]
    (found,) = (each for each in summarise(head, MANY, trials).verdict.findings if each.about == "latency")
    assert (found.leaders, found.clear) == (("a",), True)


def test_a_stalled_turn_is_no_slow_pipeline() -> None:
    """One turn of twelve takes twice as long: 8 % of the answers are late, and that may be chance."""
    options = EvaluationOptions(resamples=300, concurrency=5)
    config = Needy(evaluation=options, needs=Needs(seconds=1.5))
    head = manifest(MANY, {"a": FakePipeline("a", str), "b": FakePipeline("b", str)}, config)
    turns = question_turns(MANY, head.turns, options.seed)
    trials = [
        trial(name, each.id, answer=reply("number", e2el=2.0 if name == "b" and turns[each.id] == 3 else 1.0))
        for name in "ab"
        for each in MANY
    ]
    found = summarise(head, MANY, trials).verdict.recommendation
    assert not any("is too slow" in each.sentence for each in found.reasons)
    assert any(each.sentence.startswith("Whether b is quick enough cannot be told") for each in found.reasons)


def test_a_run_of_which_the_turns_are_not_known_tells_nothing_of_times() -> None:
    head = manifest(MANY, {"a": FakePipeline("a", str), "b": FakePipeline("b", str)})
    old = head.model_copy(update={"turns": 1})
    trials = [
        trial(name, each.id, answer=reply("number", e2el=1.0 if name == "a" else 3.0)) for name in "ab" for each in MANY
    ]
    (found,) = (each for each in summarise(old, MANY, trials).verdict.findings if each.about == "latency")
    assert (found.clear, found.more) == (False, None)
    assert "how many questions would tell cannot be foreseen" in found.sentence


def test_what_another_run_took_is_compared_with_nobody() -> None:
    """An answer that was reused was given at another load."""
    head = manifest(MANY, {name: FakePipeline(name, str) for name in "ab"}, Config(cost=Prices(machine_per_hour=1)))
    trials = [
        trial(name, each.id, cached=name == "a", machine_seconds=9.0 if name == "a" else 1.0)
        for name in "ab"
        for each in MANY
    ]
    verdict = summarise(head, MANY, trials).verdict
    (cost,) = (each for each in verdict.findings if each.about == "cost")
    assert not cost.clear
    assert not any("is cheaper than" in each.sentence for each in verdict.recommendation.reasons)


def test_one_document_with_nearly_all_questions_breaks_nothing() -> None:
    questions = [*(on("big", n) for n in range(3000)), *(on(f"leaf {n}", n) for n in range(3000, 3009))]
    head = manifest(questions, {"a": FakePipeline("a", str), "b": FakePipeline("b", str)})
    draw = random.Random(0)
    trials = [
        trial(name, each.id, answer=reply("number", e2el=draw.gauss(1.0, 0.1)), scores=scores)
        for name in "ab"
        for each in questions
        for scores in [{CORRECTNESS: Score(value=float(name == "a" and each.id == "q3000"), status="scored")}]
    ]
    summary = summarise(head, questions, trials)
    longest = max(each.answer.timing.e2el for each in trials if each.answer)
    (found,) = (each for each in summary.differences if each.measure == "e2el")
    assert found.paired.estimate.high is not None
    assert found.paired.estimate.high <= longest


def test_what_came_at_one_moment_came_in_no_order() -> None:
    """A clock of milliseconds sees as many questions at once as are asked at once."""
    when = {"a": 5.0, "b": 5.0, "c": 9.0, "d": 1.0}
    assert within_turns(when, {"a": 0, "b": 0, "c": 0, "d": 1}) == {"a": 0.5, "b": 0.5, "c": 1.0, "d": 1.0}
