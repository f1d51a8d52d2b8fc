"""What a model folder may hold: weights as safetensors, settings that name no code; looked at before it is opened.

Pickled weights run whatever their maker put into them when they are loaded; `auto_map` names Python files of the folder
to be run in place of the library's own classes, and so does a foreign `type` in sentence-transformers' modules.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpora.errors import BakeoffError, ModelRejectedError
from corpora.text_file import parse_json

PICKLES = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"})
CODE = "auto_map"
MODULES = "modules.json"
OWN_MODULES = "sentence_transformers."


def require_harmless(folder: Path, error: type[BakeoffError] = ModelRejectedError) -> None:
    """Makes sure that opening a model or an adapter runs no code of its maker's, however deep it lies in the folder.

    Raises:
        ModelRejectedError, or the `error` given: weights are there as pickles only, or its settings name code or cannot
            be read.
    """
    for place in (folder, *(each for each in sorted(folder.rglob("*")) if each.is_dir())):
        _check_weights(place, error)
    for path in sorted({*folder.rglob("*config*.json"), *folder.rglob(MODULES)}):
        if path.is_file():
            _check_settings(path, error)


def _check_weights(folder: Path, error: type[BakeoffError]) -> None:
    """A pickle beside safetensors, such as an optimizer's state, is never opened."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    pickles = [path for path in files if path.suffix.lower() in PICKLES]
    if pickles and not any(path.suffix == ".safetensors" for path in files):
        raise error(
            f"{pickles[0]} is pickled, and opening it could run anything; there is no safetensors file beside it.",
            "Take the model's safetensors, or have its maker save it so (save_pretrained does).",
        )


def _check_settings(path: Path, error: type[BakeoffError]) -> None:
    try:
        named = next(_code_in(parse_json(path.read_text(encoding="utf-8"))), None)
    except (OSError, ValueError) as fault:
        raise error(f"{path} cannot be read: {fault}.", "Restore the file from where the model came from.") from fault
    if named is not None:
        raise error(
            f"{path} names code to be run ({named}), which is never done here.",
            "Take a model that the installed transformers and sentence-transformers know by themselves.",
        )


def _code_in(settings: Any) -> Iterator[str]:
    if isinstance(settings, dict):
        if settings.get(CODE):
            yield CODE
        kind = settings.get("type")
        if "path" in settings and "idx" in settings and not str(kind).startswith(OWN_MODULES):
            yield f"type {kind}"
    if isinstance(settings, dict | list):
        for value in settings.values() if isinstance(settings, dict) else settings:
            yield from _code_in(value)
