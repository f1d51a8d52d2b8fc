"""The command line. Each command imports what it needs when it runs, so that `bakeoff --help` is instant."""

from __future__ import annotations

import errno
import os
import signal
import sys
import warnings
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from corpora.errors import BakeoffError, EngineError
from service.granting import keys

# said before any library is imported that would ask a hub, or tell one
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
os.environ.setdefault("RAGAS_DO_NOT_TRACK", "true")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("TQDM_DISABLE", "1")  # the progress shown is ours

app = typer.Typer(
    help="Prompt it, retrieve for it, or fine-tune it? Find out on your own documents, and serve the winner.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(keys, name="keys")

Config = Annotated[Path, typer.Option("--config", "-c", help="The configuration.")]
EngineName = Annotated[str | None, typer.Option("--engine", "-e", help="One of the configuration's engines.")]
DEFAULT_CONFIG = Path("bakeoff.yaml")

_REFUSED = "Check the owner and the permissions of the file and its folder."
_FULL = "Free some space, then run the command again."
_STORAGE = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _REFUSED),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _FULL),
}
"""What to do where the system does not let a file be read or written."""


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"bakeoff {version('bakeoff')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """What may stand before a command."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The corpus folder to make.")],
    source: Annotated[Path | None, typer.Option("--from", help="A folder of documents, or a SQuAD file.")] = None,
    questions: Annotated[Path | None, typer.Option(help="The question file, JSONL or CSV.")] = None,
    documents: Annotated[Path | None, typer.Option(help="A JSONL or CSV file that holds the documents.")] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN where names do not tell, FIELD=- for none.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="The language, as en or zh, where texts do not tell.")] = None,
) -> None:
    """Make a corpus and its configuration, empty or from your own data."""
    from service.starting import init_corpus

    init_corpus(folder, source, questions, documents, mapping or [], language)


@app.command()
def validate(config: Config = DEFAULT_CONFIG, engine: EngineName = None) -> None:
    """Check everything before a token is spent: config, ids, evidence, leakage, models, index, adapters, engine."""
    from service.preparing import validate_project
    from service.project import open_project

    if not validate_project(open_project(config, engine)):
        raise typer.Exit(1)


@app.command()
def index(
    config: Config = DEFAULT_CONFIG,
    ray: Annotated[
        str | None, typer.Option(help="A Ray cluster that embeds: HOST:PORT, ray://HOST:PORT, auto.")
    ] = None,
) -> None:
    """Prepare the models and index the documents; only what changed is embedded again."""
    from service.preparing import index_project
    from service.project import open_project

    index_project(open_project(config), ray)


@app.command()
def train(config: Config = DEFAULT_CONFIG) -> None:
    """Train the adapters that the fine-tuned pipelines need; one that is there for the same data is reused."""
    from service.preparing import train_project
    from service.project import open_project

    train_project(open_project(config))


@app.command()
def vllm(
    folder: Annotated[Path, typer.Argument(help="Where to write them; the models stay where they are.")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Write the settings with which a vLLM server elsewhere serves the base model and the adapters."""
    from service.project import open_project
    from service.vllm_files import write_vllm_files

    write_vllm_files(open_project(config), folder)


@app.command()
def run(
    config: Config = DEFAULT_CONFIG,
    engine: EngineName = None,
    resume: Annotated[str | None, typer.Option(help="Go on with this run, as it was started.")] = None,
    split: Annotated[str | None, typer.Option(help="dev to tune, test to report.")] = None,
    repeat: Annotated[int | None, typer.Option(help="Ask each question so many times.", min=1)] = None,
) -> None:
    """Ask every pipeline every question, score, count, and write the report to runs/<id>/."""
    from service.baking import run_project
    from service.project import open_project

    run_project(open_project(config, engine, split, repeat, resume), resume)


@app.command()
def report(run: Annotated[Path, typer.Argument(help="A folder of runs/.")]) -> None:
    """Write the report and the exports of a run again, finished or not; nothing is asked."""
    from service.baking import report_run

    report_run(run)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="A folder of runs/.")],
    second: Annotated[Path, typer.Argument(help="Another one.")],
) -> None:
    """Compare two runs on the questions that both asked: the second minus the first."""
    from service.baking import show_comparison

    show_comparison(first, second)


@app.command("check-metrics")
def check_metrics(
    data: Annotated[
        Path,
        typer.Option(help="A folder with begin, evouna, uhgeval or clapnq in it; half of each is left for fitting."),
    ],
    config: Annotated[Path | None, typer.Option("--config", "-c", help="For its judge and its embedder.")] = None,
    write: Annotated[
        Path | None,
        typer.Option(help="A Markdown file that the table goes into as well, between two markers; made if not there."),
    ] = None,
    judged: Annotated[int, typer.Option(min=1, help="Answers of each data set that a judge is asked about.")] = 100,
) -> None:
    """Set every metric beside people's judgements: how well it ranks, decides, and means what it says."""
    from service.checking_metrics import check_against_people

    check_against_people(data, config, write, judged)


@app.command()
def staleness(
    run: Annotated[Path, typer.Argument(help="A finished run, a folder of runs/.")],
    changes: Annotated[Path, typer.Option(help="The folder of a change set.")],
    config: Config = DEFAULT_CONFIG,
    train: Annotated[bool, typer.Option("--train/--no-train", help="Train fine-tuned pipelines anew.")] = True,
    unchanged: Annotated[int, typer.Option(min=0, help="How many unchanged questions are asked again.")] = 30,
) -> None:
    """Change the documents, refresh every pipeline, and see which answers are new, old or broken."""
    from service.project import open_project
    from service.refreshing import measure_staleness

    measure_staleness(open_project(config), run, changes, train, unchanged)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What to ask.")],
    pipeline: Annotated[list[str] | None, typer.Option("--pipeline", "-p", help="Default: all pipelines.")] = None,
    config: Config = DEFAULT_CONFIG,
    engine: EngineName = None,
) -> None:
    """Ask one question, and see the answers side by side."""
    from service.asking import ask_project
    from service.project import open_project

    if not ask_project(open_project(config, engine), question, pipeline or []):
        raise typer.Exit(1)


@app.command()
def serve(
    config: Config = DEFAULT_CONFIG,
    engine: EngineName = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8080,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that serve, where engine and vectors are servers.")
    ] = 1,
) -> None:
    """Serve the pipelines as an HTTP API, with an OpenAI-compatible one beside it."""
    from service.project import open_project
    from service.serving import serve_project

    serve_project(open_project(config, engine), host, port, workers)


@app.command()
def load(
    url: Annotated[str, typer.Option(help="Where the service runs.")] = "http://127.0.0.1:8080",
    pipeline: Annotated[list[str] | None, typer.Option("--pipeline", "-p", help="Default: all pipelines.")] = None,
    concurrency: Annotated[list[int] | None, typer.Option(help="Requests at once; 1, 4 and 16 by default.")] = None,
    rate: Annotated[list[float] | None, typer.Option(help="Requests a second, however many are waiting.")] = None,
    requests: Annotated[int, typer.Option(min=1, help="Requests at each level.")] = 48,
    target: Annotated[
        list[str] | None,
        typer.Option(
            help="Longest time in seconds that a good answer may take, as MEASURE=SECONDS, e.g. ttft=0.5; "
            "may be repeated."
        ),
    ] = None,
    split: Annotated[str | None, typer.Option(help="Whose questions are asked: dev or test.")] = None,
    run: Annotated[Path | None, typer.Option(help="A folder of runs/, served as it ran: its report shows it.")] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write the result to this file instead of the run's folder.")
    ] = None,
    anywhere: Annotated[bool, typer.Option("--anywhere", help="Load a server that is not on this machine.")] = False,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Measure a running service under load: times to the first token and to the end, throughput, goodput."""
    from service.loading import destination, loads_of, plan_of, run_load_test, targets_of
    from service.project import open_project

    path, folder = destination(run, write)
    loads, targets = loads_of(concurrency or [], rate or []), targets_of(target or [])
    project = open_project(config, split=split)
    plan = plan_of(project.config.evaluation, pipeline or [], loads, requests, targets)
    run_load_test(project, url.rstrip("/"), plan, path, anywhere, folder)


def _interrupt(_: int, frame: FrameType | None) -> None:
    """What Ctrl-C would do now: while a loop runs, asyncio has put its own answer to that in the default's place."""
    handler = signal.getsignal(signal.SIGINT)
    answer = handler if callable(handler) else signal.default_int_handler  # a job in the background ignores SIGINT
    answer(signal.SIGINT, frame)


def main() -> None:
    """Runs a command; an error of ours is told in its own words, without a trace. SIGTERM ends it as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupt)
    warnings.simplefilter("ignore", FutureWarning)  # what libraries tell each other is not the user's to mend
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BakeoffError as error:
        _tell(error)
        sys.exit(1)
    except OSError as error:  # of any of the many files that a command reads and writes
        if error.errno not in _STORAGE:
            raise
        reason = f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
        _tell(BakeoffError(reason, _STORAGE[error.errno]))
        sys.exit(1)


def _tell(error: BakeoffError) -> None:
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    console.print(f"\n{error.problem.rstrip()}", style="bold red", markup=False)
    if isinstance(error, EngineError) and error.aside:
        console.print(error.aside, markup=False)
    console.print(error.remedy.strip(), markup=False)
