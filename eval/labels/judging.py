"""A judge is one more instrument: asked about a random sample, repeatedly, in shuffled order, and compared with what
costs nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.asking import for_each
from eval.labels.agreement import auroc, auroc_difference
from eval.labels.labelled import Labelled
from eval.labels.scoring import score_row
from eval.labels.standing import Comparison
from eval.metrics.giving_up import giving_up
from eval.scoring import Scorer
from eval.statistics import Confidence
from eval.trial import Score


@dataclass(frozen=True)
class Judging:
    """How a judge is asked: about so many answers of a data set, each so often, `limit` seconds for each verdict."""

    items: int = 100
    repeats: int = 3
    limit: float = 120.0
    concurrency: int = 8
    seed: int = 0


async def ask_judge(
    rows: Sequence[Labelled],
    scorers: Mapping[str, Scorer],
    judging: Judging,
    on_progress: Callable[[int, int], None],
) -> tuple[list[Labelled], dict[str, list[Score]]]:
    """The answers asked about, each as often as it was, and the verdicts of each judged metric.

    Which answers, their order and the order of the pieces of evidence within one are random and repeatable: a judge
    that prefers what stands first shows it as spread between repeats. (ragas' AnswerAccuracy asks for both orders of
    answer and reference itself, and takes the mean.) A judge that keeps failing is given up (`giving_up`).
    """
    generator = random.Random(judging.seed)
    chosen = generator.sample(rows, min(judging.items, len(rows)))
    asked = [_shuffled(row, generator) for row in chosen * judging.repeats]
    generator.shuffle(asked)
    verdicts: dict[int, dict[str, Score]] = {}
    patient = giving_up(scorers)

    async def ask(place: int) -> None:
        verdicts[place] = (await score_row(asked[place], patient, judging.limit)).scores
        on_progress(len(verdicts), len(asked))

    await for_each(range(len(asked)), judging.concurrency, ask)
    return asked, {name: [verdicts[place][name] for place in range(len(asked))] for name in scorers}


def compare_with_best(
    asked: Sequence[Labelled],
    verdicts: Sequence[Score],
    known: Mapping[str, Mapping[str, Score]],
    confidence: Confidence,
) -> Comparison | None:
    """The judge beside the best metric without a model on the answers that both scored.

    The best is chosen on these answers, which favours it: a judge must be clearly better, not just luckier.

    Args:
        known: by answer and metric, the scores of the metrics without a model.

    Returns:
        None where no metric can be compared, as with labels of one class.
    """
    found = []
    for name in next(iter(known.values()), {}):
        both = [
            (verdict.value, known[row.id][name].value, row)
            for row, verdict in zip(asked, verdicts, strict=True)
            if verdict.value is not None and known[row.id][name].value is not None
        ]
        if not both:
            continue
        judged, plain = [float(a or 0) for a, _, _ in both], [float(b or 0) for _, b, _ in both]
        labels, clusters = [row.label for _, _, row in both], [row.cluster for _, _, row in both]
        value = auroc(plain, labels)
        if value is not None:
            found.append((value, name, judged, plain, labels, clusters))
    if not found:
        return None
    _, name, judged, plain, labels, clusters = max(found, key=lambda each: each[0])
    return Comparison(rival=name, difference=auroc_difference(judged, plain, labels, clusters, confidence))


def spread(asked: Sequence[Labelled], verdicts: Sequence[Score]) -> float | None:
    """The standard deviation between verdicts on one answer, pooled over answers; None where none has two."""
    by_id: dict[str, list[float]] = {}
    for row, verdict in zip(asked, verdicts, strict=True):
        if verdict.value is not None:
            by_id.setdefault(row.id, []).append(verdict.value)
    variances = [float(np.var(values, ddof=1)) for values in by_id.values() if len(values) > 1]
    return float(np.sqrt(np.mean(variances))) if variances else None


def _shuffled(row: Labelled, generator: random.Random) -> Labelled:
    return row.model_copy(update={"evidence": tuple(generator.sample(row.evidence, len(row.evidence)))})
