"""A model as transformers loads it: with all of its weights and all of its layers, or not at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from corpora.errors import ModelRejectedError

_WHOLE = "Fetch the model again, whole, and with its own config.json."
_NUMBER = re.compile(r"\.(\d+)\.")


def load_language_model(path: Path, **options: Any) -> Any:
    """The model of a folder, from safetensors alone.

    transformers makes up what the weights lack, at random and otherwise each time, and leaves out what config.json does
    not ask for; it says so to nobody but the log. Refused are layers left out: numbered as the model's own are, beyond
    the last that config.json asks for. Other weights that nothing asks for are let be, since whole models have such:
    the output layer beside embeddings that it is tied to, or a head that predicts further tokens
    (`num_nextn_predict_layers` of them may stand as layers after the last).

    Args:
        options: further ones of `from_pretrained`, such as `dtype`.

    Raises:
        ModelRejectedError: weights are missing, of another size than config.json says, no finite numbers, or of more
            layers than config.json asks for.
        Exception: whatever transformers and safetensors raise over a folder that they cannot read.
    """
    from transformers import AutoModelForCausalLM

    model, lacking, _ = _load(AutoModelForCausalLM, path, **options)
    if lacking:
        raise incomplete(path, lacking)
    require_finite(path, model.named_parameters())
    return model


def lacking_weights(path: Path, model: Any) -> list[str]:
    """Names of the weights that a model, loaded from this folder by another library, did not find there.

    Their names and sizes alone are looked at again: no weight is read, and no memory taken for it.

    Raises:
        ModelRejectedError: the folder has weights of more layers than its config.json asks for.
        Exception: whatever transformers and safetensors raise over a folder that they cannot read.
    """
    return _load(type(model), path, config=model.config, device_map="meta")[1]


def incomplete(path: Path, lacking: Sequence[str]) -> ModelRejectedError:
    more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    return ModelRejectedError(f"{path} lacks weights that its config.json asks for: {lacking[0]}{more}.", _WHOLE)


def require_finite(path: Path, weights: Iterable[tuple[str, Any]]) -> None:
    """By the least and the largest number of each weight, which are no numbers where any is none: of 50 million in
    bfloat16 that takes a hundredth of a second, and more than half a one to look at each.

    Raises ModelRejectedError.
    """
    import torch

    measured = (torch.float32, torch.float16, torch.bfloat16)
    with torch.no_grad():
        for name, weight in weights:
            if weight.dtype not in measured or not weight.numel():
                continue
            if not all(end.isfinite() for end in torch.aminmax(weight)):
                raise ModelRejectedError(
                    f"{path} has weights that are no finite numbers: {name}.",
                    f"{_WHOLE} Where it is whole, load it in a wider `dtype`.",
                )


def check_for_server(path: Path) -> None:
    """Looks at the files of a model that a server is about to load, as `load_language_model` does, without loading it.

    Of 1 GB of weights this takes a fifth of a second in bfloat16 and about one in float16, and no memory. Passed over
    is what transformers cannot read, since a server may; and whether quantized weights, whose names are the
    quantization's own, are all there.

    Raises:
        ModelRejectedError: weights are missing, no finite numbers, or of more layers than config.json asks for.
    """
    from transformers import AutoModelForCausalLM

    try:
        model, lacking, unused = _load(AutoModelForCausalLM, path, device_map="meta")
    except ModelRejectedError:
        raise
    except Exception:  # whatever transformers and safetensors make of files that they do not know
        return
    if lacking and getattr(model.config, "quantization_config", None) is None:
        raise incomplete(path, lacking)
    require_finite(path, _weights_in(path, unused))


def _weights_in(path: Path, unused: Collection[str]) -> Iterator[tuple[str, Any]]:
    from safetensors import safe_open

    for file in sorted(path.glob("*.safetensors")):
        with safe_open(file, framework="pt") as weights:
            for name in weights.keys():  # noqa: SIM118  (not a dict)
                if name not in unused:
                    yield name, weights.get_tensor(name)


def _load(kind: Any, path: Path, **options: Any) -> tuple[Any, list[str], frozenset[str]]:
    """The model, and the names of the weights that it lacks, and of those that it leaves unused."""
    loaded: Any = kind.from_pretrained(
        path, local_files_only=True, use_safetensors=True, output_loading_info=True, **options
    )
    model, found = loaded
    _require_all_layers(path, model, found["unexpected_keys"])
    lacking = sorted([*found["missing_keys"], *(str(key) for key in found["mismatched_keys"])])
    return model, lacking, frozenset(found["unexpected_keys"])


def _require_all_layers(path: Path, model: Any, unused: Iterable[str]) -> None:
    import torch

    stacks = {name: len(each) for name, each in model.named_modules() if isinstance(each, torch.nn.ModuleList)}
    further = getattr(model.config, "num_nextn_predict_layers", None) or 0
    beyond: dict[str, int] = {}
    for key in unused:
        for number in _NUMBER.finditer(key):
            stack = key[: number.start()]
            if stack not in stacks:  # weights saved without their head have no such beginning
                stack = f"{model.base_model_prefix}.{stack}"
            if stack in stacks and int(number[1]) >= stacks[stack] + further:
                beyond[stack] = max(beyond.get(stack, 0), int(number[1]) + 1)
    for stack, held in beyond.items():
        raise ModelRejectedError(
            f"{path} has weights of {held} layers in {stack}, and its config.json asks for {stacks[stack]} of them.",
            _WHOLE,
        )
