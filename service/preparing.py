"""Everything before the first question: models, index, adapters, and the checks that save a run from failing late."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from textwrap import indent
from threading import Event
from typing import Any

from corpora.checking import check_corpus
from corpora.errors import BakeoffError, CorpusError, CorpusInUseError, IndexMissingError, OverloadedError
from corpora.reading import read_corpus
from corpora.splitting import Splitting
from corpora.wording import counted, thousands
from eval import languages, no_answer
from pipelines.assembly import open_pipeline, open_workbench
from pipelines.embedding import Embedder, EmbedTexts
from pipelines.index import PassageIndex
from pipelines.indexing import LOCK_SECONDS, Indexed, build_index
from pipelines.models import Prepared, prepare_model
from pipelines.ray_embedding import embedding_on_ray
from pipelines.retrieval import RetrievalOptions
from pipelines.training.options import TrainingOptions
from pipelines.training.train import TrainedAdapter, train_adapter
from pipelines.workbench import Workbench
from service.corpus_use import changing
from service.project import Project
from service.terminal import bar, console, waiting


def index_project(project: Project, ray: str | None = None) -> dict[Splitting, float]:
    """Prepares the models, and indexes the documents for every pipeline that retrieves.

    Args:
        ray: the address of a Ray cluster that embeds, in place of this process.

    Returns:
        What each index took now, in seconds, by how its passages were split; empty where the corpus is in use.

    Raises:
        CorpusInUseError: the index would change, which a bake-off answers from; nothing has changed.
        OverloadedError: another process has been changing it for `LOCK_SECONDS`.
        BakeoffError: what `build_index` raises.
    """
    _prepare(project.config.base_model, project)
    embedder = Embedder(_prepare(project.config.embedder, project).path, project.config.embedder)
    took: dict[Splitting, float] = {}
    try:
        with _alone(project) as alone, embedding_on_ray(ray, embedder, project.home) if ray else nullcontext() as embed:
            each = index_documents(alone, embedder, partial(bar, "Embedding passages"), embed)
            for options, indexed in zip(_retrievals(alone), each, strict=True):
                _tell_of(alone, indexed)
                took[options.splitting] = indexed.seconds
    except CorpusInUseError as in_use:
        _tell_of_whole(project, embedder, in_use)
    return took


@contextmanager
def _alone(project: Project) -> Iterator[Project]:
    """The project with its documents as they are once nobody else changes them; a copied index is nobody else's."""
    if project.home.index_copy:
        yield project
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(changing(project, Event(), seconds=0))
        except OverloadedError:
            with waiting("Waiting for another change of the documents"):
                stack.enter_context(changing(project, Event(), LOCK_SECONDS))
        yield replace(project, corpus=read_corpus(project.corpus.root))


def _tell_of_whole(project: Project, embedder: Embedder, in_use: CorpusInUseError) -> None:
    """Of an index that is up to date, which may be said whoever uses it. Raises `in_use` where it is not."""
    splittings = [options.splitting for options in _retrievals(project)]
    try:
        whole = [PassageIndex.open(project.home.index, project.corpus, embedder, each) for each in splittings]
    except IndexMissingError:
        raise in_use from None
    for index in whole:
        _tell_of(project, Indexed(added=0, kept=len(index.passages), removed=0))


def _tell_of(project: Project, indexed: Indexed) -> None:
    console.print(
        f"Index of {project.corpus.name}: {counted(indexed.added, 'passage')} added, "
        f"{thousands(indexed.kept)} reused, {thousands(indexed.removed)} removed."
    )


def index_documents(
    project: Project,
    embedder: Embedder,
    watching: Callable[[], AbstractContextManager[Any]],
    embed: EmbedTexts | None = None,
) -> Iterator[Indexed]:
    """Brings the index up to date for each way of splitting, one after the other. Blocks.

    Args:
        watching: entered around each; gives what `build_index` takes as `on_progress`.
        embed: makes the vectors, in place of the embedder in this process.
    """
    for options in _retrievals(project):
        with watching() as on_progress:
            indexed = build_index(project.home.index, project.corpus, embedder, options.splitting, on_progress, embed)
        yield indexed


def train_project(project: Project) -> None:
    """Trains what the fine-tuned pipelines need, one adapter for each set of training options."""
    check_corpus(project.corpus, project.config.system)
    trainings = _trainings(project)
    if not trainings:
        console.print(_nothing_to_train(project), markup=False)
        return
    base = _prepare(project.config.base_model, project)
    for options in trainings:
        try:
            trained = _train(project, base, options)
        except KeyboardInterrupt:
            console.print("\nThe training was stopped. Nothing of it is kept: the next one starts over.")
            raise
        how = "reused" if trained.reused else f"trained in {trained.seconds / 60:.1f} minutes"
        console.print(f"Adapter {trained.adapter.name}: {how}, from the corpus' {trained.on}.")


def _nothing_to_train(project: Project) -> str:
    others = [name for name, options in project.config.pipelines.items() if options.trains]
    said = "No pipeline of `run` is to be fine-tuned here, so nothing is trained."
    return f"{said} Configured and not in `run`: {', '.join(others)}." if others else said


def validate_project(project: Project) -> bool:
    """Prints what is right and what is not; whether a bake-off could start now."""
    return asyncio.run(_validate(project))


async def _validate(project: Project) -> bool:
    corpus = project.corpus
    held = {"document": corpus.documents, "question": corpus.questions, "example": corpus.examples}
    what = ", ".join(counted(len(each), noun) for noun, each in held.items())
    good = await _passes(f"corpus: {what}", asyncio.to_thread(_check_corpus, project))
    of_references = no_answer.warning(no_answer.reading_as_none(corpus.questions))
    for notice in filter(None, (languages.warning(corpus.language), of_references)):
        console.print(indent(notice, "  "), style="yellow", markup=False)
    if (judge := project.config.evaluation.judge) is not None:
        good &= await _passes(f"judge: {judge.model}", asyncio.to_thread(judge.api_key))
    async with AsyncExitStack() as stack:
        bench = None

        async def start() -> None:
            nonlocal bench
            bench = await stack.enter_async_context(open_workbench(project.config, corpus, project.home))
            bench = replace(bench, split=project.config.evaluation.split)

        with waiting(f"Starting the engine {project.config.engine}"):
            good &= await _passes(f"engine: {project.config.engine}", start())
        if bench is not None:
            for name in project.config.selected:
                good &= await _passes(f"pipeline: {name}", _check(name, project, bench))
    return good


def _check_corpus(project: Project) -> None:
    """Raises what `check_corpus` does, and CorpusError where a bake-off would have nothing to ask."""
    corpus, split = project.corpus, project.config.evaluation.split
    check_corpus(corpus, project.config.system)
    if not corpus.questions:
        raise CorpusError(
            f"{corpus.name} has no question to ask.",
            "Write some into questions.jsonl beside its corpus.yaml, or name another file there: `questions: FILE`.",
        )
    if not corpus.split(split):
        raise CorpusError(
            f"{corpus.name} has no question in the split {split!r}, which would be asked.",
            f"Give some of its {counted(len(corpus.questions), 'question')} `split: {split}`, or change "
            "evaluation.split in the configuration.",
        )


async def _check(name: str, project: Project, bench: Workbench) -> None:
    pipeline = await open_pipeline(name, project.config, bench)
    await pipeline.check()


async def _passes(what: str, check: Awaitable[object]) -> bool:
    try:
        await check
    except BakeoffError as error:
        console.print(f"[red]✗[/] {what}")
        console.print(indent(str(error), "  "), markup=False)
        return False
    console.print(f"[green]✓[/] {what}")
    return True


def _prepare(name: str, project: Project) -> Prepared:
    with waiting(f"Preparing {name}"):
        prepared = prepare_model(name, project.home)
    console.print(f"Model {name}: {'reused' if prepared.reused else 'prepared'} ({prepared.content_hash[:12]}).")
    return prepared


def _train(project: Project, base: Prepared, options: TrainingOptions) -> TrainedAdapter:
    with bar("Training the adapter") as on_progress:
        return train_adapter(
            project.corpus,
            base.path,
            base.content_hash,
            project.config.system,
            options,
            project.home,
            on_progress,
            model_name=project.config.base_model,
            licence=base.licence,
        )


def _retrievals(project: Project) -> list[RetrievalOptions]:
    """One set of options for each way of splitting among all pipelines: they share an index."""
    searching = [options.searches for options in project.config.pipelines.values() if options.searches]
    return list({each.splitting.model_dump_json(): each for each in searching}.values())


def _trainings(project: Project) -> list[TrainingOptions]:
    """The different ways of training among the pipelines that a bake-off asks."""
    asked = [project.config.pipelines[name].trains for name in project.config.selected]
    return list({each.model_dump_json(): each for each in asked if each}.values())
