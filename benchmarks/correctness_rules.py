"""Token recall gives a copied passage full marks. What would an honest rule cost? People's verdicts, and copies.

    python benchmarks/correctness_rules.py DATA [--write docs/metrics_support.md]

DATA is what `bakeoff check-metrics --data` takes; EVOUNA is read. Each rule is measured on EVOUNA's test half, with the
threshold that is best on its dev half, and on the copies of `kinds_of_answer`, where a right answer should keep its
score and a copied document lose it. The last is what `eval.metrics.correctness` does: the rule above it, and half of it
for an answer that contradicts the reference (`altered_references` measures what that is for).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

from kinds_of_answer import every_kind
from shown import Figures, arguments

from eval.labels.agreement import agreement, auroc_difference, best_threshold, figure
from eval.labels.labelled import Labelled
from eval.labels.readers import read_labelled
from eval.metrics.abstention import declines
from eval.metrics.correctness import correctness
from eval.metrics.lexical import terms
from eval.metrics.recall import coverage, token_recall
from eval.statistics import Confidence

INTERVALS = Confidence(resamples=1000)
COPIES = (
    "the reference itself",
    "the gold sentence",
    "a passage's first words, copied",
    "a passage, copied",
    "the document, copied",
)
Rule = Callable[[str, str], float]


def first_words(limit: int) -> Rule:
    """Only so many words of the response are read."""
    return lambda reference, response: token_recall(reference, " ".join(response.split()[:limit]))


def discounted(limit: int, rule: Rule = token_recall, power: int = 1) -> Rule:
    """Beyond so many words, a response twice as long is worth half, or by the square a quarter."""
    return lambda reference, response: rule(reference, response) * min(1, limit / max(1, len(terms(response)))) ** power


def weighted(beta: float) -> Rule:
    """F-measure in which recall weighs beta times as much as precision (van Rijsbergen 1979)."""

    def rule(reference: str, response: str) -> float:
        recall, length = token_recall(reference, response), len(terms(response))
        precision = min(1.0, recall * len(terms(reference)) / length) if length else 0.0
        return (1 + beta**2) * recall * precision / (beta**2 * precision + recall) if recall else 0.0

    return rule


RULES: dict[str, Rule] = {
    "recall": token_recall,
    **{f"recall in the first {n} words": first_words(n) for n in (20, 40, 60)},
    **{f"recall, full to {n} words, then less": discounted(n) for n in (20, 40, 60)},
    **{f"recall, full to {n} words, then less by the square": discounted(n, power=2) for n in (30, 40, 50)},
    **{f"F{n}": weighted(n) for n in (1, 2, 4, 6, 8, 10)},
    **{f"F8, full to {n} words, then less": discounted(n, weighted(8)) for n in (30, 40, 60)},
    "`coverage`": coverage,
    "`correctness`": correctness,
}


def scores(rows: Sequence[Labelled], rule: Rule) -> list[float]:
    return [
        0.0
        if declines(row.response, row.references)
        else max(rule(reference, row.response) for reference in row.references)
        for row in rows
    ]


def table(rows: Sequence[Labelled]) -> str:
    dev, test = ([row for row in rows if row.half == half] for half in ("dev", "test"))
    labels, clusters = [row.label for row in test], [row.cluster for row in test]
    recall = scores(test, token_recall)
    answered = list(every_kind())
    lines = [
        f"| rule | AUROC | over recall | balanced accuracy | {' | '.join(COPIES)} |",
        f"|{'---|' * (4 + len(COPIES))}",
    ]
    for name, rule in RULES.items():
        threshold, _ = best_threshold(scores(dev, rule), [row.label for row in dev])
        found = scores(test, rule)
        agreed = agreement(found, labels, clusters, threshold, INTERVALS)
        gain = auroc_difference(found, recall, labels, clusters, INTERVALS)
        copies = [
            fmean(rule(each.question.reference or "", each.response) for each in answered if each.kind == kind)
            for kind in COPIES
        ]
        cells = (
            f"{agreed.auroc.value:.3f}",
            figure(gain, signed=True),
            f"{agreed.balanced_accuracy.value:.3f} at {threshold:.2f}",
            *(f"{value:.2f}" for value in copies),
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    figures = Figures(given.write, "correctness rules")
    figures.show(
        table([row for each in read_labelled(given.data) if each.name.startswith("EVOUNA") for row in each.rows])
    )


if __name__ == "__main__":
    main()
