"""What comes before a body is bounded, and what is no request is refused as everything else is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx2
import pytest
from servers import serving
from service_fakes import BODIES, make_app

from service.access import HEADERS
from service.protocol import HEAD_BYTES, BoundedProtocol

pytestmark = pytest.mark.slow

LINE = b"GET /health/live HTTP/1.1\r\nhost: test\r\n"
BODY = json.dumps(BODIES["/query"]).encode()
POST = b"POST /query HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n"
CHUNKED = POST + b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(BODY), BODY)
MUCH = b"a" * (HEAD_BYTES + 1)


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with serving(make_app(), http=BoundedProtocol, ws="none") as address:
        yield address


async def told(address: str, *parts: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what comes back, until the server hangs up."""
    at = urlsplit(address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.02)  # each part is read by itself
    async with asyncio.timeout(20):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    line, *headers = head.decode().split("\r\n")
    return int(line.split()[1]), dict(each.split(": ", 1) for each in headers), body


@pytest.mark.parametrize(
    "parts",
    [
        [b"GET /" + MUCH],
        [b"GET /", MUCH[:40_000], MUCH[:40_000]],
        [LINE + b"x: " + MUCH],
        [LINE + b"x: " + MUCH + b"\r\n\r\n"],
        [LINE, b"x: ", *[b"a" * 1000] * 70],
        [LINE, b"x: a\r\n" * 12_000],
        [LINE, b"\r\n" + LINE + b"x: ", MUCH],  # after a request that was answered
    ],
    ids=["line", "line in parts", "open header", "whole header", "header in parts", "headers", "second request"],
)
async def test_a_head_without_end_is_refused(address: str, parts: list[bytes]) -> None:
    status, headers, body = await told(address, *parts)
    if parts[1:] and parts[1].startswith(b"\r\n"):
        assert status == 200
        assert b"HTTP/1.1 431" in body
        return
    assert status == 431
    assert HEADERS.items() <= headers.items()
    problem = json.loads(body)
    assert (problem["code"], problem["status"]) == ("head-too-large", 431)
    assert problem["instance"] == f"urn:bakeoff:request:{headers['x-request-id']}"
    assert headers["connection"] == "close"


@pytest.mark.parametrize("end", [b"0\r\nx: " + MUCH, b"1;x=" + MUCH], ids=["trailer", "chunk's extension"])
async def test_what_follows_a_body_is_bounded_too(address: str, end: bytes) -> None:
    at = urlsplit(address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(CHUNKED)
    await asyncio.sleep(0.02)
    writer.write(end)
    async with asyncio.timeout(5):  # it hangs up
        await reader.read()
    writer.close()


async def test_long_bodies_and_many_requests_are_no_head(address: str) -> None:
    body = b" " * 200_000 + BODY
    async with httpx2.AsyncClient(base_url=address, limits=httpx2.Limits(max_connections=1)) as client:
        for _ in range(3):
            answer = await client.post("/query", content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 200


async def test_a_request_before_the_answer_to_the_last_is_not_kept(address: str) -> None:
    """Kept, ten thousand of them would be a gibibyte, and nobody would notice that their caller has gone."""
    at = urlsplit(address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write((LINE + b"\r\n") * 1000)
    async with asyncio.timeout(20):
        answers = (await reader.read()).count(b"HTTP/1.1 200 OK")
    writer.close()
    assert answers == 1


H2C = b"connection: Upgrade, HTTP2-Settings%s\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAoAAA\r\n"
LENGTH = b"content-length: %d\r\n\r\n" % len(BODY)


@pytest.mark.parametrize(
    "parts",
    [
        [POST + H2C % b", close" + LENGTH + BODY],
        [POST + H2C % b", close" + LENGTH[:-1], LENGTH[-1:] + BODY],
        [POST + H2C % b", close" + LENGTH, BODY],
        [POST + H2C % b", close", LENGTH + BODY[:10], BODY[10:]],
        [CHUNKED.replace(b"\r\n\r\n", b"\r\n" + H2C % b", close" + b"\r\n", 1) + b"0\r\n\r\n"],
    ],
    ids=["at once", "split in the head's end", "split behind the head", "split within both", "chunked"],
)
async def test_who_offers_http_2_is_answered_in_http_1(address: str, parts: list[bytes]) -> None:
    status, _, body = await told(address, *parts)
    assert (status, json.loads(body)["pipeline"]) == (200, "rag")


async def test_the_connection_goes_on_after_an_offer(address: str) -> None:
    at = urlsplit(address)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    async with asyncio.timeout(20):
        for head in (POST + H2C % b"", POST, POST + H2C % b"", POST + H2C % b", close"):
            writer.write(head + LENGTH + BODY)
            answer = await whole(reader)
            assert answer.startswith(b"HTTP/1.1 200")
    writer.close()


async def whole(reader: asyncio.StreamReader) -> bytes:
    """The next response."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length: "))
    return head + await reader.readexactly(int(length.split()[1]))


async def test_a_body_beside_an_upgrade_is_no_request_of_its_own(address: str) -> None:
    hidden = LINE + b"\r\n"
    lines = POST + b"connection: upgrade, close\r\nupgrade: websocket\r\ncontent-length: %d\r\n\r\n" % len(hidden)
    status, _, body = await told(address, lines + hidden)
    assert (status, json.loads(body)["code"]) == (422, "invalid-request")


@pytest.mark.parametrize("more", [b"", b"connection: upgrade\r\nupgrade: h2c\r\n"])
async def test_a_body_beside_connect_is_refused(address: str, more: bytes) -> None:
    status, _, body = await told(address, b"CONNECT test:80 HTTP/1.1\r\nhost: test\r\n" + more + LENGTH + BODY)
    assert (status, json.loads(body)["code"]) == (400, "bad-request")


async def test_what_is_no_request_has_a_problem_of_its_own(address: str) -> None:
    status, headers, body = await told(address, b"hello\r\n\r\n")
    assert (status, json.loads(body)["code"]) == (400, "bad-request")
    assert HEADERS.items() <= headers.items()


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([b"POST /v1/chat/completions?x=" + MUCH], "head-too-large"),
        ([b"POST /v1/chat/completions HTTP/1.1\r\n", b"x: " + MUCH], "head-too-large"),
        ([b"POST /v1/chat/completions HTTP/1.1\r\n", b"no header\r\n\r\n"], "bad-request"),
    ],
    ids=["line", "header", "no header"],
)
async def test_under_v1_it_is_told_in_openais_shape(address: str, parts: list[bytes], code: str) -> None:
    status, headers, body = await told(address, *parts)
    error = json.loads(body)["error"]
    assert (error["code"], error["type"]) == (code, "invalid_request_error")
    assert status == (431 if code == "head-too-large" else 400)
    assert (headers["x-should-retry"], headers["content-type"]) == ("false", "application/json")


async def test_what_follows_a_request_under_v1_is_not_under_v1(address: str) -> None:
    _, _, rest = await told(address, b"GET /v1/models HTTP/1.1\r\nhost: test\r\n\r\n", b"", b"hello\r\n\r\n")
    _, _, body = rest.rpartition(b"\r\n\r\n")
    assert json.loads(body)["code"] == "bad-request"


async def test_a_websocket_is_answered_as_any_request(address: str) -> None:
    upgrade = b"upgrade: websocket\r\nconnection: upgrade, close\r\nsec-websocket-key: YQ==\r\n\r\n"
    status, headers, body = await told(address, b"GET /nowhere HTTP/1.1\r\nhost: test\r\n" + upgrade)
    assert (status, json.loads(body)["code"]) == (404, "not-found")
    assert HEADERS.items() <= headers.items()
