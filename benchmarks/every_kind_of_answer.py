"""What does every metric without a judge make of a copied passage, a refusal, a fluent lie? One table.

    python benchmarks/every_kind_of_answer.py [--write docs/metrics.md]

The answers stand in `kinds_of_answer`. They are scored as in a bake-off, with its rules for refusals; "called right" is
what a bake-off would say. Judges ask a model, and retrieval has nothing to do with the answer: both are left out. Needs
the demo's embedder (`bakeoff index`).
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from pathlib import Path
from statistics import fmean

from kinds_of_answer import TOLD, Answered, every_kind
from shown import Figures, arguments

from eval.metrics.ragas_metrics import EmbeddingTable, open_metrics
from eval.metrics.registry import METRICS
from eval.outcomes import is_right
from eval.scoring import Scorer, score_trial
from eval.trial import Trial
from pipelines.contract import Answer, Timing, Usage
from pipelines.embedding import Embedder
from pipelines.home import Home
from pipelines.models import model_path

LIMIT = 60.0
EMBEDDER = "all-minilm-l6-v2"


async def score(answered: Answered, scorers: dict[str, Scorer]) -> Trial:
    answer = Answer(
        response=answered.response,
        retrieved_contexts=answered.shown,
        usage=Usage(),
        timing=Timing(ttft=0, e2el=0, retrieval=0, generation=0),
        model="by hand",
        finish_reason="stop",
    )
    trial = Trial(pipeline=answered.kind, question_id=answered.question.id, answer=answer, asked_at="")
    return await score_trial(answered.question, trial, scorers, LIMIT)


async def table() -> str:
    trials: defaultdict[str, list[Trial]] = defaultdict(list)
    right: Counter[str] = Counter()
    embedder = Embedder(model_path(EMBEDDER, Home(Path(".bakeoff"))), EMBEDDER)
    async with open_metrics(EmbeddingTable(embedder)) as metrics:
        names = [name for name in metrics if METRICS[name].family != "retrieval"]
        for answered in every_kind():
            trial = await score(answered, {name: metrics[name] for name in names})
            trials[answered.kind].append(trial)
            right[answered.kind] += is_right(answered.question, trial)
    lines = [
        f"Means over {len(TOLD)} questions of the demo corpus, each answered in every manner; the passage with the",
        "answer is shown. A dash: no answer, so nothing to say of it.",
        "",
        f"| answer | called right | {' | '.join(f'`{name}`' for name in names)} |",
        f"|{'---|' * (len(names) + 2)}",
    ]
    for kind, found in trials.items():
        values = [[trial.scores[name].value for trial in found] for name in names]
        cells = ["–" if None in column else f"{fmean(value or 0 for value in column):.2f}" for column in values]
        lines.append(f"| {kind} | {right[kind]} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = arguments(__doc__)
    path = parser.parse_args().write
    figures = Figures(path, "every kind of answer")
    figures.show(asyncio.run(table()))


if __name__ == "__main__":
    main()
