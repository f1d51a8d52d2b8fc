"""What answers took, their time and their cost, and how pipelines differ in it, as far as failures let it be known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from eval.lateness import hides_slowness
from eval.paired import Gain, Paired
from eval.pairing import comparable, compare_pairs
from eval.prices import Prices
from eval.statistics import Draws, Estimate
from eval.trial import Trial
from eval.turns import compare_turns
from eval.worst_case import Bounds, Pair, directed_pairs, gain, more_for_all, worst_cases

SECONDS = "e2el"
COST = "cost"


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
    by_token: bool,
    drawn: Draws,
) -> dict[str, dict[Pair, Paired]]:
    """Every pair's difference in each measure of what answers took, and in the worst case, where failures are left out.

    Args:
        trials: by pipeline.
        taken: what `amounts` has of them.
        by_token: whether the costs are of tokens; else they are of the machine's time, and compared by turns.
    """
    found = {}
    hiding = {name for name, each in trials.items() if hides_slowness(each)}
    confidence, turns = drawn.confidence, {key: f"turn {turn}" for key, turn in drawn.turns.items()}
    for measure, spent in taken.items():
        by_name = {**spent, **comparable(spent)}
        most = max((value for each in by_name.values() for value in each.values()), default=0.0)
        if measure == COST and by_token:
            compared = compare_pairs(by_name, pairs, drawn.clusters, confidence, (-most, most), simultaneous=True)
            compared = _if_failures_were_billed(compared, by_name, trials, drawn)
        else:
            compared = compare_turns(by_name, pairs, turns, confidence, (-most, most))
        if measure == SECONDS:
            compared = {pair: _unless_hidden(paired, pair, hiding) for pair, paired in compared.items()}
        found[measure] = compared
    return found


def _if_failures_were_billed(
    compared: Mapping[Pair, Paired],
    by_name: Mapping[str, Mapping[str, float]],
    trials: Mapping[str, Sequence[Trial]],
    drawn: Draws,
) -> dict[Pair, Paired]:
    """With a worst case where the cheaper one failed at times, which has no price: that each failure was billed like an
    answer, or asked for again, so that each of its answers costs so much more.
    """
    answered = {name: sum(each.answer is not None for each in trials[name]) for name in by_name}
    billed = {
        name: {key: value * len(trials[name]) / answered[name] for key, value in each.items()}
        if answered[name]
        else each
        for name, each in by_name.items()
    }
    scale = max((value for each in billed.values() for value in each.values()), default=0.0)
    directed = directed_pairs(compared, compared)
    worst = worst_cases(Bounds(by_name, by_name, billed), directed, drawn.clusters, drawn.confidence, scale)
    return {
        pair: paired.model_copy(update={"worst": gain(worst[pair]), "more": more_for_all([paired], [worst[pair]])})
        if pair in worst
        else paired
        for pair, paired in compared.items()
    }


def _unless_hidden(paired: Paired, pair: Pair, hiding: Collection[str]) -> Paired:
    """With a worst case of which nothing is known, where the faster one hides slowness."""
    faster = pair[0] if (paired.estimate.mean or 0.0) < 0 else pair[1]
    if faster not in hiding:
        return paired
    unknown = Gain(estimate=Estimate(mean=None, low=None, high=None, n=0), adjusted=None)
    return paired.model_copy(update={"worst": unknown, "smallest": None, "more": None})


def _seconds(trials: Sequence[Trial]) -> dict[str, float]:
    return _means((each.question_id, each.answer.timing.e2el) for each in trials if each.answer and not each.cached)


def _costs(trials: Sequence[Trial], prices: Prices) -> dict[str, float]:
    """The machine's seconds of an earlier run, at another load, are compared with nobody's."""
    counted = [each for each in trials if prices.by_token or not each.cached]
    return _means((each.question_id, cost) for each in counted if (cost := each.cost(prices)) is not None)


def _means(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    groups: dict[str, list[float]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: sum(each) / len(each) for key, each in groups.items()}
