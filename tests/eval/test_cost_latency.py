"""What answers cost, and how long they take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from eval_fakes import reply, trial
from pydantic import ValidationError
from scipy.stats import sem, t

from eval.cost import CostSummary, summarise_cost
from eval.latency import summarise_latency
from eval.metrics.judge import JudgeOptions, JudgeUsage, count_call, counting_calls
from eval.paired import Paired
from eval.prices import Prices
from eval.spent import COST, amounts, compare_spent
from eval.statistics import Confidence, Draws
from eval.trial import Failure, Score, Trial
from pipelines.contract import Preparation, Usage

TOKENS = Prices(prompt_per_million=1.0, cached_per_million=0.5, completion_per_million=2.0)
MACHINE = Prices(machine_per_hour=3.6)
DOWN = Failure(code="engine-error", message="down")
NOTHING = Preparation()
BESIDE = Usage(prompt_tokens=10, cached_tokens=50)


def summed(
    trials: Sequence[Trial], prices: Prices, made: Preparation = NOTHING, judge: JudgeOptions | None = None
) -> CostSummary:
    drawn = Draws({"q1": "q1"}, {"q1": 0}, Confidence(resamples=100))
    asked = [each.model_copy(update={"repeat": time}) for time, each in enumerate(trials)]
    right = {each.key: each.answer is not None for each in asked}
    return summarise_cost(asked, prices, made, right, judge, drawn, None)


def test_tokens_at_their_prices() -> None:
    usage = Usage(prompt_tokens=100, cached_tokens=40, completion_tokens=10)
    assert TOKENS.of_tokens(usage) == pytest.approx((60 * 1 + 40 * 0.5 + 10 * 2) / 1e6)


def test_without_a_price_of_their_own_cached_tokens_cost_as_much_as_others() -> None:
    prices = Prices(prompt_per_million=1.0, completion_per_million=0.0)
    assert prices.of_tokens(Usage(prompt_tokens=100, cached_tokens=40)) == pytest.approx(100 / 1e6)


def test_counts_of_earlier_versions_that_cannot_be_have_no_known_price() -> None:
    """40 fewer tokens than none were paid for, and the answer was the cheaper for it."""
    before = trial().model_copy(update={"answer": reply("x").model_copy(update={"usage": BESIDE})})
    assert before == Trial.model_validate_json(before.model_dump_json())  # it is read as it was written
    assert before.cost(TOKENS) is None
    assert summed([before, trial()], TOKENS).unpriced == 1


def test_an_unknown_cost_is_none_and_not_zero() -> None:
    assert trial(machine_seconds=5).cost(Prices()) is None
    assert trial().cost(MACHINE) is None
    assert trial(failure=DOWN).cost(TOKENS) is None
    nothing = summed([trial(machine_seconds=1)], Prices(), Preparation(training_seconds=60))
    assert (nothing.per_query, nothing.total, nothing.setup.training, nothing.unpriced) == (None, None, None, 1)


def test_machine_time_pays_for_failures_too() -> None:
    trials = [trial(machine_seconds=1.0), trial(failure=DOWN, machine_seconds=3.0)]
    cost = summed(trials, MACHINE, Preparation(training_seconds=1000, indexing_seconds=None, training_examples=3))
    assert cost.total == pytest.approx(0.004)
    assert cost.per_query == pytest.approx(0.002)
    assert cost.per_correct == pytest.approx(0.004)
    assert cost.queries_per_second == pytest.approx(0.5)
    assert cost.setup.training == pytest.approx(1.0)
    assert cost.setup.indexing is None
    assert cost.setup.writing is None
    assert cost.setup.total is None


def test_tokens_are_paid_for_and_the_machine_for_what_is_prepared_on_it() -> None:
    both = TOKENS.model_copy(update={"machine_per_hour": 3.6})
    made = Preparation(indexing_seconds=1000)
    assert trial(machine_seconds=5).cost(both) == trial().cost(TOKENS)
    assert trial(machine_seconds=5, failure=DOWN).cost(both) is None
    assert summed([trial()], both, made).setup.total == pytest.approx(1.0)


def test_the_set_up_is_the_machine_and_the_writing() -> None:
    prices = MACHINE.model_copy(update={"writing_per_example": 0.5})
    made = Preparation(training_seconds=1000, training_examples=4)
    setup = summed([trial()], prices, made).setup
    assert (setup.training, setup.indexing, setup.writing) == (pytest.approx(1.0), 0.0, 2.0)
    assert setup.total == pytest.approx(3.0)
    assert summed([trial()], TOKENS).setup.total == 0.0
    untold = summed([trial()], prices, made.model_copy(update={"training_examples": None})).setup
    assert (untold.training, untold.writing, untold.total) == (pytest.approx(1.0), None, None)
    assert summed([trial()], TOKENS, made).setup.total is None


def test_the_trials_of_unknown_cost_are_counted() -> None:
    cost = summed([trial(), trial(failure=DOWN)], TOKENS)
    assert (cost.priced, cost.unpriced) == (1, 1)
    assert cost.per_query == cost.total


def test_what_an_earlier_run_paid_for_is_no_cost_of_this_one() -> None:
    cost = summed([trial(), trial(cached=True)], TOKENS)
    assert cost.total == cost.per_query
    assert summed([trial(cached=True)], TOKENS).total == 0


JUDGE = JudgeOptions(
    base_url="http://127.0.0.1:9/v1", model="judge", prompt_per_million=10.0, completion_per_million=20.0
)
FREE_JUDGE = JUDGE.model_copy(update={"prompt_per_million": None, "completion_per_million": None})
COUNTED = JudgeUsage(calls=4, prompt_tokens=1000, completion_tokens=100)
JUDGED = Score(value=1.0, status="scored")


@pytest.mark.parametrize(
    ("judge", "used", "cost"),
    [
        (None, None, 0.0),
        (JUDGE, COUNTED, 0.012),
        (FREE_JUDGE, COUNTED, None),
        (JUDGE, COUNTED.model_copy(update={"unreported": 1}), None),
        (JUDGE, None, None),  # scored by a version that did not count
    ],
)
def test_the_judge_is_paid_at_its_own_prices(
    judge: JudgeOptions | None, used: JudgeUsage | None, cost: float | None
) -> None:
    scored = trial().model_copy(update={"scores": {"judged_accuracy": JUDGED}, "judge": used})
    nobody_asked = trial(failure=DOWN)
    found = summed([scored, scored, nobody_asked], TOKENS, Preparation(), judge)
    assert found.setup.judge == (None if cost is None else pytest.approx(2 * cost))
    assert found.setup.total == 0.0  # of a version, for which nobody need judge again
    assert (found.judging is None) == (judge is None or used is None)


@pytest.mark.parametrize("tokens", [None, (-1, 5), (5, -1)])
def test_what_a_judge_does_not_count_is_unknown(tokens: tuple[int, int] | None) -> None:
    with counting_calls() as calls:
        count_call((5, 0))
        count_call(tokens)
    assert calls == [JudgeUsage(calls=1, prompt_tokens=5), JudgeUsage(calls=1, unreported=1)]


@pytest.mark.parametrize(
    "prices", [{"prompt_per_million": 1.0}, {"prompt_per_million": -1, "completion_per_million": 1}]
)
def test_a_judge_has_both_prices_or_none(prices: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        JudgeOptions.model_validate({"base_url": "http://x/v1", "model": "y"} | prices)


@pytest.mark.parametrize(
    "prices",
    [
        {"prompt_per_million": 1.0},
        {"cached_per_million": 1.0},
        {"machine_per_hour": -1.0},
        {"machine_per_hour": 1e308},
        {"machine_per_hour": float("inf")},
        {"machine_per_hour": float("nan")},
        {"currency": ""},
        {"machine_per_day": 1.0},
    ],
)
def test_prices_that_make_no_sense_are_refused(prices: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Prices.model_validate(prices)


def compared_costs(hung: float, usual: float, other: float) -> Paired:
    """ "hangs" minus "steady", of 24 questions in 12 turns: "hangs" takes as usual, but gives one of them up."""
    given_up = trial("hangs", "q23", failure=DOWN, machine_seconds=hung)
    trials = {
        "hangs": [*(trial("hangs", f"q{n}", machine_seconds=usual) for n in range(23)), given_up],
        "steady": [trial("steady", f"q{n}", machine_seconds=other) for n in range(24)],
    }
    ids = [f"q{n}" for n in range(24)]
    drawn = Draws(dict(zip(ids, ids, strict=True)), {key: n // 2 for n, key in enumerate(ids)}, Confidence())
    pair = ("hangs", "steady")
    return compare_spent(trials, amounts(trials, MACHINE), [pair], MACHINE, drawn)[COST][pair]


def test_a_time_out_may_cost_more_than_any_answer_and_intervals_reach_as_far() -> None:
    paired = compared_costs(hung=60.0, usual=0.2, other=0.3)
    by_turn = np.array([-0.1] * 11 + [(59.7 - 0.1) / 2]) * 1e-3
    low, high = t.interval(0.95, 11, by_turn.mean(), sem(by_turn))
    for each in (paired.estimate, paired.of_all):
        assert each is not None
        assert (each.mean, each.low, each.high) == pytest.approx((by_turn.mean(), low, high))


def test_in_the_worst_case_a_time_out_costs_what_it_took() -> None:
    worst = compared_costs(hung=3.0, usual=0.2, other=1.0).worst
    assert worst is not None
    assert worst.estimate.mean == pytest.approx(1e-3 * (1.0 - (23 * 0.2 + 3.0) / 23))


def test_percentiles_leave_cached_and_failed_out() -> None:
    trials = [trial(answer=reply("x", e2el=float(seconds)), machine_seconds=2.0) for seconds in range(1, 102)]
    slow = trial(answer=reply("x", e2el=1e6), cached=True, machine_seconds=1e6)
    latency = summarise_latency([*trials, slow, trial(failure=DOWN, machine_seconds=1e6)])
    assert latency.n == 101
    assert latency.e2el.p50 == pytest.approx(51)
    assert latency.e2el.p95 == pytest.approx(96)
    assert latency.e2el.p99 == pytest.approx(100)
    assert latency.ttft.p50 == pytest.approx(51 / 4)
    assert latency.tokens_per_second == pytest.approx(10 / 2)


def test_no_fresh_answer_has_no_latency() -> None:
    latency = summarise_latency([trial(cached=True), trial(failure=DOWN)])
    assert (latency.n, latency.e2el.p50, latency.tokens_per_second) == (0, None, None)
