"""Every engine, by kind."""

from __future__ import annotations

from pipelines.engines.base import Engine
from pipelines.engines.embedded import EmbeddedEngine
from pipelines.engines.fake import FakeEngine
from pipelines.engines.openai_server import OpenAIEngine
from pipelines.engines.vllm_server import VllmEngine

ENGINES: dict[str, type[Engine]] = {
    "embedded": EmbeddedEngine,
    "openai": OpenAIEngine,
    "vllm": VllmEngine,
    "fake": FakeEngine,
}
