"""The README names every file of the house, in the words that the file itself begins with."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FILES = sorted(
    path.relative_to(ROOT)
    for package in ("corpora", "pipelines", "eval", "service", "benchmarks")
    for path in (ROOT / package).rglob("*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_file_has_its_line(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8"))) or ""
    about = docstring.split("\n\n")[0].replace("\n", " ")
    start = README.index(f"**`{path.parent.as_posix()}/`**")
    section = README[start : README.find("\n**", start + 1)]
    assert f"- `{path.name}`: {about}\n" in f"{section}\n"


def test_every_folder_and_document_is_named() -> None:
    documents = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")}
    assert [name for name in sorted(documents) if f"`{name}`" not in README] == []
