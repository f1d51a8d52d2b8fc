"""The query API as one ASGI application."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.responses import RedirectResponse

from corpora.errors import BakeoffError
from corpora.model import Document
from eval.prices import Prices
from pipelines.contract import Pipeline
from service.access import AccessMiddleware, HeadersMiddleware, HostMiddleware, OriginMiddleware
from service.backend import Backend
from service.chat_routes import chat_routes
from service.document_routes import document_routes
from service.documentation import DESCRIPTION, document_keys
from service.error_responses import install_error_handlers
from service.health_routes import health_routes
from service.job_runner import JobRunner
from service.keys import KeyRing
from service.library import Library
from service.middleware import RequestMiddleware
from service.query_routes import query_routes
from service.quota import QuotaMiddleware
from service.readiness import Readiness
from service.result_routes import result_routes
from service.run_routes import run_routes
from service.settings import ServiceSettings
from service.tracing import trace_app


def create_app(
    pipelines: Mapping[str, Pipeline | BakeoffError],
    prices: Prices,
    *,
    settings: ServiceSettings | None = None,
    documents: Iterable[Document] = (),
    keys: KeyRing | None = None,
    hosts: Collection[str] = (),
    jobs: JobRunner | None = None,
    asked: Path | None = None,
    library: Library | None = None,
) -> FastAPI:
    """The application over pipelines that are open already; it neither opens nor closes them.

    Args:
        pipelines: by name; in place of one that could not be opened, the error that says why. It is listed, asking it
            gives that error, and `/health/ready` names it.
        prices: what an answer costs.
        settings: limits; the defaults where left out.
        documents: the corpus' documents, for the titles and addresses of sources under `/v1`.
        keys: who may ask and change; None asks nobody for a key.
        hosts: the names by which the service may be called, on loopback, where everybody may ask as long as there are
            no keys; where none are given, by any name, and with a key only.
        jobs: runs bake-offs; without it there is no `/runs`.
        library: takes and removes documents, and says what to serve then; without it there is no `/documents`.
        asked: the file in which several processes count what each caller asks; None where this is the only one.
    """
    settings = settings or ServiceSettings()
    backend = Backend(pipelines, prices, settings, documents)
    app = FastAPIOffline(  # FastAPI, whose /docs does not fetch its scripts from a CDN
        title="Bakeoff",
        version=version("bakeoff"),
        description=DESCRIPTION,
        redoc_url=None,
        redirect_slashes=False,  # to an address made of whatever host the caller names, and without TLS behind a proxy
    )
    install_error_handlers(app)
    if settings.quota is not None:
        app.add_middleware(QuotaMiddleware, quota=settings.quota, path=asked)
    if keys is not None:
        if not hosts:
            keys.want()
        app.add_middleware(AccessMiddleware, keys=keys)
    if hosts:
        app.add_middleware(HostMiddleware, hosts=hosts)
    app.add_middleware(OriginMiddleware)
    bounds = {"max_body_bytes": settings.max_body_bytes, "max_file_bytes": settings.documents.max_file_bytes}
    app.add_middleware(RequestMiddleware, **bounds, metrics=backend.metrics)
    app.add_middleware(HeadersMiddleware)  # around all others, which answer some requests themselves
    document_keys(app, lambda: keys is not None and keys.wanted())
    trace_app(app)
    readiness = Readiness(backend.statuses)
    app.include_router(query_routes(backend, readiness))
    app.include_router(chat_routes(backend))
    if library is not None:
        library.on_change(lambda bakery: backend.serve(bakery.pipelines, bakery.project.corpus.documents))
        app.include_router(document_routes(library, settings.documents))
    if jobs is not None:
        app.include_router(run_routes(jobs))
        app.include_router(result_routes(jobs))
    health = health_routes(backend, readiness)
    app.include_router(health)
    for route in health.routes:  # those that watch a service often ask without wanting the body
        if isinstance(route, APIRoute):
            app.add_api_route(route.path, route.endpoint, methods=["HEAD"], include_in_schema=False)
    app.add_api_route("/", lambda: RedirectResponse("/docs"), include_in_schema=False)
    return app
