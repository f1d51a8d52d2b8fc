"""docker-compose.yml for real: up from nothing, asked, baked off, each service restarted and killed, taken down.

    make test-compose                                          # with a Docker engine
    make test-compose COMPOSE=podman-compose CONTAINERS=podman

It takes minutes and the network, and is none of the tests of `make test`. The corpus is the small one beside this file;
FULL=1 takes the demo's. BAKEOFF_IMAGE names an image of ours that is built already. STAND_IN=1 builds Chroma's image
from its pip package, where there is no registry.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROJECT = "bakeoff-test"
PORT = int(os.environ.get("BAKEOFF_PORT", "18080"))
ENGINE = os.environ.get("ENGINE", "docker")
FULL = bool(os.environ.get("FULL"))
FILES = ["docker-compose.yml"]
if not FULL:
    FILES.append("tests/compose/small.yml")
if os.environ.get("STAND_IN"):
    FILES.append("tests/compose/chroma.yml")
COMPOSE = [*shlex.split(os.environ.get("COMPOSE", "docker compose")), "-p", PROJECT]
COMPOSE += [part for file in FILES for part in ("-f", file)] + ["--profile", "cpu"]
ENVIRONMENT = os.environ | {"BAKEOFF_PORT": str(PORT)}
if not FULL:
    ENVIRONMENT["BAKEOFF_CONFIG"] = "small/bakeoff.yaml"
QUESTION = "What is Dragon in Kubernetes?" if FULL else "What is the lighthouse keeper called?"
PATIENCE_SECONDS = 900
BEGAN = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - BEGAN:6.0f} s] {text}", flush=True)


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout.strip()


def compose(*command: str) -> None:
    done = subprocess.run([*COMPOSE, *command], cwd=ROOT, env=ENVIRONMENT, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise AssertionError(f"compose {shlex.join(command)} ended with {done.returncode}")


def container(service: str) -> str:
    label = "label=com.docker.compose"
    named = ["--filter", f"{label}.project={PROJECT}", "--filter", f"{label}.service={service}"]
    found = run(ENGINE, "ps", "-a", "-q", *named).split()
    assert len(found) == 1, (service, found)
    return found[0]


def inspect(service: str) -> dict[str, Any]:
    return dict(json.loads(run(ENGINE, "inspect", container(service)))[0])


def inside(service: str, code: str) -> str:
    return run(ENGINE, "exec", container(service), "python", "-c", code)


class Api:
    """The service, as one who has the key sees it."""

    def __init__(self) -> None:
        self.key = ""

    def call(
        self,
        path: str,
        body: dict[str, Any] | bytes | None = None,
        more: dict[str, str] | None = None,
        method: str = "",
    ) -> tuple[int, Any, Any]:
        """Status, body and headers; status 0 where nobody answers."""
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"} | (more or {})
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", data, headers, method=method or None)
        try:
            with urllib.request.urlopen(request, timeout=180) as said:
                return said.status, said.read(), said.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers
        except OSError as error:
            return 0, str(error).encode(), {}

    def json(self, path: str, body: dict[str, Any] | None = None) -> Any:
        status, said, _ = self.call(path, body)
        assert status in (200, 202), (path, status, said)
        return json.loads(said)

    def send(self, name: str, content: bytes) -> Any:
        """Uploads a document."""
        head = f'--cut\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        headers = {"content-type": "multipart/form-data; boundary=cut"}
        status, said, _ = self.call("/documents", head + content + b"\r\n--cut--\r\n", headers)
        assert status == 201, (status, said)
        return json.loads(said)

    def ask(self, pipeline: str) -> tuple[int, Any, Any]:
        return self.call("/query", {"question": QUESTION, "pipeline": pipeline})


def until(what: str, passes: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not passes():
        assert time.monotonic() - began < PATIENCE_SECONDS, f"not in {PATIENCE_SECONDS} s: {what}"
        time.sleep(1)
    say(f"{what}: after {time.monotonic() - began:.0f} s")


def check_confinement() -> None:
    app = inspect("app")
    for service in ("vllm", "chroma", "prepare", "first-run"):
        ports = inspect(service)["NetworkSettings"]["Ports"] or {}
        assert not any(ports.values()), (service, ports)
    ((binding,),) = [each for each in app["NetworkSettings"]["Ports"].values() if each]
    assert binding["HostIp"] == "127.0.0.1", binding
    assert app["HostConfig"]["ReadonlyRootfs"] is True
    assert inside("app", "import os; print(os.getuid())") == "10001"
    writes = "import pathlib\ntry: pathlib.Path('/app/x').touch()\nexcept OSError as error: print(error.errno)"
    assert inside("app", writes) == "30", "the root file system can be written"
    held = "print(next(l.split()[1] for l in open('/proc/1/status') if l.startswith('CapEff')))"
    assert int(inside("app", held), 16) == 0
    direct = "import urllib.request as r; ask = r.build_opener(r.ProxyHandler({})).open"
    reach = f"{direct}; print(ask('http://app:8080/health/live', timeout=5).status)"
    assert inside("app", reach) == "200"
    say("only the app has a port, on 127.0.0.1; it is no root, has no capability, and cannot write its root")


def check_documents(api: Api) -> None:
    """A document comes in by the API and is answered from, stays when the app is started anew, and goes again."""
    question = {"question": "What does the harbour master Ottavia Brand keep in the blue cupboard?", "pipeline": "rag"}

    def found() -> bool:
        status, said, _ = api.call("/query", question)
        return status == 200 and sent in {each["document_id"] for each in json.loads(said)["retrieved_contexts"]}

    text = b"# The blue cupboard\n\nThe harbour master Ottavia Brand keeps a brass sextant in the blue cupboard.\n"
    sent = api.send("cupboard.md", text)["document"]["id"]
    assert found(), "the new document is not answered from"
    run(ENGINE, "stop", container("app"))
    run(ENGINE, "start", container("app"))
    until("the new document is answered from after the app was started anew", found)
    assert api.call(f"/documents/{sent}", method="DELETE")[0] == 200
    assert not found(), "the removed document is still answered from"
    say("a document came in by the API, was answered from, and went")


def check_disturbance(api: Api, pipelines: list[str], service: str, how: str) -> None:
    """All pipelines answer again after a service was disturbed, without a hand being laid on any other."""
    others = [name for name in ("app", "vllm", "chroma") if name != service]
    started = {name: inspect(name)["State"]["StartedAt"] for name in others}
    if how == "restarted":
        run(ENGINE, "stop", container(service))  # Podman cannot `restart` what depends on one that has ended
    else:
        run(ENGINE, "kill", "--signal", "KILL", container(service))
        if service != "app":
            hit = [name for name in pipelines if service == "vllm" or name == "rag"]
            spared = [name for name in pipelines if name not in hit]
            dead = {name: api.ask(name) for name in hit}
            assert all(dead[name][0] in (502, 503) for name in hit), dead
            # names are not resolved for some seconds when a container goes
            until("the others answer", lambda: all(api.ask(name)[0] == 200 for name in spared))
            problems = {json.loads(dead[name][1])["code"] for name in hit}
            assert api.call("/health/ready")[0] == 503
            say(f"while {service} is dead: {', '.join(hit)} give {', '.join(sorted(problems))}, the others answer")
    run(ENGINE, "start", container(service))
    until(f"{service} {how}; all pipelines answer", lambda: all(api.ask(name)[0] == 200 for name in pipelines))
    assert {name: inspect(name)["State"]["StartedAt"] for name in others} == started


def try_stack() -> None:
    api = Api()
    say("up, from nothing")
    compose("up", "-d")
    until("live", lambda: api.call("/health/live")[0] == 200)
    assert api.call("/query", {"question": QUESTION})[0] == 401
    api.key = inside("app", "print(open('/data/key').read())")
    until("ready", lambda: api.call("/health/ready")[0] == 200)
    pipelines = [each["name"] for each in api.json("/pipelines")["pipelines"]]
    for name in pipelines:
        answer = json.loads(api.ask(name)[1])
        say(f"{name}: {answer['response']!r} ({answer['model']}, {len(answer['retrieved_contexts'])} passages)")
    check_confinement()
    until("the bake-off has ended", lambda: bool(api.json("/runs")["runs"]) and api.json("/runs")["runs"][0]["ended"])
    (job,) = api.json("/runs")["runs"]
    assert job["state"] == "finished", job
    page = api.call(job["report"])[1]
    assert inside("app", f"import os; print(os.path.getsize('/data/runs/{job['id']}/report.html'))") == str(len(page))
    say(f"the run {job['id']}: its report has {len(page)} bytes, in the volume and by URL")
    check_documents(api)
    for service in ("chroma", "vllm", "app"):
        for how in ("restarted", "killed"):
            check_disturbance(api, pipelines, service, how)
    prepared = run(ENGINE, "start", "-a", container("prepare"))
    assert "trained in" not in prepared, prepared
    assert ", 0 removed" in prepared, prepared
    run(ENGINE, "start", "-a", container("first-run"))
    assert [each["id"] for each in api.json("/runs")["runs"]] == [job["id"]]
    say("prepared once more: everything was reused; asked once more for the first bake-off: it is the same one")


def build() -> None:
    """Ours, unless BAKEOFF_IMAGE names one that is built; all of our services share it."""
    if "BAKEOFF_IMAGE" not in ENVIRONMENT:
        compose("build", "prepare")
    if os.environ.get("STAND_IN"):
        compose("build", "chroma")


def copy_small_corpus(folder: Path) -> None:
    """Into a folder that the container's user may write: documents come in by the API."""
    small = shutil.copytree(ROOT / "tests" / "compose" / "small", folder / "small")
    for path in [folder, small, *small.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    ENVIRONMENT["SMALL_CORPUS"] = str(small)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy_small_corpus(Path(folder))
        try_from_nothing()


def try_from_nothing() -> None:
    compose("down", "-v")
    build()
    try:
        try_stack()
    except AssertionError:
        for service in ("prepare", "app", "vllm", "chroma", "first-run"):
            done = subprocess.run([*COMPOSE, "logs", "--tail", "30", service], cwd=ROOT, env=ENVIRONMENT, check=False)
            say(f"^ the log of {service} ({done.returncode})")
        raise
    finally:
        compose("down", "-v")
    say("taken down: all is well")


if __name__ == "__main__":
    main()
