"""How vLLM is started, whether by us or in a container of its own: the base model, and beside it the adapters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipelines.engines.base import Adapter, EngineOptions

Settings = dict[str, str | int | bool | list[str]]
"""vLLM's own options by their long names, as they stand in a file for its `--config`."""


class VllmOptions(EngineOptions):
    """How the server is started.

    Attributes:
        python: of the environment that vLLM is installed in; `make vllm` makes the default one in the working folder.
        port: to listen on, on 127.0.0.1 only; 0 takes a free one.
        dtype: of weights and arithmetic. float32 is the fastest on a CPU without bfloat16 of its own.
        max_num_seqs: requests that are computed at once; more of them wait.
        kv_cache_gib: memory for the attention's keys and values on a CPU.
        startup_timeout: seconds that loading and warming up may take.
        timeout, max_retries: as for any server, see `OpenAIOptions`.
        window: tokens that prompt and answer may take together; by default what the model's config.json says.
    """

    kind: Literal["vllm"] = "vllm"
    python: Path = Path(".venv-vllm/bin/python")
    port: int = Field(default=0, ge=0, le=65535)
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "float32"
    max_num_seqs: int = Field(default=32, ge=1)
    kv_cache_gib: int = Field(default=2, ge=1)
    startup_timeout: float = Field(default=300.0, gt=0)
    timeout: float = Field(default=120.0, gt=0)
    max_retries: int = Field(default=2, ge=0, le=10)
    window: int | None = Field(default=None, gt=0)


def vllm_settings(options: VllmOptions, model_name: str, window: int, adapters: Sequence[Adapter]) -> Settings:
    """All but the model's folder and the address, which differ from place to place.

    Args:
        model_name: what the server calls the base model; an adapter goes by its own name.
        window: tokens that prompt and answer may take together.
    """
    settings: Settings = {
        "served-model-name": model_name,
        "dtype": options.dtype,
        "max-num-seqs": options.max_num_seqs,
        "enforce-eager": True,
        "max-model-len": window,
        "enable-prompt-tokens-details": True,
        "seed": 0,
    }
    if adapters:
        settings |= {
            "enable-lora": True,
            "max-lora-rank": max(_rank(adapter) for adapter in adapters),
            # On a CPU, vLLM 0.32 gives base requests the last slot's adapter where one batch holds both kinds: its
            # torch_ops take "no adapter", -1, as an index from the end. One slot more stays empty, and adds nothing.
            "max-loras": len(adapters) + 1,
            "lora-modules": [f"{adapter.name}={adapter.path}" for adapter in adapters],
        }
    return settings


def as_arguments(settings: Settings) -> list[str]:
    """The same on a command line."""
    arguments = []
    for name, value in settings.items():
        arguments.append(f"--{name}")
        if isinstance(value, list):
            arguments += value
        elif value is not True:
            arguments.append(str(value))
    return arguments


def _rank(adapter: Adapter) -> int:
    """One of `pipelines.training.options.SERVABLE_RANKS`, or the adapter would have been rejected before."""
    return int(json.loads((adapter.path / "adapter_config.json").read_text())["r"])
