"""`bakeoff staleness`: a finished run, a change set, and every pipeline asked before and after it is refreshed."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from corpora.change_set import read_changes
from corpora.changes import apply
from corpora.checking import check_corpus
from corpora.errors import RunError
from corpora.model import Corpus, Example
from corpora.wording import counted
from eval.config import BakeoffConfig
from eval.manifest import Contestant
from eval.metrics.registry import CORRECTNESS, RIGHT
from eval.placing import placed
from eval.refresh_price import newly_written, price_refresh
from eval.run import RunFolder
from eval.staleness import (
    FILE,
    PipelineStaleness,
    Selection,
    Staleness,
    score_asked,
    score_unchanged,
    select,
)
from eval.storage import AGAIN, storage_errors, write_whole
from eval.table import by_chance, staleness_table
from eval.trial import Trial
from pipelines.config import PipelineConfig
from pipelines.finetuned import FinetunedOptions
from pipelines.indexing import copy_index
from pipelines.training.data import data_hash
from service.baking import grid, tell_report, write_report
from service.preparing import index_project, train_project
from service.project import Project
from service.states import State, Trials, as_before, ask_pipelines, asked_in_run
from service.terminal import console, waiting


def measure_staleness(project: Project, path: Path, changes: Path, train: bool, sample: int) -> None:
    """Asks about a change set before and after the refresh, writes `staleness.json` into the run, and prints it.

    The refreshed index is a copy that is thrown away, and the new adapter lies beside the old one, so that the corpus
    as it is stays served by what was made for it. What was asked is kept under `staleness/` in the run's folder.

    Args:
        project: where corpus, index and adapters are; pipelines and engine are as the run's own configuration says.
        path: the folder of the run.
        changes: the folder of the change set.
        train: whether fine-tuned pipelines are trained anew; else they are measured before a refresh only.
        sample: how many of the run's unchanged questions are asked again.

    Raises:
        RunError: the run is not finished, or corpus, engine or pipelines have changed since.
        CorpusError: the change set is broken, or does not fit the corpus.
        BakeoffError: something could not be prepared, asked or written; what was asked is kept.
    """
    run = RunFolder.open(path)
    project = _as_it_ran(run, project)
    change_set = read_changes(changes)
    changed = apply(project.corpus, change_set)
    check_corpus(changed, project.config.system)
    seed = run.manifest.evaluation.seed
    before, after = (placed(corpus.questions, corpus.documents) for corpus in (project.corpus, changed))
    selection = select(before, after, run.questions, sample, seed)
    with run.lock(), _repeatable():
        pipelines = _measure(run, project, changed, selection, train)
        staleness = Staleness(
            run_id=run.manifest.run_id,
            description=change_set.file.description,
            corpus_hash=project.corpus.content_hash,
            changed_hash=changed.content_hash,
            metric=CORRECTNESS,
            threshold=RIGHT,
            level=run.manifest.evaluation.confidence,
            seed=seed,
            kinds=selection.kinds,
            documents=selection.documents,
            sample=selection.unchanged,
            temperature=project.config.decoding.temperature,
            pipelines=pipelines,
        )
        write_whole(run.path / FILE, staleness.model_dump_json(indent=2) + "\n", AGAIN)
        _, page = write_report(run)
    _show(staleness, run.path / FILE, page)


def _as_it_ran(run: RunFolder, project: Project) -> Project:
    """The project with the run's own configuration, no more than its pipelines in it."""
    run.require_finished()
    name = run.path.name
    if run.manifest.corpus_hash != project.corpus.content_hash:
        raise RunError(
            f"The corpus {project.corpus.name} is not as the run {name} found it.",
            "Name the configuration of that run with --config, or start a new run.",
        )
    try:
        config = BakeoffConfig.model_validate(run.manifest.config)
    except ValidationError as error:
        raise RunError(
            f"The configuration of the run {name} is one of another version: {error.errors()[0]['msg']}.",
            "Start a new run with this version.",
        ) from error
    return _with_pipelines(replace(project, config=config), tuple(run.manifest.pipelines))


def _with_pipelines(project: Project, names: tuple[str, ...]) -> Project:
    """The project with no other pipelines, so that nothing is prepared for those."""
    pipelines = {name: project.config.pipelines[name] for name in names}
    return replace(project, config=project.config.model_copy(update={"pipelines": pipelines, "run": names}))


def _measure(
    run: RunFolder, project: Project, changed: Corpus, selection: Selection, train: bool
) -> tuple[PipelineStaleness, ...]:
    folder = run.path / "staleness" / changed.content_hash[:12]
    with storage_errors(folder, AGAIN):
        folder.mkdir(parents=True, exist_ok=True)
        project.home.root.mkdir(parents=True, exist_ok=True)
    asked: dict[str, dict[str, Trial]] = {name: {} for name in run.manifest.pipelines}
    for trial in run.trials():
        if trial.repeat == 0:
            asked[trial.pipeline][trial.question_id] = trial
    ask = partial(ask_pipelines, run.manifest.evaluation, folder)
    before = asyncio.run(ask(project, selection.touched, "before the refresh", partial(asked_in_run, run, asked)))
    reasons = {name: _not_refreshed(project.config.pipelines[name], train) for name in before}
    ready = tuple(name for name, reason in reasons.items() if reason is None)
    after: dict[str, State] = {}
    took: dict[str, float] = {}
    if ready:
        with tempfile.TemporaryDirectory(prefix=".changed-", dir=project.home.root) as scratch:
            fresh, took = _refresh(_with_pipelines(project, ready), changed, Path(scratch) / "index", train)
            questions = (*selection.touched, *selection.sample)
            after = asyncio.run(ask(fresh, questions, "after the refresh", partial(as_before, asked, before)))
    trained = data_hash(project.corpus) != data_hash(changed)
    written = newly_written(project.corpus.examples, changed.examples)
    return tuple(
        _score(
            run, selection, name, asked[name], state, after.get(name), reasons[name], took.get(name), trained, written
        )
        for name, state in before.items()
    )


def _not_refreshed(options: PipelineConfig, train: bool) -> str | None:
    if isinstance(options, FinetunedOptions) and options.adapter is not None:
        return "its adapter was trained elsewhere"
    if options.trains and not train:
        return "training was left out"
    return None


def _refresh(project: Project, changed: Corpus, index: Path, train: bool) -> tuple[Project, dict[str, float]]:
    """Brings a copy of the index up to date, and trains what the pipelines need.

    Returns:
        The project on the changed corpus, and the seconds that its index took now, by the names of those who search it.
    """
    with waiting("Copying the index"):
        home = replace(project.home, index_copy=index)
        copy_index(project.home.index, home.index, changed.name)
    fresh = replace(project, corpus=changed, home=home)
    took = index_project(fresh)
    if train:
        train_project(fresh)
    searching = {name: options.searches for name, options in fresh.config.pipelines.items()}
    return fresh, {name: took[searches.splitting] for name, searches in searching.items() if searches}


def _score(
    run: RunFolder,
    selection: Selection,
    name: str,
    asked: Trials,
    before: State,
    after: State | None,
    reason: str | None,
    indexing: float | None,
    trained: bool,
    written: Sequence[Example],
) -> PipelineStaleness:
    level = run.manifest.evaluation.confidence
    refresh = None
    if after is not None:
        new = after.contestant.preparation
        training = (new.training_seconds or None) if trained else None  # an adapter's own, whenever that was
        refresh = price_refresh(indexing, training, _needed(after.contestant, written), run.manifest.prices)
    return PipelineStaleness(
        name=name,
        before=score_asked(selection, before.trials, RIGHT, level),
        after=score_asked(selection, after.trials, RIGHT, level) if after else None,
        unchanged=score_unchanged(selection, asked, after.trials, RIGHT, level) if after else None,
        refresh=refresh,
        not_refreshed=reason,
    )


def _needed(contestant: Contestant, written: Sequence[Example]) -> int:
    """How many of the examples that were written it needs: only who is trained on them needs all."""
    if contestant.shown:
        return len({(each.prompt, each.completion) for each in written} & contestant.shown)
    return 0 if contestant.preparation.training_examples == 0 else len(written)


@contextmanager
def _repeatable() -> Iterator[None]:
    """Says how to go on when the work is stopped, by a person or by an error."""
    try:
        yield
    except BaseException:
        console.print("\nWhat was asked is kept. Go on with the same command.", markup=False)
        raise


def _show(staleness: Staleness, path: Path, page: Path) -> None:
    of_kind = Counter(map(str, staleness.kinds.values()))
    console.print()
    console.print(grid(staleness_table(staleness).turned()))
    kinds = {"changed": "with a new answer", "withdrawn": "without one now", "added": "new"}
    told = [f"{of_kind[kind]} {what}" for kind, what in kinds.items() if of_kind[kind]]
    console.print(f"Questions: {', '.join(told)}; unchanged and asked again: {len(staleness.sample)}.")
    for sentence in by_chance(staleness):
        console.print(sentence)
    if failed := sum(each.failed for each in staleness.pipelines):
        console.print(f"{counted(failed, 'question')} failed after the refresh: the same command asks again.")
    for each in staleness.pipelines:
        if each.not_refreshed:
            console.print(f"{each.name} was not refreshed: {each.not_refreshed}.", markup=False)
    console.print(f"Written: {path}", markup=False, soft_wrap=True)
    tell_report(page)
