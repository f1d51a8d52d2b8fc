"""The OpenAPI document: everything is described, and every example works as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from documents_fakes import example_library
from runs_fakes import example_jobs
from service_fakes import client_of, events_of, make_app

from service.job_runner import JobRunner
from service.jobs import State
from service.keys import KeyRing
from service.library import Library
from service.problems import Problem
from service.schemas import Comparison, Reply

NO_JOBS: Any = None
DOCUMENT = make_app(jobs=JobRunner(NO_JOBS, NO_JOBS, 1), library=Library(NO_JOBS)).openapi()
OPERATIONS = [(path, method, what) for path, item in DOCUMENT["paths"].items() for method, what in item.items()]
IDS = [f"{method} {path}" for path, method, _ in OPERATIONS]
NEEDED_STATES: dict[str, State] = {"/runs/{run_id}/cancel": "queued", "/runs/{run_id}/resume": "cancelled"}


def examples() -> Iterator[Any]:
    """Every operation with each of its bodies, all its parameters as in their examples."""
    for path, method, what in OPERATIONS:
        bodies = what.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
        for name, example in bodies.items() or [("", {"value": None})]:
            yield pytest.param(path, method, what, example["value"], id=f"{method} {path} {name}")


def takes_a_file(what: dict[str, Any]) -> bool:
    return "multipart/form-data" in what.get("requestBody", {}).get("content", {})


def _call(path: str, what: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for parameter in what.get("parameters", []):
        given[parameter["in"]][parameter["name"]] = parameter["schema"]["examples"][0]
    return {"url": path.format(**given["path"]), "params": given["query"], "headers": given["header"]}


@pytest.mark.parametrize(("path", "method", "what", "body"), list(examples()))
async def test_every_example_works(path: str, method: str, what: dict[str, Any], body: Any, tmp_path: Path) -> None:
    jobs = example_jobs(tmp_path, NEEDED_STATES.get(path, "finished"))
    app = make_app(jobs=jobs, library=example_library(tmp_path))
    sent = {"files": {"file": ("bell.md", "The bell rings at noon.")}} if takes_a_file(what) else {"json": body}
    async with client_of(app) as client:
        response = await client.request(method, **_call(path, what), **sent)
    declared = what["responses"].get(str(response.status_code), {})
    assert response.status_code < 300, response.text
    assert declared
    if response.content:
        assert response.headers["content-type"].split(";")[0] in declared["content"]
    assert bool(response.content) == ("content" in declared)
    assert {name.lower() for name in declared.get("headers", {})} <= response.headers.keys()
    if body and body.get("stream"):
        assert events_of(response.text)
    elif path == "/query":
        assert Reply.model_validate(response.json()).pipeline == body["pipeline"]
    elif path == "/compare":
        assert all(outcome.answer for outcome in Comparison.model_validate(response.json()).outcomes)


def test_there_is_an_example_for_every_operation_that_takes_a_body() -> None:
    with_body = {path for path, _, what in OPERATIONS if "requestBody" in what and not takes_a_file(what)}
    assert with_body == {"/query", "/compare", "/runs", "/v1/chat/completions"}
    assert {case.values[0] for case in examples() if case.values[3] is not None} == with_body


@pytest.mark.parametrize(("path", "method", "what"), OPERATIONS, ids=IDS)
def test_every_operation_is_described(path: str, method: str, what: dict[str, Any]) -> None:
    assert what["summary"]
    assert what["description"]
    errors = {status: response for status, response in what["responses"].items() if status >= "400"}
    if path.startswith("/v1/"):
        shape, reference = "application/json", "#/components/schemas/OpenAIError"
    else:
        shape, reference = "application/problem+json", "#/components/schemas/Problem"
    if not path.startswith(("/health", "/metrics")):
        assert errors
        for response in errors.values():
            assert response["content"] == {shape: {"schema": {"$ref": reference}}}
    assert reference.rsplit("/", 1)[1] in DOCUMENT["components"]["schemas"]


@pytest.mark.parametrize(("path", "method", "what"), OPERATIONS, ids=IDS)
async def test_what_every_address_refuses_at_the_door_is_declared(
    path: str, method: str, what: dict[str, Any], tmp_path: Path
) -> None:
    app = make_app(keys=KeyRing(tmp_path / "keys.json"), hosts=("test",))
    call = _call(path, what)
    async with client_of(app) as client:
        response = await client.request(method, **{**call, "headers": {**call["headers"], "host": "elsewhere.example"}})
    assert response.status_code == 403
    for status in ("403", "431"):
        assert response.headers["content-type"] in what["responses"][status]["content"]


def test_no_error_of_fastapis_own_shape_is_declared() -> None:
    assert "HTTPValidationError" not in json.dumps(DOCUMENT)


def test_the_examples_in_the_problems_schema_make_a_problem() -> None:
    schema = DOCUMENT["components"]["schemas"]["Problem"]
    Problem.model_validate(
        {name: field["examples"][0] for name, field in schema["properties"].items() if "examples" in field}
    )


async def test_the_documentation_needs_no_other_host(client: httpx2.AsyncClient) -> None:
    page = await client.get("/docs")
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses
    for address in addresses:
        assert (await client.get(address)).status_code == 200, address  # an absolute one would not be ours to serve
    assert "https://" not in page.text


@pytest.mark.parametrize(
    ("path", "methods"), [("/runs", "GET, POST"), ("/query", "POST"), ("/health/live", "GET, HEAD")]
)
async def test_a_wrong_method_is_told_all_that_are_right(path: str, methods: str, tmp_path: Path) -> None:
    async with client_of(make_app(jobs=example_jobs(tmp_path))) as client:
        response = await client.delete(path)
    assert (response.status_code, response.headers["allow"]) == (405, methods)


async def test_the_document_asks_for_a_key_as_long_as_the_service_does(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    async with client_of(make_app(keys=ring, hosts=("test",))) as client:
        assert "security" not in (await client.get("/openapi.json")).json()
        ring.add("ada", "ask")
        document = (await client.get("/openapi.json")).json()
        ring.remove("ada")
        assert (await client.get("/openapi.json")).json() == document  # the service still does
    assert document["security"] == [{"key": []}]
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    open_ones = {path for path, item in document["paths"].items() if item.get("get", {}).get("security") == []}
    assert open_ones == {"/health/live", "/health/ready"}
