"""Nothing that ended is lost, and nothing is asked twice."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from eval_fakes import trial
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora.errors import RunStorageError
from eval.storage import Journal, read_lines, read_model, write_whole
from eval.trial import Failure, Trial

TRIALS = [
    trial("rag", "q1"),
    trial("rag", "q2", text="a line\nbreak, \u2028 and 字"),
    trial("zero-shot", "q1", failure=Failure(code="engine-error", message="down")),
]


def write(path: Path) -> bytes:
    with Journal(path) as journal:
        for each in TRIALS:
            journal.append(each)
    return path.read_bytes()


def test_what_was_appended_is_read_again(tmp_path: Path) -> None:
    write(tmp_path / "journal.jsonl")
    with Journal(tmp_path / "journal.jsonl") as journal:
        assert list(journal.trials.values()) == TRIALS


def test_the_last_line_about_a_question_counts(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.append(trial(text="first"))
        journal.append(trial(text="second"))
    with Journal(tmp_path / "journal.jsonl") as journal:
        (found,) = journal.trials.values()
    assert found.answer is not None
    assert found.answer.response == "second"


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_torn_at_any_byte_it_keeps_every_whole_trial(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("torn") / "journal.jsonl"
    content = write(path)
    cut = data.draw(st.integers(0, len(content)))
    path.write_bytes(content[:cut])
    ends = [index for index, byte in enumerate(content) if byte == 0x0A]  # a trial is whole without its line's end
    whole = sum(end <= cut for end in ends)
    with Journal(path) as journal:
        assert list(journal.trials.values()) == TRIALS[:whole]
        for each in TRIALS[whole:]:
            journal.append(each)
    assert path.read_bytes() == content


def test_a_broken_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    lines = write(path).split(b"\n")
    path.write_bytes(b"\n".join([lines[0], lines[1][:40], lines[2], b""]))
    with pytest.raises(RunStorageError, match=r"journal\.jsonl, line 2 is broken"):
        Journal(path)


def test_a_reader_beside_the_writer_leaves_the_line_in_writing_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(write(path) + b'{"pipeline": "ra')
    assert read_lines(path, Trial, torn_end=True) == TRIALS


@pytest.mark.parametrize("written", [0, 30])
def test_a_full_disk_is_said_and_leaves_a_whole_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    path = tmp_path / "journal.jsonl"
    write(path)
    journal = Journal(path)
    real = journal._file

    class Full:
        """Takes a part of the line, then no more."""

        def write(self, line: bytes) -> int:
            if written == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real.write(line[:written])

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    monkeypatch.setattr(journal, "_file", Full())
    with pytest.raises(RunStorageError, match=r"disk is full.*resume"):
        journal.append(trial("rag", "q9"))
    assert ("rag", "q9") not in journal.trials
    monkeypatch.undo()
    journal.append(trial("rag", "q10"))
    journal.close()
    assert [each.question_id for each in read_lines(path, Trial)] == ["q1", "q2", "q1", "q10"]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    write_whole(path, "old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunStorageError, match="disk is full"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunStorageError, match="No such file"):
        write_whole(tmp_path / "gone" / "report.json", "")
    with pytest.raises(RunStorageError, match="No such file"):
        read_model(tmp_path / "manifest.json", Trial)
