"""How two pipelines differ in the worst case, where some of what they have is known within bounds (Manski 1990)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.paired import Gain, Paired
from eval.pairing import compare_pairs, within_scale
from eval.statistics import Confidence

Pair = tuple[str, str]
Values = Mapping[str, float]


@dataclass(frozen=True)
class Bounds:
    """What each pipeline has at least, as it counts, and at most, by question id. What does not count at all, as a
    failure, has a least and a most alone.
    """

    least: Mapping[str, Values]
    counted: Mapping[str, Values]
    most: Mapping[str, Values]

    def within(self, high: str, low: str) -> bool:
        """Whether the first may have less than counts, or the second more."""
        return self._differs(high, self.least, self.most) or self._differs(low, self.most, self.least)

    def _differs(self, name: str, end: Mapping[str, Values], other: Mapping[str, Values]) -> bool:
        """Whether one end is not what counts, or where nothing does, not the other end."""
        counted = self.counted[name]
        return any(value != counted.get(key, other[name][key]) for key, value in end[name].items())


def directed_pairs(found: Mapping[Pair, Paired], others: Mapping[Pair, Paired]) -> dict[Pair, Pair]:
    """Each pair with the one that has more first; of two that are level, the one that has more in the other
    comparison.
    """
    means = {pair: paired.estimate.mean or others[pair].estimate.mean or 0.0 for pair, paired in found.items()}
    return {pair: pair if mean >= 0 else pair[::-1] for pair, mean in means.items()}


def worst_cases(
    bounds: Bounds,
    directed: Mapping[Pair, Pair],
    clusters: Mapping[str, str],
    confidence: Confidence,
) -> dict[Pair, Paired]:
    """Of the one with more, what it has at least, less the other's at most; nothing where both are as they count. All
    pairs are corrected together.
    """
    if not any(bounds.within(*pair) for pair in directed.values()):
        return {}
    values = {f"{name} at least": each for name, each in bounds.least.items()}
    values |= {f"{name} at most": each for name, each in bounds.most.items()}
    asked = {pair: (f"{high} at least", f"{low} at most") for pair, (high, low) in directed.items()}
    found = compare_pairs(values, list(asked.values()), clusters, confidence)
    return {pair: found[asked[pair]] for pair, names in directed.items() if bounds.within(*names)}


def gain(paired: Paired | None) -> Gain | None:
    """What `Paired` keeps of a worst case."""
    return None if paired is None else Gain(estimate=paired.estimate, adjusted=paired.adjusted)


def smallest_in_all(*found: tuple[Paired, Paired | None]) -> float | None:
    """The smallest difference that is shown in several measures, each as counted and in the worst case, which takes as
    much of it as it takes of the one that is seen.
    """
    sizes = []
    for counted, worst in found:
        sizes.append(counted.smallest)
        if worst is not None:
            taken = abs(counted.estimate.mean or 0.0) - (worst.estimate.mean or 0.0)
            sizes.append(within_scale(None if worst.smallest is None else worst.smallest + taken, 1.0))
    known = [size for size in sizes if size is not None]
    return max(known) if len(known) == len(sizes) else None


def more_for_all(counted: Sequence[Paired], worst: Sequence[Paired]) -> int | None:
    """How many more questions would show all of these; None too where none would: the one with more would not be ahead
    in the worst case.
    """
    needed = [each.more for each in (*counted, *worst)]
    known = [more for more in needed if more is not None]
    never = any((each.estimate.mean or 0.0) <= 0 for each in worst)
    return None if never or len(known) < len(needed) else max(known)
