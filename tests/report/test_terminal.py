"""What a run says in the terminal: the headline, then the recommendation."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_extras as extras
from report_page import as_shown

from eval.summary import summarise_run
from service.baking import report_run


def test_the_recommendation_follows_the_headline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = extras.whole_run(tmp_path, size=12)
    report_run(run.path)
    shown = as_shown(capsys.readouterr().out)
    verdict = summarise_run(run).verdict
    assert shown.index(as_shown(verdict.headline)) < shown.index(as_shown(verdict.recommendation.sentence))
    assert (run.path / "report.html").is_file()
    assert verdict.recommendation.sentence in (run.path / "summary.md").read_text(encoding="utf-8")
