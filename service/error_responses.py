"""From an error to its response: problem details, or OpenAI's shape under `/v1`."""

from __future__ import annotations

import logging
import os
import tempfile
from http import HTTPMethod, HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match

from corpora.errors import BakeoffError, CorpusStorageError, MissingKeyError
from corpora.storing import FULL
from service.openai_problems import UnsupportedParameterError, openai_error_of
from service.problems import REQUEST_ID, problem_of

logger = logging.getLogger("bakeoff.service")


def error_response(path: str, error: Exception) -> JSONResponse:
    """The response that an exception becomes, in the shape that its path speaks."""
    headers = dict(getattr(error, "headers", None) or {})
    wait = error.retry_after if isinstance(error, BakeoffError) else None
    if wait is not None:
        headers["retry-after"] = str(wait)
    if isinstance(error, MissingKeyError):
        headers["www-authenticate"] = "Bearer"
    if path.startswith("/v1/"):
        # the official client would otherwise repeat every 5xx, on top of the engine's own retries
        headers["x-should-retry"] = "false" if wait is None else "true"
        status, body = openai_error_of(error)
        return JSONResponse(body.model_dump(), status, headers)
    problem = problem_of(error)
    return JSONResponse(problem.model_dump(), problem.status, headers, "application/problem+json")


async def _handle(request: Request, error: Exception) -> JSONResponse:
    parsing = isinstance(error, HTTPException) and error.status_code == HTTPStatus.BAD_REQUEST
    if parsing and isinstance(error.__cause__, OSError):  # FastAPI calls whatever goes wrong there the caller's fault
        error = _unspooled(error.__cause__)
        logger.warning("request %s: %s", REQUEST_ID.get(), error)
    response = error_response(request.url.path, error)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["allow"] = ", ".join(_allowed(request))
    return response


def _unspooled(error: OSError) -> CorpusStorageError:
    """Larger files are written to the folder for temporary files while they come."""
    folder = tempfile.tempdir or os.environ.get("TMPDIR") or "the folder for temporary files"
    remedy = "Free some space" if error.errno in FULL else "Give the service leave to write"
    return CorpusStorageError(
        f"What is uploaded cannot be kept in {folder} while it comes: {error.strerror or error}.",
        f"{remedy} there, or set TMPDIR to another folder and start the service again; nothing has changed.",
    )


def _allowed(request: Request) -> list[str]:
    """The methods that an address takes; Starlette names those of its first route only."""
    routes = request.app.routes
    scopes = {method: {**request.scope, "method": method} for method in HTTPMethod}
    taken = {method for method, scope in scopes.items() for route in routes if route.matches(scope)[0] is Match.FULL}
    return sorted(taken)


def install_error_handlers(app: FastAPI) -> None:
    """All but unexpected exceptions, which `service.middleware` turns into problems outside all routes."""
    for kind in (BakeoffError, RequestValidationError, HTTPException, UnsupportedParameterError):
        app.add_exception_handler(kind, _handle)
