"""Answers of earlier runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from eval_fakes import question, trial

from corpora.errors import RunStorageError
from eval.answers import AnswerCache
from eval.trial import Failure, Score


def test_the_last_answer_comes_back_with_its_latency_and_marked(tmp_path: Path) -> None:
    last = trial("rag", "q1", machine_seconds=2.5, scores={"correctness": Score(value=1, status="scored")})
    with AnswerCache(tmp_path / "home" / "answers.sqlite") as answers:
        answers.put("key", trial("rag", "q1", text="what the model before it said"))
        answers.put("key", last)
    with AnswerCache(tmp_path / "home" / "answers.sqlite") as answers:
        found = answers.get("key", "q7")
        assert answers.get("other", "q1") is None
    assert found is not None
    assert found.answer == last.answer
    assert (found.pipeline, found.question_id, found.cached) == ("rag", "q7", True)
    assert (found.machine_seconds, found.asked_at, found.scores) == (2.5, last.asked_at, {})


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    with AnswerCache(tmp_path / "answers.sqlite") as answers:
        answers.put("key", trial(failure=Failure(code="engine-error", message="down")))
        assert answers.get("key", "q1") is None


def test_an_answer_is_found_by_everything_that_it_depends_on(tmp_path: Path) -> None:
    asked, first = question(0), trial(question_id="q0")
    with AnswerCache(tmp_path / "answers.sqlite") as answers:
        answers.of("rag", {"k": 1, "l": 2}, {"model": "a"}).put(asked, first)
        same = answers.of("rag", {"l": 2, "k": 1}, {"model": "a"})
        assert same.get(asked, 0) is not None
        assert same.get(asked, 1) is None
        assert same.get(question(1), 0) is None
        assert answers.of("rag", {"k": 2, "l": 2}, {"model": "a"}).get(asked, 0) is None
        assert answers.of("rag", {"k": 1, "l": 2}, {"model": "b"}).get(asked, 0) is None
        assert answers.of("again", {"k": 1, "l": 2}, {"model": "a"}).get(asked, 0) is None


def _something_else(path: Path) -> None:
    path.write_bytes(b"not a database at all, but long enough" * 400)


def _torn(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(4096))


def _not_text(path: Path) -> None:
    """A table whose name is no UTF-8, which SQLite quotes in what it says."""
    whole, quoted = path.read_bytes(), b"tableanswersanswers"
    assert quoted in whole
    path.write_bytes(whole.replace(quoted, b"tableansw\x80rsansw\x80rs"))


@pytest.mark.parametrize("spoil", [_something_else, _torn, _not_text])
def test_a_broken_file_is_set_aside_and_begun_anew(
    tmp_path: Path, spoil: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "answers.sqlite"
    with AnswerCache(path) as answers:
        answers.put("key", trial("rag", "q1"))
    spoil(path)
    with AnswerCache(path) as answers:
        assert answers.get("key", "q1") is None
        answers.put("key", trial("rag", "q1"))
        assert answers.get("key", "q1") is not None
    (aside,) = (file for file in tmp_path.glob("*.broken-*") if not file.name.endswith(("-wal", "-shm")))
    assert aside.name in caplog.text


def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    (tmp_path / "answers.sqlite").mkdir()
    with pytest.raises(RunStorageError, match=r"answers\.sqlite is a folder where a file is expected\. Move it away"):
        AnswerCache(tmp_path / "answers.sqlite")


def test_an_answer_of_another_version_is_as_good_as_none(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    AnswerCache(path).close()
    database = sqlite3.connect(path)
    database.execute("INSERT INTO answers VALUES ('key', '{\"old\": 1}')")
    database.commit()
    database.close()
    with AnswerCache(path) as answers:
        assert answers.get("key", "q1") is None


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with AnswerCache(tmp_path / "answers.sqlite") as answers:
        answers._database.execute("PRAGMA max_page_count = 2")
        with pytest.raises(RunStorageError, match="full"):
            answers.put("key", trial(text="x" * 40_000))
