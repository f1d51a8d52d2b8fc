"""The environment's proxies: past them for what is here, and for what is elsewhere told of where they are of no use."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import httpx
import httpx2
import pytest

from corpora.errors import ConfigError
from eval.load.client import LoadClient
from eval.metrics.judge import JudgeOptions
from pipelines.engines.base import Decoding
from pipelines.engines.openai_server import OpenAIEngine, OpenAIOptions
from pipelines.proxies import check_proxies, past_proxies
from pipelines.vectors import VectorOptions, Vectors

ELSEWHERE = "http://server.example"
HERE = "http://127.0.0.1:8000"
USER = "ada:tiger"
PLAIN = pytest.mark.parametrize("client", [httpx.Client, httpx2.Client])


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@PLAIN
@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "http_proxy"])
@pytest.mark.parametrize("value", [f"socks5://{USER}@h", f"ftp://{USER}@h", "http://[::1"])
def test_a_proxy_that_is_of_no_use_is_named_and_not_shown(monkeypatch, client, name, value):
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "other.example")
    with pytest.raises(ConfigError, match=rf"server\.example cannot be asked with {name} as.*HTTP proxy") as raised:
        check_proxies(ELSEWHERE, client)
    assert "tiger" not in str(raised.value)
    assert not check_proxies(HERE, client)


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_exceptions_that_cannot_be_read_are_named_by_a_client_that_minds(monkeypatch, name):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv(name, "localhost,127.0.0.1,[::1]")
    with pytest.raises(ConfigError, match=rf"with {name} as.*without brackets, and no networks"):
        check_proxies(ELSEWHERE, httpx.Client)
    assert check_proxies(ELSEWHERE, httpx2.Client)  # which reads it


@PLAIN
def test_a_proxy_that_can_be_used_is(monkeypatch, client):
    for value in (f"http://{USER}@proxy.example:3128", "proxy.example:3128", ""):
        monkeypatch.setenv("HTTP_PROXY", value)
        assert check_proxies(ELSEWHERE, client)


async def test_every_client_of_a_server_elsewhere_tells_which_variable_is_wrong(monkeypatch, tmp_path):
    from eval.metrics.judge_llm import open_judge

    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    engine = OpenAIEngine(OpenAIOptions(base_url=ELSEWHERE, model="m", window=8), Path(), "m", Decoding())
    with pytest.raises(ConfigError, match="ALL_PROXY"):
        engine._connect(ELSEWHERE, "none")
    with pytest.raises(ConfigError, match="ALL_PROXY"):
        LoadClient(ELSEWHERE, 1)
    with pytest.raises(ConfigError, match="ALL_PROXY"):
        Vectors(tmp_path, VectorOptions(url=ELSEWHERE, startup_timeout=0)).client()
    with pytest.raises(ConfigError, match="ALL_PROXY"):
        async with open_judge(JudgeOptions(base_url=ELSEWHERE, model="m")):
            pass


def test_two_threads_go_past_the_proxies_one_after_the_other_and_leave_the_environment_as_it_was(monkeypatch):
    monkeypatch.setenv("no_proxy", "other.example")
    seen = []

    def other() -> None:
        with past_proxies("http://localhost:8001"):
            seen.append(os.environ["no_proxy"])

    thread = threading.Thread(target=other)
    with past_proxies(HERE):
        thread.start()
        thread.join(0.1)
        assert seen == []
    thread.join()
    assert seen == ["*"]
    assert os.environ["no_proxy"] == "other.example"
    with past_proxies(ELSEWHERE):
        assert os.environ["no_proxy"] == "other.example"
