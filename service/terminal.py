"""What people see in the terminal: progress bars and plain lines, on one console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

console = Console(highlight=False)


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars that show what is done, of how much, for how long, and how long it may still take."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as bars:
        yield bars


@contextmanager
def bar(description: str) -> Iterator[Callable[[int, int], None]]:
    """One bar, moved by calling what it gives with (done, total)."""
    with progress() as bars:
        task = bars.add_task(description, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


@contextmanager
def waiting(description: str) -> Iterator[None]:
    """A moving bar and the time passed, for work that cannot say how far it is; gone when it is done."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        bars.add_task(description, total=None)
        yield
