"""`/health/live`, `/health/ready` and `/metrics`: what an orchestrator and Prometheus ask."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from service.access import TRUSTED
from service.backend import Backend
from service.documentation import KEYLESS, problems
from service.readiness import Readiness
from service.schemas import Live, PipelineStatus, Ready

ASK_WITH_A_KEY = "Ask with a key what is wrong and what to do; whoever runs the service finds it in GET /pipelines."


def health_routes(backend: Backend, readiness: Readiness) -> APIRouter:
    """The routes that no question passes through."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live", summary="Does the service run?", openapi_extra=KEYLESS, responses=problems())
    async def live() -> Live:
        """200 as long as the service answers at all; says nothing about pipelines."""
        return Live(status="live")

    @router.get(
        "/health/ready",
        summary="Would every pipeline answer now?",
        openapi_extra=KEYLESS,
        responses={**problems(), 503: {"model": Ready, "description": "Some would not: which, why, and what to do."}},
    )
    async def ready(request: Request, response: Response) -> Ready:
        """200 where each configured pipeline would answer a question put now, else 503 with those that would not.

        What was found holds for a second. Where there are keys, only who sends one is told more than names and codes,
        and of what is prepared here only who sends one to change.
        """
        not_ready = [status for status in await readiness.statuses() if not status.ready]
        if not request.scope.get(TRUSTED, True):
            not_ready = [_for_strangers(status) for status in not_ready]
        response.status_code = 503 if not_ready else 200
        return Ready(ready=not not_ready, not_ready=not_ready)

    @router.get(
        "/metrics",
        summary="Figures for Prometheus",
        response_class=Response,
        responses={200: {"description": "Prometheus' text format.", "content": {"text/plain": {}}}, **problems(401)},
    )
    async def metrics() -> Response:
        """Questions by pipeline and outcome, those in flight, `ttft` and `e2el` in seconds, tokens by type."""
        return Response(backend.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router


def _for_strangers(status: PipelineStatus) -> PipelineStatus:
    """Without what an error quotes: paths, addresses, the names of variables."""
    if status.error is None:
        return status
    told = {"detail": f"{status.error.title}.", "remedy": ASK_WITH_A_KEY}
    return status.model_copy(update={"error": status.error.model_copy(update=told)})
