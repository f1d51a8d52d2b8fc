"""From a project to its running server."""

from __future__ import annotations

import socket

from corpora.errors import BakeoffError
from pipelines.assembly import open_pipeline, open_workbench
from pipelines.config import AnsweringConfig
from pipelines.contract import Pipeline
from pipelines.workbench import Workbench
from service.app import create_app
from service.project import Project
from service.server import listen, run_server, run_until_stopped
from service.terminal import console, waiting


def serve_project(project: Project, host: str, port: int) -> None:
    """Serves the configuration's pipelines until it is told to stop.

    Raises:
        ConfigError: nothing can listen on that address.
        BakeoffError: the engine cannot be started. What keeps one pipeline from being opened is shown, not raised.
    """
    with listen(host, port) as listener:
        run_until_stopped(_serve(project, listener))


async def _serve(project: Project, listener: socket.socket) -> None:
    async with open_workbench(project.config, project.corpus, project.home) as bench:
        with waiting("Opening the pipelines"):
            pipelines = await open_each(project.config, bench)
        for name, found in pipelines.items():
            console.print(f"{name}: {found}" if isinstance(found, BakeoffError) else f"{name}: ready", markup=False)
        app = create_app(pipelines, project.config.cost, project.settings, project.corpus.documents)
        await run_server(app, listener)


async def open_each(config: AnsweringConfig, bench: Workbench) -> dict[str, Pipeline | BakeoffError]:
    """The selected pipelines by name; in place of one that could not be opened, the error that says why."""
    pipelines: dict[str, Pipeline | BakeoffError] = {}
    for name in config.selected:
        try:
            pipelines[name] = await open_pipeline(name, config, bench)
        except BakeoffError as error:
            pipelines[name] = error
    return pipelines
