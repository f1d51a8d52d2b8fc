"""A change set: how a corpus changes from one version of the knowledge to the next, and which answers change with it.

A folder with `changes.yaml`, the documents as they stand afterwards under `documents/`, and JSONL files of questions
and examples.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from corpora.errors import CorpusError
from corpora.model import Document, Example, Question, Record
from corpora.reading import QuestionRow, Quote, document_paths, read_documents, read_records
from corpora.yaml_file import line_of, read_yaml

CHANGES = "changes.yaml"


class DocumentChanges(Record):
    """Ids of documents; those edited or added stand in the change set's `documents/`."""

    edited: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class QuestionChanges(Record):
    """Files of `QuestionChange` and of new questions, and ids of questions that no document answers any more."""

    changed: Path | None = None
    added: Path | None = None
    unanswerable: tuple[str, ...] = ()


class ExampleChanges(Record):
    """Files of examples, and the names of those that go: a fact, or the prompt of an example that names none.

    All wordings of a fact change together: those in the file take the place of those in the corpus.
    """

    changed: Path | None = None
    added: Path | None = None
    removed: tuple[str, ...] = ()


class ChangesFile(Record):
    """What `changes.yaml` says. Paths are relative to its folder."""

    description: str = ""
    documents: DocumentChanges = DocumentChanges()
    questions: QuestionChanges = QuestionChanges()
    examples: ExampleChanges = ExampleChanges()


class QuestionChange(Record):
    """What changes about a question that is asked in the same words; what is left out stays as it was.

    A new `reference` comes without the old one's aliases.
    """

    id: str
    reference: str | None = Field(default=None, min_length=1)
    reference_aliases: tuple[str, ...] = ()
    reference_contexts: tuple[Quote, ...] | None = None

    def answers(self, question: Question) -> tuple[str | None, tuple[str, ...]]:
        """Reference and aliases after the change."""
        if self.reference in (None, question.reference):
            return question.reference, self.reference_aliases or question.reference_aliases
        return self.reference, self.reference_aliases


class ChangeSet(Record):
    """A change set as it was read. `documents` are those edited or added."""

    root: Path
    file: ChangesFile
    documents: tuple[Document, ...]
    changed: tuple[QuestionChange, ...]
    added: tuple[QuestionRow, ...]
    changed_examples: tuple[Example, ...]
    added_examples: tuple[Example, ...]

    @property
    def path(self) -> Path:
        return self.root / CHANGES

    def at(self, *location: str | int) -> str:
        """Line and name of a part of `changes.yaml`."""
        return f"{CHANGES}:{line_of(self.path, location)}: {'.'.join(str(part) for part in location[:2])}"


def read_changes(root: Path) -> ChangeSet:
    """Reads a change set.

    Raises:
        CorpusError: a file is missing or broken, or the documents listed are not those that are there.
    """
    if not (root / CHANGES).is_file():
        raise CorpusError(f"{root} holds no {CHANGES}.", "Give the folder of a change set with --changes.")
    file = read_yaml(root / CHANGES, ChangesFile, CorpusError, then="run `bakeoff staleness` again")
    questions, examples = file.questions, file.examples
    folder = root / "documents"
    return ChangeSet(
        root=root,
        file=file,
        documents=read_documents(folder) if folder.is_dir() and document_paths(folder) else (),
        changed=tuple(read_records(root / questions.changed, QuestionChange)) if questions.changed else (),
        added=tuple(read_records(root / questions.added, QuestionRow)) if questions.added else (),
        changed_examples=tuple(read_records(root / examples.changed, Example)) if examples.changed else (),
        added_examples=tuple(read_records(root / examples.added, Example)) if examples.added else (),
    )
