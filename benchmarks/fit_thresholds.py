"""The threshold of each metric without a model: the best balanced accuracy on the dev half of people's labels.

    python benchmarks/fit_thresholds.py DATA

DATA is what `bakeoff check-metrics --data` takes. Correctness is fitted on EVOUNA, faithfulness on BEGIN, whose files
count together; `bakeoff check-metrics` reports on the other half. What is fitted stands in `eval/metrics/registry.py`.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from eval.labels.agreement import best_threshold
from eval.labels.labelled import Labelled
from eval.labels.readers import read_labelled
from eval.labels.scoring import applicable, score_rows
from eval.metrics.ragas_metrics import EmbeddingTable, open_metrics
from pipelines.embedding import Embedder
from pipelines.home import Home
from pipelines.models import model_path

EMBEDDER = "all-minilm-l6-v2"
HOME = Home(Path(".bakeoff").absolute())


async def fit(rows: list[Labelled]) -> None:
    table = EmbeddingTable(Embedder(model_path(EMBEDDER, HOME), EMBEDDER))
    table.add(text for row in rows for text in (row.response, *row.references))
    async with open_metrics(table) as metrics:
        scorers = applicable(metrics, rows[0].family, judged=False)
        trials = await score_rows(rows, scorers, 60, lambda done: None)
    for name in scorers:
        values = [trial.scores[name].value for trial in trials]
        known = [(value, row.label) for value, row in zip(values, rows, strict=True) if value is not None]
        threshold, accuracy = best_threshold([value for value, _ in known], [label for _, label in known])
        print(f"  {name:20} {threshold:.3f}  balanced accuracy {accuracy:.3f}  ({len(known)} answers)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    sets = read_labelled(parser.parse_args().data)
    for name in ("EVOUNA", "BEGIN"):
        rows = [row for each in sets if each.name.startswith(name) for row in each.rows if row.half == "dev"]
        print(f"{name}, dev half")
        if rows:
            asyncio.run(fit(rows))


if __name__ == "__main__":
    main()
