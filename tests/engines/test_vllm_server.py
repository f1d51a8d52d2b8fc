"""The engine that starts vLLM: with a stand-in for the server, and once with vLLM itself."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from safetensors.torch import load_file, save_file
from tiny_models import save_adapter, save_model, save_tokenizer

from corpora.errors import EngineUnavailableError, ModelRejectedError
from pipelines.contract import Finished, Piece
from pipelines.engines.base import Adapter, Decoding
from pipelines.engines.vllm_server import VllmEngine
from pipelines.engines.vllm_settings import VllmOptions
from pipelines.generation import generate

pytestmark = pytest.mark.slow

VLLM = Path(__file__).parents[2] / ".venv-vllm" / "bin" / "python"
ENTRY = "vllm/entrypoints/openai"

# It is started and asked as vLLM is, and writes down how.
STAND_IN = """
import http.server, json, os, sys, time
mode = os.environ["STAND_IN"]
print("loading the model", flush=True)
if mode == "dies":
    sys.exit("RuntimeError: not enough memory")
if mode == "never ready":
    time.sleep(600)
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
record = {"argv": sys.argv[1:], "pid": os.getpid(), "key": os.environ["VLLM_API_KEY"]}
open(os.environ["STAND_IN_RECORD"], "w").write(json.dumps(record))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        good = self.path == "/health" or self.headers["authorization"] == "Bearer " + record["key"]
        self.send_response(200 if good else 401)
        self.end_headers()
        models = [{"id": "tiny", "object": "model", "created": 0}]
        self.wfile.write(json.dumps({"object": "list", "data": models}).encode())
    def log_message(self, *_): pass
http.server.HTTPServer((arguments["--host"], int(arguments["--port"])), Handler).serve_forever()
"""


@pytest.fixture
def base_model(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    save_tokenizer(folder)
    return folder


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts the stand-in where `python -m vllm...` finds it; returns what sets its mode."""
    package = tmp_path / "environment" / ENTRY
    package.mkdir(parents=True)
    for folder in (package, *package.parents[:2]):
        (folder / "__init__.py").touch()
    (package / "api_server.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "environment"))
    monkeypatch.setenv("STAND_IN_RECORD", str(tmp_path / "record.json"))
    monkeypatch.setenv("STAND_IN", "well")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return lambda mode: monkeypatch.setenv("STAND_IN", mode)


def make_engine(base_model: Path, **options) -> VllmEngine:
    return VllmEngine(
        VllmOptions(**{"python": Path(sys.executable), "startup_timeout": 30} | options),
        base_model,
        "tiny",
        Decoding(max_new_tokens=8),
    )


def make_adapter(folder: Path, rank: int = 16) -> Adapter:
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"r": rank}))
    return Adapter(name=folder.name, path=folder, content_hash="0")


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_server_that_another_process_started_is_joined_and_left_running(base_model, stand_in):
    async with make_engine(base_model) as owner:
        guest = make_engine(base_model)
        guest.join(owner.address)
        async with guest:
            await guest.check()
            assert guest.fingerprint() == owner.fingerprint()
        await owner.check()
    assert owner.address is None  # it would start another one
    with pytest.raises(EngineUnavailableError):
        async with guest:
            await guest.check()


async def test_it_starts_answers_and_stops(stand_in, base_model, tmp_path):
    engine = make_engine(base_model)
    async with engine:
        await engine.check()
        record = json.loads((tmp_path / "record.json").read_text())
        assert is_running(record["pid"])
    assert not is_running(record["pid"])
    assert not list(tmp_path.glob("*.log"))


async def test_it_listens_on_loopback_with_a_secret_key_and_no_loading_of_adapters(stand_in, base_model, tmp_path):
    keys = set()
    for _ in range(2):
        async with make_engine(base_model):
            record = json.loads((tmp_path / "record.json").read_text())
            keys.add(record["key"])
            assert record["argv"][:2] == ["--host", "127.0.0.1"]
            assert record["key"] not in " ".join(record["argv"])
            assert "--enable-lora" not in record["argv"]
    assert len(keys) == 2
    assert min(map(len, keys)) >= 32


async def test_announced_adapters_are_served_and_others_refused(stand_in, base_model, tmp_path):
    adapters = [make_adapter(tmp_path / "first", 8), make_adapter(tmp_path / "second", 32)]
    engine = make_engine(base_model)
    engine.announce(adapters)
    async with engine:
        argv = json.loads((tmp_path / "record.json").read_text())["argv"]
        assert argv[argv.index("--max-lora-rank") + 1] == "32"
        assert argv[argv.index("--lora-modules") + 1 :] == [f"{one.name}={one.path}" for one in adapters]
        engine.chat_model(adapters[0])
        retrained = adapters[0].model_copy(update={"content_hash": "1"})
        for unknown in (retrained, make_adapter(tmp_path / "third")):
            with pytest.raises(EngineUnavailableError, match="Start Bakeoff again"):
                engine.chat_model(unknown)


async def test_a_server_that_dies_at_start_shows_the_end_of_its_log(stand_in, base_model):
    stand_in("dies")
    with pytest.raises(EngineUnavailableError, match=r"(?s)status 1.*loading the model.*not enough memory") as raised:
        await make_engine(base_model).__aenter__()
    assert "bakeoff-vllm-" in raised.value.where
    told = raised.value.problem + raised.value.remedy
    assert not any(inside in told for inside in ("bakeoff-vllm-", "/", "memory", "loading"))


async def test_a_base_model_whose_weights_are_no_numbers_is_not_served(stand_in, base_model, tmp_path):
    save_model(base_model)
    file = base_model / "model.safetensors"
    weights = load_file(file)
    weights["lm_head.weight"][0, 0] = float("nan")
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(ModelRejectedError, match="no finite numbers: lm_head"):
        await make_engine(base_model).__aenter__()
    assert not (tmp_path / "record.json").exists()


async def test_an_environment_without_vllm(base_model, tmp_path):
    with pytest.raises(EngineUnavailableError, match=r"`make vllm`, or .* under `engines\.vllm\.python`"):
        await make_engine(base_model, python=tmp_path / "bin" / "python").__aenter__()
    with pytest.raises(EngineUnavailableError, match="No module named"):
        await make_engine(base_model).__aenter__()


@pytest.mark.slow
async def test_a_start_that_takes_too_long_or_is_cancelled_leaves_nothing_behind(stand_in, base_model):
    stand_in("never ready")
    with pytest.raises(EngineUnavailableError, match="loading the model") as raised:
        await make_engine(base_model, startup_timeout=1.5).__aenter__()
    assert "loading" not in raised.value.problem
    for cancel, options, error in (
        (False, {"startup_timeout": 1.5}, EngineUnavailableError),
        (True, {}, asyncio.CancelledError),
    ):
        engine = make_engine(base_model, **options)
        entering = asyncio.create_task(engine.__aenter__())
        async with asyncio.timeout(30):
            while engine._process is None:
                await asyncio.wait([entering], timeout=0.01)
        pid = engine._process.pid
        if cancel:
            entering.cancel()
        with pytest.raises(error):
            await entering
        assert not is_running(pid)


@pytest.mark.slow
async def test_a_server_that_dies_later_is_noticed(stand_in, base_model, tmp_path):
    async with make_engine(base_model) as engine:
        os.kill(json.loads((tmp_path / "record.json").read_text())["pid"], signal.SIGKILL)
        await asyncio.wait_for(engine._process.wait(), 5)
        with pytest.raises(EngineUnavailableError, match="vLLM ended") as raised:
            await engine.check()
        assert "loading the model" in raised.value.said
        assert raised.value.problem == "vLLM ended with status -9."
        with pytest.raises(EngineUnavailableError, match="vLLM ended"):
            await ask(engine, "When do ships sail?")


OWNER = """
import asyncio, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is born deaf to it
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from test_vllm_server import make_engine
async def main():
    async with make_engine(Path(sys.argv[3])):
        print("ready", flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent has died")
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_does_not_outlive_us(stand_in, base_model, tmp_path, number):
    paths = [str(Path(__file__).parents[2]), str(Path(__file__).parent), str(base_model)]
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, *paths], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as owner:
        assert owner.stdout.readline() == b"ready\n"
        pid = json.loads((tmp_path / "record.json").read_text())["pid"]
        owner.send_signal(number)
        owner.wait(30)
    until = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.05)
    try:
        assert not is_running(pid)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.vllm
@pytest.mark.slow
@pytest.mark.skipif(not VLLM.exists(), reason="vLLM is not installed; `make vllm` installs it")
@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # peft asks transformers for it
async def test_vllm_itself_serves_base_and_adapter(tmp_path):
    base, folder = tmp_path / "base", tmp_path / "adapter"
    base.mkdir()
    save_model(base)
    save_adapter(base, folder)
    adapter = Adapter(name="adapter", path=folder, content_hash="0")
    engine = make_engine(base, python=VLLM, startup_timeout=300, kv_cache_gib=1, timeout=60)
    engine.announce([adapter])
    question = "When do ships sail at noon or midnight? " * 20  # on a CPU, vLLM caches blocks of 128 tokens
    async with engine:
        pid = engine._process.pid
        await engine.check()
        plain, first = await ask(engine, question)
        again, second = await ask(engine, question)
        tuned, third = await ask(engine, question, adapter)
        together = await asyncio.gather(*(ask(engine, question, one) for one in (None, adapter) * 4))
    assert plain == again != tuned
    assert [text for text, _ in together] == [plain, tuned] * 4
    prompt = [SystemMessage("Be brief."), HumanMessage(question)]
    assert {one.usage.prompt_tokens for one in (first, second, third)} == {engine.count_tokens(prompt)}
    assert first.usage.cached_tokens == 0 < second.usage.cached_tokens
    assert first.usage.completion_tokens == 8
    assert first.finish_reason == "length"
    assert not is_running(pid)


async def ask(engine: VllmEngine, question: str, adapter: Adapter | None = None) -> tuple[str, Finished]:
    messages = [SystemMessage("Be brief."), HumanMessage(question)]
    events = [one async for one in generate(engine, engine.chat_model(adapter), messages, "tiny")]
    assert isinstance(events[-1], Finished)
    return "".join(one.text for one in events if isinstance(one, Piece)), events[-1]
