"""Little files in the formats of the labelled data sets; the words are ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEAD = "model_name\tdata_source\tknowledge\tmessage\tresponse\tbegin_label"

EVOUNA_ITEM = {
    "question": "how many legs has a spider",
    "golden_answer": "eight/eight legs",
    "answer_fid": "eight",
    "judge_fid": True,
    "answer_gpt35": "A spider has six legs.",
    "judge_gpt35": False,
    "improper": False,
}
UHGEVAL_ROW = {
    "id": "doc_1",
    "headLine": "港口开放",
    "newsBeginning": "港口办公室六点半开门。",
    "newsRemainder": "周日不开门。",
    "annotations": ["港口办公室<sep>合理", "八点<sep>不合理，应为六点半"],
}
CLAPNQ_ROW = {
    "id": "7",
    "input": "when does the office open",
    "passages": [{"title": "Harbour", "text": "The office opens at half past six."}],
    "output": [{"answer": "At half past six."}, {"answer": ""}],
}


def write_begin(folder: Path, rows: Sequence[tuple[str, str, str]], name: str = "begin_dev_wow.tsv") -> Path:
    """Rows of (knowledge, response, label)."""
    lines = [HEAD, *(f"t5\twow\t{knowledge}\thello\t{said}\t{label}" for knowledge, said, label in rows)]
    return write(folder / "begin" / name, "\n".join(lines) + "\n")


def write_evouna(folder: Path, items: Sequence[dict[str, Any]]) -> Path:
    return write(folder / "evouna" / "NQ.json", json.dumps(items))


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    return write(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
