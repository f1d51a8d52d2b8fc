"""Schemathesis against the whole API: the service as `bakeoff serve` starts it, over the fake engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from runs_fakes import prepared, write_example_run

from service.jobs import JobStore
from service.keys import KeyRing
from service.project import open_project

HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE), str(HERE.parent)])}
SERVE = "from pathlib import Path; from runs_fakes import serve; serve(Path.cwd(), delay=0.0)"
REQUEST_SECONDS = 120  # the machine may be busy with much else
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

# whether a file can be read stands in no schema
[[operations]]
include-path = "/documents"
include-method = "POST"
checks.positive_data_acceptance.expected-statuses = [
  "2xx", "401", "403", "404", "409", "413", "415", "422", "429", "5xx"
]

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


@contextmanager
def whole_service(root: Path) -> Iterator[str]:
    """The address of the service of a prepared project, with every route that it has."""
    with (root / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE], cwd=root, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout
    with process:
        try:
            line = next((line for line in process.stdout if line.startswith("Serving on ")), None)
            assert line, (root / "log.txt").read_text()
            yield line.split()[2].rstrip(",")
        finally:
            process.kill()


def examine(folder: Path, patch: pytest.MonkeyPatch, with_keys: bool, examples: int, seed: int = 1) -> Verdict:
    """Runs all of schemathesis' checks, in all its phases.

    Args:
        folder: an empty one, for a small project; the documentation's example run is put there, finished.
        examples: requests for an operation and phase, at most.
    """
    project = open_project(prepared(folder, patch))
    store = JobStore(project.jobs)
    write_example_run(store, project.runs)
    store.close()
    (folder / "schemathesis.toml").write_text(CONFIG)
    options = [f"--max-examples={examples}", f"--seed={seed}", "--continue-on-failure"]
    options.append(f"--request-timeout={REQUEST_SECONDS}")
    if with_keys:
        options.append(f"--header=Authorization: Bearer {KeyRing(folder / 'keys.json').add('ada', 'change')}")
    with whole_service(folder) as server:
        command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "run", f"{server}/openapi.json", *options]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = _CASES.search(done.stdout)
    return Verdict(done.returncode == 0, int(found[1].replace(",", "")) if found else 0, done.stdout + done.stderr)
