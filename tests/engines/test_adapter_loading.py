"""An adapter on the base model: all of its weights are taken, and all that PEFT asks for are there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file
from tiny_models import save_adapter, save_model
from torch import Tensor

from corpora.errors import AdapterRejectedError
from pipelines.engines.base import Adapter
from pipelines.engines.embedded_model import Model

pytestmark = pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
Weights = dict[str, Tensor]


@pytest.fixture
def adapter(tmp_path: Path) -> Adapter:
    """Beside its base model, `base`."""
    (tmp_path / "base").mkdir()
    save_model(tmp_path / "base")
    save_adapter(tmp_path / "base", tmp_path / "adapter")
    return Adapter(name="tide", path=tmp_path / "adapter", content_hash="1")


def without_the_second_layer(weights: Weights) -> Weights:
    return {name: each for name, each in weights.items() if "layers.1." not in name}


def under_other_names(weights: Weights) -> Weights:
    return {name.replace("model.layers.1.", "layers.1."): each for name, each in weights.items()}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_the_second_layer, r"it lacks .*layers\.1\..* and 3 more"),
        (under_other_names, r"nothing in the base model takes .*layers\.1\..* and 3 more"),
    ],
)
def test_an_adapter_that_is_not_taken_whole_is_refused_each_time(
    adapter: Adapter, change: Callable[[Weights], Weights], said: str
) -> None:
    file = adapter.path / "adapter_model.safetensors"
    whole = load_file(file)
    model = Model(adapter.path.parent / "base", "float32")
    save_file(change(whole), file)
    for _ in range(2):
        with pytest.raises(AdapterRejectedError, match=re.compile(f"The adapter tide does not fit.*{said}")):
            model.adapter_name(adapter)
    save_file(whole, file)
    assert model.adapter_name(adapter.model_copy(update={"content_hash": "2"})) == "2"


def test_settings_that_peft_stumbles_over_are_told_in_our_words(adapter: Adapter) -> None:
    file = adapter.path / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"lora_alpha": "x"}))
    with pytest.raises(AdapterRejectedError, match="The adapter tide does not fit the base model"):
        Model(adapter.path.parent / "base", "float32").adapter_name(adapter)


def changed(adapter: Adapter, **changes: Any) -> Adapter:
    file = adapter.path / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
    return adapter


def test_layers_may_be_named_by_a_regular_expression(adapter: Adapter) -> None:
    model = Model(adapter.path.parent / "base", "float32")
    pattern = r"model\.layers\.\d+\..*\.(q|down)_proj"
    for name in ("1", "2"):  # on a model that has none yet, and beside another
        other = adapter.model_copy(update={"content_hash": name})
        assert model.adapter_name(changed(other, target_modules=pattern, exclude_modules="lm_.*")) == name


def test_a_regular_expression_that_names_everything_is_not_told_of_an_empty_name(adapter: Adapter) -> None:
    with pytest.raises(AdapterRejectedError, match="The adapter tide does not fit") as caught:
        Model(adapter.path.parent / "base", "float32").adapter_name(changed(adapter, target_modules=".*"))
    assert "empty string" not in str(caught.value)


def test_a_regular_expression_that_never_ends_on_some_layer_without_weights_does_not_hold_the_model_up(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.training.name_patterns.SECONDS", 1)
    endless = changed(adapter, target_modules=r".*(q|down)_proj|(([a-z0-9._]+)+)+!")
    with pytest.raises(AdapterRejectedError, match="takes more than 1 seconds"):
        Model(adapter.path.parent / "base", "float32").adapter_name(endless)
