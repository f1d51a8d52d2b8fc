"""Findings that say who is best, or that it cannot be told, and that stay whole sentences whatever the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from eval_fakes import Config, FakePipeline, manifest, question, reply, trial
from planted_trials import CHANGED, TOKENS, Truth, bake_off, planted_staleness

from eval.contest import Contest, Finding
from eval.given import Outcome
from eval.numbers import counted, difference, score
from eval.pairing import Paired, compare_pairs
from eval.prices import Prices
from eval.staleness import Kind
from eval.statistics import Confidence, Estimate
from eval.summary import Summary, summarise
from eval.trial import Failure
from eval.verdict import Verdict

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
    return Contest("quality", means, compare, 0.95, high, "the best", score, difference)


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


def test_equals_are_not_told_apart_by_more_questions() -> None:
    found = contest(a=ones(0.5), b=ones(0.5)).find()
    assert (found.clear, found.more) == (False, None)
    assert "all that is known of their difference is that it lies within −" in found.sentence


def test_what_more_questions_would_tell_and_what_not() -> None:
    found = contest(a=ones(0.6), b=ones(0.6), c=ones(0.5, 20)).find()
    assert (found.leaders, found.more) == (("a", "b", "c"), None)
    assert "more questions would tell a from c; for b it cannot be foreseen." in found.sentence


def finding(about: str, pipelines: Mapping[str, Truth], **options: Any) -> Finding:
    summary: Summary = bake_off(pipelines, **options)
    return next(each for each in summary.verdict.findings if each.about == about)


TWO = {"a": Truth(right=0.2, cost=0.1), "b": Truth(right=0.9)}
STEADY = {"a": Truth(right=1.0, noise=0), "b": Truth(right=1.0, noise=0, cost=2)}
DOWN = {"down": Truth(failing=1.0, cost=0.1), "up": Truth()}


@pytest.mark.parametrize(
    ("about", "pipelines", "options", "leaders", "clear", "said"),
    [
        ("quality", TWO, {"n": 9}, ("b", "a"), False, "9 questions with a reference answer cannot tell b and a apart"),
        ("cost", TWO, {"n": 9}, ("a", "b"), False, "from 9 questions which"),
        ("cost", TWO, {"n": 1}, ("a", "b"), False, "; at least 10 questions are needed."),
        ("quality", TWO, {"answerable": False}, (), False, "No question has an answer in the corpus"),
        ("cost", TWO, {"prices": Prices()}, (), False, "Costs are unknown: give the prices"),
        ("quality", DOWN, {}, ("up",), True, "up is the most correct"),
        ("cost", DOWN, {}, ("up",), False, "up is alone"),
        ("cost", DOWN, {"prices": TOKENS}, ("up",), False, "up is alone"),
        ("latency", DOWN, {}, ("up",), False, "The time of down is unknown."),
        ("cost", {"down": DOWN["down"]}, {}, (), False, "No pipeline answered, so that no answer has a cost."),
        ("latency", {"down": DOWN["down"]}, {}, (), False, "No answer was timed"),
        ("quality", STEADY, {}, ("a", "b"), False, "all that is known of their difference"),
        ("cost", STEADY, {}, ("a",), True, "a is the cheapest per query"),
        ("latency", STEADY, {}, ("a", "b"), False, "all that is known of their difference"),
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


def told(pipelines: Mapping[str, str], truths: Mapping[str, Truth] | None = None, **needs: float) -> Verdict:
    """The verdict where the answers to what has changed are n(ew), o(ld), or b(oth), which may be right and are not
    counted.
    """
    outcomes: dict[str, Outcome] = {"n": "new", "o": "old", "b": "neither"}
    staleness = planted_staleness(dict.fromkeys(pipelines, Truth(fresh=0.0)))
    assert staleness is not None
    found = []
    for each in staleness.pipelines:
        assert each.after is not None
        letters = {f"changed{n}": letter for n, letter in enumerate(pipelines[each.name])}
        asked = {
            "outcomes": {key: outcomes[letter] for key, letter in letters.items()},
            "uncounted": tuple(key for key, letter in letters.items() if letter == "b"),
        }
        found.append(each.model_copy(update={"after": each.after.model_copy(update=asked)}))
    kinds = dict.fromkeys(letters, "changed")
    staleness = staleness.model_copy(update={"kinds": kinds, "pipelines": tuple(found)})
    truths = truths or dict.fromkeys(pipelines, Truth())
    return bake_off(truths, staleness=staleness, needs={"updates_per_month": 4, **needs}).verdict


def uncounted(pipelines: Mapping[str, Truth], answers: int, **needs: float) -> Verdict:
    """The verdict where so many answers of the first pipeline to what has changed do not count for their length."""
    planted = planted_staleness(pipelines)
    assert planted is not None
    first, *others = planted.pipelines
    assert first.after is not None
    after = first.after.model_copy(update={"uncounted": tuple(f"changed{n}" for n in range(answers))})
    staleness = planted.model_copy(update={"pipelines": (first.model_copy(update={"after": after}), *others)})
    return bake_off(pipelines, staleness=staleness, needs={"updates_per_month": 4, **needs}).verdict


@pytest.mark.parametrize(
    ("a", "b", "clear"),
    [
        ("n" * 14 + "b" * 26, "b" * 26 + "o" * 14, False),
        ("n" * 14 + "b" * 26, "o" * 40, True),  # what the best one lacks would only put it further ahead
        ("n" * 20 + "o" * 20, "b" + "o" * 39, True),
        ("n" * 20 + "b" * 20, "b" * 20 + "o" * 20, False),
    ],
    ids=["most of both", "of the best one alone", "one", "half of both"],
)
def test_who_is_clearly_fresher_would_be_were_all_uncounted_answers_of_the_other_right(
    a: str, b: str, clear: bool
) -> None:
    """As many may be right of both; that as large a part of them is so, nobody knows."""
    verdict = told({"a": a, "b": b})
    found = verdict.findings[-1]
    assert (found.leaders, found.clear) == (("a",) if clear else ("a", "b"), clear)
    out = [each.sentence for each in verdict.recommendation.reasons if " is more often right about " in each.sentence]
    assert len(out) == clear


@pytest.mark.parametrize(("answers", "clear"), [(0, True), (12, True), (CHANGED, False)])
def test_who_may_be_behind_for_the_length_of_its_answers_is_as_fresh_perhaps(answers: int, clear: bool) -> None:
    verdict = uncounted({"a": Truth(fresh=0.0), "b": Truth(fresh=1.0)}, answers)
    found = verdict.findings[-1]
    assert (found.leaders, found.clear) == (("b",) if clear else ("b", "a"), clear)
    doubt = f"But {CHANGED} of {CHANGED} answers of a may be right and are not counted, since they"
    assert (doubt in found.sentence) != clear
    ruled_out = any("b (1.00) is more often right" in each.sentence for each in verdict.recommendation.reasons)
    assert ruled_out == clear


@pytest.mark.parametrize(
    ("b", "said"),
    [
        (
            Truth(right=0.4, fresh=0.9),
            "But b (0.90) did better on what has changed than a (0.00), perhaps only since too many answers of a",
        ),
        (
            Truth(right=0.9, fresh=0.9),
            "Whether a is as fresh as b cannot be told: too many answers of a to what has changed are not counted",
        ),
    ],
)
def test_freshness_in_doubt_makes_no_choice_clear(b: Truth, said: str) -> None:
    choice = uncounted({"a": Truth(right=0.9, fresh=0.0, cost=0.5), "b": b}, CHANGED).recommendation
    assert (choice.pipeline, choice.clear) == ("a", False)
    assert said in choice.sentence


@pytest.mark.parametrize(
    ("a", "b", "answers", "foreseen", "noted"),
    [
        (0.0, 0.1, 2, True, False),
        (0.0, 0.1, 12, False, True),
        (0.1, 0.0, 2, True, False),
        (0.1, 0.0, 12, True, True),  # were these right, fewer questions would do
        (0.1, 0.1, 1, False, True),
    ],
)
def test_no_number_of_questions_is_named_where_the_one_behind_may_be_ahead(
    a: float, b: float, answers: int, foreseen: bool, noted: bool
) -> None:
    found = uncounted({"a": Truth(fresh=a), "b": Truth(fresh=b)}, answers).findings[-1]
    assert (set(found.leaders), found.clear) == ({"a", "b"}, False)
    assert (found.more is not None) == foreseen
    assert ("more questions on what has changed would tell" in found.sentence) == foreseen
    assert ("how many questions would tell cannot be foreseen" in found.sentence) != foreseen
    assert (f"But {answers} of {CHANGED} answers of a may be right and are not counted" in found.sentence) == noted


def test_what_may_be_fresher_than_the_choice_speaks_against_it() -> None:
    pipelines = {"a": Truth(right=0.6, fresh=0.1), "b": Truth(right=0.9, fresh=0.0)}
    assert uncounted(pipelines, 0).recommendation.clear
    assert uncounted(pipelines, 1).recommendation.clear
    choice = uncounted(pipelines, 34).recommendation
    assert (choice.pipeline, choice.clear) == ("b", False)
    assert "But a may do better on what has changed than b: too many of its answers are not counted" in choice.sentence


def test_who_may_be_level_is_not_called_behind() -> None:
    """c is clearly behind a and b as counted, and may be ahead of both."""
    found = told({"a": "n" * 30 + "o" * 10, "b": "o" * 14 + "n" * 26, "c": "b" * 30 + "o" * 10}).findings[-1]
    assert (found.leaders, found.clear, found.more) == (("a", "b", "c"), False, None)
    assert found.sentence.startswith(
        "It cannot be told from 40 questions on what has changed which of a (0.75), b (0.65) and c (0.00) is the most"
    )
    assert "ahead" not in found.sentence
    assert " would tell a from b; for c it cannot be foreseen. But 30 of 40 answers of c may be" in found.sentence


def test_who_may_be_level_is_ahead_of_nobody_for_that() -> None:
    answers = {"a": "n" * 30 + "o" * 10, "b": "b" * 30 + "o" * 10, "c": "n" + "o" * 39}
    found = told(answers).findings[-1]
    assert found.leaders == ("a", "b")
    assert "which of a (0.75) and b (0.00) is the most often right about what has changed, but a is" in found.sentence
    assert "but a is ahead of c; how many questions would tell cannot be foreseen. But 30 of 40" in found.sentence


def test_all_whose_uncounted_answers_matter_are_told_in_one_sentence() -> None:
    found = told({"a": "n" * 14 + "b" * 26, "b": "b" * 26 + "o" * 14}).findings[-1]
    assert (
        "But 26 of 40 answers of a and 26 of 40 answers of b may be right and are not counted, since" in found.sentence
    )


@pytest.mark.parametrize("questions", [1, 9, 10])
def test_freshness_on_few_questions_makes_no_choice_clear(questions: int) -> None:
    """As where it was not measured."""
    truths = {"a": Truth(right=0.95), "b": Truth(right=0.4)}
    choice = told({"a": "o" * questions, "b": "o" * questions}, truths).recommendation
    asked = counted(questions, "question")
    doubt = f"But whether a stays right when the knowledge changes cannot be told from {asked} on what has changed;"
    assert (choice.pipeline, choice.clear) == ("a", questions == 10)
    assert (f"{doubt} at least 10 are needed." in choice.sentence) == (questions < 10)
    assert told({"a": "o", "b": "o"}, truths, updates_per_month=0).recommendation.clear


def test_an_open_choice_tells_that_its_freshness_is_not_known() -> None:
    choice = told({"a": "n" * 9, "b": "o" * 9}).recommendation
    assert choice.sentence.startswith("It cannot be told which of a and b suits these needs best;")
    assert "But whether a stays right when the knowledge changes cannot be told from 9 questions" in choice.sentence


def test_a_choice_by_freshness_shows_the_numbers_it_rests_on() -> None:
    """The difference of the freshest from each other one, and what is not counted of whom."""
    verdict = told({"a": "n" * 36 + "o" * 4, "b": "n" * 6 + "b" + "o" * 33, "c": "o" * 40})
    (reason,) = (each for each in verdict.recommendation.reasons if each.rule == "R7")
    seen = reason.numbers
    assert [seen[f"{name}.freshness"] for name in "abc"] == [0.9, 0.15, 0.0]
    assert seen["differences.freshness.a − b.mean"] == pytest.approx(0.75)
    low, high, p = (seen[f"differences.freshness.a − b.{what}"] for what in ("low", "high", "p"))
    assert 0.4 < (low or 0) < 0.75 < (high or 0) <= 1
    assert 0 < (p or 0) < 0.001
    assert seen["differences.freshness.a − c.mean"] == pytest.approx(0.9)
    assert {name for name in seen if name.endswith("not_counted")} == {"b.not_counted"}
    assert seen["b.not_counted"] == 1 / 40


@pytest.mark.parametrize(
    ("truths", "said"),
    [
        (None, "Whether a is as fresh as b cannot be told"),
        ({"a": Truth(right=0.95), "b": Truth(right=0.4)}, "But b may do better on what has changed than a"),
    ],
)
def test_that_freshness_cannot_be_told_shows_the_numbers_it_rests_on(
    truths: Mapping[str, Truth] | None, said: str
) -> None:
    verdict = told({"a": "n" * 10 + "o" * 30, "b": "b" * 40}, truths)
    (reason,) = (each for each in verdict.recommendation.reasons if each.sentence.startswith(said))
    assert (reason.numbers["a.freshness"], reason.numbers["b.freshness"]) == (0.25, 0.0)
    assert reason.numbers["b.not_counted"] == 1
    assert reason.numbers["differences.freshness.b − a.mean"] == pytest.approx(-0.25)
    assert {"low", "high", "p"} <= {name.rpartition(".")[2] for name in reason.numbers}


@pytest.mark.parametrize(
    ("refused", "outcomes", "told"),
    [
        (range(CHANGED), {"withdrawn": "new", "changed": "neither"}, True),
        (range(CHANGED), {"withdrawn": "neither", "changed": "neither"}, False),
        (range(CHANGED - 1), {"withdrawn": "new", "changed": "neither"}, False),
        (range(CHANGED), {"withdrawn": "new", "changed": "new"}, False),  # a right answer that reads like a refusal
        ((), {"withdrawn": "new", "changed": "neither"}, False),  # a file of an earlier version
    ],
    ids=["all", "nothing right", "all but one", "right all the same", "unknown"],
)
def test_who_leads_by_refusing_everything_is_said_to(
    refused: Sequence[int], outcomes: Mapping[str, Outcome], told: bool
) -> None:
    kinds: dict[str, Kind] = {f"changed{n}": "withdrawn" if n < 20 else "changed" for n in range(CHANGED)}
    planted = planted_staleness({"a": Truth(fresh=0.0), "b": Truth(fresh=0.0)})
    assert planted is not None
    first, second = planted.pipelines
    assert first.after is not None
    asked = {
        "outcomes": {key: outcomes[kind] for key, kind in kinds.items()},
        "refused": tuple(f"changed{n}" for n in refused),
    }
    first = first.model_copy(update={"after": first.after.model_copy(update=asked)})
    staleness = planted.model_copy(update={"kinds": kinds, "pipelines": (first, second)})
    found = bake_off({"a": Truth(), "b": Truth()}, staleness=staleness).verdict.findings[-1]
    assert "a" in found.leaders
    assert ("a refused everything: only what was withdrawn is right." in found.sentence) == told


def test_failures_on_what_has_changed_are_told() -> None:
    planted = planted_staleness({"a": Truth(fresh=0.5), "b": Truth(fresh=1.0)})
    assert planted is not None
    first, second = planted.pipelines
    assert first.after is not None
    failing = first.model_copy(update={"after": first.after.model_copy(update={"failed": 20})})
    staleness = planted.model_copy(update={"pipelines": (failing, second)})
    found = bake_off({"a": Truth(), "b": Truth()}, staleness=staleness).verdict.findings[-1]
    assert "Failures on what has changed, after the refresh, count as wrong: 20 of a." in found.sentence


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


def test_all_that_is_in_doubt_of_the_choice_is_said() -> None:
    pipelines = {"a": Truth(right=0.9, fresh=0.0, cost=0.5, late=0.05), "b": Truth(right=0.9, fresh=0.9)}
    choice = uncounted(pipelines, CHANGED, seconds=3).recommendation
    assert (choice.pipeline, choice.clear) == ("a", False)
    assert "Whether a is quick enough cannot be told" in choice.sentence
    assert "Whether a is as fresh as b cannot be told" in choice.sentence


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
    assert "Too few questions were answered by c and the others to compare them." in found.sentence
    assert timed(a=QUICKLY[:4], b=SLOWER[:4], c=[0.5] * 3).leaders == ("c", "a", "b")  # too few to tell in any case
    assert timed(a=QUICKLY, c=[0.5] * 3).leaders == ("c", "a")


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
    found = Contest("latency", {"a": 5.0, "b": 7.0}, lambda a, b: paired, 0.95, False, "best", score, difference).find()
    assert found.sentence.endswith("lies within −4.00 to +0.90.")
