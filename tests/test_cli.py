"""The command line: instant help, and errors in words with what to do next."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

BAKEOFF = Path(sys.executable).parent / "bakeoff"


def bakeoff(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BAKEOFF), *arguments], cwd=cwd, capture_output=True, text=True, timeout=300, env={"COLUMNS": "300"}
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "harbour.md").write_text("# Harbour\n\nThe harbour office opens at half past six.\n")
    (folder / "questions.jsonl").write_text(
        json.dumps({"question": "When does the office open?", "expected_output": "half past six"}) + "\n"
    )
    return folder


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['bakeoff', '--help']\n"
        "from service.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
    )
    heavy = ("torch", "transformers", "chromadb", "langchain_core", "ragas", "fastapi", "matplotlib", "numpy")
    check = f"{code}print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_help_names_every_command(tmp_path: Path) -> None:
    shown = bakeoff("--help", cwd=tmp_path).stdout
    commands = ("init", "validate", "index", "train", "run", "report", "compare", "ask", "serve")
    assert all(f" {command} " in shown for command in commands)


def test_init_from_a_folder(tmp_path: Path, data: Path) -> None:
    done = bakeoff("init", "mine", "--from", str(data), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 documents, 1 questions" in done.stdout
    assert (tmp_path / "mine" / "bakeoff.yaml").is_file()
    again = bakeoff("init", "mine", "--from", str(data), cwd=tmp_path)
    assert again.returncode == 1
    assert "is there already" in again.stderr


def test_init_without_data_makes_a_corpus_that_reads(tmp_path: Path) -> None:
    done = bakeoff("init", "mine", cwd=tmp_path)
    assert "1 documents, 2 questions" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run"], "bakeoff.yaml does not exist"),
        (["run", "--config", "mine/bakeoff.yaml", "--engine", "steam"], "has no engine 'steam'"),
        (["run", "--config", "mine/bakeoff.yaml", "--split", "train"], "no split 'train'"),
        (["ask", "--config", "mine/bakeoff.yaml", "Who?"], "is not prepared yet"),
        (["report", "runs/none"], "holds no run"),
        (["compare", "runs/a", "runs/b"], "holds no run"),
    ],
)
def test_what_is_wrong_is_told_without_a_trace(tmp_path: Path, arguments: list[str], told: str) -> None:
    bakeoff("init", "mine", cwd=tmp_path)
    done = bakeoff(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_validate_tells_what_is_missing(tmp_path: Path) -> None:
    bakeoff("init", "mine", cwd=tmp_path)
    done = bakeoff("validate", "--config", "mine/bakeoff.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "✓ corpus: 1 documents" in done.stdout
    assert "✗ engine: embedded" in done.stdout
    assert "bakeoff index" in done.stdout


def test_a_broken_configuration_names_its_line(tmp_path: Path) -> None:
    bakeoff("init", "mine", cwd=tmp_path)
    config = tmp_path / "mine" / "bakeoff.yaml"
    config.write_text(config.read_text().replace("top_k: 4", "topk: 4"))
    done = bakeoff("validate", "--config", "mine/bakeoff.yaml", cwd=tmp_path)
    assert "bakeoff.yaml:" in done.stderr
    assert "did you mean 'top_k'?" in done.stderr


@pytest.mark.slow
def test_help_takes_less_than_half_a_second(tmp_path: Path) -> None:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        bakeoff("--help", cwd=tmp_path)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.5
