"""`bakeoff run`, `report` and `compare`: a bake-off on disk, seen from the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from rich.table import Table as Grid

from corpora.checking import check_corpus
from corpora.errors import RunError
from corpora.leakage import Leakage
from corpora.wording import counted
from eval.compare import compare_runs, comparison_table
from eval.exports import export
from eval.report.build import build_report
from eval.run import RunFolder
from eval.runner import score_anew
from eval.summary import Summary, summarise_run
from eval.table import Table, overview
from pipelines.assembly import compare_new_adapters, open_pipeline, open_workbench
from pipelines.contract import Pipeline
from pipelines.engines.vllm_server import VllmEngine
from pipelines.finetuned import FinetunedOptions
from pipelines.workbench import Workbench
from service.bakeoffs import bake, create_run, manifest_of
from service.corpus_use import measuring
from service.project import Project
from service.terminal import bars, console, waiting


def run_project(project: Project, resume: str | None) -> None:
    """Runs or resumes a bake-off, writes its report, and prints what came out.

    Raises:
        BakeoffError: it cannot start or go on; what was asked is kept, and how to resume is printed. Or every question
            failed; the report is written.
    """
    leakage = check_corpus(project.corpus, project.config.system, project.config.evaluation.split)
    asyncio.run(_run(project, leakage, RunFolder.open(project.runs / resume) if resume else None))


def report_run(path: Path) -> None:
    """Writes a run's report and exports from its files, and prints what came out.

    Raises:
        RunLockedError: another process works on the run.
        RunStorageError: its files are missing or broken, or cannot be written.
    """
    _show(*report_anew(path))


def report_anew(path: Path) -> tuple[RunFolder, Summary, Path]:
    """A run summed up as its files say now, and where its report lies, written anew. Raises what `report_run` does."""
    run = RunFolder.open(path)
    with run.lock() if run.manifest.finished else nullcontext():
        return run, *write_report(run)


def write_report(run: RunFolder) -> tuple[Summary, Path]:
    """Sums a run up anew; its exports and its report, which lies at the path given back, say so.

    Call it under `run.lock()` where the run is finished: answers that lack scores are given them first.
    """
    if run.manifest.finished:
        with bars() as on_progress:
            asyncio.run(score_anew(run, on_progress))
    summary = summarise_run(run)
    export(run, summary)
    return summary, build_report(run, run.documents)


def show_comparison(first: Path, second: Path) -> None:
    """Prints the second run minus the first. Raises RunError where they have nothing in common."""
    comparison = compare_runs(RunFolder.open(first), RunFolder.open(second))
    console.print(f"B minus A: {comparison.b} − {comparison.a}", markup=False, soft_wrap=True)
    console.print(grid(comparison_table(comparison)))
    for doubt in dict.fromkeys(filter(None, (*(each.doubt for each in comparison.changes), comparison.doubt))):
        console.print(doubt, markup=False)
    if comparison.holding:
        console.print(comparison.holding, markup=False)
    asked = counted(comparison.questions, "question")
    console.print(f"In both runs: {asked}. What answers were made up, and times and costs, are in each run's report.")
    if comparison.changed:
        console.print(f"Between them changed: {', '.join(comparison.changed)}.", markup=False)
    if comparison.apart:
        console.print(f"In only one of them: {', '.join(comparison.apart)}.", markup=False)


async def _run(project: Project, leakage: Leakage, resumed: RunFolder | None) -> None:
    """A resumed run is locked before the engine starts, which may take minutes: nobody deletes it meanwhile."""
    async with AsyncExitStack() as stack:
        if resumed:
            stack.enter_context(resumed.lock())
            resumed = RunFolder.open(resumed.path)
        bench, pipelines = await stack.enter_async_context(opened(project))
        manifest = manifest_of(project, leakage, bench, pipelines)
        run = resumed or create_run(project, manifest)
        if not resumed:
            stack.enter_context(run.lock())
        with _resumable(project, run), bars() as on_progress:
            summary = await bake(project, bench, pipelines, run, manifest if resumed else None, on_progress)
        _show(run, summary, build_report(run, run.documents))
        if all(each.failed == each.trials > 0 for each in summary.pipelines):
            faults = " ".join(dict.fromkeys(each.fault for each in summary.pipelines))
            remedy = f"Mend that, and start a new run; {run.path} has every error."
            raise RunError(f"Every question failed: {faults}", remedy)


@asynccontextmanager
async def opened(project: Project) -> AsyncIterator[tuple[Workbench, dict[str, Pipeline]]]:
    """The engine, and the pipelines that a bake-off asks; stopped at the end. The terminal shows what is waited for.

    Raises:
        NotReadyError, EngineError: something must be prepared first, or the engine cannot be started.
    """
    config = project.config
    console.print(f"Engine {config.engine}; pipelines {', '.join(config.selected)}.", markup=False)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(measuring(project, _tell_of_waiting))
        with waiting("Starting the engine"):
            bench = await stack.enter_async_context(open_workbench(config, project.corpus, project.home))
            bench = replace(bench, split=config.evaluation.split)
        with waiting("Opening the pipelines"):
            pipelines = {name: await open_pipeline(name, config, bench) for name in config.selected}
        trained = any(isinstance(config.pipelines[name], FinetunedOptions) for name in config.selected)
        if trained and isinstance(bench.engine, VllmEngine):
            with waiting("Comparing the engine's answers through new adapters with PEFT's"):
                parities = await compare_new_adapters(config, bench)
            for parity in parities:
                console.print(f"{parity.adapter}: {len(parity.differences)} of {parity.prompts} greedy answers differ.")
        yield bench, pipelines


def _tell_of_waiting() -> None:
    console.print("Waiting until the documents and their index are no longer being changed ...")


@contextmanager
def _resumable(project: Project, run: RunFolder) -> Iterator[None]:
    """Says how to go on when a run is stopped, by a person or by an error."""
    try:
        yield
    except BaseException:
        command = f"bakeoff run --config {project.path} --resume {run.path.name}"
        journal = run.path / "journal.jsonl"
        kept = "What was asked is kept. " if journal.is_file() and journal.stat().st_size else ""
        console.print(f"\n{kept}Go on with: {command}", markup=False, soft_wrap=True)
        raise


def _show(run: RunFolder, summary: Summary, page: Path) -> None:
    console.print()
    console.print(grid(overview(summary).turned()))
    console.print(summary.verdict.headline, style="bold", markup=False)
    console.print(summary.verdict.advice, markup=False)
    for warning in (*run.manifest.warnings, *summary.warnings):
        console.print(warning, style="yellow", markup=False)
    tell_report(page)


def tell_report(page: Path) -> None:
    console.print(f"Report: {page}", markup=False, soft_wrap=True)


def grid(table: Table) -> Grid:
    """A table for the terminal: intervals stand beneath their means, so that four pipelines fit in 80 columns."""
    shown = Grid(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(table.columns):
        shown.add_column(column, justify="left" if number == 0 else "right")
    for row in table.rows:
        shown.add_row(*(cell.replace(" (", "\n(") for cell in row))
    return shown
