"""An adapter that vLLM or PEFT could not serve is rejected when it is opened, with what to do."""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from training_fakes import BASE_HASH, INPUTS, MODULE, OUTPUTS, RANK

from corpora.errors import AdapterMissingError, AdapterRejectedError
from pipelines.training.adapter import load_adapter
from pipelines.training.adapter_settings import MOST_BYTES, MOST_COMPILED, MOST_NAMES
from pipelines.training.card import CARD
from pipelines.training.name_patterns import matched
from pipelines.training.servable import validate_adapter

A, B = f"base_model.model.{MODULE}.lora_A.weight", f"base_model.model.{MODULE}.lora_B.weight"


def change_config(folder: Path, **changes: Any) -> None:
    file = folder / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def change_weights(folder: Path, shapes: dict[str, tuple[int, ...]], fill: float = 0.0) -> None:
    import torch
    from safetensors.torch import save_file

    save_file({name: torch.full(shape, fill) for name, shape in shapes.items()}, folder / "adapter_model.safetensors")


def test_a_plain_adapter_is_accepted(good_adapter: Path, bare_model: Path) -> None:
    adapter = load_adapter(good_adapter, bare_model, BASE_HASH)
    assert adapter.path == good_adapter
    assert len(adapter.content_hash) == 64


@pytest.mark.parametrize(
    ("module", "fits"),
    [
        ("model.layers.0.self_attn.q_proj", True),
        ("odd.layers.0.x", False),
        ("layers.0.self_attn.q_proj", False),  # as the file has it; PEFT, which goes by the whole model, would drop it
    ],
)
def test_an_adapter_fits_a_base_that_was_saved_without_its_head(
    tmp_path: Path, tiny_model: Path, good_adapter: Path, module: str, fits: bool
) -> None:
    from safetensors.torch import load_file, save_file

    base = tmp_path / "headless"
    shutil.copytree(tiny_model, base)
    weights = {name.removeprefix("model."): each for name, each in load_file(base / "model.safetensors").items()}
    save_file(weights, base / "model.safetensors", metadata={"format": "pt"})
    pair = {
        f"base_model.model.{module}.lora_A.weight": (RANK, 32),
        f"base_model.model.{module}.lora_B.weight": (32, RANK),
    }
    change_weights(good_adapter, pair)
    if fits:
        validate_adapter(good_adapter, base)
        return
    with pytest.raises(AdapterRejectedError, match="no linear layer"):
        validate_adapter(good_adapter, base)


@pytest.mark.parametrize("init", [True, False, "gaussian", "orthogonal", "eva"])
def test_inits_that_leave_the_base_alone_are_accepted(good_adapter: Path, bare_model: Path, init: bool | str) -> None:
    change_config(good_adapter, init_lora_weights=init)
    validate_adapter(good_adapter, bare_model)


@pytest.mark.parametrize(
    "changes",
    [
        {"peft_type": "IA3"},
        {"use_dora": True},
        {"lora_bias": True},
        {"bias": "lora_only"},
        {"modules_to_save": ["lm_head"]},
        {"alora_invocation_tokens": [1, 2]},
        {"layer_replication": [[0, 1]]},
        {"use_qalora": True},
        {"use_bdlora": {"nblocks": 2}},
        {"target_parameters": ["experts.gate"]},
        {"trainable_token_indices": [3]},
        {"init_lora_weights": "pissa"},
        {"init_lora_weights": "pissa_niter_16"},
        {"init_lora_weights": "olora"},
        {"init_lora_weights": "corda"},
        {"init_lora_weights": "loftq"},
        {"r": 4},
        {"r": 24},
        {"r": None},
        {"r": 16},
        {"r": 8.0},
        {"r": True},
        {"lora_alpha": None},
        {"lora_alpha": "x"},
        {"lora_alpha": math.nan},
        {"lora_alpha": 1e30},
        {"lora_alpha": -16},
        {"alpha_pattern": {"q_proj": 64}},
        {"init_lora_weights": 5},
        {"target_modules": None},
        {"target_modules": []},
        {"target_modules": ["k_proj"]},
        {"target_modules": "((("},
        {"target_modules": r".*\.k_proj"},
        {"exclude_modules": ["q_proj"]},
        {"exclude_modules": ".*"},
        {"layers_to_transform": [1]},
        {"layers_to_transform": 1},
        {"layers_to_transform": "0"},
        {"layers_to_transform": {}},
        {"layers_pattern": "layers"},
        {"layers_to_transform": [0], "layers_pattern": "blocks"},
        {"layers_to_transform": [0], "layers_pattern": {"layers": 1}},
        {"layers_to_transform": [0], "layers_pattern": "(l+)+ayers"},
        {"target_modules": r".*\.q_proj", "layers_to_transform": [0]},
        {"rank_pattern": {"q_proj": 5}},
        {"rank_pattern": {"(([a-z0-9._]+)+)+!": 8}},
        {"kasa_config": {"beta": 0.1}},
        {"kasa_config": {}},
        {"velora_config": {"num_groups": 64}},
        {"monteclora_config": {"num_samples": 8}},
        {"arrow_config": {"top_k": 2}},
        {"megatron_config": {"hidden_size": 8}},
        {"lora_dropout": None},
        {"lora_dropout": "0.1"},
        {"lora_dropout": True},
        {"lora_dropout": -0.1},
        {"lora_dropout": 1.5},
        {"lora_dropout": math.nan},
    ],
    ids=lambda changes: ",".join(f"{name}={value}" for name, value in changes.items()),
)
def test_settings_that_cannot_be_served(good_adapter: Path, bare_model: Path, changes: dict[str, Any]) -> None:
    change_config(good_adapter, **changes)
    with pytest.raises(AdapterRejectedError) as caught:
        validate_adapter(good_adapter, bare_model)
    assert caught.value.remedy


def test_a_setting_that_plain_lora_does_not_have_is_named(good_adapter: Path, bare_model: Path) -> None:
    change_config(good_adapter, **{"later\n_kind": {"size": 4}})
    with pytest.raises(AdapterRejectedError, match="sets 'later _kind', which is no setting of plain LoRA") as caught:
        validate_adapter(good_adapter, bare_model)
    assert "take the setting out of its adapter_config.json" in caught.value.remedy


def test_every_setting_that_peft_writes_by_itself_is_accepted(good_adapter: Path, bare_model: Path) -> None:
    from peft import LoraConfig

    LoraConfig(r=RANK, lora_dropout=0.1, target_modules=["q_proj"], inference_mode=True).save_pretrained(good_adapter)
    change_config(good_adapter, merge_weights=False, later=None, later_sizes=[], later_pattern={}, later_name="")
    validate_adapter(good_adapter, bare_model)


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ("target_modules", ["q_proj", *map(str, range(MOST_NAMES))]),
        ("exclude_modules", [str(number) for number in range(MOST_NAMES + 1)]),
        ("layers_to_transform", [*range(MOST_NAMES + 1)]),
        ("layers_pattern", ["layers", *map(str, range(MOST_COMPILED))]),
        ("rank_pattern", {str(number): RANK for number in range(MOST_COMPILED)}),  # and one of layers_pattern
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_names_in_a_setting_are_bounded(good_adapter: Path, bare_model: Path, field: str, named: Any) -> None:
    change_config(good_adapter, **{"layers_to_transform": [0], "layers_pattern": ["layers"], field: named})
    with pytest.raises(AdapterRejectedError, match=rf"has [45],?0?01 names in .*{field}.*, and may have") as caught:
        validate_adapter(good_adapter, bare_model)
    assert "by the ends of their names" in caught.value.remedy
    whole = dict(list(named.items())[:-1]) if isinstance(named, dict) else named[:-1]
    change_config(good_adapter, **{field: whole})
    validate_adapter(good_adapter, bare_model)


def test_settings_that_are_too_long_are_not_parsed(
    good_adapter: Path, bare_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_config(good_adapter, target_modules=["q" * MOST_BYTES])
    monkeypatch.setattr("pipelines.training.adapter_settings.parse_json", lambda text: pytest.fail("parsed"))
    with pytest.raises(AdapterRejectedError, match="has 257 KiB, and may have 256") as caught:
        validate_adapter(good_adapter, bare_model)
    assert "Restore" in caught.value.remedy


def test_a_pattern_does_not_name_the_root() -> None:
    assert matched(".*", ["", "model", "model.q_proj"]) == {"model", "model.q_proj"}


@pytest.mark.parametrize("field", ["target_modules", "exclude_modules"])
@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(([a-z0-9._]+)+)+!", "takes more than 1 seconds"),
        ("a{99999999999999999999}", "too large"),
        ("(" * 2_400 + ")" * 2_400, "recursion"),
        ("(" * 3_000 + ")" * 3_000, "6000 characters"),
        ("(((", "unterminated"),
    ],
    ids=range(5),
)
def test_a_regular_expression_is_read_within_bounds(
    good_adapter: Path, bare_model: Path, monkeypatch: pytest.MonkeyPatch, field: str, pattern: str, told: str
) -> None:
    monkeypatch.setattr("pipelines.training.name_patterns.SECONDS", 1)
    change_config(good_adapter, **{field: pattern})
    with pytest.raises(AdapterRejectedError, match=f"{field} that cannot be used .*{told}") as caught:
        validate_adapter(good_adapter, bare_model)
    assert "List the names" in caught.value.remedy


@pytest.mark.parametrize(
    "changes",
    [
        {"target_modules": r".*\.q_proj"},
        {"target_modules": [MODULE]},
        {"target_modules": "all-linear"},
        {"exclude_modules": ["lm_head"]},
        {"exclude_modules": ["proj"]},
        {"layers_to_transform": [0, 2], "layers_pattern": "layers"},
        {"layers_to_transform": 0},
        {"lora_alpha": 0.5, "use_rslora": True},
        {"lora_dropout": 0},
        {"lora_dropout": 1.0},
        {"init_lora_weights": "eva", "eva_config": {"rho": 2.0}},
        {"r": 16, "rank_pattern": {"q_proj": 8}},
        {"r": 16, "rank_pattern": {r"^model\.layers\.0.self_attn.q_proj": 8}},
    ],
    ids=str,
)
def test_settings_that_name_the_layers_otherwise(good_adapter: Path, bare_model: Path, changes: dict[str, Any]) -> None:
    change_config(good_adapter, **changes)
    validate_adapter(good_adapter, bare_model)


@pytest.mark.parametrize(
    "shapes",
    [
        {},
        {A: (RANK, INPUTS)},
        {A: (RANK, INPUTS + 1), B: (OUTPUTS, RANK)},
        {A: (RANK, INPUTS), B: (OUTPUTS + 1, RANK)},
        {A: (RANK, INPUTS), B: (OUTPUTS, RANK + 1)},
        {A: (RANK,), B: (OUTPUTS, RANK)},
        {A.replace("q_proj", "z_proj"): (RANK, INPUTS), B.replace("q_proj", "z_proj"): (OUTPUTS, RANK)},
        {A: (RANK, INPUTS), B: (OUTPUTS, RANK), "base_model.model.model.embed_tokens.weight": (7, INPUTS)},
    ],
    ids=["none", "half", "inputs", "outputs", "ranks-differ", "flat", "no-such-layer", "embeddings"],
)
def test_weights_that_do_not_fit(good_adapter: Path, bare_model: Path, shapes: dict[str, tuple[int, ...]]) -> None:
    change_weights(good_adapter, shapes)
    with pytest.raises(AdapterRejectedError):
        validate_adapter(good_adapter, bare_model)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_numbers(good_adapter: Path, bare_model: Path, value: float) -> None:
    change_weights(good_adapter, {A: (RANK, INPUTS), B: (OUTPUTS, RANK)}, fill=value)
    with pytest.raises(AdapterRejectedError, match="learning_rate"):
        validate_adapter(good_adapter, bare_model)


def test_pickled_weights(good_adapter: Path, bare_model: Path) -> None:
    (good_adapter / "adapter_model.safetensors").rename(good_adapter / "adapter_model.bin")
    with pytest.raises(AdapterRejectedError, match="safetensors"):
        validate_adapter(good_adapter, bare_model)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"on": 5, "seconds": "long"}', "on: must be 'examples' or 'documents', not 5; train_rows is missing"),
        (b"[]", "the file: must be a mapping of names to values"),
        (b"{", "Expecting property name"),
        (b"\xff", "decode"),
    ],
)
def test_a_broken_card_is_told_in_words(good_adapter: Path, bare_model: Path, content: bytes, told: str) -> None:
    (good_adapter / "card.json").write_bytes(content)
    with pytest.raises(AdapterRejectedError, match=re.escape(told)) as raised:
        load_adapter(good_adapter, bare_model, BASE_HASH)
    assert "pydantic" not in str(raised.value)
    assert "\n" not in raised.value.problem


@pytest.mark.parametrize("name", ["adapter_config.json", "adapter_model.safetensors"])
def test_damaged_files(good_adapter: Path, bare_model: Path, name: str) -> None:
    (good_adapter / name).write_bytes(b"\xff{")
    with pytest.raises(AdapterRejectedError, match="cannot be read"):
        validate_adapter(good_adapter, bare_model)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("added_tokens.json", {"<fact>": 1}),
        ("tokenizer.json", {"model": {"vocab": {"tide": 0}}, "added_tokens": [{"content": "<fact>"}]}),
        ("tokenizer.json", {"model": {"vocab": [["tide", 0.0], ["ebb", -1.0]]}}),
    ],
)
def test_added_tokens(good_adapter: Path, bare_model: Path, name: str, content: Any) -> None:
    (good_adapter / name).write_text(json.dumps(content))
    with pytest.raises(AdapterRejectedError, match="tokens"):
        validate_adapter(good_adapter, bare_model)


def test_the_base_models_own_tokenizer_is_no_addition(good_adapter: Path, bare_model: Path) -> None:
    (good_adapter / "tokenizer.json").write_bytes((bare_model / "tokenizer.json").read_bytes())
    validate_adapter(good_adapter, bare_model)


def test_a_damaged_card(good_adapter: Path, bare_model: Path) -> None:
    (good_adapter / CARD).write_text("{}")
    with pytest.raises(AdapterRejectedError, match=CARD):
        load_adapter(good_adapter, bare_model, BASE_HASH)


def test_no_folder_at_all(tmp_path: Path, bare_model: Path) -> None:
    for name in ("nowhere", "a" * 300):
        with pytest.raises(AdapterMissingError):
            load_adapter(tmp_path / name, bare_model, BASE_HASH)
