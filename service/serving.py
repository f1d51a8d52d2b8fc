"""From a project to its running server."""

from __future__ import annotations

import asyncio
import logging
import socket
from ipaddress import ip_address

from corpora.errors import BakeoffError, ConfigError, NotReadyError
from pipelines.assembly import open_pipeline, open_workbench
from pipelines.config import AnsweringConfig
from pipelines.contract import Pipeline
from pipelines.workbench import Workbench
from service.app import create_app
from service.job_runner import JobRunner
from service.job_work import Bakery
from service.jobs import JobStore
from service.keys import KeyRing
from service.project import Project, open_keys
from service.server import listen, run_server, run_until_stopped
from service.terminal import console, waiting

logger = logging.getLogger("bakeoff.service")

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
    async with open_workbench(project.config, project.corpus, project.home) as bench:
        with waiting("Opening the pipelines"):
            pipelines = await open_each(project.config, bench)
        for name, found in pipelines.items():
            console.print(f"{name}: {found}" if isinstance(found, BakeoffError) else f"{name}: ready", markup=False)
        opening = asyncio.create_task(keep_opening(pipelines, project.config, bench, project.settings.rest_seconds))
        store = await asyncio.to_thread(JobStore, project.home.jobs)
        async with JobRunner(store, Bakery(project, bench, pipelines), project.settings.queued_runs) as jobs:
            documents = project.corpus.documents
            app = create_app(pipelines, project.config.cost, project.settings, documents, keys, hosts, jobs)
            try:
                await run_server(app, listener, jobs.stop)
            finally:
                opening.cancel()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def open_each(config: AnsweringConfig, bench: Workbench) -> dict[str, Pipeline | BakeoffError]:
    """The selected pipelines by name; in place of one that could not be opened, the error that says why."""
    pipelines: dict[str, Pipeline | BakeoffError] = {}
    for name in config.selected:
        try:
            pipelines[name] = await open_pipeline(name, config, bench)
        except BakeoffError as error:
            pipelines[name] = error
    return pipelines


async def keep_opening(
    pipelines: dict[str, Pipeline | BakeoffError], config: AnsweringConfig, bench: Workbench, seconds: float
) -> None:
    """Opens what could not be opened, once what it lacked is there: tries every so many seconds, until all are open."""
    while waiting_for := [name for name, found in pipelines.items() if isinstance(found, NotReadyError)]:
        await asyncio.sleep(seconds)
        for name in waiting_for:
            try:
                pipelines[name] = await open_pipeline(name, config, bench)
                logger.info("%s: ready", name)
            except BakeoffError as error:
                pipelines[name] = error
