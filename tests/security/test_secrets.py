"""`make lint` finds a secret in a tracked file, and takes nothing else for one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def scan() -> str:
    told = subprocess.run(["make", "--dry-run", "lint"], cwd=ROOT, capture_output=True, text=True, check=True)
    (command,) = [line for line in told.stdout.splitlines() if "detect-secrets" in line]
    return command


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f'token = "{"AKIA" + "QYLPMN5HFIQR7XYA"}"', True),
        (f'api_key = "{"tiger" + "lily47"}"', True),
        (f"secret: {{secretName: {'tiger' + 'lily47'}, defaultMode: 0440}}", True),
        ('api_key = "none"', False),
        ("secret: {secretName: bakeoff-keys, defaultMode: 0440}", False),
    ],
)
def test_a_secret_is_found_and_nothing_else(scan: str, tmp_path: Path, line: str, found: bool) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "app.yaml").write_text(f"{line}\n")
    subprocess.run("git init -q . && git add app.yaml", cwd=tmp_path, shell=True, check=True)
    told = subprocess.run(scan, cwd=tmp_path, shell=True, capture_output=True, text=True)
    assert bool(told.returncode) == found
    assert ("app.yaml:1" in told.stdout) == found
