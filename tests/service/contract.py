"""Schemathesis against the whole API: a real server over the fake engine, every address of the OpenAPI document."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from runs_fakes import POLL_SECONDS, prepared, score_nothing, use_engine, write_example_run
from servers import serving

from pipelines.assembly import open_workbench
from service.app import create_app
from service.job_runner import JobRunner
from service.job_work import Bakery
from service.jobs import JobStore
from service.keys import KeyRing
from service.project import open_project
from service.serving import open_each

CONFIG = r"""
# too many runs at once are refused so; where it is not declared, another check objects
[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]

# names that are there, so that not every request ends with 404
[dictionaries]
pipelines = {values = ["zero-shot", "rag", "finetuned"]}
runs = {values = ["20260101-120000-9f86d081"]}
roles = {values = ["user"]}

[parameters]
"body.pipeline" = {dictionary = "pipelines", probability = 0.7}
"body.model" = {dictionary = "pipelines", probability = 0.7}
"body.pipelines[*]" = {dictionary = "pipelines", probability = 0.7}
"body.messages[*].role" = {dictionary = "roles", probability = 0.7}
"path.model" = {dictionary = "pipelines", probability = 0.5}
"path.run_id" = {dictionary = "runs", probability = 0.5}

# valid JSON may still ask for what no pipeline can do: a last message that is no question, a parameter to be refused
[[operations]]
include-path = "/v1/chat/completions"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "429", "5xx"]

# what a run has written is there once it is finished, not once it is accepted
[[operations]]
include-path-regex = '^/runs/\{run_id\}/(report|files/\{name\})$'
checks.ensure_resource_availability.enabled = false
"""
_CASES = re.compile(r"(\d[\d,]*) generated")


class Verdict(NamedTuple):
    """What schemathesis found: `said` is all that it printed."""

    passed: bool
    cases: int
    said: str


@asynccontextmanager
async def whole_service(config: Path, keys: KeyRing | None) -> AsyncIterator[str]:
    """The address of a project's service with all its routes; the documentation's example run is there, finished."""
    project = open_project(config)
    store = JobStore(project.home.jobs)
    write_example_run(store, project.runs)
    async with open_workbench(project.config, project.corpus, project.home) as bench:
        pipelines = await open_each(project.config, bench)
        async with JobRunner(store, Bakery(project, bench, pipelines), 8, POLL_SECONDS) as jobs:
            hosts = () if keys else ("127.0.0.1",)
            documents = project.corpus.documents
            app = create_app(pipelines, project.config.cost, project.settings, documents, keys, hosts, jobs)
            async with serving(app) as server:
                yield server


async def examine(folder: Path, patch: pytest.MonkeyPatch, with_keys: bool, examples: int, seed: int = 1) -> Verdict:
    """Runs all of schemathesis' checks, in all its phases.

    Args:
        folder: an empty one, for the project.
        examples: cases for an operation and phase, at most.
    """
    score_nothing(patch)
    config = prepared(folder, patch)
    use_engine(patch, folder)
    keys = KeyRing(folder / "keys.json") if with_keys else None
    options = [f"--max-examples={examples}", f"--seed={seed}", "--continue-on-failure"]
    if keys:
        options.append(f"--header=Authorization: Bearer {keys.add('ada', 'change')}")
    (folder / "schemathesis.toml").write_text(CONFIG)
    async with whole_service(config, keys) as server:
        command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "run", f"{server}/openapi.json", *options]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said, _ = await process.communicate()
    text = said.decode(errors="replace")
    found = _CASES.search(text)
    return Verdict(process.returncode == 0, int(found[1].replace(",", "")) if found else 0, text)
