"""Labelled data: what people said is read whole, and a broken file is named with its line."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labels_files import CLAPNQ_ROW, EVOUNA_ITEM, HEAD, UHGEVAL_ROW, write, write_begin, write_evouna, write_rows

from corpora.errors import CorpusError
from eval.labels.readers import READERS, read_labelled

FILES = {
    "begin": "begin_dev_wow.tsv",
    "evouna": "NQ.json",
    "uhgeval": "news.jsonl",
    "clapnq": "clapnq_dev_answerable.jsonl",
}


def write_all(folder: Path) -> None:
    write_begin(
        folder,
        [
            ("Spiders have eight legs.", 'They have "eight legs.', "Fully attributable"),
            ("Spiders have eight legs.", "They have six.", "Not fully attributable"),
            ("Spiders have eight legs.", "I see!", "Generic"),
        ],
    )
    write_evouna(folder, [EVOUNA_ITEM, EVOUNA_ITEM | {"improper": True}])
    write_rows(folder / "uhgeval" / FILES["uhgeval"], [UHGEVAL_ROW])
    write_rows(folder / "clapnq" / FILES["clapnq"], [CLAPNQ_ROW])


def test_every_data_set_is_read(tmp_path: Path) -> None:
    write_all(tmp_path)
    sets = {each.name: each.rows for each in read_labelled(tmp_path)}
    assert {name: [row.label for row in rows] for name, rows in sets.items()} == {
        "BEGIN dev wow": [True, False],  # the generic reply claims nothing
        "EVOUNA NQ": [True, False],  # two systems answered; the improper question is left out
        "UHGEval keywords": [True, False],
        "ClapNQ answers": [True],
    }
    right, wrong = sets["EVOUNA NQ"]
    assert right.references == ("eight", "eight legs")
    assert right.cluster == wrong.cluster
    assert sets["BEGIN dev wow"][0].response == 'They have "eight legs.'
    keyword = sets["UHGEval keywords"][1]
    assert (keyword.response, keyword.evidence) == ("八点", ("港口办公室六点半开门。周日不开门。",))
    ids = [row.id for rows in sets.values() for row in rows]
    assert len(ids) == len(set(ids))


def test_a_cluster_is_in_one_half_whatever_else_is_in_the_file(tmp_path: Path) -> None:
    items = [EVOUNA_ITEM | {"question": f"question {number}"} for number in range(60)]
    write_evouna(tmp_path, items)
    halves = {row.cluster: row.half for row in read_labelled(tmp_path)[0].rows}
    assert 15 < sum(half == "test" for half in halves.values()) < 45
    write_evouna(tmp_path, items[::-3])
    assert all(halves[row.cluster] == row.half for row in read_labelled(tmp_path)[0].rows)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("begin", f"{HEAD}\na\tb\n", "line 2: 2 cells, but the head has 6"),
        ("begin", f"{HEAD}\na\tb\tc\td\te\tMaybe\n", "line 2: begin_label: Input should be 'Fully attributable'"),
        ("begin", "x\ty\n1\t2\n", "line 2: message: Field required"),
        ("evouna", "{", "not JSON"),
        ("evouna", "[" * 100_000, "not JSON"),
        ("evouna", '{"a": 1}', "expected a list of JSON objects"),
        ("evouna", json.dumps([EVOUNA_ITEM | {"golden_answer": " / "}]), "item 1: golden_answer holds no answer"),
        ("evouna", json.dumps([EVOUNA_ITEM, EVOUNA_ITEM | {"judge_fid": "so-so"}]), "item 2, fid: judge"),
        ("uhgeval", json.dumps(UHGEVAL_ROW | {"annotations": ["八点"]}), "expected keyword<sep>合理"),
        ("uhgeval", json.dumps(UHGEVAL_ROW | {"annotations": ["八点<sep>也许"]}), "expected keyword<sep>合理"),
        ("uhgeval", "{}", "line 1: id: Field required"),
        ("uhgeval", '{"a":' * 100_000, ":1: not JSON"),
        ("clapnq", json.dumps(CLAPNQ_ROW | {"passages": []}), "line 1: passages"),
        ("clapnq", "[]", ":1: not a JSON object"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, name: str, text: str, told: str) -> None:
    path = write(tmp_path / name / FILES[name], text)
    with pytest.raises(CorpusError) as fault:
        read_labelled(tmp_path)
    assert told in fault.value.problem
    assert str(path) in fault.value.problem
    assert fault.value.remedy


def test_a_folder_without_data_says_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"begin, evouna, uhgeval, clapnq"):
        read_labelled(tmp_path)
    (tmp_path / "begin").mkdir()
    with pytest.raises(CorpusError, match=r"holds no begin_\*\.tsv"):
        read_labelled(tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted({*EVOUNA_ITEM, *UHGEVAL_ROW, *CLAPNQ_ROW})
BROKEN = st.one_of(
    st.binary(max_size=80),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.tuples(st.sampled_from([EVOUNA_ITEM, UHGEVAL_ROW, CLAPNQ_ROW]), st.sampled_from(FIELDS), JSON).map(
        lambda drawn: _changed(*drawn)
    ),
    st.lists(st.text(max_size=8), max_size=9).map(
        lambda cells: f"{HEAD}\n{chr(9).join(cells)}".encode("utf-8", "replace")
    ),
)


def _changed(row: dict[str, Any], field: str, value: Any) -> bytes:
    changed = row | {field: value}
    return json.dumps([changed] if "question" in row else changed).encode()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(READERS)), BROKEN)
def test_no_file_raises_anything_but_our_error(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILES[name]
        path.write_bytes(data)
        rows = []
        with suppress(CorpusError):
            rows = list(READERS[name](path.parent))
        assert all(row.id and row.dataset for row in rows)
