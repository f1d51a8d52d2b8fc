"""Other people's data: a folder of documents with a question file, or SQuAD, into a corpus of ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpora.columns import ALIASES, LISTS, cell_text, cell_texts, find_columns, is_missing
from corpora.document_rows import DOCUMENT_FIELDS, read_document_rows
from corpora.errors import CorpusError
from corpora.extracting import DocumentLimits, read_document, titled_text
from corpora.formats import FORMATS
from corpora.front_matter import titled
from corpora.leakage import words
from corpora.model import Document, Example
from corpora.quoting import Quotable, find_quote, nearest
from corpora.reading import (
    DOCUMENT_SUFFIXES,
    TWIN_QUESTIONS,
    TWINS,
    QuestionRow,
    document_paths,
    dump_rows,
    fitting,
    no_twins,
    read_documents,
    read_records,
)
from corpora.squad import is_squad, read_squad
from corpora.text_file import SPREADSHEETS, read_rows

EXAMPLES = "examples.jsonl"
"""What a folder's training examples are called, as in a corpus of ours."""


@dataclass(frozen=True)
class Imported:
    """What was read.

    The rest are ids of questions. Left out were, of `unlocated`, a piece of evidence that stands in no document, and
    `repeated`, which stand further up in the same words: asked twice, they would pass for two. `shared` have a piece of
    evidence that stands in several documents of which they name none, and was given to the nearest one, and `misnamed`
    one that stands in another than they name. Each id stands there once for each piece.
    """

    documents: tuple[Document, ...]
    questions: tuple[dict[str, Any], ...]
    examples: tuple[Example, ...] = ()
    unlocated: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    misnamed: tuple[str, ...] = ()


def import_data(
    source: Path, mapping: Mapping[str, str], documents: Path | None = None, questions: Path | None = None
) -> Imported:
    """Reads other people's data. A folder's `examples.jsonl` is taken over, unless it is named as something else.

    Args:
        source: a folder, or a file in SQuAD format.
        mapping: our field's name to the column that holds it, where the column's name does not say it; `-` where an
            optional field has none.
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
            found, asked = read_squad(source)
            asked, repeated = _once_each(source, list(enumerate(asked, start=1)), "question")
            return Imported(found, asked, repeated=repeated)
        raise CorpusError(f"{source} is not in SQuAD format.", "Give a folder with documents and a question file.")
    if not source.is_dir():
        raise CorpusError(f"{source} does not exist.", "Give a folder, or a file in SQuAD format.")
    documents, questions = (_within(source, path) for path in (documents, questions))
    found = read_document_rows(documents, mapping) if documents else _folder_documents(source)
    file = questions or _question_file(source, documents)
    rows, evidence = _questions(file, mapping, found)
    asked, repeated = _once_each(file, rows)
    return Imported(
        found,
        asked,
        _examples(source, file, documents),
        unlocated=tuple(evidence["unlocated"]),
        repeated=repeated,
        shared=tuple(evidence["shared"]),
        misnamed=tuple(evidence["misnamed"]),
    )


def _once_each(
    path: Path, rows: Sequence[tuple[int, dict[str, Any]]], noun: str = "line"
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """The questions of a file's numbered rows, and the ids of those that stand further up in the same words.

    Raises CorpusError where one could not be read again from the corpus, while its place in the file can be told.
    """
    kept: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, row in rows:
        kept.setdefault(words(row["user_input"]), (number, row))
    fitting(path, kept.values(), QuestionRow)
    no_twins(path, [(row["id"], f"{noun} {number}") for number, row in kept.values()], TWIN_QUESTIONS)
    repeated = (row["id"] for _, row in rows if kept[words(row["user_input"])][1] is not row)
    return tuple(row for _, row in kept.values()), tuple(repeated)


def _folder_documents(folder: Path) -> tuple[Document, ...]:
    """Documents of every format; an id is the path in the folder without its ending, as in a corpus."""
    elsewhere = FORMATS.keys() - {*DOCUMENT_SUFFIXES}
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in elsewhere and path.is_file())
    own = read_documents(folder) if document_paths(folder) else ()
    if not own and not paths:
        *kinds, last = FORMATS
        raise CorpusError(f"{folder} holds no {', '.join(kinds)} or {last} file.", "Put the documents there.")
    documents = (*own, *(_converted(path, path.relative_to(folder)) for path in paths))
    no_twins(folder, [(document.id, document.source) for document in documents], TWINS)
    return tuple(sorted(documents, key=lambda document: document.source))


def _converted(path: Path, name: Path) -> Document:
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise CorpusError(f"{path} cannot be read: {fault.strerror}.", "Check its permissions.") from None
    document = read_document(name.with_suffix("").as_posix(), name.name, content, DocumentLimits())
    return document.model_copy(update={"source": name.as_posix()})


def _within(source: Path, path: Path | None) -> Path | None:
    return source / path if path and not path.exists() and (source / path).exists() else path


def write_corpus(target: Path, name: str, imported: Imported, language: str | None = None) -> None:
    """Writes a corpus folder. Raises CorpusError where the folder is there already: nothing is overwritten."""
    if target.exists():
        raise CorpusError(f"{target} is there already.", "Choose another folder, or move it away.")
    for document in imported.documents:
        suffix = ".txt" if document.source.endswith(".txt") else ".md"  # what came in another format is Markdown now
        path = target / "documents" / f"{document.id}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_as_file(document, path), encoding="utf-8")
    (target / "questions.jsonl").write_text(dump_rows(imported.questions), encoding="utf-8")
    if imported.examples:
        rows = dump_rows([example.model_dump(exclude_none=True) for example in imported.examples])
        (target / EXAMPLES).write_text(rows, encoding="utf-8")
    (target / "corpus.yaml").write_text(
        f"name: {name}\n"
        + (f"language: {language}\n" if language else "")
        + "documents: documents\nquestions: questions.jsonl\n"
        + (f"examples: {EXAMPLES}\n" if imported.examples else ""),
        encoding="utf-8",
    )


def _as_file(document: Document, path: Path) -> str:
    """What is read from `path` as the document's text, and, from Markdown, as its title."""
    title, text = titled_text(document.text)
    if path.suffix == ".txt" or (title or path.stem, text) == (document.title, document.text):
        return document.text
    return titled(document.title, document.text)


def _question_file(folder: Path, documents: Path | None) -> Path:
    others = (documents, folder / EXAMPLES)
    found = sorted(path for path in folder.iterdir() if path not in others)
    files = [path for path in found if path.suffix.lower() in (".jsonl", ".csv")]
    files = files or [path for path in found if path.suffix.lower() in SPREADSHEETS]  # whose error says what to do
    if len(files) == 1:
        return files[0]
    listed = ", ".join(path.name for path in files) or "none"
    raise CorpusError(
        f"{folder} must hold one .jsonl or .csv file of questions, besides {EXAMPLES}; found: {listed}.",
        "Name it with --questions FILE.",
    )


def _examples(folder: Path, *taken: Path | None) -> tuple[Example, ...]:
    path = folder / EXAMPLES
    if not path.exists() or any(path.samefile(each) for each in taken if each):
        return ()
    return tuple(read_records(path, Example))


def _questions(
    path: Path, mapping: Mapping[str, str], documents: Sequence[Document]
) -> tuple[list[tuple[int, dict[str, Any]]], Mapping[str, Sequence[str]]]:
    """The questions with their lines' numbers, and the ids of those with evidence that is `unlocated`, `shared` or
    `misnamed`.
    """
    table = list(read_rows(path))
    if not table:
        raise CorpusError(f"{path} holds no question.", "Put one a line.")
    present = list(dict.fromkeys(key for _, row in table for key in row))
    columns = find_columns(path, present, mapping)
    quotable = [Quotable(document) for document in documents]
    rows = []
    found = defaultdict[str, list[str]](list)
    for number, read in table:
        row = {column: None if is_missing(cell) else cell for column, cell in read.items()}
        cells = {field: row.get(column) for field, column in columns.items()}
        texts = {field: cell_texts(path, number, columns.get(field, field), cells.get(field)) for field in LISTS}
        asked = cell_text(path, number, columns["user_input"], cells["user_input"]).strip()
        if not asked:
            raise CorpusError(
                f"{path}:{number}: the {columns['user_input']} is empty.", "Write it, or take the row out."
            )
        name = cell_text(path, number, columns.get("id", "id"), cells.get("id")).strip() or f"q{number}"
        references = texts["reference"]
        if references:
            references += texts["reference_aliases"]
        quotes = texts["reference_contexts"] if references else []
        meant = cell_text(path, number, columns.get("evidence_document", ""), cells.get("evidence_document")).strip()
        question: dict[str, Any] = {
            "id": name,
            "user_input": asked,
            "reference": references[0] if references else None,
            "reference_aliases": references[1:],
            "reference_contexts": _evidence((name, asked), quotes, quotable, meant, found),
            "metadata": _metadata(row, columns),
        }
        if split := cells.get("split"):
            question["split"] = split
        if "tags" in columns:
            question["tags"] = texts["tags"]
        rows.append((number, question))
    return rows, found


def _metadata(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    used = set(columns.values())
    return {
        key: value
        for key, value in row.items()
        if key not in used and isinstance(value, str | int | float | bool | None)
    }


def _evidence(
    question: tuple[str, str],
    quotes: Sequence[str],
    documents: Sequence[Quotable],
    meant: str,
    found: dict[str, list[str]],
) -> list[dict[str, Any]]:
    """Evidence found in the documents, in the one that is meant if that holds it; `found` gets the question's id, which
    comes before its text, for each piece that is in none, in several of which none is meant, or in another.
    """
    kept = []
    for quote in quotes:
        named = find_quote(quote, [each for each in documents if each.is_called(meant)])
        places = named or find_quote(quote, documents)
        if meant and places and not named:
            found["misnamed"].append(question[0])
        if len(places) != 1:
            found["shared" if places else "unlocated"].append(question[0])
        if places:
            kept.append(nearest(places, question[1]).evidence.model_dump(exclude={"end"}))
    return kept
