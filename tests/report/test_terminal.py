"""What a run says in the terminal: the headline, then the recommendation."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_extras as extras
from report_page import as_shown

from corpora.errors import RunStorageError
from eval.report.build import build_report
from eval.summary import summarise_run
from service.baking import report_run, show_comparison


def test_the_recommendation_follows_the_headline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = extras.whole_run(tmp_path, size=12)
    report_run(run.path)
    shown = as_shown(capsys.readouterr().out)
    verdict = summarise_run(run).verdict
    assert shown.index(as_shown(verdict.headline)) < shown.index(as_shown(verdict.recommendation.sentence))
    assert (run.path / "report.html").is_file()
    assert verdict.recommendation.sentence in (run.path / "summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kept", [None, 0, 40])
def test_a_finished_run_that_has_lost_answers_is_not_reported_anew(tmp_path: Path, kept: int | None) -> None:
    """Its journal is gone, or cut to so many lines and the beginning of one more."""
    run = extras.whole_run(tmp_path, size=12)
    report_run(run.path)
    asked = len(run.trials())
    journal = run.path / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.unlink()
    if kept is not None:
        journal.write_bytes(b"".join(lines[:kept]) + lines[kept][:50])
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    lost = rf"is finished, and {asked - (kept or 0)} of its {asked} answers are no longer in its journal\.jsonl"
    for look in (report_run, build_report):
        with pytest.raises(RunStorageError, match=lost) as raised:
            look(run.path)
        assert raised.value.remedy.startswith("Restore journal.jsonl from a copy")
    with pytest.raises(RunStorageError, match=lost):
        show_comparison(run.path, run.path)
    assert {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()} == before
