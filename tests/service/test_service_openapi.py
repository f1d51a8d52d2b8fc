"""The OpenAPI document: everything is described, and every example works as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from service_fakes import events_of, make_app

from service.problems import Problem
from service.schemas import Comparison, Reply

DOCUMENT = make_app().openapi()
OPERATIONS = [(path, method, what) for path, item in DOCUMENT["paths"].items() for method, what in item.items()]
IDS = [f"{method} {path}" for path, method, _ in OPERATIONS]


def examples() -> Iterator[Any]:
    for path, method, what in OPERATIONS:
        for parameter in what.get("parameters", []):
            for example in parameter["schema"]["examples"]:
                yield pytest.param(path.replace("{" + parameter["name"] + "}", example), method, None, id=path)
        bodies = what.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
        for name, example in bodies.items():
            yield pytest.param(path, method, example["value"], id=f"{path} {name}")
        if "{" not in path and "requestBody" not in what:
            yield pytest.param(path, method, None, id=path)


@pytest.mark.parametrize(("path", "method", "body"), list(examples()))
async def test_every_example_works(client: httpx2.AsyncClient, path: str, method: str, body: Any) -> None:
    response = await client.request(method, path, json=body)
    assert response.status_code == 200, response.text
    declared = DOCUMENT["paths"].get(path, DOCUMENT["paths"].get("/v1/models/{model}"))[method]["responses"]["200"]
    assert response.headers["content-type"].split(";")[0] in declared["content"]
    if body and body.get("stream"):
        assert events_of(response.text)
    elif path == "/query":
        assert Reply.model_validate(response.json()).pipeline == body["pipeline"]
    elif path == "/compare":
        assert all(outcome.answer for outcome in Comparison.model_validate(response.json()).outcomes)


def test_there_is_an_example_for_every_operation_that_takes_a_body() -> None:
    with_body = {path for path, _, what in OPERATIONS if "requestBody" in what}
    assert with_body == {"/query", "/compare", "/v1/chat/completions"}
    assert {case.values[0] for case in examples() if case.values[2]} == with_body


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
