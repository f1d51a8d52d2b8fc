"""Reading text and rows of JSON or CSV, with errors that name the file and the line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError

MAX_FILE_BYTES = 20_000_000
DELIMITERS = ",;\t"
"""What parts the cells of a CSV file: the comma, or what spreadsheets write where it is the decimal sign."""
SPREADSHEETS = (".xlsx", ".xls", ".ods")


def read_text(path: Path) -> str:
    """The text of a file, with line ends as `\\n` and no byte-order mark.

    Raises:
        CorpusError: missing, larger than `MAX_FILE_BYTES`, or not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise CorpusError(
                f"{path} has {size / 1e6:.0f} MB; a file may have {MAX_FILE_BYTES / 1e6:.0f}.",
                "Split it into documents that a person could read.",
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise CorpusError(
            f"{path} is not UTF-8: byte {fault.start} cannot be read.", "Save it as UTF-8 (iconv can)."
        ) from None
    except OSError as fault:
        raise CorpusError(f"{path} cannot be read: {fault.strerror}.", "Check the path and its permissions.") from None


def parse_json(text: str) -> Any:
    """The value of a JSON text. Raises ValueError, also where it is nested too deep or spells half a character."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if "\\ud" in text.lower():  # half of a pair, which no file and no other program would take
        json.dumps(value, ensure_ascii=False).encode()
    return value


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a JSONL or CSV file with their line numbers. The delimiter is the one with most cells in the header.

    Raises:
        CorpusError: a spreadsheet, a row that is not a JSON object, a CSV row with too many cells, two columns of a CSV
            with one name, whatever its case, or what `read_text` raises.
    """
    if path.suffix.lower() in SPREADSHEETS:
        raise CorpusError(f"{path} is a spreadsheet, which is not read here.", "Export it as CSV, in UTF-8.")
    text = read_text(path)
    yield from _csv_rows(path, text) if path.suffix.lower() == ".csv" else _json_rows(path, text)


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = parse_json(line)
        except ValueError as fault:
            raise CorpusError(f"{path}:{number}: not JSON: {fault}.", "Write one JSON object a line.") from None
        if not isinstance(row, dict):
            raise CorpusError(f"{path}:{number}: not a JSON object.", "Write one JSON object a line.")
        yield number, row


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        delimiter = max(DELIMITERS, key=lambda each: len(next(csv.reader(io.StringIO(text), delimiter=each), ())))
    except csv.Error as fault:
        raise CorpusError(f"{path}:1: not CSV: {fault}.", "Save it as CSV with a header.") from None
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    try:
        _no_twins(path, reader.fieldnames or ())
        for row in reader:
            if None in row:
                raise CorpusError(
                    f"{path}:{reader.line_num}: more cells than columns.", f"Quote cells that hold {delimiter!r}."
                )
            if any(row.values()):  # a row of empty cells is what a spreadsheet writes for an empty line
                yield reader.line_num, row
    except csv.Error as fault:
        raise CorpusError(f"{path}:{reader.line_num}: not CSV: {fault}.", "Save it as CSV with a header.") from None


def _no_twins(path: Path, columns: Sequence[str]) -> None:
    """Of two columns with one name, nothing but the last would be read. Columns without a name are none of ours."""
    kept: dict[str, str] = {}
    for column in columns:
        plain = column.strip().casefold()
        if plain and plain in kept:
            raise CorpusError(
                f"{path}: two columns have one name: {kept[plain]!r} and {column!r}.", "Rename one, or take it out."
            )
        kept[plain] = column
