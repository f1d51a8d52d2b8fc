"""A yes or no is made of a score in one place: at the metric's threshold."""

from __future__ import annotations

from typing import Any

import pytest

from corpora.model import Question
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.report.island import is_right
from eval.trial import Score, Trial
from pipelines.contract import Answer, Timing, Usage

ASKED = Question(id="q", user_input="Which node?", reference="node seven")
INSTANT = Timing(ttft=0, e2el=0, retrieval=0, generation=0)
ANSWER = Answer(response="node 7", usage=Usage(), timing=INSTANT, model="m", finish_reason="stop")


@pytest.mark.parametrize(
    ("name", "value", "yes"),
    [
        (CORRECTNESS, 0.0, False),
        (CORRECTNESS, 0.5, False),
        (CORRECTNESS, 0.51, True),
        (CORRECTNESS, 1.0, True),
        (CORRECTNESS, None, False),
        (FAITHFULNESS, 0.49, False),
        (FAITHFULNESS, 0.5, True),
        (FAITHFULNESS, None, False),
        ("token_recall", 0.5, False),
        ("token_recall", 2 / 3, True),
    ],
)
def test_each_metric_says_yes_from_its_threshold_on(name: str, value: float | None, yes: bool) -> None:
    assert METRICS[name].says_yes(value) == yes


def test_a_metric_without_a_threshold_makes_no_yes_or_no() -> None:
    with pytest.raises(ValueError, match=r"Recall@4 has no threshold"):
        METRICS["recall_at_4"].says_yes(1.0)


@pytest.mark.parametrize(("value", "right"), [(0.5, False), (2 / 3, True)])
def test_the_report_calls_an_answer_right_by_the_threshold_of_correctness(value: float, right: bool) -> None:
    given: dict[str, Any] = {"scores": {CORRECTNESS: Score(value=value, status="scored")}}
    trial = Trial(pipeline="rag", question_id="q", answer=ANSWER, asked_at="2026-01-01T00:00:00+00:00", **given)
    assert is_right(ASKED, trial) == right
