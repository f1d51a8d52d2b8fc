"""What an adapter must be to be served by PEFT and by vLLM: plain LoRA on the base model's own weights and tokens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from corpora.errors import AdapterRejectedError, ModelMissingError
from corpora.text_file import parse_json
from pipelines.model_files import require_harmless
from pipelines.training.adapter_settings import RETRAIN, check_settings, read_settings, require_targeted

WEIGHTS = "adapter_model.safetensors"

ITS_OWN_BASE = (
    "Use the base model that it was trained on; if this is the one, train it again on linear layers alone, as "
    "`bakeoff train` does."
)

HEADLESS = re.compile(r"[^.]+\.\d+\.")
"""How names of weights begin that were saved without their head: `layers.0.`, where whole models have one word more."""


def validate_adapter(path: Path, base_model: Path) -> None:
    """Makes sure that an adapter folder (PEFT's format) can be served by PEFT and by vLLM on that base model.

    Args:
        base_model: folder of the base model's safetensors.

    Raises:
        AdapterRejectedError: what is wrong with it, and what to do.
    """
    config = read_settings(path)
    require_harmless(path, AdapterRejectedError)
    check_settings(path.name, config)
    _check_tokens(path, base_model)
    _check_weights(path, config, base_model)


def _check_tokens(path: Path, base_model: Path) -> None:
    """vLLM uses the base model's tokenizer, so an adapter must not bring tokens of its own."""
    own = _vocabulary(path)
    added = own - _vocabulary(base_model) if own else set()
    if added:
        raise AdapterRejectedError(
            f"Adapter {path.name} adds {len(added)} tokens to the base model's, {min(map(str, added))!r} among them.",
            "Train it with the base model's own tokenizer.",
        )


def _vocabulary(folder: Path) -> set[str]:
    tokens: set[str] = set()
    for file in (folder / "tokenizer.json", folder / "added_tokens.json"):
        if not file.is_file():
            continue
        try:
            content = parse_json(file.read_text(encoding="utf-8"))
            if file.name == "added_tokens.json":
                tokens |= set(content)
            else:
                vocabulary = content["model"]["vocab"]  # a list of [token, score] in unigram tokenizers
                tokens |= set(vocabulary) if isinstance(vocabulary, dict) else {token for token, _ in vocabulary}
                tokens |= {token["content"] for token in content.get("added_tokens", ())}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AdapterRejectedError(f"{file} cannot be read: {error}.", "Restore the file, or remove it.") from error
    return tokens


def _check_weights(path: Path, config: dict[str, Any], base_model: Path) -> None:
    import torch
    from safetensors import SafetensorError, safe_open

    if not (path / WEIGHTS).is_file():
        raise AdapterRejectedError(
            f"Adapter {path.name} has no {WEIGHTS}.", "Save it as safetensors; pickled weights are not loaded."
        )
    base = _base_shapes(base_model)
    shapes: dict[str, dict[str, list[int]]] = {}
    try:
        with safe_open(path / WEIGHTS, framework="pt") as weights:
            for tensor_name in weights.keys():  # noqa: SIM118  (not a dict)
                match = re.fullmatch(r"base_model\.model\.(.+)\.lora_([AB])\.weight", tensor_name)
                if match is None:
                    raise AdapterRejectedError(f"{tensor_name} in {path.name} is no LoRA weight.", RETRAIN)
                tensor = weights.get_tensor(tensor_name)
                if not torch.isfinite(tensor).all():
                    raise AdapterRejectedError(
                        f"{tensor_name} in {path.name} is not all numbers (NaN or infinite).",
                        "Train it again with a lower learning_rate.",
                    )
                shapes.setdefault(match[1], {})[match[2]] = list(tensor.shape)
    except (OSError, SafetensorError, RuntimeError, TypeError, AttributeError) as error:  # also what torch cannot hold
        raise AdapterRejectedError(f"{path / WEIGHTS} cannot be read: {error}.", RETRAIN) from error
    if not shapes:
        raise AdapterRejectedError(f"Adapter {path.name} holds no weights.", RETRAIN)
    if any(f"{module}.weight" not in base for module in shapes) or any(map(HEADLESS.match, base)):
        base = _as_whole(base, base_model)
    for module, pair in shapes.items():
        _check_shapes(path.name, module, pair, base.get(f"{module}.weight"), config)
    require_targeted(path.name, config, shapes)


def _check_shapes(
    name: str, module: str, pair: dict[str, list[int]], base: list[int] | None, config: dict[str, Any]
) -> None:
    if base is None or len(base) != 2:
        raise AdapterRejectedError(
            f"Adapter {name} changes {module}, which is no linear layer of the base model.",
            ITS_OWN_BASE,
        )
    if pair.keys() != {"A", "B"}:
        raise AdapterRejectedError(f"Adapter {name} has only half of the weights for {module}.", RETRAIN)
    rank = pair["A"][0] if pair["A"] else 0
    outputs, inputs = base
    if pair["A"] != [rank, inputs] or pair["B"] != [outputs, rank]:
        raise AdapterRejectedError(
            f"Adapter {name} has shapes {pair['A']} and {pair['B']} for {module}, which do not fit {base}.",
            ITS_OWN_BASE,
        )
    if rank != config["r"] and not config.get("rank_pattern"):
        raise AdapterRejectedError(f"Adapter {name} says rank {config['r']} and has {rank} in {module}.", RETRAIN)


def _base_shapes(base_model: Path) -> dict[str, list[int]]:
    """Shapes of the base model's weights, from the headers of its files."""
    from safetensors import SafetensorError, safe_open

    shapes: dict[str, list[int]] = {}
    for file in sorted(base_model.glob("*.safetensors")):
        try:
            with safe_open(file, framework="pt") as weights:
                shapes |= {name: weights.get_slice(name).get_shape() for name in weights.keys()}  # noqa: SIM118
        except (OSError, SafetensorError) as error:
            raise ModelMissingError(f"{file} cannot be read: {error}.", "Restore the base model's file.") from error
    return shapes


def _as_whole(base: dict[str, list[int]], base_model: Path) -> dict[str, list[int]]:
    """Shapes by the names that adapters use: weights saved without their head lack the beginning that whole models have
    (`layers.0` is `model.layers.0`), and are loaded all the same.
    """
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig

    try:
        config = AutoConfig.from_pretrained(base_model, local_files_only=True)
        whole: Any = MODEL_FOR_CAUSAL_LM_MAPPING[type(config)]
        beginning = f"{whole.base_model_prefix}."
    except Exception:  # whatever transformers raises over settings that it cannot read; loading the model tells of it
        return base
    if any(name.startswith(beginning) for name in base):
        return base
    return {f"{beginning}{name}": shape for name, shape in base.items()}
