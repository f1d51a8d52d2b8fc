"""The command line: instant help, and errors in words with what to do next."""

from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import pytest

from corpora.errors import CorpusError, EngineError
from service.cli import main

BAKEOFF = Path(sys.executable).parent / "bakeoff"


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Done]


@pytest.fixture
def bakeoff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, run in an empty folder and in this process: starting one takes longer than most commands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr("service.terminal.console.width", 300)  # made before, it does not look again

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["bakeoff", *arguments])
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        return Done(int(code or 0), *capsys.readouterr())  # type: ignore[call-overload]

    return run


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


@pytest.mark.parametrize(
    ("number", "reason", "remedy"),
    [
        (errno.EACCES, "Permission denied", "owner and the permissions"),
        (errno.EROFS, "Read-only file system", "owner and the permissions"),
        (errno.ENOSPC, "No space left on device", "Free some space"),
    ],
)
def test_a_file_that_cannot_be_opened_says_what_to_check(
    bakeoff: Command, monkeypatch: pytest.MonkeyPatch, number: int, reason: str, remedy: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, reason, "/somewhere/file")

    monkeypatch.setattr("service.project.open_project", refuse)
    done = bakeoff("run")
    assert done.returncode == 1
    assert f"/somewhere/file: {reason}." in done.stderr
    assert remedy in done.stderr


def test_an_error_of_the_system_that_nobody_foresaw_is_not_hidden(
    bakeoff: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error", "/somewhere/file")

    monkeypatch.setattr("service.project.open_project", fail)
    with pytest.raises(OSError, match="Input/output error"):
        bakeoff("run")


def test_help_names_every_command(bakeoff: Command) -> None:
    shown = bakeoff("--help").stdout
    prepare, measure = ("init", "validate", "index", "train", "check-metrics"), ("run", "compare", "staleness", "load")
    commands = (*prepare, *measure, "report", "ask", "serve")
    assert all(f" {command} " in shown for command in commands)


def test_init_from_a_folder(bakeoff: Command, tmp_path: Path, data: Path) -> None:
    done = bakeoff("init", "mine", "--from", str(data))
    assert done.returncode == 0, done.stderr
    assert "1 document, 1 question\n" in done.stdout
    assert (tmp_path / "mine" / "bakeoff.yaml").is_file()
    again = bakeoff("init", "mine", "--from", str(data))
    assert again.returncode == 1
    assert "is there already" in again.stderr


def test_init_on_a_full_disk_says_so_and_leaves_nothing_behind(
    bakeoff: Command, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(target: Path, *_: object) -> None:
        target.mkdir()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("service.starting.write_corpus", fill)
    done = bakeoff("init", "mine", "--from", str(data))
    assert done.returncode == 1
    assert "No space left on device.\nFree some space, then run the command again." in done.stderr
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("fault", [CorpusError("It does not read.", "Mend it."), KeyboardInterrupt()])
def test_init_that_stops_leaves_nothing_behind(
    bakeoff: Command, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def stop(_: Path) -> None:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr("service.starting.read_corpus", stop)
        assert bakeoff("init", "mine", "--from", str(data)).returncode
    assert not (tmp_path / "mine").exists()
    assert bakeoff("init", "mine", "--from", str(data)).returncode == 0


def test_init_leaves_a_folder_that_was_there_alone(bakeoff: Command, tmp_path: Path, data: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear Ada,")
    assert "is there already" in bakeoff("init", "mine", "--from", str(data)).stderr
    assert (tmp_path / "mine" / "letter.txt").read_text() == "Dear Ada,"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"id": "a"}, "- line 1 and line 2 have the id 'a'"),
        ({"split": "train"}, "- line 2: split: must be 'dev' or 'test'"),
    ],
)
def test_init_names_the_line_of_the_file_that_was_given(
    bakeoff: Command, tmp_path: Path, data: Path, fields: dict[str, str], told: str
) -> None:
    rows = [{"id": "a", "question": "When?", "target": "noon"}, {"id": "b", "question": "Why?", "target": "x"} | fields]
    (data / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = bakeoff("init", "mine", "--from", str(data))
    assert done.returncode == 1
    assert f"{data / 'questions.jsonl'} has 1 fault:\n{told}" in done.stderr
    assert not (tmp_path / "mine").exists()


def test_init_takes_a_folder_of_a_long_name(bakeoff: Command, data: Path) -> None:
    assert bakeoff("init", "m" * 80, "--from", str(data)).returncode == 0


def test_init_takes_examples_over_and_what_they_give_away_is_seen(bakeoff: Command, data: Path) -> None:
    question = json.loads((data / "questions.jsonl").read_text())["question"]
    (data / "examples.jsonl").write_text(json.dumps({"prompt": question, "completion": "At half past six."}))
    done = bakeoff("init", "mine", "--from", str(data))
    assert "mine: 1 document, 1 question, 1 example\n" in done.stdout, done.stderr
    said = bakeoff("validate", "--config", "mine/bakeoff.yaml").stdout
    assert "✗ corpus: 1 document, 1 question, 1 example\n  1 example of mine repeats a question" in said


def test_examples_put_into_a_new_corpus_are_seen(bakeoff: Command, tmp_path: Path) -> None:
    bakeoff("init", "mine")
    (tmp_path / "mine" / "examples.jsonl").write_text(json.dumps({"prompt": "A b?", "completion": "C d."}))
    said = bakeoff("validate", "--config", "mine/bakeoff.yaml").stdout
    assert "✓ corpus: 1 document, 2 questions, 1 example\n" in said


def test_init_without_data_makes_a_corpus_that_reads(bakeoff: Command) -> None:
    done = bakeoff("init", "mine")
    assert "1 document, 2 questions\n" in done.stdout, done.stderr


def test_the_version(bakeoff: Command) -> None:
    assert bakeoff("--version") == (0, f"bakeoff {version('bakeoff')}\n", "")


@pytest.mark.parametrize("option", [["--documents", "d.csv"], ["--questions", "q.csv"], ["--map", "reference=answer"]])
def test_init_without_data_takes_no_word_about_it(bakeoff: Command, tmp_path: Path, option: list[str]) -> None:
    done = bakeoff("init", "mine", *option)
    assert done.returncode == 1
    assert "Say where it lies with --from FOLDER" in done.stderr
    assert not (tmp_path / "mine").exists()


def test_init_tells_what_was_not_taken_as_it_stood(bakeoff: Command, data: Path) -> None:
    row = {"question": "When?", "target": "half past six", "evidence": ["half past six", "seven"]}
    (data / "questions.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps(row)}\n")
    (data / "quay.md").write_text("# Quay\n\nThe quay, too, opens at half past six.\n")
    said = bakeoff("init", "mine", "--from", str(data)).stdout
    assert "mine: 2 documents, 1 question\n" in said
    assert "Left out: 2 pieces of evidence that no document holds, white space and emphasis aside (q1, q2);" in said
    assert "In several documents: 2 pieces of evidence, given to the one that shares the most words" in said
    assert "mend document_id in questions.jsonl (q1, q2)." in said
    assert "Left out: 1 question in the same words as another further up (q2)" in said
    assert "without a reference" not in said
    assert "No question has evidence" not in said


def test_init_tells_what_questions_lack(bakeoff: Command, data: Path) -> None:
    rows = [{"id": f"n{n}", "question": f"What is {n}?", "target": None} for n in range(7)]
    answered = {"id": "when", "question": "When?", "target": "half past six", "evidence": "seven"}
    (data / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in (*rows, answered)))
    said = bakeoff("init", "mine", "--from", str(data)).stdout
    assert "7 questions without a reference: taken as unanswerable (n0, n1, n2, n3, n4 and 2 more).\n" in said
    assert "Left out: 1 piece of evidence that no document holds, white space and emphasis aside (when);" in said
    assert "No question has evidence: retrieval and faithfulness to the evidence are not scored.\n" in said
    (data / "questions.jsonl").write_text(json.dumps(rows[0]))
    said = bakeoff("init", "other", "--from", str(data)).stdout
    assert "1 question without a reference: taken as unanswerable (n0).\n" in said
    assert "No question has evidence" not in said


def test_init_tells_of_references_like_refusals_and_of_misnamed_documents(bakeoff: Command, data: Path) -> None:
    rows = [
        {"question": f"What is {n}?", "target": text} for n, text in enumerate(("N/A", "-", "Not in the documents"))
    ]
    rows.append({"question": "When?", "target": "six", "evidence": "half past six", "document_id": "nowhere"})
    (data / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = bakeoff("init", "mine", "--from", str(data)).stdout
    assert '3 questions have references that read like a refusal, as "N/A" does, and count as answerable' in said
    assert "(q1, q2, q3): where the documents hold no answer, leave the reference empty" in said
    assert "Not in the document that is named for it: 1 piece of evidence, given to another that holds it (q4)" in said


def test_init_where_nothing_can_be_written(bakeoff: Command, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = bakeoff("init", str(data / "harbour.md" / "mine"))
    assert done.returncode == 1
    assert "mine cannot be written: Not a directory. " in done.stderr.replace("\n", " ")

    def refuse(path: Path, *args: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    done = bakeoff("init", "mine")
    assert done.returncode == 1
    assert "mine cannot be written: Permission denied. " in done.stderr.replace("\n", " ")


def test_train_says_that_there_is_nothing_to_train(bakeoff: Command, tmp_path: Path) -> None:
    bakeoff("init", "mine")
    config = tmp_path / "mine" / "bakeoff.yaml"
    config.write_text(config.read_text() + "run: [zero-shot, rag]\n")
    done = bakeoff("train", "--config", "mine/bakeoff.yaml")
    assert done.returncode == 0
    assert "No pipeline of `run` is to be fine-tuned here, so nothing is trained." in done.stdout
    assert "Configured and not in `run`: finetuned." in done.stdout


def test_validate_asks_for_questions(bakeoff: Command, tmp_path: Path) -> None:
    bakeoff("init", "mine")
    questions = tmp_path / "mine" / "questions.jsonl"
    rows = [json.loads(line) | {"split": "dev"} for line in questions.read_text().splitlines()]
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = bakeoff("validate", "--config", "mine/bakeoff.yaml").stdout
    assert "✗ corpus: 1 document, 2 questions, 0 examples\n  mine has no question in the split 'test'" in said
    assert "Give some of its 2 questions `split: test`" in said
    questions.write_text("")
    said = bakeoff("validate", "--config", "mine/bakeoff.yaml").stdout
    assert "✗ corpus: 1 document, 0 questions, 0 examples\n  mine has no question to ask. Write some" in said


def test_validate_tells_of_a_language_that_the_rules_do_not_know(bakeoff: Command) -> None:
    bakeoff("init", "mine", "--language", "de")
    said = bakeoff("validate", "--config", "mine/bakeoff.yaml").stdout
    assert "✓ corpus: 1 document, 2 questions, 0 examples\n  This corpus is in another language (de) than" in said
    bakeoff("init", "other", "--language", "en-GB")
    assert "another language" not in bakeoff("validate", "--config", "other/bakeoff.yaml").stdout


def test_validate_lists_faults_line_by_line(bakeoff: Command, tmp_path: Path) -> None:
    bakeoff("init", "mine")
    questions = tmp_path / "mine" / "questions.jsonl"
    rows = [json.loads(line) for line in questions.read_text().splitlines()]
    questions.write_text("".join(json.dumps(row) + "\n" for row in (*rows, rows[0] | {"id": "again"})))
    said = bakeoff("validate", "--config", "mine/bakeoff.yaml").stdout
    assert "  mine has 1 fault:\n  - questions 'opening' and 'again' are the same\n  Mend its question file.\n" in said


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("engines:", "engine: steam\nengines:", "bakeoff.yaml:10: engine 'steam' is not among engines"),
        ("engines:", "run: [rag, steam]\nengines:", "bakeoff.yaml:10: run names 'steam', which is not among pipelines"),
        ("finetuned: {", "rag: {", "bakeoff.yaml:8: 'rag' stands twice: it is in line 7 already"),
        (
            "{kind: rag",
            "{kind: ragg",
            "there is no kind 'ragg'; did you mean 'rag'? it is one of prompting, rag, finetuned",
        ),
    ],
)
def test_a_fault_of_the_configuration_is_told_where_it_is(
    bakeoff: Command, tmp_path: Path, before: str, after: str, told: str
) -> None:
    bakeoff("init", "mine")
    config = tmp_path / "mine" / "bakeoff.yaml"
    config.write_text(config.read_text().replace(before, after))
    said = bakeoff("validate", "--config", "mine/bakeoff.yaml").stderr
    assert told in said
    assert "Value error" not in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run"], "bakeoff.yaml does not exist"),
        (["run", "--config", "mine"], "--config mine/bakeoff.yaml"),
        (["run", "--config", "mine/bakeoff.yaml", "--engine", "steam"], "has no engine 'steam'"),
        (["run", "--config", "mine/bakeoff.yaml", "--split", "train"], "no split 'train'"),
        (["ask", "--config", "mine/bakeoff.yaml", "Who?"], "is not prepared yet"),
        (["report", "runs/none"], "holds no run"),
        (["compare", "runs/a", "runs/b"], "holds no run"),
        (["load", "--config", "mine/bakeoff.yaml", "--url", "http://203.0.113.1"], "is not this machine"),
        (["load", "--config", "mine/bakeoff.yaml", "--url", "http://127.0.0.1:9"], "cannot be reached"),
        (["load", "--config", "mine/bakeoff.yaml", "--requests", "8"], "never 16 at once"),
        (["load", "--target", "itl=1"], "--target takes ttft, tpot or e2el"),
        (["load", "--run", "runs/none"], "holds no run"),
    ],
)
def test_what_is_wrong_is_told_without_a_trace(bakeoff: Command, arguments: list[str], told: str) -> None:
    bakeoff("init", "mine")
    done = bakeoff(*arguments)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_validate_tells_what_is_missing(bakeoff: Command) -> None:
    bakeoff("init", "mine")
    done = bakeoff("validate", "--config", "mine/bakeoff.yaml")
    assert done.returncode == 1
    assert "✓ corpus: 1 document, 2 questions, 0 examples" in done.stdout
    assert "✗ engine: embedded" in done.stdout
    assert "bakeoff index" in done.stdout


def test_a_broken_configuration_names_its_line(bakeoff: Command, tmp_path: Path) -> None:
    bakeoff("init", "mine")
    config = tmp_path / "mine" / "bakeoff.yaml"
    config.write_text(config.read_text().replace("top_k: 4", "topk: 4"))
    done = bakeoff("validate", "--config", "mine/bakeoff.yaml")
    assert "bakeoff.yaml:" in done.stderr
    assert "did you mean 'top_k'?" in done.stderr


@pytest.mark.slow
def test_help_takes_less_than_half_a_second_of_the_processor() -> None:
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([BAKEOFF, "--help"], capture_output=True, check=True, timeout=60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.5


def test_keys_are_made_listed_and_taken_back(bakeoff: Command, tmp_path: Path) -> None:
    secret = bakeoff("keys", "add", "ada", "--role", "change").stdout.strip()
    assert secret.startswith("bk-")
    assert "ada" in bakeoff("keys", "list").stdout
    assert secret not in bakeoff("keys", "list").stdout + (tmp_path / "keys.json").read_text()
    for wrong in (["ada"], ["a b"], ["bob", "--role", "king"]):
        assert bakeoff("keys", "add", *wrong).returncode == 1
    assert bakeoff("keys", "remove", "ada").returncode == 0
    assert "ada" not in bakeoff("keys", "list").stdout
    assert "There is no key named 'ada'" in bakeoff("keys", "remove", "ada").stderr


def test_on_the_command_line_it_is_told_what_the_engine_said(bakeoff: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise EngineError("vLLM ended with status 1.", "Mend it.", "no memory", "/tmp/vllm.log")

    monkeypatch.setattr("service.project.open_project", broken)
    assert bakeoff("ask", "Who?").stderr == "\nvLLM ended with status 1.\n/tmp/vllm.log: no memory\nMend it.\n"
