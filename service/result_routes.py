"""`/runs/{id}/report` and `/runs/{id}/files`: what a finished run has written."""

from __future__ import annotations

import asyncio
import html
import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from fastapi.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from corpora.errors import RunFileMissingError
from eval.report.build import REPORT
from service.access import API_POLICY
from service.documentation import problems
from service.job_runner import JobRunner
from service.run_routes import RunId
from service.run_schemas import MEDIA_TYPES, FileName

FileInPath = Annotated[FileName, InPath(description="Which of them.", examples=["summary.md"])]

HEAD_BYTES = 4096
"""Of a page, in which its policy stands, before any text that somebody else wrote."""
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_HASHES = re.compile(r"(?:style|script)-src 'sha256-[A-Za-z0-9+/]{43}='")


class WholeFile(FileResponse):
    """The file from its first byte to its last, whatever range is asked for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers["accept-ranges"] = "none"
        headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


def result_routes(jobs: JobRunner) -> APIRouter:
    """The routes by which results are read."""
    router = APIRouter(tags=["runs"])

    @router.get(
        "/runs/{run_id}/report",
        summary="A run's report",
        response_class=Response,
        responses={200: _document("One page, with all that it needs in it.", "text/html"), **_missing()},
    )
    async def report(run_id: RunId) -> Response:
        """The report as one HTML page, once the run is finished. It holds questions, answers and quotes."""
        path = await _file(jobs, run_id, REPORT)
        policy = await asyncio.to_thread(policy_of, path)
        return WholeFile(path, media_type="text/html; charset=utf-8", headers={"content-security-policy": policy})

    @router.get(
        "/runs/{run_id}/files/{name}",
        summary="A run as a file for other programs",
        response_class=Response,
        responses={
            200: {
                "description": "The file, to be saved.",
                "content": {each.partition(";")[0]: {"schema": _schema(each)} for each in MEDIA_TYPES.values()},
            },
            **_missing(),
        },
    )
    async def file(run_id: RunId, name: FileInPath) -> Response:
        """`report.json` is all of it, `trials.jsonl` and `trials.csv` have a line a trial, `summary.md` is for people.

        They are there once the run is finished.
        """
        path = await _file(jobs, run_id, name)
        return WholeFile(path, media_type=MEDIA_TYPES[name], filename=f"{run_id}-{name}")

    return router


def policy_of(page: Path) -> str:
    """The content security policy under which a report's own script and style sheet run, and nothing else.

    A page without their hashes gets the policy of an API: it is shown as bare text.
    """
    with page.open(encoding="utf-8", errors="replace") as file:
        found = _POLICY.search(file.read(HEAD_BYTES))
    hashes = _HASHES.findall(html.unescape(found[1])) if found else []
    return "; ".join([API_POLICY, *hashes, "base-uri 'none'", "form-action 'none'"])


async def _file(jobs: JobRunner, run_id: str, name: str) -> Path:
    """The path of a finished run's file. Raises UnknownRunError, RunFileMissingError."""
    job = await jobs.get(run_id)
    path = jobs.folder(job) / name
    if job.state != "finished":
        raise RunFileMissingError(
            f"The run {run_id} is {job.state}: it has no {name} yet.", f"See GET /runs/{run_id} for how far it is."
        )
    if not await asyncio.to_thread(path.is_file):
        raise RunFileMissingError(
            f"The run {run_id} had a {name}, which is gone.", f"Write it again with: bakeoff report runs/{run_id}"
        )
    return path


def _schema(media_type: str) -> dict[str, str]:
    return {"type": "object" if media_type == "application/json" else "string"}


def _document(description: str, media_type: str) -> dict[str, object]:
    return {"description": description, "content": {media_type: {"schema": {"type": "string"}}}}


def _missing() -> dict[int | str, dict[str, object]]:
    return problems(401, 404, 422, 507)
