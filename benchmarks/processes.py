"""Servers as processes of their own, each on the cores that it is given, for the benchmarks of the service."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

PIPELINE = "prompting"
ROOT = Path(__file__).parents[1]
BAKEOFF = Path(sys.executable).with_name("bakeoff")
PATIENCE = 300.0
"""Seconds for a server to come up: a busy machine imports slowly, and vLLM takes a minute on a quiet one."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path], url: str, core: int | None = None, log: Path | None = None, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The process, once `url` answers; told to stop in the end.

    Args:
        core: the only core that it may use; None is any.
        log: where its output goes; nowhere without.
    """
    with Path(log or os.devnull).open("wb") as output:
        process = subprocess.Popen(
            list(map(str, command)),
            env=os.environ | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),  # before it has threads
        )
        try:
            _wait(process, url)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return  # somebody is there
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{process.args} does not answer at {url} (exit status {process.poll()}).")


@contextmanager
def instant_server(core: int | None = None, seconds: float = 0.0) -> Iterator[str]:
    """The address of `instant_server.py`."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, ROOT / "benchmarks" / "instant_server.py", "--port", str(port)]
    with running([*command, "--seconds", str(seconds)], f"{url}/v1/models", core):
        yield url


def server_engine(upstream: str, model: str) -> dict[str, Any]:
    """The options of an engine that is the server at `upstream`."""
    return {"kind": "openai", "base_url": f"{upstream}/v1", "model": model}


@contextmanager
def bakeoff_serve(
    engine: dict[str, Any],
    core: int | None = None,
    service: dict[str, Any] | None = None,
    context_tokens: int = 100,
    program: Sequence[str | Path] = (BAKEOFF,),
    **environment: str,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`bakeoff serve` over one pipeline, `prompting`; its address.

    It has a home of its own with the demo's prepared models, and nothing of the measurement stays anywhere.

    Args:
        engine: the engine's options, as in a configuration.
        service: the block `service` of the configuration.
        context_tokens: how much of the corpus the pipeline shows; 0 is zero-shot.
        program: what is run in place of `bakeoff`.
    """
    models = (Path(os.environ.get("BAKEOFF_HOME", ".")) / ".bakeoff" / "models").absolute()
    if not models.is_dir():
        raise SystemExit("The demo's model is not prepared. Run `bakeoff index` first.")
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        (home / ".bakeoff").mkdir()
        (home / ".bakeoff" / "models").symlink_to(models)
        config = {
            "corpus": str(ROOT / "corpora" / "kubernetes"),
            "decoding": {"max_new_tokens": 48, "temperature": 0},
            "pipelines": {PIPELINE: {"kind": "prompting", "context_tokens": context_tokens}},
            "engine": "one",
            "engines": {"one": engine},
            "service": service or {},
        }
        path = home / "bakeoff.yaml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        url = f"http://127.0.0.1:{(port := free_port())}"
        command = [*program, "serve", "--config", path, "--port", str(port)]
        with running(command, f"{url}/health/live", core, BAKEOFF_HOME=scratch, **environment) as process:
            yield url, process


def litellm_proxy(program: Path, scratch: Path, upstream: str, port: int) -> list[str | Path]:
    """The command that starts LiteLLM's proxy before `upstream`, asking nobody for a key, as ours on loopback."""
    listed = {
        "model_name": "instant",
        "litellm_params": {"model": "openai/instant", "api_base": f"{upstream}/v1", "api_key": "none"},
    }
    path = scratch / "litellm.yaml"
    settings = {"dangerously_permit_weak_or_unset_master_key": True}
    path.write_text(json.dumps({"model_list": [listed], "general_settings": settings}), encoding="utf-8")
    return [program, "--config", path, "--port", str(port), "--host", "127.0.0.1", "--telemetry", "False"]
