"""Whatever stands in a file, reading it ends well or with an error of ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reader_samples import Reader, readers

from corpora.errors import BakeoffError

EXAMPLES = 10  # of each way to spoil each file
SETTINGS = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = [
    "bakeoff.yaml", "prices.yaml", "corpus.yaml", "documents/ferry.md", "questions.jsonl", "examples.jsonl",
    "changes/changes.yaml", "changes/documents/ferry.md", "changes/changed.jsonl", "changes/added.jsonl",
    "changes/examples.jsonl", "csv/rows.csv", "csv/ferry.md", "jsonl/rows.jsonl", "jsonl/ferry.md",
    "rows/documents.jsonl", "rows/documents.csv", "squad.json", "keys.json", "run/manifest.json", "run/questions.jsonl",
    "run/documents.jsonl", "run/journal.jsonl", "load.json", "labels/begin/begin_dev.tsv", "labels/evouna/NQ.json",
    "labels/uhgeval/news.jsonl", "labels/clapnq/answerable.jsonl", "model/config.json", "model/tokenizer.json",
    "model/model.safetensors", "adapter/adapter_config.json", "adapter/tokenizer.json",
    "adapter/adapter_model.safetensors", "adapter/card.json", "adapter/parity.json", "jobs.sqlite", "answers.sqlite",
]  # fmt: skip

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_characters="/."), max_size=20),  # no folder that is none of the test's
    st.sampled_from(["\0", "...", "2026-02-30", "x" * 5000, "\ud800", "-1", "1e999", 10**400]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PIECES = ["(", "(?:", ")", "+", "*", "+)+", ".*", "|", "[a-z.]", "layer", "!", "\\1", "(?<=", "{9,}", "{0,99999}"]
HARD = [
    "(([a-z]+)+)+!",
    "a{99999999999999999999}",
    "(" * 3_000 + ")" * 3_000,
    "(" * 2_400 + ")" * 2_400,
    "(.*)" * 40 + "!",
]
DEEP = [
    b"[" * 2_000,
    b'{"a":' * 2_000,
    b"a: " * 2_000,
    b"- " * 2_000,
    b"a: &a [*a, *a]",
    b"\xef\xbb\xbf",
    b"",
    b"\n",
]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reader]:
    """The folder with all samples whole is the working one's `root`."""
    return {reader.file: reader for reader in readers(tmp_path_factory.mktemp("made"))}


@pytest.fixture
def root(samples: dict[str, Reader], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BAKEOFF_HOME", str(tmp_path))
    for reader in samples.values():
        _write(tmp_path, reader.file, reader.content)
    return tmp_path


def test_every_sample_is_named_and_read(samples: dict[str, Reader], root: Path) -> None:
    assert list(samples) == NAMES
    for reader in samples.values():
        reader.read(root)


@pytest.mark.parametrize("name", NAMES)
def test_any_bytes(name: str, samples: dict[str, Reader], root: Path) -> None:
    @SETTINGS
    @given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
    def check(content: bytes) -> None:
        _read(samples[name], root, content)

    check()
    for content in DEEP:
        _read(samples[name], root, content)


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_file_with_some_bytes_changed(name: str, samples: dict[str, Reader], root: Path) -> None:
    whole = samples[name].content

    @SETTINGS
    @given(st.integers(0, len(whole)), st.integers(0, 40), st.binary(max_size=8))
    def check(start: int, removed: int, added: bytes) -> None:
        _read(samples[name], root, whole[:start] + added + whole[start + removed :])

    check()


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith((".yaml", ".json", ".jsonl"))])
def test_a_whole_file_with_one_value_changed(name: str, samples: dict[str, Reader], root: Path) -> None:
    whole = samples[name].content
    data = yaml.safe_load(whole) if name.endswith(".yaml") else json.loads(whole)
    places = list(_places(data))

    @SETTINGS
    @given(st.sampled_from(places), VALUES)
    def check(place: tuple[Any, ...], value: Any) -> None:
        changed = _changed(data, place, value)
        try:
            dumped = yaml.safe_dump(changed) if name.endswith(".yaml") else json.dumps(changed)
        except ValueError:  # a number of too many digits to be written down
            return
        _read(samples[name], root, dumped.encode("utf-8", "surrogatepass"))

    check()


@SETTINGS
@given(
    field=st.sampled_from(["target_modules", "exclude_modules", "rank_pattern", "layers_pattern"]),
    pattern=st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join) | st.sampled_from(HARD),
)
def test_an_adapters_regular_expressions(samples: dict[str, Reader], root: Path, field: str, pattern: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.training.name_patterns.SECONDS", 0.3)
        value = {pattern: 8} if field == "rank_pattern" else pattern
        changed = json.loads(samples["adapter/adapter_config.json"].content) | {field: value, "layers_to_transform": []}
        _read(samples["adapter/adapter_config.json"], root, json.dumps(changed).encode())


def _places(data: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield here
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _places(value, (*here, key))


def _changed(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    data = copy.deepcopy(data)
    inner = data
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return data


def _read(reader: Reader, root: Path, content: bytes) -> None:
    """Anything but our error fails the test. The file is whole again afterwards, with those that reading made gone."""
    _write(root, reader.file, content)
    try:
        with suppress(BakeoffError):
            reader.read(root)
    finally:
        for leftover in root.glob(f"{reader.file}*"):
            leftover.unlink()
        _write(root, reader.file, reader.content)


def _write(root: Path, name: str, content: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
