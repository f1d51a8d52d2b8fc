"""Many short waits under one timer: each is bounded, what is done is given, and nobody else's cancellation is lost."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.patience import Patience

SHORT = 0.05
LONG = 30.0


async def test_waits_that_end_in_time_give_what_they_wait_for():
    with Patience(seconds=LONG) as patience:
        assert [await patience.wait(asyncio.sleep(0, number)) for number in range(3)] == [0, 1, 2]
    assert not patience.late


async def test_each_wait_has_its_own_time():
    with Patience(seconds=20 * SHORT) as patience:
        for _ in range(4):  # longer than one wait may be, all together
            await patience.wait(asyncio.sleep(6 * SHORT))
        with pytest.raises(TimeoutError):
            await patience.wait(asyncio.sleep(LONG))
    assert patience.late


async def test_a_deadline_is_for_all_waits_and_what_is_between_them():
    with Patience(deadline=asyncio.get_running_loop().time() + 2 * SHORT) as patience:
        await patience.wait(asyncio.sleep(0))
        await asyncio.sleep(3 * SHORT)  # nobody waits: this is not cancelled
        assert not patience.late
        with pytest.raises(TimeoutError):
            await patience.wait(asyncio.sleep(LONG))


async def test_what_is_late_is_cancelled_and_the_task_goes_on():
    ended = []

    async def work():
        try:
            await asyncio.sleep(LONG)
        finally:
            ended.append(True)

    with Patience(seconds=SHORT) as patience, pytest.raises(TimeoutError):
        await patience.wait(work())
    assert ended == [True]
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_cancellation_from_elsewhere_stays_one():
    async def waiting():
        with Patience(seconds=LONG) as patience:
            await patience.wait(asyncio.sleep(LONG))

    task = asyncio.create_task(waiting())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_at_the_very_moment_of_being_late_is_heard():
    with Patience(seconds=LONG) as patience:

        async def both():
            task = asyncio.current_task()
            assert task is not None
            patience._until = 0.0
            patience._look()
            task.cancel()
            await asyncio.sleep(LONG)

        with pytest.raises(asyncio.CancelledError):
            await asyncio.create_task(patience.wait(both()))


async def test_the_inner_of_two_that_are_late_at_once_leaves_it_to_the_outer():
    async def inner():
        with Patience(seconds=SHORT) as patience:
            await patience.wait(asyncio.sleep(LONG))

    with Patience(seconds=2 * SHORT) as outer:
        with pytest.raises(TimeoutError):
            await outer.wait(inner())
        assert not outer.late  # the inner one's time came first, and that is what was told


async def test_an_error_of_the_work_is_its_own():
    async def fails():
        raise ValueError("broken")

    with Patience(seconds=LONG) as patience:
        with pytest.raises(ValueError, match="broken"):
            await patience.wait(fails())
        assert await patience.wait(asyncio.sleep(0, "next")) == "next"


async def test_no_timer_is_left_behind():
    with Patience(seconds=LONG) as patience:
        await patience.wait(asyncio.sleep(0))
        timer = patience._timer
    assert timer is not None
    assert timer.cancelled()


async def test_a_wait_after_one_that_was_late_starts_anew():
    async def waiting():
        with Patience(seconds=SHORT) as patience:
            with pytest.raises(TimeoutError):
                await patience.wait(asyncio.sleep(LONG))
            asyncio.get_running_loop().call_soon(task.cancel)
            await patience.wait(asyncio.sleep(LONG))

    task = asyncio.create_task(waiting())
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_work_that_ends_in_spite_of_being_late_leaves_no_cancellation_behind():
    async def stubborn():
        try:
            await asyncio.sleep(LONG)
        except asyncio.CancelledError:
            return "done all the same"

    with Patience(seconds=SHORT) as patience:
        assert await patience.wait(stubborn()) == "done all the same"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
