"""What one success costs, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

from eval.statistics import Confidence, Estimate, successes_for_cost, t_interval


def cost_per_success(
    costs: Sequence[float],
    successes: Sequence[bool],
    confidence: Confidence,
    clusters: Sequence[Hashable],
    turns: Sequence[str] | None = None,
) -> Estimate:
    """All costs over the number of successes; None without a success.

    The interval is that of what a unit of cost buys (`successes_for_cost`), turned over: `high` is None where it
    reaches 0. What a machine's time costs is a matter of the turn as well: then each end is the further one of that by
    clusters and that by turns, a t interval of the linearised ratio (Cochran 1977, section 6.3).

    Args:
        clusters: the label of each.
        turns: when each was asked, where costs depend on it.
    """
    if not any(successes) or not sum(costs):
        return Estimate(mean=0.0 if any(successes) else None, low=None, high=None, n=len(costs))
    bought = successes_for_cost(costs, successes, confidence, clusters)
    rate, low, high = bought.mean or 0.0, bought.low, bought.high
    if turns is not None:
        scale = len(costs) / sum(costs)
        residuals = [(success - rate * cost) * scale for cost, success in zip(costs, successes, strict=True)]
        by_turn, _ = t_interval(residuals, turns, confidence.level, (-math.inf, math.inf))
        low = None if low is None or by_turn.low is None else min(low, rate + by_turn.low)
        high = None if high is None or by_turn.high is None else max(high, rate + by_turn.high)
    return Estimate(
        mean=1 / rate, low=1 / high if high else None, high=1 / low if low and low > 0 else None, n=len(costs)
    )
