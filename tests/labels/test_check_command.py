"""`bakeoff check-metrics` from end to end, on little files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from labels_fakes import Scorer, recall
from labels_files import CLAPNQ_ROW, EVOUNA_ITEM, write, write_begin, write_evouna, write_rows

from eval.labels.standing import standings
from eval.metrics import lexical
from eval.metrics.judge import JudgeOptions
from service.checking_metrics import WRITER, check_against_people
from service.cli import main

CONFIG = """\
corpus: nowhere
pipelines: {plain: {kind: prompting}}
evaluation: {judge: {base_url: "http://127.0.0.1:9/v1", model: judge, timeout: 0.1}}
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    folder = tmp_path / "data"
    items = [EVOUNA_ITEM | {"question": f"question {number}"} for number in range(12)]
    write_evouna(folder, items)
    write_begin(
        folder,
        [
            (f"Spider {number} has eight legs.", said, label)
            for number in range(12)
            for said, label in (("It has eight legs.", "Fully attributable"), ("No.", "Not fully attributable"))
        ],
    )
    write_rows(folder / "clapnq" / "answerable.jsonl", [_long_answer(number) for number in range(8)])
    return folder


def _long_answer(number: int) -> dict[str, Any]:
    return CLAPNQ_ROW | {"passages": [{"title": f"Harbour {number}", "text": "The office opens at half past six."}]}


@asynccontextmanager
async def _open_plain(table: Any, judge: JudgeOptions | None) -> AsyncIterator[dict[str, Scorer]]:
    assert table is None
    faithful = Scorer(lambda reference_contexts, response: lexical.k_precision(reference_contexts, response))
    scorers = {"token_recall": recall(), "k_precision_gold": faithful}
    if judge:
        scorers |= {"judged_accuracy": Scorer(None), "judged_faithfulness_gold": Scorer(lambda **_: 0.5)}
    yield scorers


@pytest.fixture
def _without_ragas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "service.checking_metrics.import_module", lambda name: SimpleNamespace(open_metrics=_open_plain)
    )


@pytest.mark.usefixtures("_without_ragas")
def test_the_table_is_shown_and_written_between_the_markers(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin, end = f"<!-- {WRITER}: begin -->", f"<!-- {WRITER}: end -->"
    page = write(tmp_path / "metrics.md", f"# Metrics\n\n{begin}\nold\n{end}\n\nThe rest.\n")
    for _ in range(2):  # the second time finds its markers again
        check_against_people(data, None, page, judged=10)
    shown = capsys.readouterr().out
    assert "Similarity is left out. The model all-minilm-l6-v2 is not prepared yet." in shown
    assert "EVOUNA NQ: correctness of" in shown
    assert "token_recall" in shown
    assert max(len(line) for line in shown.splitlines() if "Written" not in line) <= 80
    text = page.read_text()
    assert text.startswith(f"# Metrics\n\n{begin}\n")
    assert text.endswith(f"{end}\n\nThe rest.\n")
    assert "\nold\n" not in text
    assert text.count("### EVOUNA NQ") == 1
    assert "| k_precision_gold |" in text


@pytest.mark.usefixtures("_without_ragas")
def test_a_page_that_is_not_there_is_made_with_its_markers(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "new.md"
    for _ in range(2):  # the second time finds its markers
        check_against_people(data, None, page, judged=10)
    text = page.read_text()
    assert text.startswith(f"<!-- {WRITER}: begin -->\n\n### ")
    assert text.endswith(f"\n<!-- {WRITER}: end -->\n")
    assert text.count("### EVOUNA NQ") == 1


@pytest.mark.usefixtures("_without_ragas")
def test_a_configuration_brings_its_judge(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write(tmp_path / "bakeoff.yaml", CONFIG)
    check_against_people(data, config, None, judged=4)
    shown = " ".join(capsys.readouterr().out.split())
    assert "judged_accuracy failed" in shown
    assert "whether it is better than a metric without a model cannot be told from answers in 4 clusters" in shown
    known = standings(
        tmp_path / ".bakeoff" / "judges.json", JudgeOptions(base_url="http://127.0.0.1:9/v1", model="judge")
    )
    assert ("judged_faithfulness_gold", "BEGIN dev wow", False) in [
        (each.metric, each.data, each.better) for each in known
    ]


def test_no_test_writes_into_the_home_that_the_environment_names(tmp_path: Path) -> None:
    tests = Path(__file__).parents[1]
    told = "import os, conftest; print(os.environ.get('BAKEOFF_HOME'))"
    environment = os.environ | {"BAKEOFF_HOME": str(tmp_path), "PYTHONPATH": str(tests)}
    found = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout == "None\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--data", "nowhere"], "holds no labelled data"),
        (["--data", "little"], "too few answers"),
        (["--data", "data", "--config", "nowhere.yaml"], "nowhere.yaml does not exist"),
        (["--data", "data", "--write", "plain.md"], "does not say where the table belongs"),
        (["--data", "data", "--write", "nowhere/new.md"], "nowhere/new.md cannot be read"),
    ],
)
def test_what_is_wrong_is_told_before_any_work(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    write(tmp_path / "plain.md", "# Metrics\n")
    write_evouna(tmp_path / "little", [EVOUNA_ITEM | {"question": "question 1"}])  # which is in the dev half
    monkeypatch.setattr(sys, "argv", ["bakeoff", "check-metrics", *arguments])
    with pytest.raises(SystemExit):
        main()
    assert told in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
def test_ragas_metrics_are_set_beside_the_labels(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_against_people(data, None, None, judged=10)
    shown = capsys.readouterr().out
    for name in ("token_recall", "token_f1", "rouge_l", "contains", "exact_match", "k_precision_gold"):
        assert name in shown
    assert "semantic_similarity" not in shown
    assert "judged" not in shown
    assert "all labels are positive" in shown  # of ClapNQ's answers
