"""A corpus on disk: a folder with `corpus.yaml`, documents, and questions and examples as JSONL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from corpora.errors import CorpusError
from corpora.extracting import titled_text
from corpora.language import language_of
from corpora.misfits import misfits
from corpora.model import Corpus, Document, Evidence, Example, Question, Record
from corpora.text_file import read_rows, read_text
from corpora.wording import counted, is_blank
from corpora.yaml_file import read_yaml

DOCUMENT_SUFFIXES = (".md", ".txt")
UPLOADED = ".document.json"
"""How the names of documents end that came in by the API, each as one `Document` in JSON."""
TWINS = "A document's id is its path without the ending: rename one of them."
TWIN_QUESTIONS = "Give each question an id of its own."
NO_CORPUS = "Name a corpus folder under `corpus` in the configuration, or make one with `bakeoff init FOLDER`."
RowFile = Literal["questions", "examples"]
Row = TypeVar("Row", bound=Record)


class CorpusFile(Record):
    """What `corpus.yaml` says. Paths are relative to its folder; documents are the folder's .md and .txt files,
    and those that came in by the API.

    Where `language` is left out, it is told by the texts (`corpora.language`). Where `questions` or `examples` is,
    `questions.jsonl` or `examples.jsonl` is read if it is there.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    description: str = ""
    language: str | None = None
    documents: Path = Path("documents")
    questions: Path | None = None
    examples: Path | None = None

    def rows_in(self, root: Path, field: RowFile) -> Path | None:
        """The file of the questions or examples of the corpus in `root`; None where it has none."""
        if field in self.model_fields_set:  # as null too: whoever writes that wants none, whatever lies there
            named: Path | None = getattr(self, field)
            return root / named if named else None
        usual = root / f"{field}.jsonl"
        return usual if usual.exists() else None


def read_corpus(root: Path) -> Corpus:
    """Reads a corpus and finds every evidence span in its document.

    Raises:
        CorpusError: a file is missing or broken, an id stands twice, or evidence is not in its document; all faults of
            one kind are listed together.
    """
    file = read_yaml(root / "corpus.yaml", CorpusFile, CorpusError, NO_CORPUS)
    documents = read_documents(root / file.documents)
    questions: tuple[Question, ...] = ()
    if path := file.rows_in(root, "questions"):
        rows = fitting(path, read_rows(path), QuestionRow)
        twins = [(row.id, f"line {number}") for number, row in rows]
        no_twins(path, twins, TWIN_QUESTIONS)
        questions = locate_questions(path, [row for _, row in rows], documents)
    path = file.rows_in(root, "examples")
    examples = tuple(read_records(path, Example)) if path else ()
    return Corpus(
        name=file.name,
        description=file.description,
        language=file.language or language_of(documents, questions),
        root=root,
        documents=documents,
        questions=questions,
        examples=examples,
        content_hash=content_hash([*documents, *questions, *examples]),
    )


def documents_folder(root: Path) -> Path:
    """Where a corpus' documents lie. Raises CorpusError where its `corpus.yaml` is broken."""
    return root / read_yaml(root / "corpus.yaml", CorpusFile, CorpusError, NO_CORPUS).documents


def read_documents(folder: Path) -> tuple[Document, ...]:
    """All documents below a folder, by id; an id is the path in the folder without its ending.

    Raises:
        CorpusError: no document at all, an empty one, two of one id, or one that cannot be read.
    """
    paths = document_paths(folder)
    if not paths:
        raise CorpusError(f"{folder} holds no .md or .txt file.", "Put the documents there.")
    documents = [_uploaded(path) if path.name.endswith(UPLOADED) else _document(path, folder) for path in paths]
    places = [(document.id, document.source) for document in documents]
    no_twins(folder, places, TWINS)
    return tuple(documents)


def document_paths(folder: Path) -> list[Path]:
    """The files below a folder that are documents, in order. Raises CorpusError where it cannot be read."""
    try:
        return sorted(
            path
            for path in folder.rglob("*")
            if (path.suffix in DOCUMENT_SUFFIXES or path.name.endswith(UPLOADED)) and path.is_file()
        )
    except OSError as fault:
        raise CorpusError(
            f"{folder} cannot be read: {fault.strerror}.", "Check the path and its permissions."
        ) from None


def content_hash(records: Sequence[Record]) -> str:
    """SHA-256, in hexadecimal, over the records in their order; without what a run adds to them."""
    digest = hashlib.sha256()
    for record in records:
        digest.update(record.model_dump_json(exclude={"nearest_document"}).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def report_faults(where: Path | str, faults: Sequence[str], remedy: str) -> None:
    """Raises CorpusError with the first twenty faults, if there are any."""
    if faults:
        shown = "\n".join(f"- {fault}" for fault in faults[:20])
        rest = f"\n- and {len(faults) - 20} more" if len(faults) > 20 else ""
        raise CorpusError(f"{where} has {counted(len(faults), 'fault')}:\n{shown}{rest}\n", remedy)


def _document(path: Path, folder: Path) -> Document:
    name = path.relative_to(folder)
    text = read_text(path)
    title, text = titled_text(text) if path.suffix == ".md" else (None, text)
    if is_blank(text):
        raise CorpusError(f"{path} is empty.", "Write something into it, or remove it.")
    return Document(id=name.with_suffix("").as_posix(), title=title or name.stem, text=text, source=name.as_posix())


def _uploaded(path: Path) -> Document:
    with suppress(OSError, ValidationError):
        document = Document.model_validate_json(path.read_bytes())
        if f"{document.id}{UPLOADED}" == path.name and document.text.strip():
            return document
    raise CorpusError(f"{path} is no document as the API writes it.", "Remove it, and upload the document again.")


def no_twins(path: Path, ids: Iterable[tuple[str, str]], remedy: str) -> None:
    """Raises CorpusError where an id has several places in `path`."""
    places: dict[str, list[str]] = {}
    for each, place in ids:
        places.setdefault(each, []).append(place)
    twins = {each: " and ".join(found) for each, found in places.items() if len(found) > 1}
    report_faults(path, [f"{found} have the id {each!r}" for each, found in twins.items()], remedy)


def read_records(path: Path, model: type[Row]) -> list[Row]:
    """The rows of a JSONL or CSV file as records. CorpusError lists the lines of those that do not fit the model."""
    return [record for _, record in fitting(path, read_rows(path), model)]


def fitting(path: Path, rows: Iterable[tuple[int, dict[str, Any]]], model: type[Row]) -> list[tuple[int, Row]]:
    """The numbered rows of a file as records. CorpusError lists the lines of those that do not fit the model."""
    records, faults = [], []
    for number, row in rows:
        try:
            records.append((number, model.model_validate(row)))
        except ValidationError as fault:
            faults += [f"line {number}: {each.text}" for each in misfits(fault, model, row, "field")]
    report_faults(path, faults, "Mend these lines.")
    return records


class Quote(Record):
    """Evidence as people write it: a quotation, with its offset only where it stands more than once."""

    document_id: str
    text: str = Field(min_length=1)
    start: int | None = None


class QuestionRow(Question):
    """A question as it stands in a question file, its evidence quoted."""

    reference_contexts: tuple[Quote, ...] = ()  # type: ignore[assignment]  # quotations become spans on reading
    nearest_document: str | None = Field(default=None, exclude=True)  # a run's to find


def locate_questions(path: Path, rows: Sequence[QuestionRow], documents: Sequence[Document]) -> tuple[Question, ...]:
    """Questions with the spans that their quotations are. CorpusError lists, under `path`, what does not fit."""
    by_id = {document.id: document for document in documents}
    report_faults(
        path, [fault for row in rows for fault in _gaps(row)], "Write what is missing, or take the question out."
    )
    questions, faults = [], []
    for row in rows:
        evidence = []
        for quote in row.reference_contexts:
            try:
                evidence.append(locate(quote.text, by_id.get(quote.document_id), quote.document_id, quote.start))
            except ValueError as fault:
                faults.append(f"question {row.id!r}: {fault}")
        values = row.model_dump(exclude={"reference_contexts"})
        questions.append(Question(**values, reference_contexts=tuple(evidence)))
    report_faults(path, faults, "Evidence must stand in its document, letter for letter.")
    return tuple(questions)


def _gaps(row: QuestionRow) -> Iterator[str]:
    if not row.user_input.strip():
        yield f"question {row.id!r}: user_input is empty"
    if row.reference is not None and not row.reference.strip():
        yield f"question {row.id!r}: reference is empty; null says that the corpus holds no answer"
    if row.reference is None and row.reference_contexts:
        yield f"question {row.id!r}: has evidence but no reference"


def locate(quote: str, document: Document | None, document_id: str, start: int | None = None) -> Evidence:
    """Where a quotation stands in its document. ValueError says why it cannot be told."""
    if document is None:
        raise ValueError(f"there is no document {document_id!r}")
    if start is None:
        start = document.text.find(quote)
        if start >= 0 and document.text.find(quote, start + 1) >= 0:
            raise ValueError(f"{quote[:60]!r} stands more than once in {document_id!r}; give its `start`")
    if start < 0 or document.text[start : start + len(quote)] != quote:
        raise ValueError(f"{quote[:60]!r} does not stand in document {document_id!r}")
    return Evidence(document_id=document_id, start=start, end=start + len(quote), text=quote)


def dump_rows(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as JSONL."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
