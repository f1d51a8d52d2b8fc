"""Other people's data: a folder of documents with a question file, or SQuAD, into a corpus of ours.

Columns are found by the names that question files use. A name that means different things in different tools (`answer`
is the gold answer here, the model's output there) is never guessed: it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError
from corpora.leakage import words
from corpora.model import Document
from corpora.reading import DOCUMENT_SUFFIXES, dump_rows, locate, read_documents
from corpora.squad import is_squad, read_squad
from corpora.text_file import read_rows

ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "question_id", "qid"),
    "user_input": ("user_input", "question", "query", "input", "prompt"),
    "reference": ("reference", "ground_truth", "expected_output", "target"),
    "reference_contexts": ("reference_contexts", "evidence"),
    "split": ("split",),
    "tags": ("tags", "kind", "category"),
}
AMBIGUOUS: dict[str, tuple[str, ...]] = {
    "reference": ("answer", "answers", "output"),
    "reference_contexts": ("context", "contexts", "retrieval_context"),
}
REQUIRED = ("user_input", "reference")
DOCUMENT_FIELDS = ("document_id", "document_text", "document_title")


@dataclass(frozen=True)
class Imported:
    """What was read.

    Left out were `unlocated` pieces of evidence that stand in no document to the letter, and `repeated` questions that
    stand further up in the same words: asked twice, they would pass for two.
    """

    documents: tuple[Document, ...]
    questions: tuple[dict[str, Any], ...]
    unlocated: int = 0
    repeated: int = 0


def import_data(
    source: Path, mapping: Mapping[str, str], documents: Path | None = None, questions: Path | None = None
) -> Imported:
    """Reads other people's data.

    Args:
        source: a folder, or a file in SQuAD format.
        mapping: our field's name to the column that holds it, where the column's name does not say it.
        documents: a JSONL or CSV file of documents, for a folder that holds them so.
        questions: the question file, where the folder holds several. Both may be named as they are in the folder.

    Raises:
        CorpusError: a file is missing or broken, a column is missing or ambiguous, or several files could be meant.
    """
    unknown = sorted(set(mapping) - set(ALIASES) - set(DOCUMENT_FIELDS))
    if unknown:
        raise CorpusError(
            f"--map names {', '.join(unknown)}.", f"The fields are {', '.join((*ALIASES, *DOCUMENT_FIELDS))}."
        )
    if source.is_file():
        if is_squad(source):
            return _once_each(*read_squad(source))
        raise CorpusError(f"{source} is not in SQuAD format.", "Give a folder with documents and a question file.")
    if not source.is_dir():
        raise CorpusError(f"{source} does not exist.", "Give a folder, or a file in SQuAD format.")
    documents, questions = (_within(source, path) for path in (documents, questions))
    found = _row_documents(documents, mapping) if documents else read_documents(source)
    file = questions or _question_file(source, documents)
    rows, unlocated = _questions(file, mapping, found)
    return _once_each(found, rows, unlocated)


def _once_each(documents: tuple[Document, ...], questions: tuple[dict[str, Any], ...], unlocated: int = 0) -> Imported:
    kept: dict[str, dict[str, Any]] = {}
    for question in questions:
        kept.setdefault(words(question["user_input"]), question)
    return Imported(documents, tuple(kept.values()), unlocated, repeated=len(questions) - len(kept))


def _within(source: Path, path: Path | None) -> Path | None:
    return source / path if path and not path.exists() and (source / path).exists() else path


def write_corpus(target: Path, name: str, imported: Imported, language: str = "en") -> None:
    """Writes a corpus folder. Raises CorpusError where the folder is there already: nothing is overwritten."""
    if target.exists():
        raise CorpusError(f"{target} is there already.", "Choose another folder, or move it away.")
    for document in imported.documents:
        suffix = "" if document.source.endswith(DOCUMENT_SUFFIXES) else ".txt"
        path = target / "documents" / f"{document.source}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document.text, encoding="utf-8")
    (target / "questions.jsonl").write_text(dump_rows(imported.questions), encoding="utf-8")
    (target / "corpus.yaml").write_text(
        f"name: {name}\nlanguage: {language}\ndocuments: documents\nquestions: questions.jsonl\n", encoding="utf-8"
    )


def _question_file(folder: Path, documents: Path | None) -> Path:
    files = sorted(path for path in folder.iterdir() if path.suffix in (".jsonl", ".csv") and path != documents)
    if len(files) == 1:
        return files[0]
    listed = ", ".join(path.name for path in files) or "none"
    raise CorpusError(
        f"{folder} must hold one .jsonl or .csv file of questions; found: {listed}.", "Name it with --questions FILE."
    )


def _columns(path: Path, present: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Our field's name to the column that holds it."""
    columns: dict[str, str] = {}
    for field, aliases in ALIASES.items():
        if field in mapping:
            if mapping[field] not in present:
                raise CorpusError(f"{path} has no column {mapping[field]!r}.", f"Its columns are {', '.join(present)}.")
            columns[field] = mapping[field]
            continue
        hits = [alias for alias in aliases if alias in present]
        doubtful = [name for name in AMBIGUOUS.get(field, ()) if name in present]
        if len(hits) > 1 or (doubtful and not hits and field in REQUIRED):
            choices = ", ".join(repr(name) for name in (*hits, *doubtful))
            raise CorpusError(
                f"{path}: {choices} could be the {field}.",
                f"Say which with --map {field}=COLUMN (columns: {', '.join(present)}).",
            )
        if hits:
            columns[field] = hits[0]
        elif field in REQUIRED:
            raise CorpusError(
                f"{path} has no column for the {field}.",
                f"Say which it is with --map {field}=COLUMN (columns: {', '.join(present)}).",
            )
    return columns


def _questions(
    path: Path, mapping: Mapping[str, str], documents: Sequence[Document]
) -> tuple[tuple[dict[str, Any], ...], int]:
    table = list(read_rows(path))
    if not table:
        raise CorpusError(f"{path} holds no question.", "Put one a line.")
    present = list(dict.fromkeys(key for _, row in table for key in row))
    columns = _columns(path, present, mapping)
    rows, unlocated = [], 0
    for number, row in table:
        evidence, missed = _evidence(row.get(columns.get("reference_contexts", "")), documents)
        unlocated += missed
        references = _texts(row.get(columns["reference"]))
        question: dict[str, Any] = {
            "id": str(row.get(columns.get("id", "")) or f"q{number}"),
            "user_input": str(row.get(columns["user_input"]) or ""),
            "reference": references[0] if references else None,
            "reference_aliases": references[1:],
            "reference_contexts": evidence if references else [],
            "metadata": _metadata(row, columns),
        }
        if "split" in columns:
            question["split"] = row.get(columns["split"])
        if "tags" in columns:
            question["tags"] = _texts(row.get(columns["tags"]))
        rows.append(question)
    return tuple(rows), unlocated


def _metadata(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    used = set(columns.values())
    return {
        key: value
        for key, value in row.items()
        if key not in used and isinstance(value, str | int | float | bool | None)
    }


def _texts(value: Any) -> list[str]:
    """A cell as texts: a list, a JSON list in a CSV cell, or one text; nothing for an empty one."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = [value]
    values = value if isinstance(value, list) else [value]
    return [str(each) for each in values if each is not None and str(each).strip()]


def _evidence(value: Any, documents: Sequence[Document]) -> tuple[list[dict[str, Any]], int]:
    """Evidence found in the documents, and how many pieces of it stand in none."""
    found, missed = [], 0
    for text in _texts(value):
        document = next((each for each in documents if text in each.text), None)
        if document is None:
            missed += 1
            continue
        place = locate(text, document, document.id, document.text.index(text))
        found.append({"document_id": document.id, "text": text, "start": place.start})
    return found, missed


def _row_documents(path: Path, mapping: Mapping[str, str]) -> tuple[Document, ...]:
    id_column = mapping.get("document_id", "id")
    text_column = mapping.get("document_text", "text")
    title_column = mapping.get("document_title", "title")
    documents = []
    for number, row in read_rows(path):
        missing = [column for column in (id_column, text_column) if not row.get(column)]
        if missing:
            raise CorpusError(
                f"{path}:{number}: no {missing[0]!r}; columns are {', '.join(row)}.",
                "Say where they are with --map document_id=COLUMN --map document_text=COLUMN.",
            )
        name = str(row[id_column])
        safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name).lstrip(".")
        title = str(row.get(title_column) or name)
        documents.append(Document(id=safe, title=title, text=str(row[text_column]), source=f"{safe}.txt"))
    return tuple(documents)
