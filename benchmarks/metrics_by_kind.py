"""On which answers do the headline metrics agree with people? By length of the answer and kind of reference.

    python benchmarks/metrics_by_kind.py DATA [--write docs/metrics.md]

DATA is what `bakeoff check-metrics --data` takes; like it, this reports on the test half. Rows of fewer than thirty
answers, or with labels of one class, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from shown import Figures, arguments

from eval.labels.agreement import Figure, agreement
from eval.labels.labelled import Labelled
from eval.labels.readers import read_labelled
from eval.metrics.abstention import is_refusal
from eval.metrics.correctness import correctness
from eval.metrics.lexical import tokens
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.metrics.support import support
from eval.statistics import Confidence

LENGTHS = (2, 4, 8, 20, 60)
FEWEST = 30


def length(row: Labelled) -> str:
    """How many words an answer has; of Chinese, characters."""
    words = len(tokens(row.response))
    for least, most in pairwise((0, *LENGTHS)):
        if words <= most:
            return f"answer of {least + 1} to {most} words"
    return f"answer of more than {LENGTHS[-1]} words"


def reference(row: Labelled) -> str:
    """The kind of the first reference, told by its look."""
    text = row.references[0]
    if re.search(r"\b(?:1[0-9]|20)\d\d\b", text):
        return "reference with a year"
    if re.search(r"\d", " ".join(tokens(text))):
        return "reference with another number"
    return "reference that is a name" if text[0].isupper() else "reference in other words"


def score(row: Labelled) -> float:
    if row.family == "faithfulness":
        return support(row.evidence, row.response)
    return 0.0 if is_refusal(row.response) else max(correctness(each, row.response) for each in row.references)


def rows_of(name: str, labelled: Iterable[Labelled], kind: Callable[[Labelled], str]) -> Iterator[str]:
    """A row of the table for each kind that has enough answers."""
    groups: dict[str, list[Labelled]] = {}
    for row in labelled:
        groups.setdefault(kind(row), []).append(row)
    for group, found in sorted(groups.items(), key=lambda each: (*map(int, re.findall(r"\d+", each[0])), each[0])):
        threshold = METRICS[CORRECTNESS if found[0].family == "correctness" else FAITHFULNESS].threshold
        labels = [row.label for row in found]
        each = agreement(
            [score(row) for row in found], labels, [row.cluster for row in found], threshold, Confidence(resamples=2000)
        )
        if each.n >= FEWEST and each.doubt is None:
            yield f"| {name} | {group} | {each.n} | {written(each.auroc)} | {written(each.balanced_accuracy)} |"


def written(figure: Figure) -> str:
    if figure.low is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("data", type=Path)
    given = parser.parse_args()
    figures = Figures(given.write, "metrics by kind")
    lines = ["| data set | kind | n | AUROC | balanced accuracy |", "|---|---|--:|--:|--:|"]
    for labelled in read_labelled(given.data):
        rows = [row for row in labelled.rows if row.half == "test"]
        for kind in (length, reference) if labelled.family == "correctness" else (length,):
            lines += rows_of(labelled.name, rows, kind)
    figures.show("\n".join(lines))


if __name__ == "__main__":
    main()
