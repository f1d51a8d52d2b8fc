"""From a project to its running server."""

from __future__ import annotations

import asyncio
import logging.config
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock, Timeout
from prometheus_client.multiprocess import mark_process_dead

from corpora.errors import BakeoffError, ConfigError
from corpora.storing import make_folder, remedy_for
from pipelines.address import bare, is_loopback
from pipelines.assembly import open_each, open_vllm, open_workbench
from pipelines.contract import Pipeline
from pipelines.engines.embedded import EmbeddedOptions
from pipelines.engines.vllm_server import VllmAddress
from pipelines.finetuned import FinetunedPipeline
from service.app import create_app
from service.job_runner import JobRunner
from service.job_work import Bakery
from service.jobs import JobStore
from service.keys import KeyRing
from service.library import Library
from service.metrics import FOLDER
from service.project import Project, open_keys
from service.server import listen, log_config, run_server, run_until_stopped
from service.terminal import console, waiting
from service.workers import Workers

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def serve_project(project: Project, host: str, port: int, workers: int = 1) -> None:
    """Serves the configuration's pipelines until it is told to stop.

    Raises:
        ConfigError: there is no address, nothing can listen on it, or it can be reached from elsewhere and nobody has
            a key, or the configuration is not for several workers, or another service has the index on disk.
        BakeoffError: the engine cannot be started. What keeps one pipeline from being opened is shown, not raised.
    """
    if not host.strip():
        raise ConfigError("--host is empty.", "Name an address to listen on, such as 127.0.0.1, or 0.0.0.0 for all.")
    host = bare(host.strip())
    keys = open_keys()
    if keys.keys:
        keys.want()
    elif not is_loopback(host):
        raise ConfigError(
            f"{host} can be reached from other machines, and nobody needs a key.",
            "Make one with: bakeoff keys add NAME. Or listen on 127.0.0.1.",
        )
    hosts = LOOPBACK | {host} if is_loopback(host) else frozenset()
    with listen(host, port) as listener, _index_alone(project):
        shown = partial(_show, listener.getsockname())
        if workers == 1:
            run_until_stopped(_serve(listener, project, keys, hosts, None, None, shown))
        else:
            require_sharable(project)
            run_until_stopped(_supervise(listener, project, keys, hosts, workers, shown))


def require_sharable(project: Project) -> None:
    """Raises ConfigError where something that the pipelines need is for one process."""
    config = project.config
    remedy = "Or leave --workers out."
    if isinstance(config.engines[config.engine], EmbeddedOptions):
        raise ConfigError(
            f"The engine {config.engine} is part of the process that asks it: each worker would load the model anew, "
            "and all of them would share the same cores.",
            f"Take an engine that is a server, with --engine. {remedy}",
        )
    searching = _searching_on_disk(project, config.selected)
    if searching:
        raise ConfigError(
            f"{', '.join(searching)} search vectors that lie on disk, which are for one process.",
            f"Run Chroma's server and name it as vectors.url. {remedy}",
        )


@contextmanager
def _index_alone(project: Project) -> Iterator[None]:
    """Keeps other services from vectors on disk: Chroma within a process sees nothing of what another one writes.

    Raises ConfigError where another service has them, or their folder cannot be written. What writes them once, such as
    `bakeoff index`, is not kept out.
    """
    # served or not: a change of the documents is one of all indexes
    searching = _searching_on_disk(project, project.config.pipelines)
    if not searching:
        yield
        return
    folder = project.home.index.folder
    make_folder(folder)
    lock = FileLock(folder / "served", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise ConfigError(
            f"Another service has the vectors in {folder}; {', '.join(searching)} would not see what it changes.",
            "Stop it, name another folder in BAKEOFF_HOME, or run Chroma's server and name it as vectors.url.",
        ) from None
    except OSError as error:
        first = remedy_for(error, folder / "served", "Give the service leave to write there")
        raise ConfigError(
            f"The vectors in {folder} cannot be held: {error.strerror or error}.",
            f"{first}, or name another folder in the environment variable BAKEOFF_HOME.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _searching_on_disk(project: Project, names: Iterable[str]) -> list[str]:
    """Those of these pipelines whose vectors lie on disk."""
    config = project.config
    return [name for name in names if config.vectors is None and config.pipelines[name].searches]


async def _supervise(
    listener: socket.socket,
    project: Project,
    keys: KeyRing,
    hosts: frozenset[str],
    count: int,
    on_ready: Callable[[list[str]], None],
) -> None:
    logging.config.dictConfig(log_config())
    await asyncio.to_thread(JobStore(project.jobs).close)  # one process makes it, or sets a broken one aside
    with TemporaryDirectory(prefix="bakeoff-workers-") as folder:
        os.environ[FOLDER] = folder
        async with open_vllm(project.config, project.corpus, project.home) as vllm:
            console.print(f"Starting {count} workers ...", markup=False)
            arguments = (project, keys, hosts, vllm, Path(folder) / "quota.sqlite")
            await Workers(listener, _work, arguments, on_ready, partial(mark_process_dead, path=folder)).run(count)


async def _work(*arguments: Any) -> None:
    """What a worker does: it serves, and leaves the terminal to its parent."""
    console.quiet = True
    await _serve(*arguments)


async def _serve(
    listener: socket.socket,
    project: Project,
    keys: KeyRing,
    hosts: frozenset[str],
    vllm: VllmAddress | None,
    asked: Path | None,
    on_ready: Callable[[list[str]], None],
) -> None:
    """`asked` is the file in which several workers count what each caller asks."""
    async with open_workbench(project.config, project.corpus, project.home, vllm, older_adapters=True) as bench:
        with waiting("Opening the pipelines"):
            pipelines = await open_each(project.config.selected, project.config, bench)
        store = await asyncio.to_thread(JobStore, project.jobs)
        async with (
            Library(Bakery(project, bench, pipelines)) as library,
            JobRunner(store, library, project.settings.queued_runs) as jobs,
        ):
            served = library.bakery.pipelines
            app = create_app(
                served,
                project.config.cost,
                settings=project.settings,
                documents=project.corpus.documents,
                keys=keys,
                hosts=hosts,
                jobs=jobs,
                asked=asked,
                library=library,
            )
            on_ready([f"{name}: {_said_of(found)}" for name, found in served.items()])

            def stop() -> None:
                library.stop()
                jobs.stop()

            await run_server(app, listener, stop)


def _said_of(found: Pipeline | BakeoffError) -> str:
    if isinstance(found, FinetunedPipeline) and found.outdated:
        return "ready, with an adapter of older documents; `bakeoff train` makes one of these"
    return str(found) if isinstance(found, BakeoffError) else "ready"


def _show(at: tuple[Any, ...], lines: list[str]) -> None:
    host, port = at[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    for line in (*lines, f"Serving on {address}, documented at {address}/docs"):
        console.print(line, markup=False, soft_wrap=True)
