"""Errors in YAML files say file, line and what was expected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from corpora.errors import ConfigError
from corpora.model import Record
from corpora.yaml_file import read_yaml


class Dense(Record):
    kind: Literal["dense"] = "dense"
    top_k: int = 4


class Exact(Record):
    kind: Literal["exact"] = "exact"
    words: int = 1


class Config(Record):
    name: str
    ways: dict[str, Annotated[Dense | Exact, Field(discriminator="kind")]] = Field(default_factory=dict)
    weights: list[float] = Field(default_factory=list)


def fault(tmp_path: Path, text: str) -> str:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_yaml(path, Config)
    return str(caught.value)


def test_a_right_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("name: x\nways:\n  a: {kind: dense, top_k: 7}\n")
    assert read_yaml(path, Config).ways == {"a": Dense(top_k=7)}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("name: [x\nweights: 1\n", ["c.yaml:2", "not valid YAML"]),
        ("ways: {}\n", ["c.yaml:1", "name: Field required"]),
        ("name: x\nweights:\n  - 1\n  - two\n", ["c.yaml:4", "weights.1", "valid number"]),
        ("name: x\nways:\n  a:\n    kind: dense\n    topk: 3\n", ["c.yaml:5", "did you mean 'top_k'?"]),
        ("name: x\nways:\n  a:\n    kind: exact\n    zzz: 3\n", ["c.yaml:5", "expected one of kind, words"]),
        ("name: x\nways:\n  a:\n    kind: fuzzy\n", ["c.yaml:3", "'dense', 'exact'"]),
        ("name: x\ncolour: red\n", ["c.yaml:2", "unknown option"]),
        ("", ["c.yaml:1", "name"]),
        ("- a\n", ["c.yaml:1", "valid dictionary"]),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str, parts: list[str]) -> None:
    message = fault(tmp_path, text)
    assert all(part in message for part in parts), message


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    message = fault(tmp_path, "weights: 1\ncolour: red\n")
    assert message.count("c.yaml:") == 3


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        read_yaml(tmp_path / "none.yaml", Config)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_bytes(b"name: \xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_yaml(tmp_path / "c.yaml", Config)
