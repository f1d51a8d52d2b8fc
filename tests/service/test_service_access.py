"""Nobody gets in without a key where there are keys, and no browser is used against the service."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from documents_fakes import example_library
from service_fakes import QUESTION, client_of, make_app

from corpora.errors import ConfigError, IndexMissingError, RunStorageError
from service.access import API_POLICY, HEADERS
from service.jobs import new_job
from service.keys import KeyRing
from service.problems import MAY_CHANGE, problem_of
from service.project import open_project
from service.run_schemas import RunJob
from service.serving import serve_project
from service.settings import ServiceSettings

QUERY = {"question": QUESTION, "pipeline": "rag"}
CHAT = {"model": "rag", "messages": [{"role": "user", "content": QUESTION}]}


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys.json")


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def test_a_key_is_kept_as_its_hash_only(ring: KeyRing) -> None:
    secret = ring.add("ada", "ask")
    assert secret not in ring.path.read_text()
    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o600
    (key,) = ring.keys
    assert ring.find(secret) == key
    assert (key.name, key.role) == ("ada", "ask")
    for wrong in ("", secret[:-1], secret + "a", key.sha256, "\ud800"):
        assert ring.find(wrong) is None


def test_the_file_of_keys_is_at_no_time_for_others_to_read(ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []
    replace = Path.replace

    def noted(path: Path, target: Path) -> Path:
        modes.append(stat.S_IMODE(path.stat().st_mode))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", noted)
    ring.add("ada", "ask")
    assert modes == [0o600]


def test_names_are_unique_and_keys_can_be_taken_back(ring: KeyRing) -> None:
    first, second = ring.add("ada", "ask"), ring.add("bob", "change")
    with pytest.raises(ConfigError, match="already"):
        ring.add("ada", "change")
    other = KeyRing(ring.path)
    assert other.find(first) is not None
    ring.remove("ada")
    assert other.find(first) is None  # at once, in another process too
    assert other.find(second) is not None
    with pytest.raises(ConfigError, match="no key named"):
        ring.remove("ada")


def test_where_keys_cannot_be_kept_no_run_is_spoken_of(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunStorageError) as caught:
        KeyRing(tmp_path / "file" / "keys.json").add("ada", "ask")
    in_the_way = f"Move {tmp_path / 'file'} away, which is a file where a folder is expected, then try again."
    assert caught.value.remedy == in_the_way
    with pytest.raises(ConfigError, match="cannot be read: Not a directory") as unread:
        assert KeyRing(tmp_path / "file" / "keys.json").keys
    assert unread.value.remedy == caught.value.remedy


def test_keys_that_are_made_at_once_are_all_kept(ring: KeyRing) -> None:
    names = [f"caller-{number}" for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda name: KeyRing(ring.path).add(name, "ask"), names))
    assert {key.name for key in ring.keys} == set(names)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: KeyRing(ring.path).remove(name), names[1:]))
    assert [key.name for key in ring.keys] == names[:1]
    assert ring.find(made[0])


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer bk-wrong", "Basic YTpi", "bk-wrong"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/query", QUERY),
        ("POST", "/query", QUERY | {"stream": True}),
        ("POST", "/compare", {"question": QUESTION}),
        ("POST", "/v1/chat/completions", CHAT),
        ("GET", "/v1/models", None),
        ("GET", "/pipelines", None),
        ("GET", "/metrics", None),
        ("GET", "/nowhere", None),
    ],
)
async def test_without_a_good_key_nothing_is_told(
    ring: KeyRing, header: str | None, method: str, path: str, body: Any
) -> None:
    ring.add("ada", "ask")
    async with client_of(make_app(keys=ring)) as client:
        headers = {} if header is None else {"authorization": header}
        response = await client.request(method, path, json=body, headers=headers)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    error = response.json()
    assert (error["error"]["code"] if path.startswith("/v1") else error["code"]) == "missing-key"
    assert "x-request-id" in response.headers


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/docs", "/openapi.json"])
async def test_what_tells_nothing_needs_no_key(ring: KeyRing, path: str) -> None:
    ring.add("ada", "ask")
    async with client_of(make_app(keys=ring)) as client:
        assert (await client.get(path)).status_code == 200


async def test_a_good_key_opens_and_one_taken_back_does_not(ring: KeyRing) -> None:
    asking, changing = ring.add("ada", "ask"), ring.add("bob", "change")
    async with client_of(make_app(keys=ring)) as client:
        for secret in (asking, changing):
            assert (await client.post("/query", json=QUERY, headers=bearer(secret))).status_code == 200
        ring.remove("ada")
        assert (await client.post("/query", json=QUERY, headers=bearer(asking))).status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/query", QUERY),
        ("/query", QUERY | {"stream": True}),
        ("/compare", {"question": QUESTION}),
        ("/v1/chat/completions", CHAT),
        ("/v1/chat/completions", CHAT | {"stream": True}),
        ("/pipelines", None),
        ("/health/ready", None),
    ],
)
async def test_where_things_lie_is_told_to_who_may_change_them(
    ring: KeyRing, caplog: pytest.LogCaptureFixture, path: str, body: Any
) -> None:
    asking, changing = ring.add("ada", "ask"), ring.add("bob", "change")
    damaged = IndexMissingError("The index in /srv/house/index is damaged.", "Delete /srv/house/index.")
    async with client_of(make_app({"rag": damaged}, keys=ring)) as client:
        told, kept = [
            (await client.request("POST" if body else "GET", path, json=body, headers=bearer(secret))).text
            for secret in (changing, asking)
        ]
    assert "The index in /srv/house/index is damaged." in told
    assert "/srv" not in kept
    assert "The index is missing." in kept
    assert "index-missing" in kept
    assert "/srv/house/index is damaged. Delete /srv/house/index." in caplog.text


def test_a_failed_run_tells_where_things_lie_to_who_may_change_them() -> None:
    problem = problem_of(RunStorageError("/srv/house/runs cannot be written.", "Check /srv/house/runs."))
    job = new_job("dev", 1, ["rag"]).model_copy(update={"state": "failed", "problem": problem})
    assert "/srv" in RunJob.of(job).model_dump_json()
    before = MAY_CHANGE.set(False)
    try:
        told = RunJob.of(job)
    finally:
        MAY_CHANGE.reset(before)
    assert "/srv" not in told.model_dump_json()
    assert told.problem is not None
    assert f"with a key to change in GET /runs/{job.id}." in told.problem.remedy


@pytest.mark.parametrize("hosts", [(), ("test",)], ids=["anywhere", "loopback"])
async def test_the_last_key_taken_back_opens_no_door(ring: KeyRing, hosts: tuple[str, ...]) -> None:
    secret = ring.add("ada", "ask")
    async with client_of(make_app(keys=ring, hosts=hosts)) as client:
        assert (await client.post("/query", json=QUERY, headers=bearer(secret))).status_code == 200
        ring.remove("ada")
        assert (await client.post("/query", json=QUERY)).status_code == 401
        ring.path.unlink()
        assert (await client.post("/query", json=QUERY)).status_code == 401


@pytest.mark.parametrize("path", ["/runs", "/documents/a"])
async def test_asking_is_not_changing(ring: KeyRing, path: str) -> None:
    asking, changing = ring.add("ada", "ask"), ring.add("bob", "change")
    async with client_of(make_app(keys=ring)) as client:
        refused = await client.post(path, headers=bearer(asking))
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        assert (await client.post(path, headers=bearer(changing))).status_code == 404  # nothing there yet


async def test_each_key_has_a_quota_of_its_own(ring: KeyRing) -> None:
    secrets = [ring.add(name, "ask") for name in ("ada", "bob")]
    async with client_of(make_app(keys=ring, settings=ServiceSettings(quota="1/minute"))) as client:
        codes = [(await client.post("/query", json=QUERY, headers=bearer(each))).status_code for each in secrets * 2]
        unknown = await client.post("/query", json=QUERY)
    assert codes == [200, 200, 429, 429]
    assert unknown.status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8080", 200), ("[::1]:8080", 200), ("LOCALHOST", 200), ("evil.example", 403), ("", 403), ("[", 403)],
)
async def test_a_service_on_loopback_has_no_other_name(host: str, status: int) -> None:
    async with client_of(make_app(hosts=("127.0.0.1", "::1", "localhost"))) as client:
        response = await client.get("/health/live", headers={"host": host})
    assert response.status_code == status
    if status == 403:
        assert "proxy" in response.json()["remedy"]
        assert response.json()["code"] == "unknown-host"
        assert "key" not in response.json()["title"]


@pytest.mark.parametrize("lost", [True, False])
async def test_a_process_that_comes_later_wants_a_key_as_the_others_do(ring: KeyRing, lost: bool) -> None:
    first, later = make_app(keys=ring, hosts=("test",)), make_app(keys=ring, hosts=("test",))
    ring.add("ada", "ask")
    async with client_of(first) as client:
        assert (await client.post("/query", json=QUERY)).status_code == 401
    if lost:
        ring.path.unlink()
    else:
        ring.remove("ada")
    async with client_of(later) as client:
        assert (await client.post("/query", json=QUERY)).status_code == 401


async def test_a_broken_file_that_is_deleted_opens_no_door(ring: KeyRing) -> None:
    async with client_of(make_app(keys=ring, hosts=("test",))) as client:
        assert (await client.post("/query", json=QUERY)).status_code == 200
        ring.path.write_bytes(b"{")
        refused = await client.post("/query", json=QUERY)
        assert (refused.status_code, refused.json()["code"]) == (503, "not-ready")
        document = await client.get("/openapi.json")
        assert (document.status_code, document.json()["security"]) == (200, [{"key": []}])
        ring.path.unlink()
        assert (await client.post("/query", json=QUERY)).status_code == 401


async def test_the_first_key_closes_the_door_for_good(ring: KeyRing) -> None:
    async with client_of(make_app(keys=ring, hosts=("test",))) as client:
        assert (await client.post("/query", json=QUERY)).status_code == 200
        ring.add("ada", "ask")
        assert (await client.post("/query", json=QUERY)).status_code == 401
        ring.path.unlink()
        assert (await client.post("/query", json=QUERY)).status_code == 401


@pytest.mark.parametrize(
    ("origin", "status"),
    [(None, 200), ("http://test", 200), ("https://evil.example", 403), ("null", 403), ("http://test:81", 403)],
)
@pytest.mark.parametrize("path", ["/query", "/v1/chat/completions"])
async def test_pages_of_other_sites_may_not_ask(path: str, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"origin": origin}
    async with client_of(make_app()) as client:
        response = await client.post(path, json=QUERY if path == "/query" else CHAT, headers=headers)
        assert (await client.get("/pipelines", headers=headers)).status_code == 200
    assert response.status_code == status
    if status == 403:
        error = response.json()
        assert (error["error"]["code"] if path.startswith("/v1") else error["code"]) == "foreign-page"


@pytest.mark.parametrize("path", ["/docs", "/pipelines", "/nowhere"])
async def test_a_browser_is_told_what_it_may_not(path: str) -> None:
    async with client_of(make_app()) as client:
        response = await client.get(path, headers={"origin": "https://evil.example"})
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert ("script-src" in policy) == (path == "/docs")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert not [name for name in response.headers if name.startswith("access-control")]


async def test_so_is_it_where_nothing_of_the_application_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.metrics.generate_latest", lambda *_: 1 / 0)
    monkeypatch.setattr("service.middleware.BODY_SECONDS", 0.05)

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(0.5)

    json_type = {"content-type": "application/json"}
    async with client_of(make_app(settings=ServiceSettings(max_body_bytes=100))) as client:
        responses = [
            await client.get("/metrics"),
            await client.post("/query", content=slow(), headers=json_type),
            await client.post("/query", content=b" " * 101, headers=json_type),
        ]
    assert [each.status_code for each in responses] == [500, 408, 413]
    for response in responses:
        assert HEADERS.items() <= dict(response.headers).items()
        assert response.headers["content-security-policy"] == API_POLICY


def test_beyond_this_machine_it_is_served_to_those_with_a_key_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAKEOFF_HOME", str(tmp_path))
    (tmp_path / "corpus" / "documents").mkdir(parents=True)
    (tmp_path / "corpus" / "documents" / "a.md").write_text("# A\n\nText.\n")
    (tmp_path / "corpus" / "corpus.yaml").write_text("name: small\nlanguage: en\n")
    config = tmp_path / "bakeoff.yaml"
    config.write_text(json.dumps({"corpus": "corpus", "pipelines": {"plain": {"kind": "prompting"}}}))
    with pytest.raises(ConfigError, match="nobody needs a key"):
        serve_project(open_project(config), "0.0.0.0", 8080)
    with pytest.raises(ConfigError, match="--host is empty"):
        serve_project(open_project(config), "", 8080)


@pytest.mark.parametrize(
    ("host", "listened"), [("[::1]", "::1"), ("localhost.", "localhost"), ("::ffff:127.0.0.1", "127.0.0.1")]
)
def test_a_name_of_loopback_is_listened_on_as_a_socket_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, listened: str
) -> None:
    asked = []

    def listen(*address: object) -> None:
        asked.append(address)
        raise ConfigError("It is taken.", "Choose another.")

    monkeypatch.setenv("BAKEOFF_HOME", str(tmp_path))
    monkeypatch.setattr("service.serving.listen", listen)
    project: Any = None
    with pytest.raises(ConfigError, match="taken"):
        serve_project(project, host, 8080)
    assert asked == [(listened, 8080)]


async def test_documents_are_listed_with_any_key_and_changed_with_one_for_changing(
    ring: KeyRing, tmp_path: Path
) -> None:
    ask, change = bearer(ring.add("ada", "ask")), bearer(ring.add("eve", "change"))
    sent = {"files": {"file": ("bell.md", b"The bell rings at noon.")}}
    async with client_of(make_app(keys=ring, library=example_library(tmp_path))) as client:
        for method, path, more in (("POST", "/documents", sent), ("DELETE", "/documents/other", {})):
            assert (await client.request(method, path, **more)).status_code == 401  # type: ignore[arg-type]
            assert (await client.request(method, path, headers=ask, **more)).status_code == 403  # type: ignore[arg-type]
            assert (await client.request(method, path, headers=change, **more)).is_success  # type: ignore[arg-type]
        assert (await client.get("/documents")).status_code == 401
        listed = await client.get("/documents", headers=ask)
        entries = listed.json()["documents"]
        texts = [(await client.get(f"/documents/{each['id']}", headers=ask)).json()["text"] for each in entries]
    assert {each["source"] for each in entries} == {"dragon.md", "bell.md"}
    assert "The bell rings at noon." in texts


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 40, b'{"keys": [{"name": "ada"}]}'])
async def test_a_broken_file_of_keys_lets_nobody_in_and_tells_the_log_what_to_do(
    ring: KeyRing, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    secret = ring.add("ada", "ask")
    whole = ring.path.read_bytes()
    async with client_of(make_app(keys=ring)) as client:
        headers = {"authorization": f"Bearer {secret}"}
        body = {"question": "What is Dragon?", "pipeline": "rag"}
        ring.path.write_bytes(content)
        refused = await client.post("/query", json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (503, "not-ready")
        assert str(ring.path) not in refused.text
        assert "bakeoff keys add" in caplog.text
        for path in ("/health/live", "/docs", "/openapi.json"):
            told = await client.get(path)
            assert told.status_code == 200
            assert str(ring.path) not in told.text
        ring.path.unlink()
        ring.path.write_bytes(whole)
        assert (await client.post("/query", json=body, headers=headers)).status_code == 200
