"""Who gets through the door: an API key where there are keys, and on every response what a browser may do with it."""

from __future__ import annotations

import logging
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpora.errors import (
    BakeoffError,
    ConfigError,
    ForbiddenError,
    ForeignPageError,
    MissingKeyError,
    NotReadyError,
    UnknownHostError,
)
from service.error_responses import error_response
from service.keys import KeyRing
from service.problems import MAY_CHANGE

logger = logging.getLogger("bakeoff.service")

CALLER = "bakeoff.caller"
"""In a request's scope: the name of its key."""

TRUSTED = "bakeoff.trusted"
"""In a request's scope: whether whoever asks may see what is in the house; an open address is for others too."""

OPEN = ("/health/", "/docs", "/openapi.json", "/static-offline-docs/")
"""Addresses that tell nothing of anybody's documents: an orchestrator and a reader of the API need no key."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""Of /docs, whose one inline script is FastAPI's. It shows nothing that a caller or a document wrote."""

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


class AccessMiddleware:
    """Lets a request through whose `Authorization: Bearer KEY` is good for it.

    As long as no key is wanted, everybody may.
    """

    def __init__(self, app: ASGIApp, keys: KeyRing) -> None:
        self.app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        before = MAY_CHANGE.set(True)
        try:
            error = self._refusal(scope) if scope["type"] == "http" else None
            scope[TRUSTED] = error is None
            if error is not None and not scope["path"].startswith(OPEN):
                await error_response(scope["path"], error)(scope, receive, send)
                return
            await self.app(scope, receive, send)
        finally:
            MAY_CHANGE.reset(before)

    def _refusal(self, scope: Scope) -> BakeoffError | None:
        try:
            return self._check(scope) if self._keys.wanted() else None
        except ConfigError as error:  # whoever has no key is not to read where the file lies
            logger.error("nobody is let in: %s", error)
            return NotReadyError("The service cannot read its keys.", "Whoever runs it finds the reason in its log.")

    def _check(self, scope: Scope) -> MissingKeyError | ForbiddenError | None:
        scheme, _, secret = Headers(scope=scope).get("authorization", "").partition(" ")
        key = self._keys.find(secret.strip() if scheme.lower() == "bearer" else "")
        MAY_CHANGE.set(key is not None and key.role == "change")
        if key is None:
            return MissingKeyError(
                "This service needs an API key." if not secret else "The key is not known here.",
                "Send the header Authorization: Bearer KEY, with a key from: bakeoff keys add NAME",
            )
        if key.role != "change" and _changes(scope):
            return ForbiddenError(
                f"The key of {key.name} is for asking, not for changing things.",
                "Have one made with: bakeoff keys add NAME --role change",
            )
        scope[CALLER] = key.name
        return None


class HostMiddleware:
    """Refuses a request that calls the service by another name than `hosts`.

    A page in a browser can give its own name the address of this machine (DNS rebinding), and would then be of the same
    origin as a service on loopback that asks for no key.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _host(scope) not in self._hosts:
            error = UnknownHostError(
                f"This service is called {', '.join(sorted(self._hosts))}, and nothing else.",
                "Call it by one of these names; a proxy before it has to as well, in host and in origin.",
            )
            await error_response(scope["path"], error)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class OriginMiddleware:
    """Refuses what a page of another site has a browser send: it could not read the answer, but it would be given."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE:
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and origin.partition("://")[2] != headers.get("host"):
                error = ForeignPageError(
                    "A page of another site may not ask this of the service.",
                    "Call it from a program, or from a page that the service itself gives out.",
                )
                await error_response(scope["path"], error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class HeadersMiddleware:
    """Headers that keep a browser from running, framing or guessing what it is given."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                page = scope["path"].startswith("/docs")
                headers.setdefault("content-security-policy", PAGE_POLICY if page else API_POLICY)
            await send(message)

        await self.app(scope, receive, guarded if scope["type"] == "http" else send)


def _host(scope: Scope) -> str | None:
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname
    except ValueError:
        return None


def _changes(scope: Scope) -> bool:
    return scope["method"] not in SAFE and scope["path"].startswith(("/runs", "/documents"))
