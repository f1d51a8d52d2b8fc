"""Base models as they are loaded: with all of their layers, weights that are numbers, and a template that asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from langchain_core.messages import HumanMessage, SystemMessage
from safetensors.torch import load_file, save_file
from tiny_models import save_model

from corpora.errors import EngineError, ModelRejectedError
from pipelines.engines.base import Decoding
from pipelines.engines.embedded import EmbeddedEngine, EmbeddedOptions
from pipelines.engines.embedded_chat import Template
from pipelines.loading import load_language_model

LAYER = "model.layers.1.mlp.up_proj.weight"


def configure(folder: Path, **options: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | options))


def rewrite(folder: Path, **weights: torch.Tensor) -> None:
    file = folder / "model.safetensors"
    save_file(load_file(file) | weights, file, metadata={"format": "pt"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_model(tmp_path)
    return tmp_path


def test_a_model_is_loaded_whole(folder: Path) -> None:
    assert len(load_language_model(folder, dtype=torch.float32).model.layers) == 2


@pytest.mark.parametrize("beginning", ["model.", ""])
def test_layers_that_the_settings_do_not_ask_for_are_not_left_out(folder: Path, beginning: str) -> None:
    configure(folder, num_hidden_layers=1)
    file = folder / "model.safetensors"
    weights = {key.replace("model.", beginning): each for key, each in load_file(file).items() if "lm_head" not in key}
    configure(folder, tie_word_embeddings=True)
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(ModelRejectedError, match=r"2 layers in model\.layers, and its .* asks for 1 of them"):
        load_language_model(folder)


def test_weights_that_whole_models_have_besides_are_let_be(folder: Path) -> None:
    configure(folder, tie_word_embeddings=True)
    inverse = {"model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(32)}
    rewrite(folder, **{"mtp.layers.7.proj.weight": torch.ones(4)}, **inverse)
    load_language_model(folder)
    rewrite(folder, **{"model.layers.2.eh_proj.weight": torch.ones(4)})
    with pytest.raises(ModelRejectedError, match="weights of 3 layers"):
        load_language_model(folder)
    configure(folder, num_nextn_predict_layers=1)
    load_language_model(folder)


async def test_a_chat_template_that_leaves_the_question_out_is_refused(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text("hello")
    with pytest.raises(ModelRejectedError, match="leaves out the question"):
        async with EmbeddedEngine(EmbeddedOptions(threads=1), folder, "tiny", Decoding()):
            pass
    (folder / "chat_template.jinja").write_text("{{ raise_exception('no system message, no answer') }}")
    async with EmbeddedEngine(EmbeddedOptions(threads=1), folder, "tiny", Decoding()) as engine:
        with pytest.raises(EngineError, match="does not take this prompt"):
            engine.count_tokens([HumanMessage("When?")])


LOWERED = "{% for m in messages %}{{ m.role }} {{ m.content | lower }} end {% endfor %}assistant"
NO_SYSTEM = "{% for m in messages if m.role != 'system' %}{{ m.role }} {{ m.content }} end {% endfor %}assistant"
REFUSES_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"


def test_a_chat_template_that_leaves_the_system_message_out_is_refused(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(NO_SYSTEM)
    with pytest.raises(ModelRejectedError, match="leaves out the system message that it is given") as caught:
        Template(folder)
    assert "whose chat template takes a system message" in caught.value.remedy


def test_a_chat_template_that_takes_no_system_message_is_told_of_with_what_to_do(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(REFUSES_SYSTEM + NO_SYSTEM)
    with pytest.raises(EngineError, match="System role not supported") as caught:
        Template(folder).prompt([SystemMessage("Be brief."), HumanMessage("When?")])
    assert "whose chat template takes a system message" in caught.value.remedy


def test_a_chat_template_may_change_the_case(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text(LOWERED)
    template = Template(folder)
    whole, static = template.prompt([SystemMessage("do"), HumanMessage("sail at noon")])
    assert whole == tuple(template.encode("system do end user sail at noon end assistant"))
    assert static == tuple(template.encode("system do end user"))


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_that_are_no_numbers_are_refused(folder: Path, wrong: float, dtype: torch.dtype) -> None:
    broken = load_file(folder / "model.safetensors")[LAYER]
    broken[3, 5] = wrong
    rewrite(folder, **{LAYER: broken})
    with pytest.raises(ModelRejectedError, match=f"no finite numbers: {LAYER}"):
        load_language_model(folder, dtype=dtype)
