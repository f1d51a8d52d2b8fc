"""Documents that are the rows of a JSONL or CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from corpora.columns import cell_text, same_name
from corpora.errors import CorpusError
from corpora.model import Document
from corpora.reading import no_twins
from corpora.text_file import read_rows
from corpora.wording import is_blank, one_line

REQUIRED = ("document_id", "document_text")
DOCUMENT_FIELDS = (*REQUIRED, "document_title")
MOST_BYTES = 200
"""Of an id. A file's name may have 255 on most systems, its ending included."""


def read_document_rows(path: Path, mapping: Mapping[str, str]) -> tuple[Document, ...]:
    """One document a row; its id is what may be a file's name of the one that stands there.

    Args:
        mapping: one of `DOCUMENT_FIELDS` to its column, where that is not called as the field without `document_`.

    Raises:
        CorpusError: the file cannot be read, a row has no id or no text, a cell is no text, an id cannot name a file,
            or two rows have one id.
    """
    names = {field: mapping.get(field, field.removeprefix("document_")) for field in DOCUMENT_FIELDS}
    documents, places = [], []
    for number, row in read_rows(path):
        cells = []
        for field, column in names.items():
            present = next(iter(same_name(list(row), column)), column)
            cells.append(cell_text(path, number, present, row.get(present)))
            if field in REQUIRED and is_blank(cells[-1]):
                raise CorpusError(
                    f"{path}:{number}: no {column!r}; columns are {', '.join(row)}.",
                    "Say where they are with --map document_id=COLUMN --map document_text=COLUMN.",
                )
        name, text, title = cells
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")  # as any text file is read
        safe = _file_name(path, number, name)
        documents.append(Document(id=safe, title=title or name, text=text, source=f"{safe}.txt"))
        places.append((safe, f"line {number}"))
    no_twins(path, places, "Give each document an id of its own, apart in letters and digits.")
    return tuple(documents)


def _file_name(path: Path, number: int, name: str) -> str:
    """An id without what no file's name may hold. CorpusError where nothing is left, or too much."""
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name).lstrip(".")
    if not safe:
        raise CorpusError(
            f"{path}:{number}: the id {one_line(name)!r} is nothing but dots, and a file is named by it.",
            "Give the document an id with letters or digits.",
        )
    size = len(safe.encode())
    if size > MOST_BYTES:
        raise CorpusError(
            f"{path}:{number}: the id has {size} bytes, and may have {MOST_BYTES}: a file is named by it.",
            "Give the document a shorter id, or name another column with --map document_id=COLUMN.",
        )
    return safe
