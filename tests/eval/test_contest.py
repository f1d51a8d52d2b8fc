"""Findings that say who is best, or that it cannot be told, and that stay whole sentences whatever the input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from eval_fakes import Config, FakePipeline, manifest, question, reply, trial
from planted_trials import CHANGED, TOKENS, Truth, bake_off, planted_staleness

from eval.contest import Contest, outdone
from eval.finding import Finding, Wording, said_once
from eval.numbers import difference, score
from eval.paired import Gain, Paired
from eval.pairing import compare_pairs
from eval.prices import Prices
from eval.statistics import Confidence, Estimate
from eval.summary import Summary, summarise
from eval.trial import Failure

N = 60
QUICK = Confidence(resamples=300)


def contest(high: bool = True, **columns: list[float]) -> Contest:
    values = {name: {str(n): value for n, value in enumerate(column)} for name, column in columns.items()}
    names = list(values)
    pairs = [(a, b) for a in names for b in names if a < b]
    found = compare_pairs(values, pairs, {key: key for key in values[names[0]]}, QUICK)

    def compare(a: str, b: str) -> Paired:
        return found[a, b] if (a, b) in found else found[b, a].negated()

    means = {name: sum(column) / len(column) for name, column in columns.items()}
    return Contest("quality", means, compare, 0.95, high, Wording("the best", score, difference))


def ones(share: float, shift: int = 0) -> list[float]:
    return [float((n * 7 + shift) % N < share * N) for n in range(N)]


def test_the_best_is_clear_of_the_next() -> None:
    found = contest(a=ones(0.3), b=ones(0.9)).find()
    assert (found.leaders, found.clear, found.more) == (("b",), True, None)
    assert found.sentence.startswith("b is the best, 0.90 on 60 questions: +0.60 (+0.")
    assert found.sentence.endswith(" against a, the next best.")


def test_less_may_be_better() -> None:
    found = contest(high=False, a=ones(0.3), b=ones(0.9)).find()
    assert found.leaders == ("a",)
    assert "−0.60 (−0." in found.sentence


def test_a_number_of_questions_that_a_worst_case_makes_is_said_to_be_so() -> None:
    found = contest(a=ones(0.8), b=ones(0.85, 3))
    paired = found.compare("b", "a")
    assert paired is not None
    held = Gain(estimate=Estimate(mean=0.001, low=-0.1, high=0.1, n=N), adjusted=1.0)
    worst = paired.model_copy(update={"worst": held, "more": 5000})
    told = replace(found, compare=lambda *_: worst).find().sentence
    what = "with all against b that may count otherwise"
    assert told.endswith(f"; if the difference stays as seen, {what}, about 5\u202f000 more questions would tell.")
    assert what not in found.find().sentence


def test_two_that_lead_together() -> None:
    found = contest(a=ones(0.8), b=ones(0.85, 3), c=ones(0.2)).find()
    assert (found.leaders, found.clear) == (("b", "a"), False)
    assert "but both are ahead of c; if the difference stays as seen, about " in found.sentence
    assert found.more is not None
    assert found.more > N


def test_one_ahead_of_some_only() -> None:
    found = contest(a=ones(0.7), b=ones(0.6, 20), c=ones(0.45)).find()
    assert found.leaders == ("a", "b")
    assert "but a is ahead of c;" in found.sentence


def test_who_is_behind_another_than_the_best_mean_does_not_lead() -> None:
    steady = ones(0.5)
    a = [float((n * 11 + 20) % N < 0.52 * N) for n in range(N)]
    b, c = ([0.8 * one + each * (n % 3) for n, one in enumerate(steady)] for each in (0.0, 0.08))
    compared = contest(a=a, b=b, c=c)
    assert compared.order() == ["a", "c", "b"]
    assert not compared.better("a", "b")
    assert compared.better("c", "b")
    found = compared.find()
    assert (found.leaders, found.clear) == (("a", "c"), False)
    assert "which of a (0.53) and c (0.48) is the best, but c is ahead of b; " in found.sentence
    assert contest(a=a, b=b).find().leaders == ("a", "b")


def test_each_that_is_behind_stands_under_the_first_that_is_ahead() -> None:
    ahead = {("a", "c"), ("b", "c"), ("b", "d"), ("d", "a")}
    assert outdone(["a", "b", "c", "d"], lambda one, other: (one, other) in ahead) == {"a": ["c"], "b": ["d"]}


def test_equals_are_not_told_apart_by_more_questions() -> None:
    found = contest(a=ones(0.5), b=ones(0.5)).find()
    assert (found.clear, found.more) == (False, None)
    assert "all that is known of their difference is that it lies within −" in found.sentence


def test_an_interval_that_is_clear_where_the_test_is_not_is_told_as_that() -> None:
    estimate = Estimate(mean=0.04, low=0.01, high=0.06, n=40)
    paired = Paired(estimate=estimate, p=0.062, adjusted=0.062, smallest=None, more=None)
    found = Contest(
        "quality",
        {"a": 0.61, "b": 0.57},
        lambda one, _: paired if one == "a" else paired.negated(),
        0.95,
        True,
        Wording("the best", score, difference),
    ).find()
    assert (
        "their difference lies within +0.01 to +0.06 by its interval, and by its test may be chance." in found.sentence
    )


def test_what_more_questions_would_tell_and_what_not() -> None:
    found = contest(a=ones(0.6), b=ones(0.6), c=ones(0.5, 20)).find()
    assert (found.leaders, found.more) == (("a", "b", "c"), None)
    assert "more questions would tell a from c; for b it cannot be foreseen." in found.sentence


def finding(about: str, pipelines: Mapping[str, Truth], **options: Any) -> Finding:
    summary: Summary = bake_off(pipelines, **options)
    return next(each for each in summary.verdict.findings if each.about == about)


TWO = {"a": Truth(right=0.2, cost=0.1), "b": Truth(right=0.9)}
STEADY = {"a": Truth(right=1.0, noise=0), "b": Truth(right=1.0, noise=0, cost=2)}
FALLIBLE = {"a": Truth(right=0.8), "b": Truth(right=0.8, failing=0.3)}
SELDOM = {"a": Truth(right=0.9), "b": Truth(right=0.4, failing=0.02)}
DOWN = {"down": Truth(failing=1.0, cost=0.1), "up": Truth()}


@pytest.mark.parametrize(
    ("about", "pipelines", "options", "leaders", "clear", "said"),
    [
        ("quality", TWO, {"n": 9}, ("b", "a"), False, "9 questions with a reference answer cannot tell b and a apart"),
        ("cost", TWO, {"n": 9}, ("a", "b"), False, "from 9 questions which"),
        ("cost", TWO, {"n": 1}, ("a", "b"), False, "; at least 10 questions are needed."),
        ("quality", TWO, {"answerable": False}, (), False, "No question has an answer in the corpus"),
        ("cost", TWO, {"prices": Prices()}, (), False, "Costs are unknown: give the prices"),
        ("quality", DOWN, {}, ("up",), False, "down answered nothing: every question failed."),
        ("quality", DOWN | TWO, {}, ("b",), True, "down answered nothing: every question failed."),
        ("quality", FALLIBLE, {}, ("a", "b"), False, "But b failed 45 of 150 times, which counts as wrong"),
        ("quality", SELDOM, {}, ("a",), True, "Failures count as wrong: 3 of 150 times for b."),
        ("cost", DOWN, {}, ("up",), False, "up is alone"),
        ("cost", DOWN, {"prices": TOKENS}, ("up",), False, "up is alone"),
        ("latency", DOWN, {}, ("up",), False, "The time of down is unknown."),
        ("cost", {"down": DOWN["down"]}, {}, (), False, "No pipeline answered, so that no answer has a cost."),
        ("latency", {"down": DOWN["down"]}, {}, (), False, "No answer was timed"),
        ("quality", STEADY, {}, ("a", "b"), False, "all that is known of their difference"),
        ("cost", STEADY, {}, ("a",), True, "a is the cheapest per query"),
        ("latency", STEADY, {}, ("a", "b"), False, "a and b took the same time, 1.00 s on 150 questions."),
        ("latency", STEADY, {"n": 9}, ("a", "b"), False, "at least 10 questions are needed."),
        ("freshness", {"a": Truth(fresh=0.1), "b": Truth(fresh=0.9)}, {}, ("b",), True, "0.90 on 40 questions"),
        ("freshness", {"a": Truth(fresh=0.9), "b": Truth()}, {}, ("a",), False, "The freshness of b is unknown."),
        ("freshness", STEADY, {}, (), False, "Freshness was not measured"),
    ],
)
def test_what_is_found(
    about: str,
    pipelines: Mapping[str, Truth],
    options: Mapping[str, Any],
    leaders: tuple[str, ...],
    clear: bool,
    said: str,
) -> None:
    found = finding(about, pipelines, **options)
    assert (found.leaders, found.clear) == (leaders, clear), found
    assert said in found.sentence
    assert "nan" not in found.sentence


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        ([], ""),
        (["But a is odd."], "But a is odd."),
        (["But a is odd.", "But b is odd.", "But a is odd."], "But a is odd. But b is odd."),
        (["But odd: a is 0.10 (0 to 1).", "But b.", "But odd: c is 2."], "But odd: a is 0.10 (0 to 1); c is 2. But b."),
        (["But odd: a is 1.", "But odd: a is 1."], "But odd: a is 1."),
        (["But odd: a is 1.", "But odd."], "But odd: a is 1. But odd."),
    ],
)
def test_what_several_sentences_say_is_said_once(sentences: list[str], said: str) -> None:
    assert said_once(sentences) == said


LEVEL = {name: Truth(right=1.0, noise=0) for name in ("a", "b")}


def test_what_costs_and_takes_the_same_is_called_so() -> None:
    summary = bake_off(LEVEL)
    said = {each.about: each.sentence for each in summary.verdict.findings}
    assert said["cost"] == "a and b cost the same, $0.001 0 on 150 questions.".replace(" 0 on", "\u202f0 on")
    assert said["latency"] == "a and b took the same time, 1.00 s on 150 questions."
    assert "all that is known of their difference is that it lies within" in said["quality"]  # further ones may differ
    choice = summary.verdict.recommendation
    assert {each.rule: each.sentence for each in choice.reasons}["R8"] == (
        "a and b cost the same, $10.00 a month, idle hours not counted."
    )
    assert (choice.pipeline, choice.reasons[-1].rule, choice.clear) == ("a", "R9", False)
    varied = bake_off({"a": Truth(right=1.0), "b": Truth(right=1.0)}).verdict.recommendation
    assert "is the cheapest cannot be told." in {each.rule: each.sentence for each in varied.reasons}["R8"]


def test_two_that_cost_the_same_are_ahead_of_a_third_or_level_with_it() -> None:
    dear = finding("cost", LEVEL | {"c": Truth(right=1.0, noise=0, cost=2)})
    assert dear.sentence.endswith(" on 150 questions, and both are ahead of c.")
    assert (dear.leaders, dear.clear) == (("a", "b"), False)
    like = finding("cost", LEVEL | {"c": Truth(right=1.0, cost=1.001)})
    assert like.leaders == ("a", "b", "c")
    assert "is the cheapest per query; all that is known of their difference is that it lies within −$" in like.sentence
    assert like.sentence.endswith("; a and b cost the same.")


@pytest.mark.parametrize("options", [{"n": 1}, {"n": 2}, {"n": 9}, {"answerable": False}, {"prices": Prices()}, {}])
@pytest.mark.parametrize("pipelines", [TWO, STEADY, DOWN, {"down": DOWN["down"]}])
def test_bad_input_gives_whole_numbers_and_sentences(
    pipelines: Mapping[str, Truth], options: Mapping[str, Any]
) -> None:
    summary = bake_off(pipelines, **options)
    assert not any("nan" in each.sentence for each in summary.verdict.findings)
    assert "nan" not in summary.verdict.recommendation.sentence
    assert Summary.model_validate_json(summary.model_dump_json()) == summary
    assert all(each.sentence.endswith(".") for each in summary.verdict.findings)


def test_who_gives_up_on_some_questions_is_not_called_fast_without_a_word_of_it() -> None:
    found = finding("latency", {"a": Truth(failing=0.5), "b": Truth()})
    assert "Failures are not timed: " in found.sentence
    assert found.sentence.endswith(" of a, and the times are of questions that all answered.")
    assert "not timed" not in finding("latency", {"a": Truth(), "b": Truth()}).sentence


@pytest.mark.parametrize(
    ("documents", "clear", "warned"),
    [(0, True, False), (5, True, True), (10, False, False)],  # 0: a file of an earlier version, which had none
)
def test_freshness_is_clustered_by_document(documents: int, clear: bool, warned: bool) -> None:
    """b is right about four documents more than a: that may be chance, though they have 16 questions."""
    pipelines = {"a": Truth(fresh=0.0), "b": Truth(fresh=0.0)}
    planted = planted_staleness(pipelines)
    assert planted is not None
    a, b = planted.pipelines
    assert b.after is not None
    outcomes = {f"changed{n}": "new" if n < 16 else "old" for n in range(CHANGED)}
    b = b.model_copy(update={"after": b.after.model_copy(update={"outcomes": outcomes})})
    within = {f"changed{n}": f"d{n * documents // CHANGED}" for n in range(CHANGED)} if documents else {}
    staleness = planted.model_copy(update={"pipelines": (a, b), "documents": within})
    found = {each.about: each for each in bake_off(pipelines, staleness=staleness).verdict.findings}["freshness"]
    assert found.clear == clear, found.sentence
    assert (f"in {documents} documents only" in found.sentence) == warned


@pytest.mark.parametrize("high", [True, False])
def test_how_far_one_is_ahead_at_least_is_told_whichever_way_is_better(high: bool) -> None:
    found = contest(high=high, a=ones(0.3), b=ones(0.9))
    best, other = found.order()
    assert 0.3 < found.least(best, other) < 0.6
    assert -0.9 < found.least(other, best) < -0.6


def test_the_last_two_reasons_are_told_with_a_choice() -> None:
    pipelines = {
        "wrong": Truth(right=0.2),
        "liar": Truth(right=0.9, inventing=1.0),
        "dear": Truth(right=0.9, inventing=0.0, cost=9.0),
        "good": Truth(right=0.9, inventing=0.0),
    }
    choice = bake_off(pipelines, unanswerable=40).verdict.recommendation
    assert choice.pipeline == "good"
    assert "makes up fewer answers" in choice.sentence
    assert "is cheaper than dear" in choice.sentence
    assert "is more correct than wrong" not in choice.sentence
    assert any("more correct than wrong" in each.sentence for each in choice.reasons)


def timed(**columns: list[float]) -> Finding:
    """The finding on latency where these are the seconds of the first questions, and a pipeline fails on the others."""
    most = max(len(column) for column in columns.values())
    questions = [question(number) for number in range(most)]
    head = manifest(questions, {name: FakePipeline(name, str) for name in columns}, Config())
    trials = [
        trial(name, f"q{number}", answer=reply("x", e2el=seconds))
        for name, column in columns.items()
        for number, seconds in enumerate(column)
    ]
    trials += [
        trial(name, f"q{number}", failure=Failure(code="engine-error", message="down"))
        for name, column in columns.items()
        for number in range(len(column), most)
    ]
    return {each.about: each for each in summarise(head, questions, trials).verdict.findings}["latency"]


QUICKLY = [1.0 + 0.001 * number for number in range(20)]
SLOWER = [1.1 + 0.001 * (7 * number % 20) for number in range(20)]


def test_times_are_compared_over_the_same_questions() -> None:
    """a is quicker wherever both answer; only on what b fails at does it take long."""
    found = timed(a=QUICKLY + [20.0] * 20, b=SLOWER)
    assert (found.leaders, found.clear) == (("a",), True)
    assert found.sentence.startswith("a is the fastest on average, 1.01 s on 20 questions: −100 ms (")
    assert found.sentence.endswith("20 of b, and the times are of questions that all answered.")


def test_who_fails_nearly_always_hides_nothing_of_the_others() -> None:
    found = timed(a=QUICKLY, b=SLOWER, c=[0.5] * 3)
    assert (found.leaders, found.clear) == (("a",), True)
    assert "Too few questions were answered by c for a comparison." in found.sentence
    assert timed(a=QUICKLY[:4], b=SLOWER[:4], c=[0.5] * 3).leaders == ("c", "a", "b")  # too few to tell in any case
    assert timed(a=QUICKLY, c=[0.5] * 3).leaders == ("c", "a")


@pytest.mark.parametrize(("failure", "times", "clear"), [("engine-error", 1, True), ("engine-error", 9, False),
                                                         ("engine-timeout", 1, False)])  # fmt: skip
def test_who_gives_up_or_fails_often_is_not_called_the_fastest(failure: str, times: int, clear: bool) -> None:
    questions = [question(number) for number in range(60)]
    head = manifest(questions, {name: FakePipeline(name, str) for name in "ab"}, Config())
    down = Failure(code=failure, message="down")
    told = [trial("a", f"q{n}", failure=down) for n in range(times)]
    told += [trial("a", f"q{n}", answer=reply("x", e2el=1.0 + n % 3 / 10)) for n in range(times, 60)]
    told += [trial("b", f"q{n}", answer=reply("x", e2el=2.0 + n % 4 / 10)) for n in range(60)]
    summary = summarise(head, questions, told)
    found = next(each for each in summary.verdict.findings if each.about == "latency")
    assert (found.leaders[0], found.clear) == ("a", clear)
    assert found.sentence.endswith("What they would have taken nobody knows.") == (not clear)
    (difference,) = (each for each in summary.differences if each.measure == "e2el")
    assert summary.apart(difference) == ("different" if clear else "in doubt")


def test_made_up_answers_are_told_by_questions_without_an_answer() -> None:
    few, some = Truth(right=0.9, inventing=0.5), Truth(right=0.9, inventing=0.6)
    (found,) = (
        each
        for each in bake_off({"a": few, "b": some}, n=40, unanswerable=40).verdict.findings
        if each.about == "made up"
    )
    assert found.sentence.startswith("It cannot be told from 40 questions without an answer which of ")
    assert found.sentence.endswith(" more questions without an answer would tell.")


def test_freshness_is_told_by_questions_on_what_has_changed() -> None:
    found = bake_off({"a": Truth(right=0.9, fresh=0.5), "b": Truth(right=0.9, fresh=0.6)}, n=40).verdict.findings[-1]
    assert " questions on what has changed which of " in found.sentence
    assert found.sentence.endswith(" more questions on what has changed would tell.")


def test_what_cannot_be_told_is_not_said_to_lie_on_one_side() -> None:
    """One pair's own interval leaves zero out; that for all pairs holds it, as the corrected test has it."""
    own, all_pairs = (Estimate(mean=-2.0, low=-4.0, high=high, n=60) for high in (-0.1, 0.9))
    paired = Paired(estimate=own, p=0.04, adjusted=0.12, smallest=None, more=None, of_all=all_pairs)
    wording = Wording("the fastest", score, difference)
    found = Contest("latency", {"a": 5.0, "b": 7.0}, lambda a, b: paired, 0.95, False, wording).find()
    assert found.sentence.endswith("lies within −4.00 to +0.90.")
