"""What answers took, their time and their cost, and how pipelines differ in it, as far as failures let it be known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

from eval.lateness import hides_slowness
from eval.paired import Gain, Paired
from eval.pairing import comparable, compare_pairs
from eval.prices import Prices
from eval.statistics import Draws, Estimate
from eval.trial import Trial
from eval.turns import compare_turns
from eval.worst_case import Pair, directed_pairs, gain, more_for_all

SECONDS = "e2el"
COST = "cost"

Values = Mapping[str, Mapping[str, float]]
"""By pipeline and question id."""
Compared = Mapping[Pair, Paired]
Compare = Callable[[Values, Sequence[Pair]], Compared]


def amounts(trials: Mapping[str, Sequence[Trial]], prices: Prices) -> dict[str, dict[str, dict[str, float]]]:
    """What answers took, by measure (`SECONDS`, `COST`), pipeline and question id, as far as it is known."""
    return {
        SECONDS: {name: _seconds(each) for name, each in trials.items()},
        COST: {name: _costs(each, prices) for name, each in trials.items()},
    }


def compare_spent(
    trials: Mapping[str, Sequence[Trial]],
    taken: Mapping[str, Mapping[str, Mapping[str, float]]],
    pairs: Sequence[Pair],
    prices: Prices,
    drawn: Draws,
) -> dict[str, Compared]:
    """Every pair's difference in each measure of what answers took, and in the worst case, where failures are left out.

    Args:
        trials: by pipeline.
        taken: what `amounts` has of them.
        prices: by which costs were reckoned. Those of the machine's time are compared by turns.
    """
    found: dict[str, Compared] = {}
    hiding = {name for name, each in trials.items() if hides_slowness(each)}
    turns = {key: f"turn {turn}" for key, turn in drawn.turns.items()}
    for measure, spent in taken.items():
        by_name = {**spent, **comparable(spent)}
        billed = {name: _billed(each, trials[name]) for name, each in by_name.items()}
        every = [*by_name.values(), *billed.values()]  # failures may have cost more than any answer did
        most = max((value for each in every for value in each.values()), default=0.0)
        compare: Compare
        if measure == COST and prices.by_token:
            compare = partial(_by_question, drawn=drawn, bounds=(-most, most))
        else:
            compare = partial(compare_turns, turns=turns, confidence=drawn.confidence, bounds=(-most, most))
        compared = compare(by_name, pairs)
        if measure == COST:
            places = {name: _costs(each, prices, Trial.place_cost) for name, each in trials.items()}
            placed = {name: {key: places[name][key] for key in each} for name, each in by_name.items()}
            found[measure] = _at_worst(compared, by_name, placed, trials, compare)
        else:
            found[measure] = {pair: _unless_hidden(paired, pair, hiding) for pair, paired in compared.items()}
    return found


def _by_question(values: Values, pairs: Sequence[Pair], drawn: Draws, bounds: tuple[float, float]) -> Compared:
    return compare_pairs(values, pairs, drawn.clusters, drawn.confidence, bounds, simultaneous=True)


def _billed(costs: Mapping[str, float], trials: Sequence[Trial]) -> dict[str, float]:
    """What each question would cost, by id, if every failure cost at least as much as an answer, shared among the
    answers.
    """
    failed = {trial.question_id for trial in trials if trial.answer is None}
    answered = [cost for key, cost in costs.items() if key not in failed]
    if not failed or not answered:
        return dict(costs)
    share = len(trials) / sum(trial.answer is not None for trial in trials)
    usual = sum(answered) / len(answered)
    return {key: (max(usual, cost) if key in failed else cost) * share for key, cost in costs.items()}


def _at_worst(
    compared: Compared, by_name: Values, placed: Values, trials: Mapping[str, Sequence[Trial]], compare: Compare
) -> Compared:
    """With a worst case: both had taken no more than their places, and each failure of the cheaper one had cost at
    least as much as an answer.

    Args:
        placed: what each answer of `by_name` costs by its place alone.
    """
    directed = directed_pairs(compared, compared)
    asked = {pair: (dear, f"{cheap} billed") for pair, (dear, cheap) in directed.items()}
    billed = {f"{name} billed": _billed(each, trials[name]) for name, each in placed.items()}
    worst = compare({**placed, **billed}, list(asked.values()))

    def at_worst(pair: Pair, paired: Paired) -> Paired:
        dear, cheap = directed[pair]
        if placed[dear] == by_name[dear] and billed[f"{cheap} billed"] == by_name[cheap]:
            return paired
        found = worst[asked[pair]]
        return paired.model_copy(update={"worst": gain(found), "more": more_for_all([paired], [found])})

    return {pair: at_worst(pair, paired) for pair, paired in compared.items()}


def _unless_hidden(paired: Paired, pair: Pair, hiding: Collection[str]) -> Paired:
    """With a worst case of which nothing is known, where the faster one hides slowness."""
    faster = pair[0] if (paired.estimate.mean or 0.0) < 0 else pair[1]
    if faster not in hiding:
        return paired
    unknown = Gain(estimate=Estimate(mean=None, low=None, high=None, n=0), adjusted=None)
    return paired.model_copy(update={"worst": unknown, "smallest": None, "more": None})


def _seconds(trials: Sequence[Trial]) -> dict[str, float]:
    return _means((each.question_id, each.answer.timing.e2el) for each in trials if each.answer and not each.cached)


def _costs(
    trials: Sequence[Trial], prices: Prices, of: Callable[[Trial, Prices], float | None] = Trial.cost
) -> dict[str, float]:
    """The machine's seconds of an earlier run, at another load, are compared with nobody's."""
    counted = [each for each in trials if prices.by_token or not each.cached]
    return _means((each.question_id, cost) for each in counted if (cost := of(each, prices)) is not None)


def _means(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    groups: dict[str, list[float]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: sum(each) / len(each) for key, each in groups.items()}
