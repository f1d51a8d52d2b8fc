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


def run_in(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, shell=True, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f'token = "{"AKIA" + "QYLPMN5HFIQR7XYA"}"', True),
        (f'api_key = "{"tiger" + "lily47"}"', True),
        (f"secret: {{secretName: {'tiger' + 'lily47'}, defaultMode: 0440}}", True),
        (f'api_key = key_of("{"tiger" + "lily47"}")', True),
        ('api_key = "none"', False),
        ('options(api_key_env="OPENAI_KEY")', False),
        ("secret: {secretName: bakeoff-keys, defaultMode: 0440}", False),
    ],
)
def test_a_secret_is_found_and_nothing_else(scan: str, tmp_path: Path, line: str, found: bool) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "app.yaml").write_text(f"{line}\n")
    run_in(tmp_path, "git init -q . && git add app.yaml").check_returncode()
    told = run_in(tmp_path, scan)
    assert bool(told.returncode) == found
    assert ("app.yaml:1" in told.stdout) == found


def test_a_name_that_begins_like_an_option_is_a_file(scan: str, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "--version").write_text(f'api_key = "{"tiger" + "lily47"}"\n')
    run_in(tmp_path, "git init -q . && git add -- --version").check_returncode()
    assert "--version:1" in run_in(tmp_path, scan).stdout


def test_where_git_cannot_say_which_files_there_are_nothing_passes(scan: str, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    assert run_in(tmp_path, scan).returncode
