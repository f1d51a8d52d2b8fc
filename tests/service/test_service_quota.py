"""What each caller may ask in a time is counted, and no way of writing an address gets round it."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from limits import parse
from pydantic import ValidationError
from service_fakes import BODIES, client_of, make_app

from service.quota import ASKING, MovingWindow
from service.settings import ServiceSettings

QUERY = BODIES["/query"]
ODD = [*"\n\r\t\0\v\f\x1c\x85\u2028\xa0 /\\;.?#%:aQ", "/.", "/..", "\r\n", "%2F"]
COUNTED = make_app(settings=ServiceSettings(quota="1000000/day"))


async def test_a_quota_is_counted_and_told() -> None:
    async with client_of(make_app(settings=ServiceSettings(quota="2/minute"))) as client:
        allowed = [await client.post("/query", json=QUERY) for _ in range(2)]
        refused, other = await client.post("/query", json=QUERY), await client.get("/health/live")
        chat = await client.post("/v1/chat/completions", json={"model": "rag", "messages": []})
    assert [each.headers["x-ratelimit-remaining-requests"] for each in allowed] == ["1", "0"]
    assert (refused.status_code, refused.json()["code"]) == (429, "quota-exceeded")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["x-ratelimit-limit-requests"] == "2"
    assert (other.status_code, "x-ratelimit-limit-requests" in other.headers) == (200, False)
    assert (chat.status_code, chat.json()["error"]["code"]) == (429, "quota-exceeded")


@pytest.mark.parametrize(
    ("quota", "told"),
    [("many", "couldn't parse"), *((each, "60/minute") for each in ("5/minute;9/hour", "0/minute", "5/0 minutes"))],
)
def test_a_quota_that_is_none_is_told(quota: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ServiceSettings(quota=quota)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("service.quota.time", clock)
    return clock


def test_the_window_moves_with_each_question(clock: Clock, tmp_path: Path) -> None:
    windows = [MovingWindow(parse("3/minute"), tmp_path / "asked") for _ in range(2)]  # as of two workers
    told = []
    for number, seconds in enumerate([0, 10, 10, 5, 34, 1, 10, 100]):
        clock.now += seconds
        told.append(windows[number % 2].hit("ada"))
        assert windows[0].hit(f"another {number}") == (True, 2, 60)
    assert told == [
        *((True, left, wait) for left, wait in ((2, 60), (1, 50), (0, 40))),
        (False, 0, 35),
        (False, 0, 1),
        (True, 0, 10),  # a minute after the first one its place is free
        (True, 0, 10),
        (True, 2, 60),
    ]


def test_many_questions_take_no_longer_to_count_than_few(clock: Clock) -> None:
    window = MovingWindow(parse("100000/day"), None)
    steps = []

    def count_step() -> None:
        steps[-1] += 1

    for number in range(3000):
        clock.now += 1
        steps.append(0)
        if number in (100, 2999):
            window._database.set_progress_handler(count_step, 1)
        window.hit("ada")
        window._database.set_progress_handler(None, 1)
    clock.now += 200_000
    window._database.set_progress_handler(count_step, 1)
    steps.append(0)
    assert window.hit("ada") == (True, 99_999, 86_400)
    assert 0 < steps[2999] <= 2 * steps[100]
    assert steps[-1] < 100 * steps[100]


def test_every_address_that_asks_is_counted() -> None:
    paths = COUNTED.openapi()["paths"]
    assert {path for path, methods in paths.items() if "post" in methods} == ASKING


@pytest.mark.parametrize("path", sorted(ASKING))
async def test_an_address_is_counted_or_there_is_none(path: str) -> None:
    for place, odd in product(range(len(path) + 1), ODD):
        written = path[:place] + odd + path[place:]
        status, headers = await sent(COUNTED, written)
        assert status in (404, 405) or b"x-ratelimit-limit-requests" in headers, written


@pytest.mark.parametrize("path", sorted(ASKING))
async def test_a_line_feed_at_an_addresss_end_gets_round_nothing(path: str) -> None:
    async with client_of(COUNTED) as client:
        refused = await client.post(f"{path}%0A", json=BODIES[path])
        other = await client.get("/health/live%0A")
    assert (refused.status_code, other.status_code) == (404, 404)
    assert (refused.json().get("code") or refused.json()["error"]["code"]) == "not-found"


async def sent(app: FastAPI, path: str) -> tuple[int, dict[bytes, bytes]]:
    """Status and headers of what comes back to a POST of nothing; `path` as a server hands it over, unquoted."""
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": [], "root_path": ""}
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        told.append(message)

    await app(scope, receive, send)
    return told[0]["status"], dict(told[0]["headers"])
