"""What a pipeline cost, its answers and what came before them. What is unknown is None, never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corpora.model import Record
from eval.cost_per_success import cost_per_success
from eval.metrics.judge import JudgeOptions, JudgeUsage
from eval.metrics.registry import METRICS
from eval.prices import Prices
from eval.statistics import Draws, Estimate
from eval.trial import Trial
from pipelines.contract import Preparation


class SetupCost(Record):
    """What comes before the first answer. 0 where there is none of it; None is unknown.

    Each version of the knowledge costs the machine's `training` and `indexing` of all that it holds (`Preparation`),
    and `writing`, people's work on the examples that it is trained on or shows. `judge`, which scored the answers of
    this bake-off, is paid once, not again for every version.
    """

    training: float | None
    indexing: float | None
    writing: float | None
    judge: float | None = None

    @property
    def total(self) -> float | None:
        """Of one version of the knowledge; None where a part of it is unknown."""
        parts = (self.training, self.indexing, self.writing)
        return sum(known) if len(known := [part for part in parts if part is not None]) == len(parts) else None


class CostSummary(Record):
    """What a pipeline cost. The cost of `unpriced` trials is unknown, so that the true total is higher.

    Attributes:
        per_query: the mean over the `priced` trials, without the set-up.
        compared: the mean over those questions that all pipelines have a price for at this run's load, which is what a
            month is made of; None where that cannot be compared.
        per_correct: of questions that have an answer, what the priced trials cost, over the number of right answers
            among them; None without one.
        right: the share of right answers to questions that have one, failures among the wrong.
        per_correct_low, per_correct_high: its interval (`cost_per_success`); no high end where it may be any amount.
        total: of the priced trials that were asked in this evaluation; those of earlier runs were paid for then.
        queries_per_second: how many the machine deals with at the run's concurrency, failures among them, when it has
            nothing else to do.
        queries_per_second_full: the same, had every place been full at all times and no answer taken longer for it
            (`Trial.place_seconds`): how many it is at the most.
        setup: what came before the first answer.
        judging: what the judge was asked; None without one, and where a score is of a version that did not count.
    """

    per_query: float | None
    compared: float | None
    per_correct: float | None
    right: float | None
    total: float | None
    priced: int
    unpriced: int
    queries_per_second: float | None
    setup: SetupCost
    currency: str
    queries_per_second_full: float | None = None
    judging: JudgeUsage | None = None
    per_correct_low: float | None = None
    per_correct_high: float | None = None

    @property
    def compared_per_correct(self) -> float | None:
        """What a right answer takes of what is compared: so many queries as there are for each right answer."""
        return self.compared / self.right if self.compared is not None and self.right else None


def summarise_cost(
    trials: Sequence[Trial],
    prices: Prices,
    preparation: Preparation,
    right: Mapping[tuple[str, str, int], bool],
    judge: JudgeOptions | None,
    drawn: Draws,
    compared: float | None,
) -> CostSummary:
    """Sums up one pipeline's trials.

    Args:
        right: which are right answers, by `Trial.key`; of questions that have one, since nobody pays for refusals.
        judge: who scored them.
        compared: as in `CostSummary`.
    """
    costs = [(trial, cost) for trial in trials if (cost := trial.cost(prices)) is not None]
    spent = sum(cost for _, cost in costs)
    told = [(trial, cost, right[trial.key]) for trial, cost in costs if trial.key in right]
    per_right = _per_correct(told, prices, drawn)
    judging = _judging(trials) if judge else None
    fresh = [trial for trial in trials if not trial.cached and trial.machine_seconds is not None]
    busy = sum(trial.machine_seconds or 0.0 for trial in fresh)
    placed = sum(trial.seconds_when_full or 0.0 for trial in fresh)
    return CostSummary(
        per_query=spent / len(costs) if costs else None,
        compared=compared,
        per_correct=per_right.mean,
        right=sum(right.values()) / len(right) if right else None,
        per_correct_low=per_right.low,
        per_correct_high=per_right.high,
        total=sum(cost for trial, cost in costs if not trial.cached) if costs else None,
        priced=len(costs),
        unpriced=len(trials) - len(costs),
        queries_per_second=len(fresh) / busy if busy else None,
        queries_per_second_full=len(fresh) / placed if placed else None,
        setup=_setup(prices, preparation, _judge_cost(judge, judging)),
        currency=prices.currency,
        judging=judging,
    )


def _per_correct(told: Sequence[tuple[Trial, float, bool]], prices: Prices, drawn: Draws) -> Estimate:
    """What one right answer costs; what the machine took for it in an earlier run has no interval."""
    ids = [trial.question_id for trial, _, _ in told]
    found = cost_per_success(
        [cost for _, cost, _ in told],
        [right for _, _, right in told],
        drawn.confidence,
        [drawn.clusters[each] for each in ids],
        None if prices.by_token else [str(drawn.turns[each]) for each in ids],
    )
    if not prices.by_token and any(trial.cached for trial, _, _ in told):
        return found.model_copy(update={"low": None, "high": None})
    return found


def _judging(trials: Sequence[Trial]) -> JudgeUsage | None:
    """None where scores were asked of a judge and nobody counted."""
    uncounted = [
        trial
        for trial in trials
        if trial.judge is None
        and any(
            name in METRICS and METRICS[name].judged and (each.status == "scored" or each.reason)
            for name, each in trial.scores.items()
        )
    ]
    return None if uncounted else sum((trial.judge for trial in trials if trial.judge), JudgeUsage())


def _judge_cost(judge: JudgeOptions | None, judging: JudgeUsage | None) -> float | None:
    if judge is None:
        return 0.0
    return None if judging is None else judge.of_usage(judging)


def _setup(prices: Prices, preparation: Preparation, judge: float | None) -> SetupCost:
    def machine(seconds: float | None) -> float | None:
        return 0.0 if seconds == 0 else prices.of_seconds(seconds)

    return SetupCost(
        training=machine(preparation.training_seconds),
        indexing=machine(preparation.indexing_seconds),
        writing=prices.of_writing(preparation.training_examples),
        judge=judge,
    )
