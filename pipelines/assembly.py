"""From a configuration to pipelines that answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from corpora.errors import BakeoffError, UnknownPipelineError
from corpora.model import Corpus
from pipelines.config import AnsweringConfig, EngineConfig
from pipelines.contract import Pipeline
from pipelines.embedding import Embedder
from pipelines.engines.base import Adapter
from pipelines.engines.embedded import EmbeddedEngine, EmbeddedOptions
from pipelines.engines.openai_server import OpenAIOptions
from pipelines.engines.registry import ENGINES
from pipelines.engines.vllm_server import VllmAddress, VllmEngine
from pipelines.engines.vllm_settings import Settings, VllmOptions, vllm_settings
from pipelines.finetuned import FinetunedOptions, adapter_of
from pipelines.home import Home
from pipelines.models import model_path
from pipelines.registry import PIPELINES
from pipelines.training.parity import Parity, compare_engines, parity_prompts, read_parity
from pipelines.workbench import Workbench

Found = TypeVar("Found")


@asynccontextmanager
async def open_workbench(
    config: AnsweringConfig,
    corpus: Corpus,
    home: Home,
    vllm: VllmAddress | None = None,
    older_adapters: bool = False,
) -> AsyncIterator[Workbench]:
    """Starts the configuration's engine, and stops it at the end. `older_adapters` as in `Workbench`.

    Args:
        vllm: of the server that another process has started for this configuration; it is neither started nor stopped.

    Raises:
        ModelMissingError: the base model or the embedder is not prepared.
        EngineUnavailableError: the engine cannot be started or reached.
    """
    bench = _bench(config.engine, config, corpus, home, older_adapters)
    bench.engine.announce(_adapters(config, bench))
    if vllm is not None and isinstance(bench.engine, VllmEngine):
        bench.engine.join(vllm)
    async with bench.engine:
        yield bench


def _bench(
    engine_name: str, config: AnsweringConfig, corpus: Corpus, home: Home, older_adapters: bool = False
) -> Workbench:
    """With an engine that is not started yet."""
    base_model = model_path(config.base_model, home)
    options = _located(config.engines[engine_name], home)
    engine = ENGINES[options.kind](options, base_model, config.base_model, config.decoding)
    embedder = Embedder(model_path(config.embedder, home), config.embedder)
    return Workbench(corpus, engine, embedder, config.system, base_model, home, older_adapters)


def _located(options: EngineConfig, home: Home) -> EngineConfig:
    """With the paths that the configuration gives; vLLM's default one is of the working folder, like `.bakeoff`."""
    if isinstance(options, OpenAIOptions) and options.tokenizer is not None:
        return options.model_copy(update={"tokenizer": home.located(options.tokenizer)})
    if isinstance(options, VllmOptions) and "python" in options.model_fields_set:
        return options.model_copy(update={"python": home.located(options.python)})
    return options


def settings_for_vllm(engine_name: str, config: AnsweringConfig, corpus: Corpus, home: Home) -> Settings:
    """How an engine of kind `vllm` would be started, for one that somebody else starts.

    Raises:
        ModelMissingError, AdapterMissingError, AdapterRejectedError: what it would serve is not ready.
    """
    bench = _bench(engine_name, config, corpus, home)
    adapters = {each.name: each for each in (adapter_of(options, bench) for options in _finetuned(config))}
    served = config.engines[engine_name]
    assert isinstance(served, VllmOptions)
    return vllm_settings(served, bench.engine.model, bench.engine.window, list(adapters.values()))


@asynccontextmanager
async def open_vllm(config: AnsweringConfig, corpus: Corpus, home: Home) -> AsyncIterator[VllmAddress | None]:
    """Starts vLLM where the configuration's engine is one, for other processes to join; None where it is not.

    Raises:
        ModelMissingError, EngineUnavailableError: as `open_workbench`.
    """
    if not isinstance(config.engines[config.engine], VllmOptions):
        yield None
        return
    async with open_workbench(config, corpus, home, older_adapters=True) as bench:
        yield bench.engine.address if isinstance(bench.engine, VllmEngine) else None


def by_name(pipelines: Mapping[str, Found], name: str) -> Found:
    """What has that name. Raises UnknownPipelineError where nothing has."""
    if name not in pipelines:
        raise UnknownPipelineError(f"There is no pipeline {name[:100]!r}.", f"Ask one of {', '.join(pipelines)}.")
    return pipelines[name]


def open_one(pipelines: Mapping[str, Pipeline | BakeoffError], name: str) -> Pipeline:
    """The open pipeline of that name.

    Raises:
        UnknownPipelineError: there is none.
        BakeoffError: it could not be opened, and this is why.
    """
    found = by_name(pipelines, name)
    if isinstance(found, BakeoffError):
        # the same error is raised again and again, and would collect frames
        raise found.with_traceback(None)
    return found


async def open_pipeline(name: str, config: AnsweringConfig, bench: Workbench) -> Pipeline:
    """Opens one pipeline by its name in the configuration.

    Raises:
        UnknownPipelineError: the configuration has no such pipeline.
        NotReadyError, EngineError: what the pipeline raises on opening.
    """
    options = by_name(config.pipelines, name)
    return await PIPELINES[options.kind].open(name, options, bench)


async def open_each(
    names: Iterable[str], config: AnsweringConfig, bench: Workbench
) -> dict[str, Pipeline | BakeoffError]:
    """Pipelines by name; in place of one that could not be opened, the error that says why."""
    pipelines: dict[str, Pipeline | BakeoffError] = {}
    for name in names:
        try:
            pipelines[name] = await open_pipeline(name, config, bench)
        except BakeoffError as error:
            pipelines[name] = error
    return pipelines


def _adapters(config: AnsweringConfig, bench: Workbench) -> list[Adapter]:
    """The adapters that are ready; one that is not is told of when its pipeline is opened."""
    ready: dict[str, Adapter] = {}
    for options in _finetuned(config):
        with suppress(BakeoffError):
            adapter = adapter_of(options, bench)
            ready[adapter.name] = adapter
    return list(ready.values())


def _finetuned(config: AnsweringConfig) -> list[FinetunedOptions]:
    """Of the pipelines that a bake-off asks."""
    each = (config.pipelines[name] for name in config.selected)
    return [options for options in each if isinstance(options, FinetunedOptions)]


async def compare_new_adapters(config: AnsweringConfig, bench: Workbench) -> list[Parity]:
    """Asks vLLM and PEFT the same through each adapter that nobody has compared yet; nothing for other engines.

    Raises:
        EngineError: one of the two failed.
    """
    adapters = [adapter for adapter in _adapters(config, bench) if read_parity(adapter.path) is None]
    if not adapters or not isinstance(bench.engine, VllmEngine):
        return []
    prompts = parity_prompts(bench.corpus)
    async with EmbeddedEngine(EmbeddedOptions(), bench.base_model, bench.engine.model, config.decoding) as embedded:
        return [await compare_engines(embedded, bench.engine, each, bench.system, prompts) for each in adapters]
