"""What surrounds every request: its id, its line in the log, the bounds on its body, the net for unforeseen errors.

Pure ASGI, because Starlette's BaseHTTPMiddleware hides a client's disconnect from the handlers.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.connection import stopping
from service.error_responses import error_response
from service.metrics import SPENT, Metrics
from service.problems import REQUEST_ID

logger = logging.getLogger("bakeoff.service")

UPLOADS = "/documents"
_FRAME_BYTES = 16_384  # what multipart/form-data puts around a file

# anything else could forge lines of the log
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")

BODY_SECONDS = 30.0
"""Within which a request's body must have come."""

UPLOAD_SECONDS = 300.0
"""Within which a document must have come: the largest one allowed by default does so at 70 kB a second."""

CLIENT_GONE = 499  # nginx's status for it; only ever logged


class RequestMiddleware:
    """Tags, bounds and logs requests. A request's id is the client's `x-request-id` where it sends a sane one."""

    def __init__(self, app: ASGIApp, max_body_bytes: int, max_file_bytes: int, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
        self.max_body_bytes = max_body_bytes
        self.max_upload_bytes = max_file_bytes + _FRAME_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        token = REQUEST_ID.set(request_id)
        spent: list[float] = []
        spending = SPENT.set(spent)
        start = time.perf_counter()
        status = 0

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            if "\n" in scope["path"]:  # a route's pattern ends in $, which passes over one; no comparison of paths does
                raise HTTPException(404)
            await self.app(scope, self._bounded(scope, receive), tagged)
        except ClientDisconnect:
            status = CLIENT_GONE
        except (Exception, asyncio.CancelledError) as caught:
            error = stopping(caught) if isinstance(caught, asyncio.CancelledError) else caught
            if status:  # too late for a problem: the server breaks the connection off
                raise
            await error_response(scope["path"], error)(scope, receive, tagged)
        finally:
            seconds = time.perf_counter() - start
            self.metrics.requested(seconds, spent)
            line = {"method": scope["method"], "path": scope["path"], "status": status}
            logger.info("request", extra={**line, "seconds": round(seconds, 4), "request_id": request_id})
            SPENT.reset(spending)
            REQUEST_ID.reset(token)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Starlette's own RequestBodyLimitMiddleware answers in plain text, whatever the error handlers say."""
        limit, seconds = self.max_body_bytes, BODY_SECONDS
        if scope["path"] == UPLOADS:
            limit, seconds = self.max_upload_bytes, UPLOAD_SECONDS
        size = 0
        deadline: float | None = asyncio.get_running_loop().time() + seconds

        async def bounded() -> Message:
            nonlocal size, deadline
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, f"The body did not come within {seconds:g} seconds") from error
            if not message.get("more_body"):
                deadline = None  # what comes now is that the client goes away
            size += len(message.get("body", b""))
            if size > limit:
                raise HTTPException(413, f"The body is longer than {limit} bytes")
            return message

        return bounded
