"""The server as a process: its address, and how it goes down."""

from __future__ import annotations

import json
import logging
import logging.config
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from service_fakes import DRAGON, QUESTION, request_body

from corpora.errors import ConfigError
from service.access import HEADERS
from service.server import listen, log_config

SCRIPT = """
import asyncio
from contextlib import asynccontextmanager
from service.server import listen, run_server, run_until_stopped
from service_fakes import FakePipeline, fake_engine, make_app

@asynccontextmanager
async def engine():
    try:
        yield
    finally:
        await asyncio.sleep(0.05)  # stopping takes turns of the loop
        print("engine stopped", flush=True)

async def serve(listener):
    async with engine():
        await run_server(make_app({"rag": FakePipeline("rag", fake_engine(delay=0.05))}), listener, lambda: None)

with listen("127.0.0.1", 0) as listener:
    print(listener.getsockname()[1], flush=True)
    run_until_stopped(serve(listener))
"""


HERE = Path(__file__).parent
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}"}
CHAT = "/v1/chat/completions"


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stdout
    with process:
        address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        yield process, address
        process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_an_answer_end_and_stops_the_engine(
    server: tuple[subprocess.Popen[str], str], number: signal.Signals
) -> None:
    process, address = server
    body = {"question": QUESTION, "pipeline": "rag", "stream": True}
    with httpx2.stream("POST", f"{address}/query", json=body, timeout=30) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: retrieved"
        process.send_signal(number)
        rest = list(lines)
    assert any(DRAGON in line for line in rest[-3:])
    output, _ = process.communicate(timeout=20)
    assert "engine stopped" in output
    assert process.returncode == 0


@pytest.mark.slow
def test_a_collector_that_is_gone_holds_nothing_up_and_spoils_no_line_of_the_log() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT
            | {
                "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}",
                "OTEL_BSP_SCHEDULE_DELAY": "1",
                "OTEL_EXPORTER_OTLP_TIMEOUT": "120",
            },
        ) as process,
    ):
        assert process.stdout
        address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        assert httpx2.post(f"{address}/query", json=request_body("/query", False), timeout=30).is_success
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0
    assert all(json.loads(line) for line in log.splitlines())


LONG = SCRIPT.replace("delay=0.05", "delay=0.1, reply=lambda *_: 'word ' * 4000").replace(
    "async def serve", "from service import server\nserver.GRACE_SECONDS = 0.5\n\nasync def serve"
)


@pytest.mark.slow
def test_whoever_is_not_answered_in_time_is_told_so() -> None:
    """Before its first event, in a stream, and in one of OpenAI's."""
    with (
        subprocess.Popen(
            [sys.executable, "-c", LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
        ) as process,
        httpx2.Client(timeout=30) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        assert process.stdout
        address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        whole = pool.submit(client.post, f"{address}/query", json=request_body("/query", False))
        with (
            client.stream("POST", f"{address}/query", json=request_body("/query", True)) as own,
            client.stream("POST", f"{address}{CHAT}", json=request_body(CHAT, True)) as openais,
        ):
            own_lines, openais_lines = own.iter_lines(), openais.iter_lines()
            assert next(own_lines) == "event: retrieved"
            assert "chunk" in next(openais_lines)
            process.send_signal(signal.SIGTERM)
            *_, own_event, own_data, _ = own_lines
            *_, openais_data, _ = openais_lines
        response = whole.result()
        _, log = process.communicate(timeout=20)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (503, "stopping")
    assert int(response.headers["retry-after"]) > 0
    assert problem["instance"].endswith(response.headers["x-request-id"])
    assert HEADERS.items() <= dict(response.headers).items()
    assert (own_event, json.loads(own_data.removeprefix("data: "))["code"]) == ("event: error", "stopping")
    assert json.loads(openais_data.removeprefix("data: "))["error"]["code"] == "stopping"
    assert process.returncode == 0
    assert "Traceback" not in log


def test_an_address_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigError) as caught:
        listen("127.0.0.1", taken.getsockname()[1])
    assert "in use" in caught.value.problem
    assert "--port" in caught.value.remedy


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("127.0.0.1", -1), ("203.0.113.1", 0)])
def test_an_address_that_is_none_is_told(host: str, port: int) -> None:
    with pytest.raises(ConfigError, match="--port"):
        listen(host, port)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_engine_starts_stops_it(number: signal.Signals) -> None:
    slow = SCRIPT.replace("async with engine():", "async with engine():\n        await asyncio.sleep(3600)")
    with subprocess.Popen(
        [sys.executable, "-c", slow.replace("        yield", "        print('starting', flush=True)\n        yield")],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout
        while process.stdout.readline().strip() != "starting":
            pass
        process.send_signal(number)
        output, _ = process.communicate(timeout=20)
    assert "engine stopped" in output
    assert process.returncode == 0


def test_no_part_of_an_answer_waits_for_the_acknowledgement_of_another() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_line_of_the_log_says_a_thing_once() -> None:
    config = log_config()
    formatter = logging.config.DictConfigurator(config).configure_formatter(config["formatters"]["default"])  # type: ignore[attr-defined]
    record = logging.makeLogRecord({"msg": "Up", "color_message": "\x1b[36mUp", "status": 1})
    line = json.loads(formatter.format(record))
    assert list(line) == ["time", "level", "logger", "message", "status"]
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0)


def test_a_line_of_a_librarys_is_json_too() -> None:
    code = "import logging.config; from service.server import log_config; logging.config.dictConfig(log_config()); "
    code += "logging.getLogger('opentelemetry.exporter').error('Failed to export')"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    line = json.loads(told.stderr)
    assert (line["logger"], line["message"]) == ("opentelemetry.exporter", "Failed to export")


def test_what_may_hold_a_question_is_logged_where_it_is_asked_for_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAKEOFF_DEBUG", raising=False)
    assert log_config()["loggers"]["bakeoff"]["level"] == "INFO"
    monkeypatch.setenv("BAKEOFF_DEBUG", "1")
    assert log_config()["loggers"]["bakeoff"]["level"] == "DEBUG"


def test_others_that_set_their_own_level_are_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    other, before = logging.getLogger("bakeoff-test-other"), logging.root.handlers[:]
    other.setLevel(logging.DEBUG)  # as bm25s does
    try:
        logging.config.dictConfig(log_config())
        other.debug("not heard")
        other.warning("heard")
    finally:
        logging.root.handlers[:] = before
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "heard"
