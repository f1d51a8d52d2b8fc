"""`/runs`: bake-offs as jobs, over the pipelines that the service has open."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query, Request, Response

from service.access import CALLER
from service.connection import EventStream, event_of
from service.documentation import RUN_EVENTS, problems
from service.job_runner import JobRunner
from service.jobs import Job
from service.problems import problem_of
from service.run_schemas import EXAMPLE_RUN, RunJob, RunList, RunRequest, location

RUN_EXAMPLES: Any = {
    "configured": {"summary": "As the configuration has it", "value": {}},
    "dev": {
        "summary": "Two pipelines on dev",
        "value": {"split": "dev", "repeat": 1, "pipelines": ["prompting", "rag"]},
    },
}
MOST_RUNS = 100

RunId = Annotated[str, Path(description="The run's id, from its `Location`.", examples=[EXAMPLE_RUN])]
Limit = Annotated[int, Query(ge=1, le=MOST_RUNS, description="How many runs.", examples=[20])]
Before = Annotated[str | None, Query(description="Only those older than this run.", examples=[EXAMPLE_RUN])]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        pattern="^[ -~]*$",
        description="Any text of yours: sent again with the same body, it starts nothing new.",
        examples=["nightly-2026-01-01"],
    ),
]


def run_routes(jobs: JobRunner) -> APIRouter:
    """The routes by which bake-offs are started, watched and stopped."""
    router = APIRouter(tags=["runs"])
    _add_changes(router, jobs)
    _add_views(router, jobs)
    return router


def _add_changes(router: APIRouter, jobs: JobRunner) -> None:
    @router.post("/runs", status_code=202, summary="Start a bake-off", responses=_accepted(404, 408, 409, 413))
    async def start(
        request: Request,
        response: Response,
        body: Annotated[RunRequest, Body(openapi_examples=RUN_EXAMPLES)],
        idempotency_key: IdempotencyKey = None,
    ) -> RunJob:
        """Puts every question to every pipeline that is open, scores the answers and writes a report, as `bakeoff run`.

        Runs are worked on one after another, and go on by themselves when the service is started again; what was
        answered before is not asked again. With an `Idempotency-Key` a request can be repeated without starting
        anything twice. Questions that the service answers meanwhile share the machine with the run, and are in the
        times that it measures.
        """
        return _told(response, await jobs.start(body, request.scope.get(CALLER, ""), idempotency_key))

    @router.post("/runs/{run_id}/cancel", status_code=202, summary="Stop a run", responses=_accepted(404, 409))
    async def cancel(response: Response, run_id: RunId) -> RunJob:
        """Stops the run soon: `cancelling` is true until it has stopped. What was asked is kept."""
        return _told(response, await jobs.cancel(run_id))

    @router.post("/runs/{run_id}/resume", status_code=202, summary="Go on with a run", responses=_accepted(404, 409))
    async def resume(response: Response, run_id: RunId) -> RunJob:
        """Queues a run that was cancelled or has failed. Nothing that was answered is asked again.

        One that is queued or running stays as it is. Where the configuration, the corpus or a pipeline has changed
        since, the run fails, and says what changed.
        """
        return _told(response, await jobs.resume(run_id))

    @router.delete(
        "/runs/{run_id}",
        status_code=204,
        summary="Delete a run",
        responses=problems(401, 404, 409, 422, 507),
    )
    async def delete(run_id: RunId) -> None:
        """Removes a run that has ended from the list, and what it asked, what was answered, its report and its files.

        Its manifest stays on the disk: a later report still tells that its test questions were seen before. While
        `bakeoff run --resume` or `bakeoff report` works on it, it stays whole, and 409 says who does.
        """
        await jobs.delete(run_id)


def _add_views(router: APIRouter, jobs: JobRunner) -> None:
    @router.get("/runs", summary="List the runs", responses=problems(401, 404, 422, 507))
    async def runs(limit: Limit = 20, before: Before = None) -> RunList:
        """The bake-offs that this service was asked for, newest first; those of `bakeoff run` are not among them."""
        found = await jobs.newest(limit + 1, before)
        shown = found[:limit]
        more = f"/runs?limit={limit}&before={shown[-1].id}" if len(found) > limit else None
        return RunList(runs=[RunJob.of(job) for job in shown], next=more)

    @router.get("/runs/{run_id}", summary="How far is a run?", responses=problems(401, 404, 422, 507))
    async def run(run_id: RunId) -> RunJob:
        """Its state, how much of each kind of work is done, why it failed, and where its results are."""
        return RunJob.of(await jobs.get(run_id))

    @router.get(
        "/runs/{run_id}/events",
        summary="Watch a run",
        response_class=Response,
        responses={200: RUN_EVENTS, **problems(401, 404, 422, 507)},
    )
    async def events(run_id: RunId) -> Response:
        """Server-sent events: `progress` now and whenever the run has got on, and a last `end` when it has ended.

        Where it has ended already, `end` comes at once. The data of both is the run as `GET /runs/{run_id}` shows it.
        An error in between is the last event, `error`, with the problem as its data. A stream that ends otherwise was
        cut off, by a service that is stopped say: watch again.
        """
        return EventStream(_events(jobs, run_id), lambda error: event_of("error", problem_of(error)))


async def _events(jobs: JobRunner, run_id: str) -> AsyncGenerator[bytes, None]:
    async with aclosing(jobs.watch(run_id)) as changes:
        async for job in changes:
            yield event_of("end" if job.has_ended else "progress", RunJob.of(job))


def _told(response: Response, job: Job) -> RunJob:
    response.headers["location"] = location(job)
    return RunJob.of(job)


def _accepted(*statuses: int) -> dict[int | str, dict[str, Any]]:
    where = {"description": "The run's address.", "schema": {"type": "string"}}
    accepted = {"description": "The run, as it is now.", "headers": {"Location": where}}
    return {202: accepted, **problems(401, *statuses, 422, 503, 507)}
