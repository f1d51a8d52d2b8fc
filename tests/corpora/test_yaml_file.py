"""Errors in YAML files say file, line and what was expected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, model_validator

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
    wide: float | None = None

    @model_validator(mode="after")
    def _fits(self) -> Config:
        if self.wide is not None and self.wide < max(self.weights, default=0):
            raise ValueError(f"wide ({self.wide:g}) is less than weights")
        return self


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
        ("ways: {}\n", ["c.yaml:1: name is missing"]),
        ("name: x\nweights:\n  - 1\n  - true\n", ["c.yaml:4: weights.1: must be a number, not true\n"]),
        ("name: x\nways:\n  a: {top_k: no, kind: dense}\n", ["c.yaml:3: ways.a.top_k: must be a number, not false\n"]),
        ("name: x\nweights:\n  - 1\n  - two\n", ["c.yaml:4: weights.1: must be a valid number, not 'two'\n"]),
        (
            "name: x\nways:\n  a:\n    kind: dense\n    topk: 3\n",
            ["c.yaml:5: ways.a: unknown option 'topk'; did you mean 'top_k'? dense takes"],
        ),
        (
            "name: x\nways:\n  a:\n    kind: exact\n    zzz: 3\n",
            ["c.yaml:5: ways.a: unknown option 'zzz'; exact takes kind, words\n"],
        ),
        (
            "name: x\nways:\n  exact:\n    kind: exact\n    zzz: 3\n",
            ["c.yaml:5: ways.exact: unknown option 'zzz'; exact takes"],
        ),
        (
            "name: x\nways:\n  a:\n    kind: fuzzy\n",
            ["c.yaml:4: ways.a: there is no kind 'fuzzy'; it is one of dense, exact\n"],
        ),
        (
            "name: x\nways:\n  a:\n    kind: dens\n",
            ["c.yaml:4: ways.a: there is no kind 'dens'; did you mean 'dense'? it is one of dense, exact\n"],
        ),
        ("name: x\nways:\n  a: {top_k: 3}\n", ["c.yaml:3: ways.a: kind is missing; it is one of dense, exact\n"]),
        (
            "name: x\nways:\n  a: {kind: dense, top_k: x}\n",
            ["c.yaml:3: ways.a.top_k: must be a valid integer, not 'x'"],
        ),
        ("name: x\nways:\n  a: dense\n", ["c.yaml:3: ways.a: must be a mapping of names to values, not 'dense'"]),
        ("name: x\ncolour: red\n", ["c.yaml:2: unknown option 'colour'; it takes name, ways, weights, wide\n"]),
        ("weights: [2]\nwide: 1\nname: x\n", ["c.yaml:2: wide (1) is less than weights\n"]),
        ("name: x\nways:\n  a: {}\n  b: {}\n  a: {}\n", ["c.yaml:5: 'a' stands twice: it is in line 3 already\n"]),
        ("- name: x\n  name: y\n", ["c.yaml:2: 'name' stands twice: it is in line 1 already\n"]),
        ("name: 2026-13-45\n", ["c.yaml: not valid YAML: month must be in 1..12."]),
        ("name: \x00\n", ["c.yaml: not valid YAML: unacceptable character"]),
        ("", ["c.yaml:1", "name"]),
        ("- a\n", ["c.yaml:1: the file: must be a mapping of names to values\n"]),
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
    with pytest.raises(ConfigError, match=r"does not exist\. Look behind you\."):
        read_yaml(tmp_path / "none.yaml", Config, missing="Look behind you.")


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is a folder, not a file\. Name the configuration's file with --config"):
        read_yaml(tmp_path, Config)
    (tmp_path / "bakeoff.yaml").write_text("name: x\n")
    with pytest.raises(ConfigError, match=r"is a folder, not a file\. Name the file in it: --config .*/bakeoff\.yaml"):
        read_yaml(tmp_path, Config)


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("name: x\n")
    with pytest.raises(ConfigError, match="cannot be read: Not a directory"):
        read_yaml(tmp_path / "c.yaml" / "d.yaml", Config)


def test_a_part_that_is_named_and_used_again_is_no_twin(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("name: x\nways: {a: &one {kind: dense}, b: *one, c: {<<: *one, top_k: 2}}\n")
    assert read_yaml(tmp_path / "c.yaml", Config).ways["c"] == Dense(top_k=2)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_bytes(b"name: \xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_yaml(tmp_path / "c.yaml", Config)
