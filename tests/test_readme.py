"""docs/house.md names every file, in the words that the file itself begins with; the README names every document."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from eval.metrics.registry import CORRECTNESS, METRICS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOUSE = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
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
    start = HOUSE.index(f"**`{path.parent.as_posix()}/`**")
    section = HOUSE[start : HOUSE.find("\n**", start + 1)]
    assert f"- `{path.name}`: {about}\n" in f"{section}\n"


def test_every_document_is_named() -> None:
    documents = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")}
    assert [name for name in sorted(documents) if f"`{name}`" not in README] == []


@pytest.mark.parametrize(
    "text", [README, (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8"), METRICS[CORRECTNESS].about]
)
def test_all_that_halves_correctness_is_named(text: str) -> None:
    assert "contradicts a number, a unit, an address, a denial or an opening yes or no of the reference" in text
