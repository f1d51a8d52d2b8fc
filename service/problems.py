"""Every error of the API as RFC 9457 problem details.

What an error is called is decided here and nowhere else. A text that is not ours never gets out: an exception that
nobody foresaw becomes a problem without detail, and its trace goes to the log.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from corpora.errors import BakeoffError, EngineError

logger = logging.getLogger("bakeoff.service")

# set for each request by service.middleware
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="none")

# set for each request by service.access; what is worked on for nobody in particular is for whoever runs the service
MAY_CHANGE: ContextVar[bool] = ContextVar("may_change", default=True)

# code: (status, title). A code that is not here has the status of its error's parent.
PROBLEMS: dict[str, tuple[int, str]] = {
    "error": (500, "The service failed"),
    "config": (500, "The configuration is broken"),
    "corpus": (500, "The corpus is broken"),
    "leakage": (500, "Training examples give questions away"),
    "document": (422, "The document cannot be taken"),
    "document-too-large": (413, "The document is too large"),
    "document-type": (415, "The document is of no kind that is read"),
    "document-unreadable": (422, "The document cannot be read"),
    "corpus-storage": (507, "The document cannot be stored"),
    "question": (422, "The question cannot be answered"),
    "empty-question": (422, "The question is empty"),
    "question-too-long": (413, "The question is too long"),
    "unknown-pipeline": (404, "There is no such pipeline"),
    "unknown-document": (404, "There is no such document"),
    "unknown-run": (404, "There is no such run"),
    "run-file-missing": (404, "The run has no such file"),
    "conflict": (409, "The request contradicts what is there"),
    "document-in-use": (409, "The document is needed"),
    "corpus-in-use": (409, "A bake-off measures the corpus"),
    "corpus-full": (409, "The corpus is full"),
    "idempotency-conflict": (409, "The idempotency key was used for something else"),
    "run-state": (409, "The run is not in a state for this"),
    "not-ready": (503, "Something must be prepared first"),
    "model-missing": (503, "The model is missing"),
    "index-missing": (503, "The index is missing"),
    "index-unavailable": (503, "The index cannot be reached"),
    "adapter-missing": (503, "The adapter is not trained yet"),
    "model-rejected": (503, "The model is not opened"),
    "adapter-rejected": (503, "The adapter cannot be served"),
    "engine-error": (502, "The engine failed"),
    "engine-unavailable": (503, "The engine cannot be reached"),
    "engine-timeout": (504, "The engine took too long"),
    "engine-refused": (502, "The engine refuses the question"),
    "engine-protocol": (502, "The engine's answer is not an answer"),
    "access": (403, "The caller may not do this"),
    "missing-key": (401, "A key is needed"),
    "forbidden": (403, "The key is not good for this"),
    "unknown-host": (403, "The service is not called by this name"),
    "foreign-page": (403, "A page of another site may not do this"),
    "busy": (503, "The service is busy"),
    "overloaded": (503, "Too much is asked at once"),
    "stopping": (503, "The service stops"),
    "quota-exceeded": (429, "The caller has asked too much"),
    "run": (500, "The bake-off cannot go on"),
    "run-locked": (409, "The run is locked"),
    "run-storage": (507, "The run cannot be stored"),
    "invalid-request": (422, "The request is not valid"),
    "unexpected": (500, "The service failed"),
}

OF_THE_HOUSE = frozenset(
    {"config", "corpus", "leakage", "corpus-storage", "model-missing", "index-missing", "adapter-missing"}
    | {"model-rejected", "adapter-rejected", "run-storage"}
)
"""Codes of what is prepared and kept here: these errors name its files and folders."""

QUOTING = frozenset({"corpus", "leakage"})
"""Codes of errors that may quote questions of the corpus, and their answers."""

ASK_WHO_RUNS_IT = "Whoever runs the service finds what to do in its log, and with a key to change in GET {address}."

HTTP_CODES = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    408: "body-too-slow",
    413: "body-too-large",
    431: "head-too-large",
}

HTTP_REMEDIES = {
    400: "Send HTTP/1.1 with the body whole, as UTF-8 JSON, or a file as multipart/form-data.",
    404: "See /docs for the addresses that there are.",
    405: "See /docs for the methods that this address takes.",
    408: "Send it over a faster connection, or send less.",
    413: "Send a shorter body.",
    431: "Send less in the address and in the headers, and what is long in the body.",
}

SHOWN_ERRORS = 20
"""Of what is wrong with one request; how many more there are is told."""


class FieldProblem(BaseModel):
    """What is wrong with one part of the request. `pointer` is a JSON pointer (RFC 6901) as a URI fragment."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details, with `code` to tell errors apart in a program and `remedy` to say what to do next."""

    type: str = Field(examples=["urn:bakeoff:problem:unknown-pipeline"])
    title: str = Field(examples=["There is no such pipeline"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no pipeline 'oracle'."])
    instance: str = Field(examples=["urn:bakeoff:request:4bf92f3577b34da6a3ce929d0e0e4736"])
    code: str = Field(examples=["unknown-pipeline"])
    remedy: str = Field(examples=["Ask one of zero-shot, prompting, rag, finetuned."])
    errors: list[FieldProblem] | None = Field(
        default=None,
        description=f"The first {SHOWN_ERRORS} things that are wrong with the request.",
        exclude_if=lambda errors: errors is None,
    )


def problem_of(error: Exception) -> Problem:
    """The problem that an exception becomes. One that nobody foresaw is logged here, with its trace."""
    if isinstance(error, BakeoffError):
        parents = (getattr(cls, "code", "error") for cls in type(error).__mro__)
        known = next(code for code in parents if code in PROBLEMS)
        if isinstance(error, EngineError) and error.aside:
            _log_engine_error(error)
        problem = _problem(error.code, error.problem, error.remedy, *PROBLEMS[known])
        told = for_caller(problem, known)
        if told is not problem:
            log_problem(f"request {REQUEST_ID.get()}", problem)
        return told
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        code = HTTP_CODES.get(error.status_code, "http")
        remedy = HTTP_REMEDIES.get(error.status_code, "See /docs.")
        return _problem(
            code, f"{error.detail.removesuffix('.')}.", remedy, error.status_code, HTTPStatus(error.status_code).phrase
        )
    logger.error("unexpected error in request %s", REQUEST_ID.get(), exc_info=error)
    remedy = "Look the request's id up in the service's log, and report what it says."
    return _problem("unexpected", "The service failed in a way that nobody foresaw.", remedy, *PROBLEMS["unexpected"])


def for_caller(problem: Problem, code: str | None = None, address: str = "/pipelines") -> Problem:
    """The problem as whoever asks may know it: of the house itself only its title, without a key to change.

    What it leaves out must be in the log, which the remedy names: see `log_problem`.

    Args:
        code: the one in `PROBLEMS` that stands for the problem's, where that is not its own.
        address: where somebody with a key to change is told the whole of it.
    """
    if MAY_CHANGE.get() or (code or problem.code) not in OF_THE_HOUSE:
        return problem
    return problem.model_copy(update={"detail": f"{problem.title}.", "remedy": ASK_WHO_RUNS_IT.format(address=address)})


def log_problem(of: str, problem: Problem) -> None:
    """What went wrong and what to do, for whoever runs the service. What may quote a question goes to level DEBUG."""
    detail = problem.detail
    if problem.code in QUOTING:
        logger.debug("%s: %s", of, detail)
        detail = f"{problem.title}, and `bakeoff validate` tells where."
    logger.warning("%s: %s %s", of, detail, problem.remedy, extra={"code": problem.code})


def _log_engine_error(error: EngineError) -> None:
    """What finds the fault. What the engine said goes to level DEBUG: some engines quote the prompt in it."""
    cause = error.__cause__
    told = {
        "request_id": REQUEST_ID.get(),
        "code": error.code,
        "error": type(error).__name__,
        "cause": type(cause).__name__ if cause else None,
        "status": getattr(cause, "status_code", None),
        "engine": error.where or None,
        "finish_reason": error.ended or None,
    }
    logger.warning("engine: %s", error.problem, extra=told)
    logger.debug("engine, in request %s: %s", REQUEST_ID.get(), error.aside)


def _problem(code: str, detail: str, remedy: str, status: int, title: str) -> Problem:
    return Problem(
        type=f"urn:bakeoff:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        instance=f"urn:bakeoff:request:{REQUEST_ID.get()}",
        code=code,
        remedy=remedy,
    )


def _invalid(error: RequestValidationError) -> Problem:
    """Validation errors without the input that they quote, which may be long or private."""
    found = error.errors()
    fields = [FieldProblem(pointer=_pointer(part["loc"]), detail=part["msg"]) for part in found[:SHOWN_ERRORS]]
    detail = "; ".join(f"{field.pointer}: {field.detail}" for field in fields)
    if len(found) > SHOWN_ERRORS:
        detail += f"; and {len(found) - SHOWN_ERRORS} more"
    remedy = "Send JSON, with content-type application/json, or a file as multipart/form-data, as /docs shows it."
    problem = _problem("invalid-request", f"{detail}.", remedy, *PROBLEMS["invalid-request"])
    return problem.model_copy(update={"errors": fields})


def _pointer(location: tuple[Any, ...]) -> str:
    """`("body", "messages", 0)` is `#/messages/0`; where the JSON itself is broken, the whole body is meant."""
    keys = location[1:] if all(isinstance(part, str) for part in location[:2]) else ()
    return "#" + "".join("/" + printable(str(key)).replace("~", "~0").replace("/", "~1") for key in keys)


def printable(text: str) -> str:
    """A name out of a request, fit to be shown: JSON can spell half characters, which UTF-8 cannot."""
    return text[:100].encode("utf-8", "backslashreplace").decode()
