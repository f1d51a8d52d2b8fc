"""A run's folder, `runs/<id>/`: what was run, what was asked, and every trial as it ended."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpora.errors import RunError, RunLockedError, RunStorageError
from corpora.model import Document, Question
from corpora.wording import counted
from eval.conditions import Warmup
from eval.fairness import check_asking, check_pipelines
from eval.identity import in_words
from eval.manifest import Manifest
from eval.storage import (
    AGAIN,
    RESUME,
    Journal,
    read_lines,
    read_model,
    require_room,
    storage_errors,
    write_lines,
    write_whole,
)
from eval.trial import Trial

LOCK = ".lock"
HOLDER = "running.json"


class RunFolder:
    """One bake-off on disk. It holds all that a report needs, so that a report can be drawn when the corpus is gone.

    manifest.json   what was run
    questions.jsonl what was asked
    documents.jsonl the documents that its evidence quotes
    journal.jsonl   every trial as it ended, and again when it was scored
    staleness.json  what a change of the corpus did to the pipelines, where that was measured; its trials in staleness/
    """

    def __init__(
        self, path: Path, manifest: Manifest, questions: tuple[Question, ...], documents: tuple[Document, ...]
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.questions = questions
        self.documents = documents

    @classmethod
    def create(
        cls, runs: Path, manifest: Manifest, questions: Sequence[Question], documents: Sequence[Document] = ()
    ) -> RunFolder:
        """Makes the folder of a new run. Of the documents it keeps those that the questions' evidence quotes.

        Raises:
            RunError: there are no questions.
            RunStorageError: the folder cannot be written.
        """
        if not questions:
            raise RunError(
                f"The corpus has no questions in the split {manifest.evaluation.split!r}.",
                "Add questions, or set evaluation.split to the split that has some.",
            )
        path = runs / manifest.run_id
        with storage_errors(path, AGAIN):
            runs.mkdir(parents=True, exist_ok=True)
            number = 1
            while True:
                try:
                    path.mkdir()
                    break
                except FileExistsError:  # the same bake-off, begun twice within one second
                    number += 1
                    path = runs / f"{manifest.run_id}-{number}"
        quoted = {evidence.document_id for question in questions for evidence in question.reference_contexts}
        run = cls(
            path,
            manifest.model_copy(update={"run_id": path.name}),
            tuple(questions),
            tuple(document for document in documents if document.id in quoted),
        )
        write_lines(path / "questions.jsonl", run.questions, AGAIN)
        write_lines(path / "documents.jsonl", run.documents, AGAIN)
        run._save(AGAIN)
        return run

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Raises RunStorageError where there is no run, or its files are broken."""
        if not (path / "manifest.json").is_file():
            raise RunStorageError(f"{path} holds no run.", "Give the folder of a run, such as runs/<id>.")
        manifest = read_model(path / "manifest.json", Manifest)
        if not (path / "questions.jsonl").exists():
            raise _without_questions(path)
        questions = read_lines(path / "questions.jsonl", Question)
        if len(questions) != manifest.questions:
            raise RunStorageError(
                f"{path / 'questions.jsonl'} holds {len(questions)} questions in place of {manifest.questions}.",
                "Restore the file from a copy, or start a new run.",
            )
        if not (path / "documents.jsonl").exists():
            raise RunStorageError(
                f"The run {path.name} has lost its documents.jsonl, the documents that its evidence quotes.",
                "Restore documents.jsonl from a copy.",
            )
        return cls(path, manifest, tuple(questions), tuple(read_lines(path / "documents.jsonl", Document)))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keeps others out while this process works in the folder.

        Raises:
            RunLockedError: another process does; the message says which.
        """
        holder = self.path / HOLDER
        with locked_run(self.path):
            try:
                since = datetime.now(UTC).isoformat(timespec="seconds")
                who = {"process": os.getpid(), "host": socket.gethostname(), "since": since}
                write_whole(holder, json.dumps(who), AGAIN)
                yield
            finally:
                with suppress(OSError):
                    holder.unlink()

    def resume(self, manifest: Manifest) -> None:
        """Takes the run up again for a bake-off that would be started now as `manifest` says; call it under the lock.

        Raises:
            RunError: configuration, corpus, engine or pipelines have changed, so that old and new trials would not be
                comparable.
        """
        changed = self.manifest.differences(manifest)
        if changed:
            named = in_words(changed, [*self.manifest.pipelines, *manifest.pipelines])
            shown = ", ".join(named[:5]) + (" and more" if len(named) > 5 else "")
            raise RunError(
                f"The run {self.manifest.run_id} cannot be resumed: {shown} changed since it was started.",
                "Change it back, or start a new run.",
            )
        self.manifest = self.manifest.model_copy(update={"resumed": self.manifest.resumed + 1, "finished": None})
        self._save()

    def note_warmup(self, name: str, warmup: Warmup) -> None:
        """Adds to the requests that a pipeline was warmed up with."""
        before = self.manifest.warmups.get(name, Warmup(asked=0, failed=0))
        total = Warmup(asked=before.asked + warmup.asked, failed=before.failed + warmup.failed)
        self.manifest = self.manifest.model_copy(update={"warmups": self.manifest.warmups | {name: total}})
        self._save()

    def finish(self) -> None:
        """Notes the time of the end, and what is seen of the comparison's fairness."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        checks = (*check_pipelines(self.manifest), *check_asking(self.manifest, self.questions, self._trials()))
        self.manifest = self.manifest.model_copy(update={"finished": now, "fairness": checks})
        self._save()

    def journal(self) -> Journal:
        """The journal, to go on writing; under the lock. Raises RunStorageError where there is no room for more."""
        require_room(self.path)
        return Journal(self.path / "journal.jsonl")

    def trials(self) -> tuple[Trial, ...]:
        """Every trial as it stands, pipelines and questions in their order; for reading beside a running bake-off too.

        Raises RunStorageError where a line other than the last is broken, or a finished run has lost answers.
        """
        trials = self._trials()
        asked = len(self.questions) * len(self.manifest.pipelines) * self.manifest.evaluation.repeat
        if self.manifest.finished and len(trials) < asked:
            raise RunStorageError(
                f"The run {self.path.name} is finished, and {asked - len(trials)} of its {counted(asked, 'answer')} "
                "are no longer in its journal.jsonl.",
                f"Restore journal.jsonl from a copy, or ask again: `bakeoff run --resume {self.path.name}`. The report "
                "and the files beside it are left as they are.",
            )
        return trials

    def _trials(self) -> tuple[Trial, ...]:
        path = self.path / "journal.jsonl"
        lines = read_lines(path, Trial, torn_end=True) if path.exists() else []
        found = {trial.key: trial for trial in lines}
        pipelines = {name: place for place, name in enumerate(self.manifest.pipelines)}
        questions = {question.id: place for place, question in enumerate(self.questions)}
        wanted = [
            trial
            for trial in found.values()
            if trial.pipeline in pipelines
            and trial.question_id in questions
            and trial.repeat < self.manifest.evaluation.repeat
        ]
        return tuple(
            sorted(wanted, key=lambda each: (pipelines[each.pipeline], questions[each.question_id], each.repeat))
        )

    def require_finished(self) -> None:
        """Raises RunError where it is not."""
        if self.manifest.finished is None:
            name = self.manifest.run_id
            raise RunError(
                f"The run {name} is not finished.", f"Finish it with: bakeoff run --config FILE --resume {name}"
            )

    def _save(self, then: str = RESUME) -> None:
        write_whole(self.path / "manifest.json", self.manifest.model_dump_json(indent=2) + "\n", then)


def _without_questions(path: Path) -> RunStorageError:
    if (path / "journal.jsonl").exists():
        return RunStorageError(
            f"The run {path.name} has lost its questions.jsonl; what was answered is in its journal.jsonl.",
            "Restore questions.jsonl from a copy.",
        )
    return RunStorageError(f"The run {path.name} was deleted; its manifest alone is kept.", "Begin a new run.")


@contextmanager
def locked_run(path: Path) -> Iterator[None]:
    """`RunFolder.lock` for a folder whose files may be broken, or on a full disk: it says to nobody who holds it.

    Raises RunLockedError where another process works in the folder.
    """
    lock = FileLock(path / LOCK, timeout=0)
    with storage_errors(path):
        try:
            lock.acquire()
        except Timeout as error:  # an OSError too
            raise RunLockedError(
                f"The run {path.name} is being worked on by {_who(path / HOLDER)}.",
                "Wait until it ends, or stop that process; its finished trials are kept.",
            ) from error
    try:
        yield
    finally:
        lock.release()


def _who(holder: Path) -> str:
    try:
        content = json.loads(holder.read_text())
        return f"process {content['process']} on {content['host']} since {content['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
