"""What a run shows of itself: its events, its report as a page, its files, and nothing else on the disk."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import httpx2
import pytest
from runs_fakes import Service, prepared, running, score_nothing, use_engine
from servers import serving
from service_fakes import client_of, events_of

from eval.run import RunFolder
from service.access import API_POLICY
from service.app import create_app
from service.job_runner import JobRunner
from service.keys import KeyRing
from service.result_routes import WholeFile, policy_of
from service.run_schemas import MEDIA_TYPES

pytestmark = pytest.mark.slow

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    score_nothing(monkeypatch)
    path = prepared(tmp_path, monkeypatch)
    use_engine(monkeypatch, tmp_path)
    return path


async def finished(service: Service) -> str:
    address = await service.start()
    assert (await service.ended(address))["state"] == "finished"
    return address


async def test_the_events_of_a_run(config: Path) -> None:
    async with running(config) as service:
        address = await service.start()
        response = await service.client.get(f"{address}/events")
        again = await service.client.get(f"{address}/events")
        shown = (await service.client.get(address)).json()
        unknown = await service.client.get("/runs/nobody/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [(name, json.loads(data)) for name, data in events_of(response.text)]
    assert [name for name, _ in events] == ["progress"] * (len(events) - 1) + ["end"]
    assert events[0][1]["state"] in ("queued", "running")
    assert events[-1][1] == shown
    assert shown["report"] == f"{address}/report"
    assert all(a != b for a, b in pairwise(events))  # told when something has changed
    assert [(name, json.loads(data)) for name, data in events_of(again.text)] == [("end", shown)]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-run")


async def test_a_watcher_is_told_at_once_and_may_go_away(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_engine(monkeypatch, config.parent, fault="hang")
    closed = asyncio.Event()
    watch = JobRunner.watch

    async def watched(self: JobRunner, job_id: str) -> AsyncGenerator[Any, None]:
        try:
            async with aclosing(watch(self, job_id)) as jobs:
                async for job in jobs:
                    yield job
        finally:
            closed.set()

    monkeypatch.setattr(JobRunner, "watch", watched)
    async with running(config) as service:
        address = await service.start()
        app = create_app({}, service.project.config.cost, jobs=service.jobs)
        async with serving(app) as server, httpx2.AsyncClient(timeout=10) as client:
            async with client.stream("GET", f"{server}{address}/events") as response:
                assert await anext(response.aiter_lines()) == "event: progress"
            await asyncio.wait_for(closed.wait(), 5)
        assert (await service.client.get(address)).json()["state"] == "running"  # a watcher is no part of it


async def test_the_report_runs_its_own_script_and_no_other(config: Path) -> None:
    async with running(config) as service:
        address = await finished(service)
        response = await service.client.get(f"{address}/report")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "content-disposition" not in response.headers
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; frame-ancestors 'none'; ")
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{element}>(.*?)</{element}>", response.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("content", "runs"),
    [
        ("", ""),
        ("default-src *; script-src &#39;unsafe-inline&#39; &#39;self&#39;", ""),
        ("script-src &#39;sha256-short=&#39;", ""),
        (f"script-src &#39;sha256-{'A' * 43}=&#39; *; img-src *", f"script-src 'sha256-{'A' * 43}='; "),
    ],
)
def test_a_page_gets_no_more_than_its_hashes(tmp_path: Path, content: str, runs: str) -> None:
    page = tmp_path / "report.html"
    page.write_text(f'<head><meta http-equiv="Content-Security-Policy" content="{content}"></head>')
    assert policy_of(page) == f"{API_POLICY}; {runs}base-uri 'none'; form-action 'none'"
    page.write_bytes(b"\xff\n\r\n")
    assert policy_of(page).startswith(API_POLICY)


async def test_the_files_of_a_run(config: Path) -> None:
    async with running(config) as service:
        address = await finished(service)
        run = (await service.client.get(address)).json()
        assert run["files"].keys() == MEDIA_TYPES.keys()
        for name, where in run["files"].items():
            response = await service.client.get(where)
            assert response.status_code == 200
            assert response.content == (config.parent / "runs" / run["id"] / name).read_bytes()
            assert response.headers["content-type"] == MEDIA_TYPES[name]  # type: ignore[index]
            assert response.headers["content-disposition"] == f'attachment; filename="{run["id"]}-{name}"'
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers["content-security-policy"] == API_POLICY


@pytest.mark.parametrize("part", ["bytes=0-3", "bytes=0-3,5-7", "bytes=999999999-", "lines=1"])
async def test_a_file_comes_whole_whatever_part_is_asked_for(tmp_path: Path, part: str) -> None:
    (tmp_path / "a.md").write_text("The bell rings at noon.")
    async with client_of(WholeFile(tmp_path / "a.md")) as client:  # type: ignore[arg-type]
        response = await client.get("/", headers={"range": part})
    assert (response.status_code, response.text) == (200, "The bell rings at noon.")
    assert response.headers["accept-ranges"] == "none"


ELSEWHERE = [
    "files/manifest.json",
    "files/journal.jsonl",
    "files/report.html",
    "files/.lock",
    "files/../manifest.json",
    "files/..%2Fmanifest.json",
    "files/%2e%2e%2f%2e%2e%2fbakeoff.yaml",
    "files/..%5c..%5cbakeoff.yaml",
    "files/....//bakeoff.yaml",
    "files/%2Fetc%2Fpasswd",
    "files//etc/passwd",
    "files/summary.md%00",
    "files/summary.md/",
    "files/Summary.md",
    "files/",
    "files",
    "../../bakeoff.yaml",
]


async def test_nothing_else_can_be_had(config: Path) -> None:
    """Over a real connection, on which no client tidies the address."""
    async with running(config) as service:
        address = await finished(service)
        app = create_app({}, service.project.config.cost, jobs=service.jobs)
        async with serving(app) as server:
            for start, path in product((address, "/runs/..", "/runs/%2e%2e", "/runs/" + "%2e%2e%2f" * 4), ELSEWHERE):
                status, body = await _raw(server, f"{start}/{path}")
                assert status in (307, 404, 405, 422), body
                assert not any(text in body for text in ("pipelines:", "base_model", "root:", '"run_id"'))


async def _raw(server: str, path: str) -> tuple[int, str]:
    host, port = server.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), body


async def test_what_is_not_there_yet_or_any_more(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_engine(monkeypatch, config.parent, fault="hang", fault_every=9)
    async with running(config) as service:
        address = await service.start()
        for path in ("report", "files/summary.md"):
            early = await service.client.get(f"{address}/{path}")
            assert (early.status_code, early.json()["code"]) == (404, "run-file-missing")
            missing = await service.client.get(f"/runs/nobody/{path}")
            assert (missing.status_code, missing.json()["code"]) == (404, "unknown-run")
        await service.at_the_ninth(address)
        await service.post(f"{address}/cancel")
        await service.ended(address)
        assert (await service.client.get(f"{address}/report")).json()["code"] == "run-file-missing"
        await service.post(f"{address}/resume")
        await service.ended(address)
        folder = service.jobs.folder(await service.jobs.get(address.rsplit("/", 1)[1]))
        (folder / "report.html").unlink()
        gone = await service.client.get(f"{address}/report")
        assert (gone.status_code, gone.json()["code"]) == (404, "run-file-missing")
        assert "bakeoff report" in gone.json()["remedy"]


async def test_a_run_that_has_ended_can_be_deleted(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_engine(monkeypatch, config.parent, fault="hang", fault_every=9)
    async with running(config) as service:
        address = await service.start()
        await service.at_the_ninth(address)
        waiting = await service.start()
        for each in (address, waiting):
            early = await service.client.delete(each)
            assert (early.status_code, early.json()["code"]) == (409, "run-state")
            await service.post(f"{each}/cancel")
        folder = service.jobs.folder(await service.jobs.get(address.rsplit("/", 1)[1]))
        await service.ended(address)
        files = {path.name for path in folder.iterdir()}
        with RunFolder.open(folder).lock():  # as `bakeoff run --resume` beside the service does
            kept = await service.client.delete(address)
        assert (kept.status_code, kept.json()["code"]) == (409, "run-locked")
        assert "is being worked on by process" in kept.json()["detail"]
        assert {path.name for path in folder.iterdir()} | {".lock"} == files | {".lock"}
        assert (await service.client.get(address)).json()["state"] == "cancelled"
        for each in (address, waiting):  # the second one never began, and has no folder
            await service.ended(each)
            assert (await service.client.delete(each)).status_code == 204
            for gone in (await service.client.get(each), await service.client.delete(each)):
                assert (gone.status_code, gone.json()["code"]) == (404, "unknown-run")
        assert [path.name for path in folder.iterdir()] == ["manifest.json"]
        assert (await service.client.get("/runs")).json()["runs"] == []


async def test_who_may_read_and_who_may_start(config: Path, tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    asks, changes = ring.add("ada", "ask"), ring.add("bob", "change")
    async with running(config) as service:
        address = await finished(service)
        app = create_app({}, service.project.config.cost, jobs=service.jobs, keys=ring)
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
            for path in ("/runs", address, f"{address}/events", f"{address}/report", f"{address}/files/trials.csv"):
                assert (await client.get(path)).status_code == 401
                headers = {"authorization": f"Bearer {asks}"}
                assert (await client.get(path, headers=headers)).status_code == 200
            for path in ("/runs", f"{address}/cancel", f"{address}/resume"):
                for secret, statuses in ((asks, (403,)), (changes, (202, 409))):
                    headers = {"authorization": f"Bearer {secret}", "idempotency-key": "one"}
                    assert (await client.post(path, json={}, headers=headers)).status_code in statuses
            assert (await client.delete(address, headers={"authorization": f"Bearer {asks}"})).status_code == 403
            other = {"authorization": f"Bearer {ring.add('eve', 'change')}", "idempotency-key": "one"}
            assert (
                await client.post("/runs", json={"repeat": 2}, headers=other)
            ).status_code == 202  # a key of her own


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing: install Debian's chromium")
async def test_a_browser_runs_the_served_page(config: Path) -> None:
    from playwright.async_api import async_playwright

    said: list[str] = []
    async with running(config) as service, async_playwright() as playwright:
        address = await finished(service)
        app = create_app({}, service.project.config.cost, jobs=service.jobs)
        async with serving(app) as server:
            browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
            page = await browser.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            await page.goto(f"{server}{address}/report")
            shown = await page.evaluate("getComputedStyle(document.body).fontFamily")
            rows = await page.locator("tr, li, details, article").count()
            await browser.close()
    assert [line for line in said if "favicon" not in line] == []
    assert "Times" not in shown  # the style sheet was taken
    assert rows > 0
