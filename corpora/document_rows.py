"""Documents that are the rows of a JSONL or CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from corpora.columns import same_name
from corpora.errors import CorpusError
from corpora.model import Document
from corpora.reading import no_twins
from corpora.text_file import read_rows
from corpora.wording import is_blank

DOCUMENT_FIELDS = ("document_id", "document_text", "document_title")


def read_document_rows(path: Path, mapping: Mapping[str, str]) -> tuple[Document, ...]:
    """One document a row; its id is what may be a file's name of the one that stands there.

    Args:
        mapping: one of `DOCUMENT_FIELDS` to its column, where that is not called as the field without `document_`.

    Raises:
        CorpusError: the file cannot be read, a row has no id or no text, or two rows have one id.
    """
    names = {field: mapping.get(field, field.removeprefix("document_")) for field in DOCUMENT_FIELDS}
    documents, places = [], []
    for number, row in read_rows(path):
        cells = [next((row[each] for each in same_name(list(row), name)), None) for name in names.values()]
        missing = [name for name, cell in zip(names.values(), cells[:2], strict=False) if is_blank(str(cell or ""))]
        if missing:
            raise CorpusError(
                f"{path}:{number}: no {missing[0]!r}; columns are {', '.join(row)}.",
                "Say where they are with --map document_id=COLUMN --map document_text=COLUMN.",
            )
        name, text, title = (str(cell or "") for cell in cells)
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")  # as any text file is read
        safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name).lstrip(".")
        documents.append(Document(id=safe, title=title or name, text=text, source=f"{safe}.txt"))
        places.append((safe, f"line {number}"))
    no_twins(path, places, "Give each document an id of its own, apart in letters and digits.")
    return tuple(documents)
