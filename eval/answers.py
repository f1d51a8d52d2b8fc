"""Answers of earlier runs, so that an unchanged pipeline is not asked the same question again."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpora.errors import RunStorageError
from corpora.model import Question
from eval.identity import digest
from eval.sqlite_files import open_database, set_aside
from eval.trial import Trial

logger = logging.getLogger("bakeoff.answers")

_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_TABLE = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, trial TEXT NOT NULL)"


class AnswerCache:
    """A SQLite file of trials by what they depend on: the pipeline's name, so that two of one kind share no luck, its
    fingerprint and the engine's, the question's text, and the how-manieth time it was asked.

    Failures are not kept, and of several askings the last is. What comes out has the latency and the machine time of
    that asking, and `cached` set. Several processes may use one file.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file. One that is broken is renamed, and a new one is begun: then questions are asked again.

        Raises:
            RunStorageError: the file cannot be opened.
        """
        self.path = path
        with self._errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._database = self._open()
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode not in _BROKEN:
                    raise
                aside = set_aside(path)
                logger.warning("%s is broken (%s) and was set aside as %s; nothing is reused of it", path, error, aside)
                self._database = self._open()

    def of(self, name: str, pipeline: Mapping[str, Any], engine: Mapping[str, Any]) -> PipelineAnswers:
        """The answers of the pipeline of that name with that fingerprint, on the engine with that one."""
        return PipelineAnswers(self, [{"name": name}, pipeline, engine])

    def get(self, key: str, question_id: str) -> Trial | None:
        """The trial under that key, as one of this question."""
        with self._errors():
            row = self._database.execute("SELECT trial FROM answers WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        try:
            trial = Trial.model_validate_json(row[0])
        except ValidationError:  # written by another version: as good as not there
            return None
        return trial.model_copy(update={"question_id": question_id, "cached": True})

    def put(self, key: str, trial: Trial) -> None:
        """Keeps an answer in place of an earlier one: behind the same name a server may serve another model by now."""
        if trial.answer is None:
            return
        bare = trial.model_copy(update={"scores": {}, "abstained": False, "judge": None})
        with self._errors():
            self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, bare.model_dump_json()))

    def close(self) -> None:
        self._database.close()

    def _open(self) -> sqlite3.Connection:
        return open_database(self.path, _TABLE, "NORMAL")  # the run's journal is what must not be lost

    def __enter__(self) -> AnswerCache:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise RunStorageError(
                f"The answers of earlier runs in {self.path} cannot be used: {error}.",
                "Free some space, or delete the file: then every question is asked again.",
            ) from error


@dataclass(frozen=True)
class PipelineAnswers:
    """What one pipeline answered before, in a cache of many."""

    cache: AnswerCache
    fingerprints: list[Mapping[str, Any]]

    def get(self, question: Question, repeat: int) -> Trial | None:
        """The trial of an equal asking."""
        return self.cache.get(self._key(question, repeat), question.id)

    def put(self, question: Question, trial: Trial) -> None:
        self.cache.put(self._key(question, trial.repeat), trial)

    def _key(self, question: Question, repeat: int) -> str:
        return digest([*self.fingerprints, question.user_input, repeat])
