"""Planted truths: where it is known which pipeline a team should take, that one is recommended."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import FakePipeline, manifest, question, reply, scored, trial
from planted_trials import MACHINE, TOKENS, Needy, Truth, bake_off
from recommendation_scenarios import BAD, GOOD, SAME, SCENARIOS, TUNED, Scenario

from eval.differences import Difference
from eval.grounds import Grounds
from eval.metrics.registry import CORRECTNESS
from eval.needs import Needs
from eval.options import EvaluationOptions
from eval.paired import Paired
from eval.planning import FEWEST
from eval.prices import Prices
from eval.recommendation import RULES
from eval.spent import COST
from eval.statistics import Estimate
from eval.summary import summarise
from eval.trial import Failure, Score
from pipelines.contract import Usage

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("documents", [1, 12, 40])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_known_best_one_is_recommended(scenario: Scenario, documents: int) -> None:
    found = scenario.recommend(documents)
    assert (found.pipeline, found.clear) == (scenario.take, scenario.clear), found
    assert (found.reasons[-1].rule if found.reasons else None) == scenario.rule, found
    assert found.sentence[0].isupper()
    assert "nan" not in found.model_dump_json().lower()


HALF = Score(value=0.5, status="scored")
BROKEN = Score(value=None, status="failed", reason="took more than 60 s")
REFUSED = Score(value=0.0, status="abstained")
DOWN = {"failure": Failure(code="engine-error", message="down")}


@pytest.mark.parametrize(
    ("first", "again", "never"),
    [
        ([HALF] * 10, [HALF] * 10, True),
        ([HALF] * 9, [HALF] * 9, False),
        ([HALF] * 10, [HALF] * 9 + [Score(value=0.6, status="scored")], False),
        ([REFUSED] * 10, [REFUSED] * 10, True),
        ([HALF] * 9, [HALF] * 8 + [Score(value=0.0, status="failed")], False),
        ([HALF] * 10, [HALF] * 9 + [Score(value=0.0, status="failed")], True),
        ([HALF] * 9 + [BROKEN] * 3, [HALF] * 9 + [BROKEN] * 3, False),
        ([HALF] * 10 + [BROKEN] * 3, [HALF] * 10 + [BROKEN] * 3, True),
    ],
    ids=["half", "few", "right when asked again", "refused", "few and down", "down", "few scored", "enough scored"],
)
def test_never_right_is_without_a_right_answer_to_ten_questions(
    first: list[Score], again: list[Score], never: bool
) -> None:
    questions = [question(number) for number in range(len(first))]
    needy = Needy(needs=Needs(), evaluation=EvaluationOptions(repeat=2, resamples=100))
    head = manifest(questions, {"a": FakePipeline("a", str)}, needy)
    told = []
    for time, scores in enumerate((first, again)):
        for number, score in enumerate(scores):
            down = DOWN if score.status == "failed" and score.reason is None else {}
            refused = score.status == "abstained"
            told.append(trial("a", f"q{number}", repeat=time, abstained=refused, scores={CORRECTNESS: score}, **down))
    summary = summarise(head, questions, told)
    nothing: frozenset[str] = frozenset()
    assert Grounds(summary.pipelines, (), None, None, False, 0.95, nothing, nothing).nothing_right("a") == never


def test_what_was_never_right_is_out_and_that_it_may_be_as_correct_is_said() -> None:
    truths = {"a": Truth(right=0.03, partial=0.5), "b": Truth(right=0.0, partial=0.5, cost=0.5)}
    found = bake_off(truths).verdict.recommendation
    assert found.sentence == (
        "Take a for now. b answered nothing rightly. But a is not shown to be more correct than b."
    )
    assert found.reasons[0].numbers == {"b.cost.right": 0}


def test_that_the_one_behind_an_open_choice_was_never_right_is_said() -> None:
    truths = {
        "a": Truth(right=0.03, partial=0.5),
        "b": Truth(right=0.0, partial=0.5),
        "c": Truth(right=0.03, partial=0.5),
    }
    found = bake_off(truths).verdict.recommendation
    assert found.sentence.startswith("It cannot be told which of a and c suits these needs best;")
    assert "b answered nothing rightly. But a is not shown to be more correct than b." in found.sentence
    assert [each.rule for each in found.reasons].count("R1") == 2


@pytest.mark.parametrize(
    ("right", "take", "why"),
    [
        ((0.0, 1.0), "b", "b alone has an answer that counts as right."),
        ((0.0, 1.0, 0.4), "b", "of those with an answer that counts as right, b takes the least to set up."),
        ((0.0, 0.4, 0.8), "b", "of those with an answer that counts as right, b takes the least to set up."),
        ((0.0, 0.0), "a", "a takes the least to set up."),
        ((0.4, 1.0), "a", "a takes the least to set up."),
    ],
)
def test_of_few_questions_too_what_was_never_right_is_not_named(right: tuple[float, ...], take: str, why: str) -> None:
    truths = {
        name: Truth(right=each, setup=place) for place, (name, each) in enumerate(zip("abc", right, strict=False))
    }
    found = bake_off(truths, n=7).verdict.recommendation
    assert (found.pipeline, found.clear) == (take, False)
    assert f"suits these needs best; {why}" in found.sentence


def test_who_needs_no_examples_takes_the_least_to_set_up_whatever_the_machine_takes() -> None:
    """a has as many to write as "examples" means, and nothing else to do; b keeps the machine for a minute."""
    found = bake_off({"a": Truth(examples=True), "b": Truth(setup=60)}, prices=Prices()).verdict.recommendation
    assert found.pipeline == "b"
    assert "b takes the least to set up." in found.sentence
    assert found.reasons[-1].numbers["a.preparation.training_examples"] == 100


def test_what_was_never_right_and_is_ahead_by_parts_is_said_to_be() -> None:
    truths = {"a": Truth(right=0.06, partial=0.0), "b": Truth(right=0.0, partial=0.5)}
    found = bake_off(truths).verdict.recommendation
    assert (found.pipeline, found.clear) == ("a", False)
    assert "But by answers that do not count as right b (0.50) earned more correctness than a (0.0" in found.sentence
    assert found.reasons[-1].numbers["differences.correctness.a − b.high"] < 0


def test_a_choice_by_cost_says_that_correctness_is_open_and_what_would_settle_it() -> None:
    found = bake_off({"a": Truth(right=0.72, cost=3), "b": Truth(right=0.64)}).verdict.recommendation
    assert found.sentence.startswith(
        "Take b for now; which is the most correct is open: a may be so by up to 0.17. b ("
    )
    assert ") is cheaper than a (" in found.sentence
    tie = found.reasons[0].sentence
    assert tie.startswith("It cannot be told from 150 questions which of a (0.72) and b (")
    assert re.search(r"about [\d\u202f]+ more questions would tell\.$", tie)


def test_how_much_more_correct_another_may_be_takes_in_its_failures() -> None:
    found = bake_off({"a": Truth(right=0.7), "b": Truth(right=0.9, failing=0.22, cost=5)}).verdict
    assert found.recommendation.pipeline == "a"
    (most,) = re.findall(r"is open: b may be so by up to (0\.\d\d)\.", found.recommendation.sentence)
    assert 0.2 < float(most) < 0.5
    assert "which counts as wrong: what it would have said nobody knows" in found.headline


def test_beside_one_that_answered_nothing_a_choice_is_for_now_and_says_so() -> None:
    three = {"a": GOOD, "b": Truth(right=0.3), "down": Truth(failing=1.0)}
    found = bake_off(three).verdict
    assert (found.leaders, found.clear) == (("a",), True)
    assert "down answered nothing: every question failed." in found.headline
    assert (found.recommendation.pipeline, found.recommendation.clear) == ("a", False)
    assert "down answered nothing." in found.recommendation.sentence


def test_failures_on_what_has_no_answer_count_in_no_correctness() -> None:
    summary = bake_off({"a": GOOD, "b": GOOD}, answerable=False)
    a, b = (each.model_copy(update={"failed": 30, "fault": "It is down."}) for each in summary.pipelines)
    (first, *_) = summary.model_copy(update={"pipelines": (a, b)}).warnings
    assert first == "30 of 150 trials of a failed; mostly so: It is down."


@pytest.mark.parametrize("better", [{"inventing": 0.0}, {"fresh": 0.9}])
def test_what_it_costs_to_invent_less_or_to_be_fresher_is_said(better: dict[str, float]) -> None:
    worse = {key: 1.0 - value for key, value in better.items()}
    pipelines = {"good": Truth(right=0.7, cost=9, **better), "cheap": Truth(right=0.7, cost=1, **worse)}
    options: dict[str, Any] = {"unanswerable": 40} if "inventing" in better else {}
    found = bake_off(pipelines, {"updates_per_month": 4}, **options).verdict.recommendation
    assert found.pipeline == "good"
    assert " a month it is dearer than cheap ($" in found.sentence


def test_the_last_rules_show_the_numbers_they_rest_on() -> None:
    dear = bake_off({"a": GOOD, "b": Truth(right=0.9, cost=9)}).verdict.recommendation.reasons[-1]
    assert dear.rule == "R8"
    assert dear.numbers["a.cost.compared"] == pytest.approx(0.001, rel=0.01)
    assert dear.numbers["a.per_version"] == 0.0
    extra = [dear.numbers[f"differences.cost.a − b.{end}"] for end in ("low", "high")]
    assert extra == pytest.approx([-0.008, -0.008], rel=0.1)
    even = bake_off({"a": GOOD, "b": SAME}).verdict.recommendation.reasons[-1]
    assert even.rule == "R9"
    assert even.numbers["b.preparation.training_seconds"] == 0.0


@pytest.mark.parametrize(
    ("bare", "other", "said"),
    [
        (Truth(right=0.9), Truth(right=0.88), ", and of those that take as little none gives more right answers."),
        (
            Truth(right=0.94),
            Truth(right=1.0, failing=0.06),
            ", and of those that take as little and are as often right none fails less often.",
        ),
        (
            Truth(right=0.9, partial=0.03),
            Truth(right=0.9),
            ", and of those that take as little, are as often right and fail as seldom none has a higher mean.",
        ),
        (GOOD, SAME, "."),
    ],
    ids=["right", "failed", "mean", "level"],
)
def test_what_is_said_of_those_that_take_as_little_holds_beside_one_that_takes_more_and_is_more_often_right(
    bare: Truth, other: Truth, said: str
) -> None:
    tuned = Truth(right=0.96, setup=60)
    found = bake_off({"bare": bare, "other": other, "tuned": tuned}, {"queries_per_month": 1e9}).verdict.recommendation
    assert (found.pipeline, found.clear) == ("bare", False)
    (last,) = [each.sentence for each in found.reasons if each.rule == "R9"]
    assert last.endswith(f"; none takes less to set up than bare{said}")


def test_what_the_needs_cost_in_right_answers_is_said() -> None:
    few_right = {"good": Truth(right=0.9, seconds=9), "quick": Truth(right=0.02)}
    found = bake_off(few_right, {"seconds": 3}).verdict.recommendation
    assert found.pipeline == "quick"
    assert found.sentence.endswith("good (0.90), which these needs rule out, is more correct than quick (0.02).")
    both = {"good": few_right["good"], "a": Truth(right=0.4), "b": Truth(right=0.4)}
    assert "which these needs rule out" in bake_off(both, {"seconds": 3}).verdict.recommendation.sentence


def test_who_fails_on_what_is_long_is_no_cheaper_for_that() -> None:
    """By the token b costs half as much again as a, on all that both answered; a fifth of the questions is long, and
    neither is right there.
    """
    questions = [question(number) for number in range(60)]
    prices = TOKENS.model_copy(update={"machine_per_hour": 3.6})
    needy = Needy(cost=prices, needs=Needs(queries_per_month=100_000))
    head = manifest(questions, {name: FakePipeline(name, str) for name in ("a", "b")}, needy)
    tokens = [3000 + number if number % 5 == 0 else 100 + number for number in range(60)]
    trials = []
    for name, factor in (("a", 2), ("b", 3)):
        for number, long in enumerate(tokens):
            score = {CORRECTNESS: Score(value=float(number % 2 and long < 3000), status="scored")}
            paid = reply("x").model_copy(update={"usage": Usage(prompt_tokens=long * factor)})
            lost = {"failure": Failure(code="engine-error", message="down")}
            given = lost if name == "b" and long >= 3000 else {"answer": paid}
            trials.append(trial(name, f"q{number}", scores=score, **given))
    found = summarise(head, questions, trials)
    a, b = (each.cost for each in found.pipelines)
    assert (a.compared, b.compared) == (pytest.approx(b.compared / 1.5), b.per_query)
    assert (a.compared_per_correct or 0) < (b.compared_per_correct or 0)
    (finding,) = (each for each in found.verdict.findings if each.about == "cost")
    assert finding.sentence.startswith("a is the cheapest per query")
    assert finding.sentence.endswith("Failures have no price, and the costs leave them out: 12 of b.")
    recommended = found.verdict.recommendation
    cheaper = next(each.sentence for each in recommended.reasons if each.rule == "R8")
    assert cheaper.startswith("a (")
    assert " is cheaper than b (" in cheaper
    assert recommended.pipeline == "a"


def test_what_was_taken_from_an_earlier_run_has_no_monthly_cost() -> None:
    found = bake_off({"rag": Truth(right=0.9, cached=True), "tuned": Truth(right=0.9, cost=3)})
    assert found.pipelines[0].cost.per_query == pytest.approx(0.001)
    assert found.pipelines[0].cost.compared is None
    assert found.pipelines[0].cost.per_correct_high is None
    (finding,) = (each for each in found.verdict.findings if each.about == "cost")
    assert "What rag took of the machine was in an earlier run" in finding.sentence
    assert "What rag would cost in a month is not known." in [
        each.sentence for each in found.verdict.recommendation.reasons
    ]


def test_unpriced_writing_leaves_the_cost_open() -> None:
    prices = Prices(machine_per_hour=3.6)
    found = bake_off({"rag": GOOD, "tuned": TUNED}, {"queries_per_month": 1e9}, prices=prices).verdict.recommendation
    assert (found.clear, found.pipeline) == (False, "rag")
    assert "What tuned would cost in a month is not known." in [each.sentence for each in found.reasons]


@pytest.mark.parametrize("repeat", [1, 3, 5])
def test_asking_again_makes_nothing_surer_that_is_answered_the_same_again(repeat: int) -> None:
    """Four late questions of 40 do not show that more than 5 of 100 are, however often they are asked."""
    truths = {"a": Truth(right=0.9, late=0.1), "b": BAD}
    found = bake_off(truths, {"seconds": 3}, n=40, repeat=repeat).verdict.recommendation
    assert (found.pipeline, found.clear) == ("a", False)
    assert found.reasons[0].sentence.startswith("Whether a is quick enough cannot be told: 10")


def test_one_late_question_tells_nothing() -> None:
    found = bake_off({"only": GOOD}, {"seconds": 0.2}, n=1, repeat=5).verdict.recommendation
    assert (found.pipeline, found.clear) == ("only", False)
    assert found.reasons[0].sentence.startswith("Whether only is quick enough cannot be told: 100")


SEARCHES = {"fingerprint": {"retrieval": {"top_k": 4}}}


@pytest.mark.parametrize(
    ("needs", "config", "changed", "rule"),
    [
        (
            {"local": True},
            {"vectors": {"url": "http://chroma.example.org:8000"}},
            SEARCHES,
            "R2",
        ),
        (
            {"local": True},
            {"vectors": {"url": "http://127.0.0.1:8000"}},
            SEARCHES,
            None,
        ),
        ({"examples": False}, {}, {"fingerprint": {"prefix": [["system", "."], ["human", "?"], ["ai", "!"]]}}, "R3"),
        ({"examples": False}, {}, {"fingerprint": {"prefix": [["system", "."]]}}, None),
    ],
    ids=["vectors elsewhere", "vectors here", "shots", "no shots"],
)
def test_what_a_pipeline_leans_on_counts(
    needs: dict[str, Any], config: dict[str, Any], changed: dict[str, Any], rule: str | None
) -> None:
    questions = [question(number) for number in range(20)]
    head = manifest(questions, {name: FakePipeline(name, str) for name in ("a", "b")}, Needy(needs=Needs(**needs)))
    pipelines = head.pipelines | {"a": head.pipelines["a"].model_copy(update=changed)}
    head = head.model_copy(update={"config": head.config | config, "pipelines": pipelines})
    trials = [*scored("a", [1.0] * 20), *scored("b", [0.0] * 19 + [1.0])]
    out = [each.rule for each in summarise(head, questions, trials).verdict.recommendation.reasons if each.rule < "R4"]
    assert out == ([rule] if rule else [])


def test_the_rules_say_how_few_questions_tell_nothing() -> None:
    assert f"counts as right to {FEWEST} questions or more" in RULES["R1"]
    assert "Of those with an answer that counts as right" in RULES["R9"]


def test_whoever_is_out_by_the_answers_that_count_is_so_by_r5_and_leaves_the_choice_in_doubt() -> None:
    found = bake_off({"a": Truth(right=0.9), "b": Truth(right=0.9, failing=0.3, cost=0.5)}).verdict.recommendation
    assert (found.pipeline, found.clear) == ("a", False)
    assert found.reasons[0].sentence.endswith("by the answers that count.")
    assert "by the answers that count" in RULES[found.reasons[0].rule]


def test_the_page_on_statistics_tells_how_many_scenarios_there_are() -> None:
    page = Path(__file__).parents[2] / "docs" / "statistics.md"
    assert f"(`recommendation_scenarios.py`): {len(SCENARIOS)} bake-offs" in page.read_text(encoding="utf-8")


FOR_THE_RULES = {"late", "late_or_failed", "made_up", "freshness", "per_version", "per_month"}
"""Numbers that nothing but the rules has."""


def in_report(report: dict[str, Any], path: str) -> float | None:
    """The number of that name in report.json."""
    if path.startswith("differences."):
        measure, names, *gain, end = path.removeprefix("differences.").split(".")
        a, b = names.split(" − ")
        (found,) = (
            each["paired"]
            for each in report["differences"]
            if (each["measure"], each["subset"]) == (measure, "all") and {each["a"], each["b"]} == {a, b}
        )
        turned = next(each["a"] for each in report["differences"] if {each["a"], each["b"]} == {a, b}) != a
        if end == "p":
            return found["adjusted"]
        if gain and gain[0] != "right":  # of the one ahead, whichever way round
            return found[gain[0]]["estimate"][end]
        value = (found["right"] if gain else found)["estimate"][
            {"low": "high", "high": "low"}.get(end, end) if turned else end
        ]
        return -value if turned else value
    name, *steps = path.split(".")
    (place,) = (each for each in report["pipelines"] if each["name"] == name)
    for step in steps:
        place = place[step]
    return place["mean"] if isinstance(place, dict) else place


@pytest.mark.parametrize(
    ("pipelines", "needs", "rules"),
    [
        ({"a": Truth(right=0.9, late=0.5), "b": Truth(right=0.4)}, {"seconds": 3}, {"R4"}),
        ({"b": Truth(right=0.9, cost=9), "a": GOOD, "c": BAD}, {}, {"R5", "R8"}),
        ({"a": GOOD, "b": SAME}, {}, {"R5", "R8", "R9"}),
        ({"a": Truth(right=0.03, partial=0.5), "b": Truth(right=0.0, partial=0.5)}, {}, {"R1"}),
        ({"a": Truth(right=0.9, inventing=0.1), "b": Truth(right=0.9, inventing=0.9)}, {}, {"R6"}),
        ({"a": Truth(right=0.4, inventing=0.1), "b": Truth(right=0.9, inventing=0.9)}, {}, {"R5", "R6"}),
    ],
)
def test_the_numbers_of_a_reason_are_those_of_the_report(
    pipelines: dict[str, Truth], needs: dict[str, Any], rules: set[str]
) -> None:
    summary = bake_off(pipelines, needs, unanswerable=40)
    found = {each.rule: each.numbers for each in summary.verdict.recommendation.reasons}
    assert rules <= found.keys()
    report = summary.model_dump()
    for path, value in (pair for each in found.values() for pair in each.items()):
        if path.rpartition(".")[2] not in FOR_THE_RULES:
            assert in_report(report, path) == value, path


def test_who_fails_on_what_has_no_answer_is_not_honest_by_it() -> None:
    """Of 40 such questions a answers those that b fails on, and refuses those that b answers."""
    questions = [question(number, answerable=number < 40) for number in range(80)]
    head = manifest(questions, {name: FakePipeline(name, str) for name in ("a", "b")}, Needy(needs=Needs()))
    down, skipped = Failure(code="engine-error", message="down"), {CORRECTNESS: Score(value=None, status="skipped")}
    hard = [trial("a", f"q{n}", abstained=n >= 60, scores=skipped) for n in range(40, 80)]
    hard += [trial("b", f"q{n}", failure=down, scores=skipped) for n in range(40, 60)]
    hard += [trial("b", f"q{n}", answer=reply("x"), scores=skipped) for n in range(60, 80)]
    summary = summarise(head, questions, [*scored("a", [0.6] * 40), *scored("b", [0.6] * 40), *hard])
    assert [each.abstention.made_up.mean for each in summary.pipelines] == [0.5, 1]
    (finding,) = (each for each in summary.verdict.findings if each.about == "made up")
    assert finding.sentence.endswith(
        " Failures are left out: these shares are of questions that all of them replied to."
    )
    assert not finding.clear
    assert "But 20 of 40 requests failed with b. " in finding.sentence
    (reason,) = (each for each in summary.verdict.recommendation.reasons if each.rule == "R6")
    assert reason.sentence == (
        "Whether b makes up no more answers than a cannot be told: 20 of 40 requests failed with b."
    )
    assert (reason.numbers["a.made_up"], reason.numbers["b.made_up"]) == (0, 1)


@pytest.mark.parametrize(("failing", "clear"), [(1, True), (30, False)])
def test_failures_may_turn_round_who_makes_up_fewer(failing: int, clear: bool) -> None:
    """Of 40 questions b answers four of five, and a a third of those on which it does not fail."""
    questions = [question(number, answerable=number < 40) for number in range(80)]
    head = manifest(questions, {name: FakePipeline(name, str) for name in ("a", "b")}, Needy(needs=Needs()))
    down, skipped = Failure(code="engine-error", message="down"), {CORRECTNESS: Score(value=None, status="skipped")}
    hard = [trial("a", f"q{n}", failure=down, scores=skipped) for n in range(40, 40 + failing)]
    hard += [trial("a", f"q{n}", abstained=n % 3 > 0, scores=skipped) for n in range(40 + failing, 80)]
    hard += [trial("b", f"q{n}", abstained=n % 5 == 0, scores=skipped) for n in range(40, 80)]
    summary = summarise(head, questions, [*scored("a", [0.6] * 40), *scored("b", [0.6] * 40), *hard])
    (finding,) = (each for each in summary.verdict.findings if each.about == "made up")
    assert finding.clear == clear
    assert any(each.sentence.startswith("a (0.") for each in summary.verdict.recommendation.reasons) == clear


def test_who_failed_on_all_that_has_no_answer_is_in_doubt() -> None:
    questions = [question(number, answerable=number < 40) for number in range(80)]
    head = manifest(questions, {name: FakePipeline(name, str) for name in "abc"}, Needy(needs=Needs()))
    down, skipped = Failure(code="engine-error", message="down"), {CORRECTNESS: Score(value=None, status="skipped")}
    told = [each for name in "abc" for each in scored(name, [0.6] * 40)]
    for n in range(40, 80):
        told += [trial("a", f"q{n}", abstained=True, scores=skipped), trial("b", f"q{n}", scores=skipped)]
        told.append(trial("c", f"q{n}", failure=down, scores=skipped))
    reasons = summarise(head, questions, told).verdict.recommendation.reasons
    assert [each.sentence for each in reasons if each.rule == "R6"] == [
        "a (0.00) makes up fewer answers to what the documents do not answer than b (1.00).",
        "How many answers c makes up cannot be told: 40 of 40 requests failed with c.",
    ]


def test_a_question_without_an_answer_is_one_however_often_it_is_asked() -> None:
    """Each is refused the first time; the other two b answers."""
    questions = [question(number, answerable=number < 20) for number in range(40)]
    needy = Needy(needs=Needs(), evaluation=EvaluationOptions(repeat=3, resamples=100))
    head = manifest(questions, {name: FakePipeline(name, str) for name in ("a", "b")}, needy)
    skipped = {CORRECTNESS: Score(value=None, status="skipped")}
    told = [
        each.model_copy(update={"repeat": time})
        for time in range(3)
        for name in ("a", "b")
        for each in (
            *scored(name, [0.5] * 20),
            *(trial(name, f"q{n}", abstained=not time or name == "a", scores=skipped) for n in range(20, 40)),
        )
    ]
    summary = summarise(head, questions, told)
    shares = [each.abstention.made_up for each in summary.pipelines]
    assert [(each.mean, each.n) for each in shares] == [(0, 20), (pytest.approx(2 / 3), 20)]
    (finding,) = (each for each in summary.verdict.findings if each.about == "made up")
    assert "0.00 on 20 questions without an answer" in finding.sentence


def test_what_costs_less_and_starts_no_dearer_is_cheaper_in_a_month_too() -> None:
    """By Holm's correction the answers' costs differ; the interval for all pairs at once still holds zero."""
    pipelines = bake_off({"a": GOOD, "b": Truth(right=0.9, setup=10)}, n=20).pipelines
    less, doubtful = (Estimate(mean=-1e-4, low=-2e-4, high=high, n=20) for high in (-1e-5, 1e-3))
    paired = Paired(estimate=less, p=0.02, adjusted=0.04, smallest=None, more=None, of_all=doubtful)

    def cheaper(paired: Paired, a: str, b: str) -> bool:
        told = Difference(measure=COST, subset="all", a=a, b=b, paired=paired)
        nothing: frozenset[str] = frozenset()
        return Grounds(pipelines, (told,), None, None, False, 0.95, nothing, nothing).surely_cheaper(a, b, Needs())

    assert cheaper(paired, "a", "b")
    assert not cheaper(paired, "b", "a")  # it starts at a higher cost
    assert not cheaper(paired.model_copy(update={"adjusted": 0.06}), "a", "b")


def test_made_up_answers_are_compared_on_what_all_replied_to() -> None:
    """a invents less than b, but on what c fails on alone: of the others nothing can be told."""
    questions = [question(number, answerable=number < 20) for number in range(50)]
    head = manifest(questions, {name: FakePipeline(name, str) for name in "abc"}, Needy(needs=Needs()))
    down, skipped = Failure(code="engine-error", message="down"), {CORRECTNESS: Score(value=None, status="skipped")}
    told = [each for name in "abc" for each in scored(name, [0.5] * 20)]
    for number in range(20, 50):
        long = number < 35
        told += [
            trial("a", f"q{number}", abstained=True, scores=skipped),
            trial("b", f"q{number}", abstained=not long, scores=skipped),
            trial("c", f"q{number}", **({"failure": down} if long else {"abstained": False}), scores=skipped),
        ]
    summary = summarise(head, questions, told)
    (finding,) = (each for each in summary.verdict.findings if each.about == "made up")
    assert finding.sentence.startswith("It cannot be told from 15 questions without an answer which of a (0.00) and b")
    paired = summary.difference("made_up", "a", "b")
    assert paired is not None
    assert (paired.estimate.mean, paired.estimate.n) == (0, 15)


def test_what_failed_otherwise_was_not_there_in_time_either() -> None:
    truths = {"a": Truth(right=0.9, failing=0.15), "b": Truth(right=0.2, failing=0.0)}
    found = bake_off(truths, {"seconds": 3}, n=40).verdict.recommendation
    of_time = {each.sentence for each in found.reasons if each.rule == "R4"}
    assert any("with the 6 that failed otherwise 15\u202f% were not there in time" in each for each in of_time)
    assert sum("failed otherwise" in each for each in of_time) == 1


@pytest.mark.parametrize(("taking", "clear"), [(1.0, True), (0.0, False)])
def test_failing_at_once_makes_nobody_cheaper_by_the_hour(taking: float, clear: bool) -> None:
    """Of two that are as cheap for each answer, b fails on a third in no time, or costs half as much for all."""
    questions = [question(number) for number in range(120)]
    options = EvaluationOptions(resamples=300, concurrency=10)
    made = manifest(
        questions, {n: FakePipeline(n, str) for n in "ab"}, Needy(needs=Needs(), evaluation=options, cost=MACHINE)
    )
    down = Failure(code="engine-error", message="down")
    told = []
    for number in range(120):
        spent = 2.0 + number % 7 / 50
        told.append(trial("a", f"q{number}", answer=reply("x"), machine_seconds=spent))
        if number % 3 or taking:
            told.append(trial("b", f"q{number}", answer=reply("x"), machine_seconds=spent * (0.5 if taking else 1.0)))
        else:
            told.append(trial("b", f"q{number}", failure=down, machine_seconds=0.01))
    (finding,) = (each for each in summarise(made, questions, told).verdict.findings if each.about == "cost")
    assert finding.clear == clear
    assert ("Had each cost as much as an answer, it may be otherwise." in finding.sentence) == (not clear)


@pytest.mark.parametrize(("failing", "clear"), [(0.0, True), (0.02, True), (0.34, False)])
def test_failures_that_have_no_price_may_turn_round_who_is_the_cheapest(failing: float, clear: bool) -> None:
    """b costs a quarter less for each answer, and half as much again for each question that is answered in the end."""
    truths = {"a": Truth(right=0.9, cost=4), "b": Truth(right=0.9, cost=3, failing=failing)}
    summary = bake_off(truths, prices=TOKENS)
    (finding,) = (each for each in summary.verdict.findings if each.about == "cost")
    assert finding.clear == clear
    assert ("Had each cost as much as an answer, it may be otherwise." in finding.sentence) == (not clear)
    reasons = [each.sentence for each in summary.verdict.recommendation.reasons if each.rule == "R8"]
    assert any(each.startswith("b ($") and "is cheaper than a" in each for each in reasons) == clear
    assert all(("failures not counted" in each) == (failing > 0) for each in reasons if "is cheaper" in each)
