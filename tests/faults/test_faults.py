"""Each fault once: nothing is lost, nothing is asked twice, and somebody is told. `run.py` repeats them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_faults import jobs_lock
from fault_world import Outcome, UnavailableError, World
from run import attempt, known, row, table
from scenarios import BY_NAME_ONLY, SCENARIOS

from service.jobs import JobStore
from service.project import open_project

QUICK = {"adapter-damaged": 10, "jobs-damaged": 5, "answers-damaged": 5, "keys-damaged": 4, "journal-damaged": 2}
"""How often those strike that take next to no time: every kind of damage once."""


LONG = {"service-killed", "worker-killed", "engine-killed-in-bakeoff-run", "engine-hangs", "engine-talks-nonsense"}
"""They start many processes, or wait; test_service_runs_killed, test_service_workers, test_runner and
test_openai_server hold the same with less. `run.py` has them all.
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in BY_NAME_ONLY | LONG])
def test_a_fault_loses_nothing_and_asks_nothing_twice(name: str, tmp_path: Path) -> None:
    times = QUICK.get(name, 1)
    try:
        outcomes = list(SCENARIOS[name](tmp_path, times))
    except UnavailableError as error:
        pytest.skip(str(error))
    assert len(outcomes) == times
    assert not any(outcome.lost or outcome.twice for outcome in outcomes)
    assert all(outcome.lost is not None for outcome in outcomes)
    assert all(outcome.message or outcome.by_itself for outcome in outcomes)


def test_the_table_says_what_was_lost_and_how_long_it_took() -> None:
    good, bad = (
        Outcome("It broke off.", lost=0, twice=0, seconds=0.5),
        Outcome("It | died.", lost=2, twice=1, by_itself=False, seconds=2),
    )
    assert row("one", [good, good]) == "| one | 2 | 0 | 0 | yes | 0.5 to 0.5 | It broke off. |"
    assert row("two", [good, bad]) == (
        "| two | 2 | 2 | 1 | 1 times, else told how | 0.5 to 2.0 | It broke off.<br>It \\| died. |"
    )
    assert row("three", [Outcome("Mend it.", by_itself=False)]) == "| three | 1 | – | – | told how |  | Mend it. |"
    assert row("four", [good, Outcome("It broke off.", lost=1)]).startswith("| four | 2 | 1 | – | yes |")


def test_a_fault_that_is_tried_again_leaves_the_lines_of_the_others() -> None:
    before = {"engine-hangs": row("engine-hangs", [Outcome("It hangs.")]), "disk-full": row("disk-full", [Outcome("")])}
    assert known(f"\n{table(before)}") == before
    assert known("Not run yet.") == {}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FileNotFoundError("no such file: a|b"), r"FileNotFoundError: no such file: a\|b"),
        (AssertionError(), "AssertionError"),
        (AssertionError("first\nsecond"), "AssertionError: first"),
    ],
)
def test_a_scenario_that_breaks_is_a_failed_line(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaking(_: Path, times: int) -> Iterator[Outcome]:
        yield Outcome("once")
        raise error

    monkeypatch.setitem(SCENARIOS, "disk-full", breaking)
    assert attempt("disk-full", 2) == (f"| disk-full | failed after 1: {told} | | | | | |", False)
    assert "in breaking" in capsys.readouterr().err


def test_the_lock_on_the_list_of_runs_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    World(tmp_path)
    monkeypatch.setenv("BAKEOFF_HOME", str(tmp_path))
    store = JobStore(open_project(tmp_path / "bakeoff.yaml").jobs)
    monkeypatch.delenv("BAKEOFF_HOME")
    assert jobs_lock(tmp_path).is_file()
    store.close()
