"""Do the metrics agree with people? AUROC of each against human verdicts: 1 agrees always, 0.5 is a coin.

    python benchmarks/metrics_against_people.py DATA

DATA holds samples of public sets that are not part of this project: `evouna/NQ*.json` (github.com/wangcunxiang/QA-Eval,
answers of five systems judged right or wrong) and `begin/begin_dev_*.tsv` (github.com/google/BEGIN-dataset, replies
labelled attributable to their evidence or not).
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from scipy.stats import mannwhitneyu

from eval.metrics import lexical
from eval.metrics.abstention import is_refusal

SYSTEMS = ("fid", "gpt35", "chatgpt", "gpt4", "newbing")


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a right answer scores above a wrong one, ties counting half."""
    right = [score for score, label in zip(scores, labels, strict=True) if label]
    wrong = [score for score, label in zip(scores, labels, strict=True) if not label]
    return float(mannwhitneyu(right, wrong).statistic) / (len(right) * len(wrong))


def correctness(path: Path) -> None:
    """Our measures of correctness against people's verdicts."""
    rows = [
        (item["golden_answer"].split("/"), item[f"answer_{system}"], item[f"judge_{system}"])
        for item in json.loads(path.read_text(encoding="utf-8"))
        for system in SYSTEMS
        if not item.get("improper") and item.get(f"answer_{system}") is not None
    ]
    print(f"{path.name}: {len(rows)} answers")
    measures: dict[str, Callable[[str, str], float]] = {
        "token recall": lexical.token_recall,
        "F1": lexical.token_f1,
        "ROUGE-L": lexical.rouge_l,
        "contains": lambda gold, text: float(f" {lexical.normalise(gold)} " in f" {lexical.normalise(text)} "),
        "exact match": lambda gold, text: float(lexical.normalise(gold) == lexical.normalise(text)),
    }
    for name, measure in measures.items():
        scores = [max(measure(gold, text) for gold in golds) for golds, text, _ in rows]
        print(f"  {name:12} {auroc(scores, [label for *_, label in rows]):.3f}")
    refused = [label for _, text, label in rows if is_refusal(text)]
    print(f"  refusals: {len(refused)}, of which people called right: {sum(refused)}")


def faithfulness(path: Path) -> None:
    """K-Precision against people's labels; generic replies, which claim nothing, are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [row for row in rows if row["begin_label"] != "Generic"]
    scores = [lexical.k_precision([row["knowledge"]], row["response"]) for row in rows]
    found = auroc(scores, [row["begin_label"] == "Fully attributable" for row in rows])
    print(f"{path.name}: {len(rows)} replies\n  K-Precision  {found:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    for path in sorted(data.glob("evouna/NQ*.json")):
        correctness(path)
    for path in sorted(data.glob("begin/begin_dev_*.tsv")):
        faithfulness(path)


if __name__ == "__main__":
    main()
