"""What people see in the terminal: progress bars and plain lines, on one console."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

console = Console(highlight=False)

LOG_SECONDS = 30.0
"""How often a log, which has no moving bars, is told how far the work is."""


@contextmanager
def bars() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar for each kind of work, made and moved by calling what this gives with (what is done, done, total)."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as shown:
        tasks: dict[str, TaskID] = {}
        told: dict[str, float] = {}

        def on_progress(doing: str, done: int, total: int | None) -> None:
            if doing not in tasks:
                _announce(doing)
                tasks[doing] = shown.add_task(doing, total=None)
                told[doing] = time.monotonic()
            elif not console.is_terminal and time.monotonic() - told[doing] > LOG_SECONDS:
                told[doing] = time.monotonic()
                console.print(f"{doing}: {done} of {total or '?'}", markup=False)
            shown.update(tasks[doing], completed=done, total=total)

        yield on_progress


@contextmanager
def bar(description: str) -> Iterator[Callable[[int, int], None]]:
    """One bar, moved by calling what this gives with (done, total)."""
    with bars() as on_progress:
        on_progress(description, 0, None)  # it is seen before its length is known
        yield partial(on_progress, description)


@contextmanager
def waiting(description: str) -> Iterator[None]:
    """A moving bar and the time passed, for work that cannot say how far it is; gone when it is done."""
    _announce(description)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        shown.add_task(description, total=None)
        yield


def _announce(description: str) -> None:
    """A log has no moving bars: there it is said beforehand what is being waited for."""
    if not console.is_terminal:
        console.print(f"{description} ...", markup=False)
