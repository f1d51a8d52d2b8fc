"""The real default model, opened once for all tests of the embedded engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.engines.base import Adapter, Decoding
from pipelines.engines.embedded import EmbeddedEngine, EmbeddedOptions
from pipelines.home import Home
from pipelines.models import prepare_model

NAME = "smollm2-135m-instruct"


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """Prepared where the demo has it too, since it takes half a minute."""
    return prepare_model(NAME, Home(Path(__file__).parents[2] / ".bakeoff")).path


@pytest.fixture(scope="session")
def opened_engine(smollm2: Path) -> Iterator[EmbeddedEngine]:
    # one thread: two that share busy processors wait for each other, and tests often run beside something else
    engine = EmbeddedEngine(EmbeddedOptions(threads=1), smollm2, NAME, Decoding(max_new_tokens=16))
    asyncio.run(engine.__aenter__())  # its requests may come from any loop, which the tests' loops prove
    yield engine
    asyncio.run(engine.__aexit__())


@pytest.fixture
def engine(opened_engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> EmbeddedEngine:
    """Tests may set its `decoding`; it is set back."""
    monkeypatch.setattr(opened_engine, "decoding", opened_engine.decoding)
    return opened_engine


@pytest.fixture(scope="session")
def adapters(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Adapter]:
    """Two LoRA adapters with random weights, large enough to change every answer."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    made = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        base = AutoModelForCausalLM.from_pretrained(smollm2, dtype=torch.float32)
        config = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", init_lora_weights=False)
        folder = tmp_path_factory.mktemp("adapter")
        get_peft_model(base, config).save_pretrained(folder)
        made.append(Adapter(name=f"random-{seed}", path=folder, content_hash=str(seed) * 64))
    return made
