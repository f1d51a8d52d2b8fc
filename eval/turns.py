"""When questions are asked: in turns, each with the same questions for every pipeline, so that turns can be compared.

A machine is slower at times. What it was in one turn it was for all questions of that turn, so that the turn, not the
question, is the draw that times and costs vary by (a blocked design: Fisher 1935; `compare_turns`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from corpora.model import Question
from eval.options import EvaluationOptions
from eval.paired import Paired
from eval.pairing import corrected, question_clusters, within_scale
from eval.planning import smallest_difference
from eval.statistics import Confidence, t_interval

TURNS = 12
"""More would tell little more: t with 11 degrees of freedom is 2.2, and 1.96 with any number."""

FULL = 2
"""A turn has so many times as many questions as are asked at once, at least: with fewer, most would be asked while the
machine has less to do than at the run's load.
"""


def count_turns(questions: Sequence[Question], options: EvaluationOptions) -> int:
    """As many as would be full, `TURNS` at the most; else two halves, where each is as many as are asked at once."""
    asked = len(questions) * options.repeat
    if asked < 2 * options.concurrency:
        return 1
    return min(TURNS, max(2, asked // (FULL * options.concurrency)))


def question_turns(questions: Sequence[Question], turns: int, seed: int) -> dict[str, int]:
    """The turn of each question, by its id. Questions of one cluster come in one turn, which then is a cluster of
    clusters; apart from that turns are at random, and as equal in size as clusters let them be.
    """
    groups: dict[str, list[str]] = {}
    for question_id, cluster in question_clusters(questions).items():
        groups.setdefault(cluster, []).append(question_id)
    order = list(groups.values())
    random.Random(seed).shuffle(order)
    found: dict[str, int] = {}
    sizes = [0] * turns
    for group in sorted(order, key=len, reverse=True):
        turn = sizes.index(min(sizes))
        sizes[turn] += len(group)
        found |= dict.fromkeys(group, turn)
    return found


def within_turns(values: Mapping[str, float], turns: Mapping[str, int]) -> dict[str, float]:
    """The values' ranks within their turns, from 0 to 1: in which order questions came, whenever their turn was. Those
    that came at one moment share a rank.
    """
    from scipy.stats import rankdata

    members: dict[int, list[str]] = {}
    for question_id in values:
        members.setdefault(turns[question_id], []).append(question_id)
    found: dict[str, float] = {}
    for group in members.values():
        ranks = rankdata([values[each] for each in group])
        found |= {each: float(rank) / len(group) for each, rank in zip(group, ranks, strict=True)}
    return found


def compare_turns(
    values: Mapping[str, Mapping[str, float]],
    pairs: Sequence[tuple[str, str]],
    turns: Mapping[str, str],
    confidence: Confidence,
    bounds: tuple[float, float],
) -> dict[tuple[str, str], Paired]:
    """As `compare_pairs`, of what depends on how fast the machine was just then: the draw is the turn.

    There are too few turns to resample. Interval and test are those of t (`t_interval`; of turns of one size it is the
    paired t test). With one turn nothing can be told. More questions only make turns longer, and their moods stay, so
    that no number of them is named.

    Args:
        turns: by question id.
    """
    return corrected(
        {pair: _by_turn(values[pair[0]], values[pair[1]], turns, confidence, bounds, len(pairs)) for pair in pairs},
        confidence,
    )


def _by_turn(
    a: Mapping[str, float],
    b: Mapping[str, float],
    turns: Mapping[str, str],
    confidence: Confidence,
    bounds: tuple[float, float],
    pairs: int,
) -> Paired:
    common = sorted(a.keys() & b.keys())
    differences, labels = [a[key] - b[key] for key in common], [turns[key] for key in common]
    estimate, p = t_interval(differences, labels, confidence.level, bounds)
    alpha = (1 - confidence.level) / pairs
    return Paired(
        estimate=estimate,
        p=p,
        adjusted=None,
        smallest=within_scale(smallest_difference(differences, labels, alpha, leaving_out=True), bounds[1]),
        more=None,
        of_all=t_interval(differences, labels, 1 - alpha, bounds)[0],
    )
