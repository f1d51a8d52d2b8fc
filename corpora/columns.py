"""Which column of somebody's question file holds what.

Columns are found by the names that question files use, whatever their case, blanks read as underscores. A name that
means different things in different tools (`answer` is the gold answer here, the model's output there; `context` the
evidence, or what a retriever found) is never guessed: it is asked for.
"""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError
from corpora.text_file import parse_json
from corpora.wording import one_line

ALIASES: dict[str, tuple[str, ...]] = {
    "id": ("id", "question_id", "qid"),
    "user_input": ("user_input", "question", "query", "input", "prompt"),
    "reference": ("reference", "ground_truth", "expected_output", "target"),
    "reference_aliases": ("reference_aliases",),
    "reference_contexts": ("reference_contexts", "evidence"),
    "evidence_document": ("evidence_document", "document_id", "doc_id"),
    "split": ("split",),
    "tags": ("tags", "kind", "category"),
}
AMBIGUOUS: dict[str, tuple[str, ...]] = {
    "reference": ("answer", "answers", "output"),
    "reference_contexts": ("context", "contexts", "retrieval_context"),
}
REQUIRED = ("user_input", "reference")
LISTS = ("reference", "reference_aliases", "reference_contexts", "tags")
"""The fields whose cells may hold several texts."""
NONE = "-"
"""In place of a column: the file has none for this field."""
_JOINED = re.compile(r"""['"]\s+['"]""")
"""Strings without a comma between them, as numpy writes an array: Python would read them as one."""


def find_columns(path: Path, present: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Our field's name to the column of `path` that holds it; optional fields without one are left out.

    Raises:
        CorpusError: a column that `mapping` names is not there, one that is needed is missing, or several could be
            meant.
    """
    columns = {}
    for field in ALIASES:
        column = _mapped(path, field, present, mapping[field]) if field in mapping else _found(path, field, present)
        if column is not None:
            columns[field] = column
    return columns


def same_name(present: Sequence[str], name: str) -> list[str]:
    """The columns of that name: the one that is spelt so, or else those that differ in case and blanks only."""
    return [name] if name in present else [each for each in present if _plain(each) == _plain(name)]


def cell_text(path: Path, number: int, column: str, cell: Any) -> str:
    """What a cell says: its text, a number as it is written, nothing where it is empty or missing.

    Raises CorpusError where it is anything else, such as a list, or infinite.
    """
    if is_missing(cell) or isinstance(cell, str):
        return cell if isinstance(cell, str) else ""
    if _is_number(cell):
        return str(cell)
    raise CorpusError(
        f"{path}:{number}: {column!r} is {_shown(cell)}, which is no text.", "Write it in quotation marks."
    )


def cell_texts(path: Path, number: int, column: str, cell: Any) -> list[str]:
    """A cell as texts: a list, or one written into a CSV cell as JSON or as Python writes it, or one text; nothing for
    an empty one. In JSONL a text is a text: `["sh", "-c"]` may be what a command is.

    Raises CorpusError where it holds anything but texts and numbers.
    """
    written = isinstance(cell, str) and path.suffix.lower() == ".csv"
    values = cell if isinstance(cell, list) else _written_list(cell) if written else [cell]
    if not all(isinstance(each, str) or is_missing(each) or _is_number(each) for each in values):
        raise CorpusError(
            f"{path}:{number}: {column!r} is {_shown(cell)}, which is neither a text nor a list of texts.",
            'Write a text, or several as ["one", "another"], or name another column with --map.',
        )
    texts = (cell_text(path, number, column, each).strip() for each in values)
    return [text for text in texts if text]


def is_missing(cell: Any) -> bool:
    """Also NaN, which is what pandas has for an empty cell."""
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _is_number(cell: Any) -> bool:
    return (isinstance(cell, int) and not isinstance(cell, bool)) or (isinstance(cell, float) and math.isfinite(cell))


def _shown(cell: Any) -> str:
    return one_line(json.dumps(cell, ensure_ascii=False))


def _written_list(text: str) -> list[Any]:
    """The list that a text spells, if it is one of texts and numbers, with a text; else the text as it is: [1, 2]."""
    if not text.lstrip().startswith("["):
        return [text]
    try:
        values = parse_json(text)
    except ValueError:
        values = _python_list(text.strip())
    if not isinstance(values, list):
        return [text]
    texts = [each for each in values if isinstance(each, str)]
    others = [each for each in values if not isinstance(each, str)]
    listed = (texts or not others) and all(is_missing(each) or _is_number(each) for each in others)
    return values if listed else [text]


def _python_list(text: str) -> Any:
    """None where it is no value of Python's, or joins strings."""
    if _JOINED.search(text):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a backslash that stands for nothing
            return parse_json(json.dumps(ast.literal_eval(text)))  # within the bounds of what JSON may say
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")


def _mapped(path: Path, field: str, present: Sequence[str], column: str) -> str | None:
    if column == NONE:
        if field in REQUIRED:
            raise CorpusError(f"--map {field}={NONE}: no question is without.", f"Name a column: {', '.join(present)}.")
        return None
    hits = same_name(present, column)
    if len(hits) != 1:
        raise CorpusError(f"{path} has no column {column!r}.", f"Its columns are {', '.join(present)}.")
    return hits[0]


def _found(path: Path, field: str, present: Sequence[str]) -> str | None:
    hits = [column for alias in ALIASES[field] for column in same_name(present, alias)]
    doubtful = [column for name in AMBIGUOUS.get(field, ()) for column in same_name(present, name)]
    if len(hits) == 1:
        return hits[0]
    listed = f"(columns: {', '.join(present)})"
    if hits or doubtful:
        choices = ", ".join(repr(name) for name in (*hits, *doubtful))
        none = "" if field in REQUIRED else f", or --map {field}={NONE} where the file has none"
        raise CorpusError(
            f"{path}: {choices} could be the {field}.", f"Say which with --map {field}=COLUMN{none} {listed}."
        )
    if field in REQUIRED:
        raise CorpusError(
            f"{path} has no column for the {field}.", f"Say which it is with --map {field}=COLUMN {listed}."
        )
    return None
