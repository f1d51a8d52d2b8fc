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

CONFIG = """
# Valid JSON may still ask for what no pipeline can do: a last message that is no question, a parameter to be refused.
[[operations]]
include-path = "/v1/chat/completions"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "429", "5xx"]
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
    options = ["--checks=all", f"--max-examples={examples}", f"--seed={seed}", "--continue-on-failure"]
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
