"""`bakeoff load`: how fast a running service answers, by how much is asked of it at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError
from rich.table import Table

from corpora.errors import ConfigError, MissingKeyError, RunError, UnknownPipelineError
from corpora.wording import counted
from eval import numbers
from eval.latency import Percentiles
from eval.load.client import LoadClient
from eval.load.driver import run_load
from eval.load.measures import Level, Load, Targets
from eval.load.result import FILE, LoadPlan, LoadResult
from eval.manifest import Manifest
from eval.options import EvaluationOptions
from eval.run import RunFolder
from eval.storage import AGAIN, write_whole
from pipelines.address import is_here, require_no_password
from service.baking import report_anew, tell_report
from service.likeness import require_same
from service.project import Project
from service.terminal import bars, console

KEY = "BAKEOFF_KEY"
"""The environment variable that holds a key of the service that is loaded."""

CONCURRENCIES = 1, 4, 16


def run_load_test(
    project: Project, url: str, plan: LoadPlan, path: Path | None, anywhere: bool, run: RunFolder | None = None
) -> None:
    """Asks a running service the project's questions under each load, prints what came out, and writes it to `path`.

    A plan without pipelines is for all that the service has. The file is written anew after each level.

    Args:
        run: into whose report the result goes; it is written again.

    Raises:
        ConfigError: the address is not on this machine and `anywhere` is not set, `path` has no folder, or the
            environment's proxies cannot be used.
        RunError: there are no questions to ask, or the service does not answer as in the run.
        EngineUnavailableError, EngineProtocolError: nothing there can be asked, or compared with the run.
        UnknownPipelineError: the service has no such pipeline.
        RunStorageError, RunLockedError: the result, or the report, cannot be written.
    """
    check_address(url, anywhere)
    split = project.config.evaluation.split
    questions = [question.user_input for question in project.corpus.split(split)]
    if not questions:
        raise RunError(f"The corpus has no questions in the split {split!r}.", "Take the other --split.")
    if path and (path.is_dir() or not path.parent.is_dir()):
        raise ConfigError(f"{path} cannot be a file.", "Give --write the name of a file in a folder that is there.")
    started = datetime.now(UTC).isoformat(timespec="seconds")
    planned = LoadResult(url=url, started=started, split=split, questions=len(questions), plan=plan)
    result = asyncio.run(_load(planned, questions, path, run.manifest if run else None))
    console.print(_table(result))
    _remark(result)
    if path:
        console.print(f"Written to {path}", markup=False, soft_wrap=True)
    if run:
        tell_report(report_anew(run.path)[2])


def plan_of(
    evaluation: EvaluationOptions,
    pipelines: Sequence[str],
    loads: Sequence[Load],
    requests: int,
    targets: Targets,
) -> LoadPlan:
    """As patient and as warmed up as a bake-off. Raises ConfigError where a load would never be reached."""
    most = max(load.concurrency or 1 for load in loads)
    if requests < most:
        raise ConfigError(f"With {requests} requests there are never {most} at once.", "Raise --requests.")
    return LoadPlan(
        pipelines=tuple(dict.fromkeys(pipelines)),
        loads=tuple(dict.fromkeys(loads)),
        requests=requests,
        targets=targets,
        warmup=evaluation.warmup,
        timeout=evaluation.timeout,
        seed=evaluation.seed,
    )


def loads_of(concurrencies: Sequence[int], rates: Sequence[float]) -> list[Load]:
    """Closed loops, then open ones; the usual closed ones where nothing is asked for. Raises ConfigError."""
    if not concurrencies and not rates:
        concurrencies = CONCURRENCIES
    try:
        return [Load(concurrency=each) for each in concurrencies] + [Load(rate=each) for each in rates]
    except ValidationError as error:
        raise ConfigError(
            "--concurrency takes a whole number above 0, and --rate requests a second, above 0.",
            "For example --concurrency 4 --rate 0.5.",
        ) from error


def targets_of(given: Sequence[str]) -> Targets:
    """Targets out of `ttft=0.5`. Raises ConfigError."""
    pairs = [each.partition("=") for each in given]
    if len({name for name, _, _ in pairs}) < len(pairs):
        raise ConfigError("--target names a measure twice.", "Give each measure one target.")
    try:
        return Targets.model_validate({name: limit for name, _, limit in pairs})
    except ValidationError as error:
        raise ConfigError(
            f"--target takes ttft, tpot or e2el, and seconds above 0, not {' '.join(given)}.",
            "For example --target ttft=0.5 --target e2el=3.",
        ) from error


def destination(run: Path | None, file: Path | None) -> tuple[Path | None, RunFolder | None]:
    """Where to write, if anywhere, and the run that it is about, if any.

    Raises ConfigError where both are given, RunStorageError where there is no run, or a finished one has lost answers.
    """
    if run and file:
        raise ConfigError("--run and --write are two places for one result.", "Give one of them.")
    if run is None:
        return file, None
    folder = RunFolder.open(run)
    folder.trials()  # what no report can be drawn from is told of before the load, not after
    return folder.path / FILE, folder


def check_address(url: str, anywhere: bool) -> None:
    """Raises ConfigError where it is no address, may hold a password, or is elsewhere without `anywhere`.

    No password is shown.
    """
    try:
        require_no_password(url, f"put a key of the service into the environment variable {KEY}")
    except ValueError as error:
        raise ConfigError(f"--url: {error}.", "Give an address such as http://127.0.0.1:8080.") from None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise ConfigError(f"{url!r} is no address of a server.", "Give one such as http://127.0.0.1:8080.")
    if not is_here(url) and not anywhere:
        raise ConfigError(
            f"{host} is not this machine, and a load test can bring a server down for everybody who uses it.",
            "If the server is yours to load, say so with --anywhere.",
        )


async def _load(planned: LoadResult, questions: Sequence[str], path: Path | None, run: Manifest | None) -> LoadResult:
    def keep(result: LoadResult) -> None:
        if path:
            write_whole(path, result.model_dump_json(indent=2) + "\n", AGAIN)

    plan = planned.plan
    key = os.environ.get(KEY)
    async with LoadClient(planned.url, plan.timeout, api_key=key) as client:
        names = await _models(client)
        for name in plan.pipelines:
            if name not in names:
                raise UnknownPipelineError(
                    f"{planned.url} has no pipeline {name!r}.", f"It has {', '.join(names) or 'none at all'}."
                )
        plan = plan.model_copy(update={"pipelines": plan.pipelines or tuple(names)})
        if run is not None:
            require_same(run, await client.fingerprints(), plan.pipelines)
        with bars() as on_progress:
            return await run_load(client, planned.model_copy(update={"plan": plan}), questions, on_progress, keep)


async def _models(client: LoadClient) -> list[str]:
    try:
        return await client.models()
    except MissingKeyError as error:
        raise MissingKeyError(error.problem, f"Put a valid one into the environment variable {KEY}.") from error


def _table(result: LoadResult) -> Table:
    """Two lines a level, so that it fits in 80 columns."""
    good = ["good/s"] if result.plan.targets else []
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    for column in ("", "answers/s\nof most", "tokens/s", "ttft\np50, p95", "tpot", "itl", "e2el", *good, "failed"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for level in result.levels:
        table.add_row(
            f"{level.pipeline}\n{level.load}",
            f"{_per_second(level.requests_per_second)}\n{numbers.percent(result.utilisation(level))}",
            numbers.rate(level.output_tokens_per_second),
            *(f"{numbers.seconds(times.p50)}\n{numbers.seconds(times.p95)}" for times in _times(level)),
            *([] if level.goodput is None else [_per_second(level.goodput)]),
            str(level.failed),
            style="red" if level.failed else None,
        )
    return table


def _times(level: Level) -> tuple[Percentiles, ...]:
    return level.ttft, level.tpot, level.itl, level.e2el


def _per_second(value: float) -> str:
    return f"{value:.3g}"


def _remark(result: LoadResult) -> None:
    """What makes the figures weaker than they look."""
    for level in result.levels:
        for failure in level.failures:
            said = f"{level.pipeline}, {level.load}: {failure.count} × {failure.message}"
            console.print(said, markup=False, soft_wrap=True)
    if any(level.repeated for level in result.levels):
        console.print(
            f"Only {counted(result.questions, 'question')} could be asked, so that some came again; where the server "
            "keeps prompts, their first token comes sooner. Fewer --requests, or more questions, would avoid it."
        )
