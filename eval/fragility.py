"""How many answers would have to be misjudged for a clear difference in right answers to be none."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from corpora.model import Record
from eval import numbers
from eval.sign_flips import sign_flip
from eval.statistics import Confidence, t_interval

FLIPS = 10_000
"""Enough for a number that is told as "some 9", at a tenth of the time."""

Values = Mapping[str, float]


class Fragility(Record):
    """What a clear difference hangs on: a fragility index (Walsh et al. 2014, *Journal of Clinical Epidemiology* 67).

    No test sees what the measure itself gets wrong. This tells how much of that there would have to be, so that people
    can read the answers which decide.

    Attributes:
        disputed: questions that the one ahead has right more often than the other, whatever may be right of that one's
            answers and is not counted.
        enough: on about how many of these either answer would have to be misjudged for the two not to be told apart.
    """

    disputed: int
    enough: int

    @property
    def share(self) -> str:
        """27 of 40."""
        return f"{self.enough} of {self.disputed}"

    def told(self, ahead: str, behind: str) -> str:
        """The same of two pipelines, in a sentence."""
        questions = numbers.counted(self.disputed, "question")
        misjudged = f"some {self.enough} of them" if self.enough > 2 else "one or two of them"
        return (
            f"This hangs on {questions} that {ahead} has right and {behind} has not: were {misjudged} misjudged, it "
            "would not be clear."
        )


def fragility(
    ahead: Values,
    behind: Values,
    gains: Sequence[Values],
    clusters: Mapping[str, str],
    confidence: Confidence,
    pairs: int = 1,
) -> Fragility | None:
    """Of two that are clearly apart; None where no question is disputed. A misjudged one adds nothing to what the one
    ahead has more. Which are misjudged is not known: one of each document is taken, then another one of each.

    Args:
        ahead, behind: the share of right answers, by question id; of the one behind those that may be right, too.
        gains: everything in which the one ahead has to have more, as its value less the other's by question id.
        pairs: for how many the test is corrected, once those that differ more clearly are left out (Holm).
    """
    disputed = _spread((key for key in ahead.keys() & behind.keys() if ahead[key] > behind[key]), clusters)
    if not disputed:
        return None

    def undone(misjudged: int) -> bool:
        level_now = frozenset(disputed[:misjudged])
        return any(not _above_zero(_without(gain, level_now), clusters, confidence, pairs) for gain in gains)

    enough = 1 + bisect_left(range(1, len(disputed)), True, key=undone)
    return Fragility(disputed=len(disputed), enough=enough)


def _spread(keys: Iterable[str], clusters: Mapping[str, str]) -> list[str]:
    taken: Counter[str] = Counter()
    rounds: dict[str, int] = {}
    for key in sorted(keys):
        rounds[key] = taken[clusters[key]]
        taken[clusters[key]] += 1
    return sorted(rounds, key=rounds.__getitem__)


def _without(gain: Values, misjudged: frozenset[str]) -> Values:
    return {key: min(value, 0.0) if key in misjudged else value for key, value in gain.items()}


def _above_zero(gain: Values, clusters: Mapping[str, str], confidence: Confidence, pairs: int) -> bool:
    """By interval and test, as a verdict has it, but for t in the place of resampling, and with fewer flips."""
    differences, labels = list(gain.values()), [clusters[key] for key in gain]
    found, _ = t_interval(differences, labels, confidence.level, (-1.0, 1.0))
    if found.low is None or found.low <= 0:
        return False
    p = sign_flip(np.asarray(differences, dtype=float), labels, confidence.seed, FLIPS)
    return p is not None and p * pairs <= 1 - confidence.level
