"""From a project to its running server."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from ipaddress import ip_address

from corpora.errors import BakeoffError, ConfigError
from eval.threads import to_end
from pipelines.assembly import open_each, open_workbench
from pipelines.contract import Pipeline
from pipelines.finetuned import FinetunedPipeline
from service.app import create_app
from service.corpus_change import complete_change
from service.job_runner import JobRunner
from service.job_work import Bakery
from service.jobs import JobStore
from service.keys import KeyRing
from service.library import Library
from service.project import Project, open_keys
from service.server import listen, run_server, run_until_stopped
from service.terminal import console, waiting

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def serve_project(project: Project, host: str, port: int) -> None:
    """Serves the configuration's pipelines until it is told to stop.

    Raises:
        ConfigError: nothing can listen on that address, or it can be reached from elsewhere and nobody has a key.
        BakeoffError: the engine cannot be started. What keeps one pipeline from being opened is shown, not raised.
    """
    keys = open_keys()
    if not keys.keys and not _is_loopback(host):
        raise ConfigError(
            f"{host} can be reached from other machines, and nobody needs a key.",
            "Make one with: bakeoff keys add NAME. Or listen on 127.0.0.1.",
        )
    with listen(host, port) as listener:
        run_until_stopped(_serve(project, listener, keys, LOOPBACK | {host} if _is_loopback(host) else frozenset()))


async def _serve(project: Project, listener: socket.socket, keys: KeyRing, hosts: frozenset[str]) -> None:
    async with open_workbench(project.config, project.corpus, project.home, older_adapters=True) as bench:
        with waiting("Opening the pipelines"):
            project = await to_end(complete_change, project, bench.embedder)
            bench = replace(bench, corpus=project.corpus)
            pipelines = await open_each(project.config, bench)
        for name, found in pipelines.items():
            console.print(f"{name}: {_said_of(found)}", markup=False)
        store = await asyncio.to_thread(JobStore, project.home.jobs)
        bakery = Bakery(project, bench, pipelines)
        async with JobRunner(store, bakery, project.settings.queued_runs) as jobs, Library(bakery) as library:
            library.on_change(jobs.take)
            documents = project.corpus.documents
            app = create_app(pipelines, project.config.cost, project.settings, documents, keys, hosts, jobs, library)
            await run_server(app, listener, jobs.stop)


def _said_of(found: Pipeline | BakeoffError) -> str:
    if isinstance(found, FinetunedPipeline) and found.outdated:
        return "ready, with an adapter of older documents; `bakeoff train` makes one of these"
    return str(found) if isinstance(found, BakeoffError) else "ready"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
