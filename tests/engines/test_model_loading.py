"""Base models as they are loaded: with all of their layers, and weights that are numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import save_model

from corpora.errors import ModelRejectedError
from pipelines.loading import check_for_server, load_language_model

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


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_that_are_no_numbers_are_refused(folder: Path, wrong: float, dtype: torch.dtype) -> None:
    broken = load_file(folder / "model.safetensors")[LAYER]
    broken[3, 5] = wrong
    rewrite(folder, **{LAYER: broken})
    with pytest.raises(ModelRejectedError, match=f"no finite numbers: {LAYER}"):
        load_language_model(folder, dtype=dtype)


def test_a_model_for_a_server_is_looked_at_in_its_files(folder: Path) -> None:
    check_for_server(folder)
    rewrite(folder, **{"further.mask": torch.full((3,), -torch.inf)})
    check_for_server(folder)  # nothing takes it
    whole = load_file(folder / "model.safetensors")
    rewrite(folder, **{LAYER: torch.full_like(whole[LAYER], torch.nan)})
    with pytest.raises(ModelRejectedError, match=f"no finite numbers: {LAYER}"):
        check_for_server(folder)
    rest = {name: each for name, each in whole.items() if name != LAYER}
    save_file(rest, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelRejectedError, match=f"lacks weights that its config.json asks for: {LAYER}"):
        check_for_server(folder)


def test_what_a_server_may_know_better_is_left_to_it(folder: Path) -> None:
    configure(folder, num_hidden_layers=3, quantization_config={"quant_method": "unheard of"})
    check_for_server(folder)
    configure(folder, model_type="unheard of")
    check_for_server(folder)
