"""One pipeline, really asked twice under two names: how often is its time, or its cost, called different?

    python benchmarks/live_a_against_a.py [--bakeoffs 100] [--write docs/statistics.md]

The asking, the turns, the clocks and the verdict are those of `bakeoff run`; each answer is some milliseconds of the
processor's work, as different from question to question as answers are. Whatever else the machine does meanwhile is
part of it: nobody's machine stands still during a bake-off.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "eval")]

import eval_fakes as fakes  # noqa: E402
from shown import Figures, arguments  # noqa: E402

import eval.runner  # noqa: E402
from eval import numbers  # noqa: E402
from eval.options import EvaluationOptions  # noqa: E402
from eval.prices import Prices  # noqa: E402
from eval.statistics import wilson  # noqa: E402
from eval.summary import Summary  # noqa: E402
from eval.table import Table  # noqa: E402
from pipelines.contract import Event  # noqa: E402

WRITER = "benchmarks/live_a_against_a.py"
SIZES = ((126, 16), (126, 4), (48, 16))
"""Questions, and how many at once."""


class Working(fakes.FakePipeline):
    """Works for some milliseconds before it answers."""

    async def stream(self, question: str) -> AsyncGenerator[Event, None]:
        work = 60_000 + int(hashlib.sha256(question.encode()).hexdigest(), 16) % 60_000
        sum(number * number for number in range(work))
        async for event in super().stream(question):
            yield event


def bake(questions: int, concurrency: int, seed: int) -> tuple[int, Summary]:
    """In how many turns, and what came out."""
    asked = [fakes.question(number) for number in range(questions)]
    options = EvaluationOptions(resamples=1000, seed=seed, concurrency=concurrency)
    pipelines = [Working(name, lambda text: text.removeprefix("What is "), delay=0.002) for name in ("a", "b")]
    config = fakes.Config(evaluation=options, cost=Prices(machine_per_hour=1))
    with tempfile.TemporaryDirectory() as folder:
        run = fakes.new_run(Path(folder), asked, {each.name: each for each in pipelines}, config)
        return run.manifest.turns, asyncio.run(fakes.bake(run, *pipelines))


def row(questions: int, concurrency: int, bakeoffs: int) -> list[str]:
    called: Counter[str] = Counter()
    turns = 0
    for seed in range(bakeoffs):
        turns, summary = bake(questions, concurrency, seed)
        called.update(finding.about for finding in summary.verdict.findings if finding.clear)
        print(f"{questions} questions, {concurrency} at once: {seed + 1} of {bakeoffs}", file=sys.stderr)
    cells = []
    for about in ("latency", "cost"):
        share = wilson(called[about], bakeoffs, 0.95)
        cells.append(
            f"{called[about]} of {bakeoffs} ({numbers.percent(share.low or 0)} to {numbers.percent(share.high)})"
        )
    return [str(questions), str(concurrency), str(turns), *cells]


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--bakeoffs", type=int, default=100)
    options = parser.parse_args()
    figures = Figures(options.write, WRITER)
    eval.runner.import_module = lambda name: SimpleNamespace(open_metrics=fakes.open_plain)  # ragas takes long to load
    rows = [row(questions, concurrency, options.bakeoffs) for questions, concurrency in SIZES]
    columns = ["Questions", "At once", "Turns", "Time called different", "Cost called different"]
    table = Table(columns, rows).markdown()
    figures.show(table)


if __name__ == "__main__":
    main()
