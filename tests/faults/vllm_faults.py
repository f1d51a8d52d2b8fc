"""vLLM itself dies in mid-stream. It takes most of a minute to start, so this is tried only when it is asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from engine_faults import PROMPT_SECONDS, Caller, until_answered
from fault_world import PATIENCE_SECONDS, ROOT, Outcome, Server, UnavailableError, World, free_port

PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
MODEL = ROOT / ".bakeoff" / "models" / "smollm2-135m-instruct"


def killed(root: Path, times: int) -> Iterator[Outcome]:
    """kill -9 of the server and what it has started, while answers come."""
    if not PYTHON.exists() or not MODEL.is_dir():
        raise UnavailableError("it needs `make vllm` and the demo's model (`bakeoff index`)")
    url = f"http://127.0.0.1:{(port := free_port())}"
    engine = {"kind": "openai", "base_url": f"{url}/v1", "model": "smollm2", "timeout": 60}
    config = {"base_model": str(MODEL), "engines": {"one": engine}, "decoding": {"max_new_tokens": 200}}
    with World(root, **config) as world:
        world.engine = Server(_command(port), url, root / "vllm.log", VLLM_CPU_KVCACHE_SPACE="1", HF_HUB_OFFLINE="1")
        world.engine.start("/v1/models")
        world.start_app()
        for number in range(times):
            asking = [Caller(world, each, f"Tell a long story of {number} and {each} boats.") for each in (0, 1, 3)]
            for caller in asking:
                assert caller.began.wait(PATIENCE_SECONDS)
            yield _strike(world, asking)


def _strike(world: World, asking: list[Caller]) -> Outcome:
    assert world.engine.process
    started = psutil.Process(world.engine.process.pid).children(recursive=True)
    struck = time.monotonic()
    world.engine.kill()
    for child in started:
        if child.is_running():
            child.kill()
    for caller in asking:
        caller.thread.join(60)
        assert caller.ended_at - struck < PROMPT_SECONDS, "a caller was left hanging"
        assert not caller.answered, "half an answer was called whole"
        assert caller.message, caller.text
    status, codes = world.ready()
    assert (status, set(codes)) == (503, {"engine-unavailable"})
    world.engine.start("/v1/models")
    return Outcome(asking[0].message, seconds=until_answered(world))


def _command(port: int) -> list[str | Path]:
    server = [PYTHON, "-m", "vllm.entrypoints.openai.api_server", "--model", MODEL, "--served-model-name", "smollm2"]
    settings = ["--dtype", "float32", "--enforce-eager", "--max-model-len", "1024", "--max-num-seqs", "8"]
    return [*server, *settings, "--host", "127.0.0.1", "--port", str(port)]
