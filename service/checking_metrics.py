"""`bakeoff check-metrics`: the metrics beside people's judgements, in the terminal and in a Markdown file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rich.table import Table as Grid

from corpora.errors import CorpusError, ModelMissingError
from corpora.yaml_file import read_yaml
from eval.config import BakeoffConfig
from eval.labels.check import SetCheck, check_set
from eval.labels.judging import Judging
from eval.labels.labelled import LabelledSet
from eval.labels.page import MarkedPage
from eval.labels.readers import read_labelled
from eval.labels.standing import keep
from eval.labels.table import agreement_table, heading, judge_standings, notes, sections
from eval.metrics.judge import JudgeOptions
from eval.statistics import Confidence
from pipelines.config import AnsweringConfig
from pipelines.embedding import Embedder
from pipelines.models import model_path
from service.project import open_home
from service.terminal import bars, console, waiting

WRITER = "bakeoff check-metrics"
CONFIDENCE = Confidence(resamples=2000)


def check_against_people(data: Path, config: Path | None, write: Path | None, judged: int) -> None:
    """Reads the labels, scores their answers with every metric that can be had, and prints how well each agrees.

    Args:
        config: names judge and embedder; without it there is no judge, and the embedder is the default one.
        write: a file in which the same tables take the place of what stands between the two markers; made where there
            is none.

    Raises:
        CorpusError: the labelled data is missing, broken, or too little, or the file to write has no folder.
        ConfigError: the configuration is broken, the judge's key is missing, or the file to write has no markers.
    """
    settings = read_yaml(config, BakeoffConfig) if config else None
    page = MarkedPage(write, WRITER) if write else None
    sets = read_labelled(data)
    if not any(row.half == "test" for each in sets for row in each.rows):
        raise CorpusError(
            f"{data} has too few answers: none is in the half that is reported on.", "Bring more of the data sets."
        )
    judge = settings.evaluation.judge if settings else None
    name = settings.embedder if settings else str(AnsweringConfig.model_fields["embedder"].default)
    embedder = _prepared(name)
    checks = asyncio.run(_check(sets, embedder, judge, judged))
    for check in checks:
        _show(check)
    if judge is not None:
        keep(open_home().judges, judge, judge_standings(checks))
    if page:
        page.replace(sections(checks))
        console.print(f"Written: {page.path}", markup=False, soft_wrap=True)


async def _check(
    sets: Sequence[LabelledSet], embedder: Embedder | None, judge: JudgeOptions | None, judged: int
) -> list[SetCheck]:
    with waiting("Loading the metrics"):
        metrics = await asyncio.to_thread(import_module, "eval.metrics.ragas_metrics")  # takes many seconds
    table = metrics.EmbeddingTable(embedder) if embedder else None
    judging = Judging(items=judged, limit=judge.timeout) if judge else Judging(items=judged)
    checks = []
    with bars() as on_progress:
        if table is not None:
            rows = [row for each in sets for row in each.rows if row.references and row.half == "test"]
            texts = [text for row in rows for text in (row.response, *row.references)]
            await asyncio.to_thread(table.add, texts, lambda done, total: on_progress("embedding answers", done, total))
        async with metrics.open_metrics(table, judge) as scorers:
            for labelled in sets:
                check = await check_set(labelled, scorers, judging, CONFIDENCE, on_progress)
                if check is not None:
                    checks.append(check)
    return checks


def _prepared(name: str) -> Embedder | None:
    """The embedder, or None with a word about it where it is not there: only similarity needs it."""
    try:
        return Embedder(model_path(name, open_home()), name)
    except ModelMissingError as error:
        console.print(f"Similarity is left out. {error.problem} {error.remedy}", markup=False)
        return None


def _show(check: SetCheck) -> None:
    table = agreement_table(check)
    grid = Grid(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    for number, column in enumerate(table.columns):
        grid.add_column(column.replace(" ", "\n"), justify="left" if number == 0 else "right", no_wrap=number == 0)
    for row in table.rows:
        grid.add_row(*(_narrow(cell) for cell in row))
    console.print()
    console.print(heading(check), style="bold", markup=False)
    console.print(grid)
    for note in notes(check):
        console.print(note, markup=False)


def _narrow(cell: str) -> str:
    """An interval beneath its figure, and short, so that the table fits in 80 columns."""
    figure, found, interval = cell.partition(" (")
    for long, short in (("0.", "."), ("1.000", "1"), (" to ", "–"), (")", "")):
        interval = interval.replace(long, short)
    return f"{figure}\n{interval}" if found else cell
