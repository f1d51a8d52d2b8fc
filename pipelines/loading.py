"""A base model as transformers loads it: with all of its weights, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpora.errors import ModelRejectedError


def load_language_model(path: Path, **options: Any) -> Any:
    """The model of a folder, from safetensors alone.

    transformers makes up what the weights lack, at random and otherwise each time, and says so to nobody but the log.

    Args:
        options: further ones of `from_pretrained`, such as `dtype`.

    Raises:
        ModelRejectedError: weights are missing, or of another size than config.json says.
        Exception: whatever transformers and safetensors raise over a folder that they cannot read.
    """
    from transformers import AutoModelForCausalLM

    loaded: Any = AutoModelForCausalLM.from_pretrained(
        path, local_files_only=True, use_safetensors=True, output_loading_info=True, **options
    )
    model, found = loaded
    lacking = sorted([*found["missing_keys"], *(str(key) for key in found["mismatched_keys"])])
    if lacking:
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise ModelRejectedError(
            f"{path} lacks weights that its config.json asks for: {lacking[0]}{more}.",
            "Fetch the model again, whole, and with its own config.json.",
        )
    return model
