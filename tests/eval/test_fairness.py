"""The conditions of a fair comparison, each broken once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import ENGINE, Config, FakePipeline, bake, manifest, new_run, question, reply, trial, without_ragas

from corpora.errors import RunError
from eval.conditions import FairnessCheck, Warmup
from eval.fairness import check_asking, check_pipelines, require_fair
from eval.manifest import Contestant, Manifest
from eval.options import EvaluationOptions
from eval.run import RunFolder
from eval.trial import Failure, Trial

SYSTEM = "Answer briefly."
DECODING = {"temperature": 0.0}
BASE = {"kind": "vllm", "model": "m", "content_hash": "a"}
QUESTIONS = tuple(question(number) for number in range(12))
SHUFFLED = (7, 2, 11, 0, 5, 9, 3, 10, 1, 8, 4, 6)
OTHER = (4, 8, 0, 10, 2, 6, 11, 1, 9, 5, 7, 3)
START = datetime(2026, 1, 1, tzinfo=UTC)


def head(**fingerprints: dict[str, Any]) -> Manifest:
    made = manifest(QUESTIONS, {"one": FakePipeline("one", str)})
    contestants = {
        name: Contestant(kind="fake", fingerprint={"engine": BASE | {"decoding": DECODING}, "system": SYSTEM} | given)
        for name, given in fingerprints.items()
    }
    options = EvaluationOptions(concurrency=2, warmup=2)
    config = {"system": SYSTEM, "evaluation": options.model_dump(mode="json")}
    engine = BASE | {"decoding": DECODING}
    return made.model_copy(update={"engine": engine, "config": config, "pipelines": contestants})


def by_subject(checks: tuple[FairnessCheck, ...]) -> dict[str, bool | None]:
    return {check.subject: check.holds for check in checks}


@pytest.mark.parametrize(
    ("given", "base", "decoding", "system"),
    [
        ({}, True, True, True),
        ({"system": None, "prefix": [["system", f"{SYSTEM}\n\nContext"], ["human", "q"]]}, True, True, True),
        ({"system": None, "prompt": [SYSTEM, "{question}"]}, True, True, True),
        ({"engine": BASE | {"content_hash": "b", "decoding": DECODING}}, False, True, True),
        ({"engine": BASE | {"decoding": {"temperature": 0.7}}}, True, False, True),
        ({"system": "Sing."}, True, True, False),
        ({"engine": None}, None, None, True),
        ({"system": None}, True, True, None),
    ],
)
def test_pipelines_are_held_against_the_run(given: dict[str, Any], base: Any, decoding: Any, system: Any) -> None:
    made = head(fine={}, other=given)
    found = by_subject(check_pipelines(made))
    assert found == {"base model": base, "decoding": decoding, "system": system}
    if False in found.values():
        with pytest.raises(RunError, match=r"would not be fair: other does not have the run's .*\. Give all"):
            require_fair(made)
    else:
        require_fair(made)


def test_what_was_found_is_said_of_one_and_of_several() -> None:
    def said(*checks: FairnessCheck) -> dict[str, str]:
        return {check.subject: check.found for check in checks}

    found = said(*check_pipelines(head(fine={}, mute={"system": None}, other={"engine": None}, third={"engine": None})))
    assert found == {
        "base model": "the run's manifest does not record the engine and weights of other, third",
        "decoding": "the run's manifest does not record the decoding of other, third",
        "system": "the run's manifest does not record the system tone of mute",
    }
    changed = {"engine": BASE | {"content_hash": "b", "decoding": DECODING}}
    found = said(*check_pipelines(head(one=changed, two=changed)))
    assert found["base model"] == "one, two do not have the run's engine and weights"
    assert found["decoding"] == "all 2 pipelines have the run's decoding"
    unknown = head(fine={}).model_copy(update={"config": {}})
    assert said(*check_pipelines(unknown))["system"] == (
        "the run's manifest does not record the system tone of the run"
    )
    made = head(a={}, b={}).model_copy(update={"warmups": WARM})
    for in_order, expected in (("a", "a was asked"), ("ab", "a, b were asked")):
        trials = [*asked("a", IN_ORDER), *asked("b", IN_ORDER if "b" in in_order else OTHER)]
        assert said(*check_asking(made, QUESTIONS, trials))["order"] == f"{expected} in the corpus' order"


def asked(name: str, order: tuple[int, ...], at_once: int = 2, **fields: Any) -> list[Trial]:
    """Trials of a second each, so many at once, in that order."""
    return [
        trial(name, f"q{number}", **{"answer": reply("x", e2el=1.0)} | fields).model_copy(
            update={"asked_at": (START + timedelta(seconds=place // at_once)).isoformat(timespec="milliseconds")}
        )
        for place, number in enumerate(order)
    ]


WARM = {"a": Warmup(asked=2, failed=0), "b": Warmup(asked=2, failed=0)}
IN_ORDER = tuple(range(12))
FAILED = {"answer": None, "failure": Failure(code="engine-error", message="down")}


@pytest.mark.parametrize(
    ("a", "b", "warmups", "expected"),
    [
        (asked("a", SHUFFLED), asked("b", OTHER), WARM, (True, True, True)),
        (asked("a", IN_ORDER), asked("b", OTHER), WARM, (False, True, True)),
        (asked("a", SHUFFLED), asked("b", SHUFFLED), WARM, (False, True, True)),
        (asked("a", SHUFFLED), asked("b", OTHER, at_once=3), WARM, (True, False, True)),
        (asked("a", SHUFFLED), asked("b", OTHER, at_once=1), WARM, (True, None, True)),
        (asked("a", SHUFFLED), asked("b", OTHER, **FAILED), WARM, (True, True, True)),
        (asked("a", SHUFFLED), asked("b", OTHER), {"a": WARM["a"]}, (True, True, False)),
        (asked("a", SHUFFLED), asked("b", OTHER), WARM | {"b": Warmup(asked=2, failed=2)}, (True, True, False)),
        (asked("a", SHUFFLED), asked("b", OTHER, cached=True), {"a": WARM["a"]}, (True, True, True)),
        (asked("a", (1, 0)), asked("b", (0, 1)), WARM, (None, True, True)),
        (asked("a", IN_ORDER, at_once=12), asked("b", IN_ORDER, at_once=12), WARM, (None, False, True)),
        ([], [], {}, (None, None, None)),
        (  # one of no time beside one of a second
            [
                *asked("a", SHUFFLED[:1], at_once=1),
                *asked("a", SHUFFLED[1:4], at_once=3, answer=reply("x", e2el=0.0005)),
            ],
            [],
            {"a": WARM["a"]},
            (None, True, True),
        ),
        (  # one after another, within a millisecond
            asked("a", SHUFFLED, at_once=3, answer=reply("x", e2el=0.0005)),
            asked("b", OTHER),
            WARM,
            (True, None, True),
        ),
    ],
)
def test_trials_tell_how_they_were_asked(
    a: list[Trial], b: list[Trial], warmups: dict[str, Warmup], expected: tuple[bool | None, ...]
) -> None:
    made = head(a={}, b={}).model_copy(update={"warmups": warmups})
    assert tuple(check.holds for check in check_asking(made, QUESTIONS, [*a, *b])) == expected


def test_what_does_not_hold_is_a_warning() -> None:
    broken = FairnessCheck(subject="order", holds=False, found="a was asked in the corpus' order")
    unknown = FairnessCheck(subject="concurrency", holds=None, found="nobody knows")
    made = head(a={}).model_copy(update={"fairness": (broken, unknown)})
    assert made.warnings == ("Not a fair comparison: a was asked in the corpus' order.",)


@pytest.mark.parametrize(("url", "warned"), [("https://api.example.org/v1", True), ("http://127.0.0.1:9/v1", False)])
def test_a_judge_elsewhere_is_told_of_where_nothing_may_leave_the_machine(url: str, warned: bool) -> None:
    judged = {"evaluation": {"judge": {"base_url": url, "model": "judge"}}, "needs": {"local": True}}
    made = head(a={}).model_copy(update={"config": judged})
    assert any("the judge is on another" in each for each in made.warnings) == warned


async def test_turns_of_one_or_two_questions_tell_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_ragas(monkeypatch)
    options = EvaluationOptions(concurrency=1, repeat=2, resamples=200)
    pipelines = [FakePipeline(name, str) for name in ("one", "two")]
    asked = tuple(question(number) for number in range(13))
    run = new_run(tmp_path, asked, {each.name: each for each in pipelines}, Config(evaluation=options))
    await bake(run, *pipelines)
    checks = {check.subject: check for check in RunFolder.open(run.path).manifest.fairness}
    assert checks["order"].holds is None


async def test_a_run_checks_itself_and_writes_it_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_ragas(monkeypatch)
    options = EvaluationOptions(warmup=3, concurrency=2, resamples=200)
    pipelines = [FakePipeline(name, str, delay=0.01) for name in ("one", "two")]
    run = new_run(tmp_path, QUESTIONS, {each.name: each for each in pipelines}, Config(evaluation=options))
    await bake(run, *pipelines)
    written = RunFolder.open(run.path).manifest
    assert written.warmups == dict.fromkeys(("one", "two"), Warmup(asked=3 * written.turns, failed=0))
    checks = {check.subject: check for check in written.fairness}
    assert checks["order"].holds
    assert checks["concurrency"].found == "most questions at once: one 2, two 2; 2 were allowed"
    assert checks["warm-up"].holds
    assert written.warnings == ()


async def test_another_base_model_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    class Other(FakePipeline):
        def fingerprint(self) -> dict[str, Any]:
            return super().fingerprint() | {"engine": ENGINE | {"model": "another"}}

    other = Other("other", str)
    with pytest.raises(RunError, match="other does not have the run's engine"):
        await bake(new_run(tmp_path, QUESTIONS, {"other": other}), other)
    assert other.asked == []
