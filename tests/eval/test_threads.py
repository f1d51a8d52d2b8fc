"""Work in a thread: the loop goes on meanwhile, and a cancellation waits for the work's end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from eval.threads import to_end


async def test_the_loop_goes_on_meanwhile() -> None:
    go = threading.Event()
    work = asyncio.create_task(to_end(go.wait, 10))
    await asyncio.sleep(0.01)
    assert not work.done()
    go.set()
    assert await work is True


async def test_an_error_is_raised() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await to_end(int, "x")


@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancellation_waits_for_the_end(fails: bool) -> None:
    go, ended = threading.Event(), threading.Event()

    def work() -> None:
        go.wait(10)
        ended.set()
        if fails:
            raise ValueError

    task = asyncio.create_task(to_end(work))
    await asyncio.sleep(0.01)
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
