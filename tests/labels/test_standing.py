"""What a judge was worth beside people stays known, and stands beside its scores."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.errors import RunStorageError
from eval.labels.agreement import Figure
from eval.labels.standing import Comparison, Standing, doubts, keep, standings
from eval.metrics.judge import JudgeOptions
from eval.report.facts import measures

JUDGE = JudgeOptions(base_url="http://127.0.0.1:9/v1", model="judge")
OTHER = JudgeOptions(base_url="http://127.0.0.1:9/v1", model="another")


USED = ("judged_accuracy", "judged_faithfulness_gold")


def standing(
    metric: str = "judged_accuracy", data: str = "EVOUNA NQ", ahead: float = -0.1, clusters: int = 40
) -> Standing:
    difference = Figure(value=ahead, low=ahead - 0.05, high=ahead + 0.05)
    return Standing(
        metric=metric,
        data=data,
        answers=3 * clusters,
        clusters=clusters,
        auroc=Figure(value=0.61, low=0.5, high=0.7),
        spread=0.02,
        against=Comparison(rival="token_recall", difference=difference),
    )


def test_what_is_known_of_other_data_and_other_judges_stays(tmp_path: Path) -> None:
    path = tmp_path / "home" / "judges.json"
    assert standings(path, JUDGE) == ()
    keep(path, JUDGE, [standing()])
    keep(path, OTHER, [standing(ahead=0.1)])
    keep(path, JUDGE, [standing(data="BEGIN"), standing(ahead=0.0)])
    assert standings(path, JUDGE) == (standing(data="BEGIN"), standing(ahead=0.0))
    assert standings(path, OTHER) == (standing(ahead=0.1),)


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "judges.json"
    path.write_text('{"judge at http://127.0.0.1:9/v1": [{"metric"')
    with pytest.raises(RunStorageError, match=r"judges\.json is broken") as fault:
        standings(path, JUDGE)
    assert fault.value.remedy.startswith("Delete it")
    with pytest.raises(RunStorageError, match=r"judges\.json is broken"):
        keep(path, JUDGE, [standing()])


def test_a_judge_that_nobody_checked_is_doubted() -> None:
    (said,) = doubts([], USED)
    assert "Nobody has compared this judge with people" in said
    assert "bakeoff check-metrics" in said


def test_only_what_is_no_better_than_a_metric_without_a_model_is_held_against_it() -> None:
    good = [standing(metric, ahead=0.1) for metric in USED]
    assert doubts(good, USED) == []
    (said,) = doubts([*good, standing(data="BEGIN"), standing(metric="judged_faithfulness_gold", data="WiCE")], USED)
    assert said.endswith("a metric without a model: Correctness (judge) on BEGIN; Faithfulness (judge) on WiCE.")


def test_a_metric_that_was_never_checked_is_named() -> None:
    assert doubts([standing(ahead=0.1)], USED) == [
        "Nobody has compared this judge with people on Faithfulness (judge)."
    ]


def test_a_check_on_a_handful_of_answers_is_none() -> None:
    few = standing(ahead=0.1, clusters=4)
    (said,) = doubts([few, standing("judged_faithfulness_gold", ahead=0.1)], USED)
    assert said.startswith("What is known of the judge beside people rests on fewer than 10 clusters of answers")
    assert "tells nothing: Correctness (judge) on EVOUNA NQ." in said
    assert not few.better
    assert str(few).endswith(
        "whether it is better than a metric without a model cannot be told from answers in 4 clusters"
    )


def test_the_report_says_of_each_judged_metric_what_it_is_worth() -> None:
    names = ["judged_accuracy", "judged_faithfulness_gold"]
    accuracy, faithfulness = measures(names, 0.95, [standing()])[:2]
    assert (
        "Beside people, on EVOUNA NQ: AUROC 0.610 (0.500 to 0.700), asked again, a verdict moves by" in accuracy.blind
    )
    assert "worse than token_recall, which needs no model, on the same answers: AUROC −0.100" in accuracy.blind
    assert "nobody has compared it with people" in faithfulness.blind
