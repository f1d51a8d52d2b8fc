"""A vLLM server of our own: started for a bake-off from an environment of its own, and stopped after it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from langchain_core.language_models import BaseChatModel
from pydantic import Field

from corpora.errors import EngineError, EngineUnavailableError
from corpora.model import Record
from pipelines.engines.base import Adapter, Decoding
from pipelines.engines.openai_server import OpenAIEngine, OpenAIOptions
from pipelines.engines.vllm_settings import VllmOptions, as_arguments, vllm_settings
from pipelines.loading import check_for_server
from pipelines.models import content_hash

STOP_SECONDS = 20
LOG_LINES = 15
# The server must not outlive us, not even when we are killed: Linux then sends it SIGTERM (prctl's PR_SET_PDEATHSIG).
_LAUNCH = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 15); os.execv(sys.argv[1], sys.argv[1:])"

log = logging.getLogger(__name__)


class VllmAddress(Record):
    """Where a server runs, and the key that it wants."""

    base_url: str
    key: str = Field(repr=False)


class VllmEngine(OpenAIEngine):
    """Serves the base model, and beside it every adapter that was announced before the engine was entered.

    Adapters cannot be loaded while it runs: vLLM leaves the requests for that open to anybody who reaches its port.
    """

    def __init__(self, options: VllmOptions, base_model: Path, model_name: str, decoding: Decoding) -> None:
        client = OpenAIOptions(
            base_url="http://127.0.0.1",
            model=model_name,
            timeout=options.timeout,
            max_retries=options.max_retries,
            window=options.window,
        )
        super().__init__(client, base_model, model_name, decoding)
        self.server = options
        self._base_model = base_model
        self._adapters: dict[str, Adapter] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._log_path: Path | None = None
        self.address: VllmAddress | None = None

    def join(self, address: VllmAddress) -> None:
        """Says before the engine is entered that another process has started the server, and stops it."""
        self.address = address

    def announce(self, adapters: Sequence[Adapter]) -> None:
        self._adapters = {adapter.name: adapter for adapter in adapters}

    async def __aenter__(self) -> Self:
        """As in `OpenAIEngine`.

        Raises:
            EngineUnavailableError: vLLM is not installed, dies, or is not ready in time.
            ModelRejectedError: besides, the base model's weights are not whole.
        """
        await asyncio.to_thread(lambda: self._content_hash)  # of what is served, whatever is written there later
        if self.address is not None:
            await asyncio.to_thread(lambda: self._tokenizer)
            self._connect(self.address.base_url, self.address.key)
            return self
        python = self.server.python.absolute()  # not resolved: the link is what belongs to the environment
        if not python.exists():
            remedy = "Run `make vllm`, or name the Python of an environment that has vLLM under `engines.vllm.python`."
            raise EngineUnavailableError(f"vLLM is not installed: there is no {python}.", remedy)
        await asyncio.to_thread(lambda: self._tokenizer)
        await asyncio.to_thread(check_for_server, self._base_model)  # vLLM itself serves what is no number
        port, key = self.server.port or _free_port(), secrets.token_urlsafe(24)
        await self._start(python, port, key)
        try:
            self.address = VllmAddress(base_url=f"http://127.0.0.1:{port}/v1", key=key)
            self._connect(self.address.base_url, key)
            await self._until_healthy(f"http://127.0.0.1:{port}/health")
        except BaseException as error:  # a cancelled start must stop the server as well
            await self._stop(keep_log=isinstance(error, EngineError))
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stop(keep_log=False)

    def chat_model(self, adapter: Adapter | None = None) -> BaseChatModel:
        if adapter is not None and self._adapters.get(adapter.name) != adapter:
            raise EngineUnavailableError(
                f"The adapter {adapter.name} was made after vLLM was started.", "Start Bakeoff again to serve it."
            )
        return super().chat_model(adapter)

    def fingerprint(self) -> dict[str, Any]:
        return {
            "kind": "vllm",
            "model": self.model,
            "content_hash": self._content_hash,
            "dtype": self.server.dtype,
            "decoding": self.decoding.model_dump(),
        }

    @cached_property
    def _content_hash(self) -> str:
        return content_hash(self._base_model)

    def translate(self, error: Exception) -> EngineError:
        return self._death() or super().translate(error)

    async def check(self, adapter: Adapter | None = None) -> None:
        if death := self._death():
            raise death
        await super().check(adapter)

    async def _start(self, python: Path, port: int, key: str) -> None:
        command = [str(python), *self._arguments(port)]
        if sys.platform == "linux":
            command = [str(python), "-c", _LAUNCH, *command]
        descriptor, path = tempfile.mkstemp(prefix="bakeoff-vllm-", suffix=".log")
        self._log_path = Path(path)
        try:
            # a session of its own: Ctrl-C reaches only us, and the whole group can be stopped by one number
            self._process = await asyncio.create_subprocess_exec(
                *command,
                env=os.environ | self._environment(key),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)

    def _arguments(self, port: int) -> list[str]:
        settings = vllm_settings(self.server, self.model, self.window, list(self._adapters.values()))
        address = ["--host", "127.0.0.1", "--port", str(port), "--model", str(self._base_model)]
        return ["-m", "vllm.entrypoints.openai.api_server", *address, *as_arguments(settings)]

    def _environment(self, key: str) -> dict[str, str]:
        """The key goes by the environment, since everybody can read a command line."""
        cores = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else list(range(os.cpu_count() or 1))
        return {
            "VLLM_API_KEY": key,
            "VLLM_CPU_KVCACHE_SPACE": str(self.server.kv_cache_gib),
            "VLLM_CPU_OMP_THREADS_BIND": ",".join(map(str, cores)),
            "OMP_NUM_THREADS": str(len(cores)),
            "VLLM_NO_USAGE_STATS": "1",
            "DO_NOT_TRACK": "1",
            "HF_HUB_OFFLINE": "1",
            "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "0",
        }

    async def _until_healthy(self, url: str) -> None:
        import httpx2

        began, limit = time.monotonic(), self.server.startup_timeout
        log.info("vLLM is starting; its log is %s", self._log_path)
        async with httpx2.AsyncClient(trust_env=False, timeout=2.0) as client:
            while (passed := time.monotonic() - began) < limit:
                if death := self._death():
                    raise death
                with contextlib.suppress(httpx2.TransportError):
                    if (await client.get(url)).is_success:
                        log.info("vLLM is ready after %.0f seconds", passed)
                        return
                await asyncio.sleep(0.5)
        raise EngineUnavailableError(
            f"vLLM was not ready after {limit:g} seconds.",
            "Raise the engine's startup_timeout.",
            self._log_tail(),
            str(self._log_path),
        )

    def _death(self) -> EngineUnavailableError | None:
        """Why there is no server any more; None while it runs."""
        if self._process is None or self._process.returncode is None:
            return None
        return EngineUnavailableError(
            f"vLLM ended with status {self._process.returncode}.",
            "Mend what its log names, then start again.",
            self._log_tail(),
            str(self._log_path),
        )

    def _log_tail(self) -> str:
        if self._log_path is None or not self._log_path.exists():
            return "(nothing)"
        return "\n".join(["", *self._log_path.read_text(errors="replace").splitlines()[-LOG_LINES:], ""])

    async def _stop(self, *, keep_log: bool) -> None:
        await super().__aexit__()
        process, self._process = self._process, None
        if process is None:
            return
        self.address = None
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)  # its workers belong to the group
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
        if self._log_path and not keep_log:
            self._log_path.unlink(missing_ok=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
