"""What a model folder may hold: weights as safetensors, settings that name no code; looked at before it is opened.

Pickled weights run whatever their maker put into them when they are loaded; `auto_map` names Python files of the folder
to be run in place of the library's own classes. sentence-transformers imports and calls what a string names, under more
keys than one could list (`type`, `types`, `activation_function`), and transformers fetches a hub's compiled code for an
`attn_implementation` of the form org/name.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpora.errors import BakeoffError, ModelRejectedError
from corpora.text_file import parse_json

LOADABLE = "Check that its folder holds safetensors, config.json and a tokenizer that transformers reads."
"""What to do about a model that could not be loaded."""

INSTRUCTED = (
    "Use an instruction-tuned model whose chat template takes a system message and a question, or give this one such a "
    "template (chat_template.jinja in its folder)."
)
"""What to do about a chat template that is missing, does not take a prompt, or leaves part of it out."""

PICKLES = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"})
CODE = "auto_map"
MODULES = "modules.json"
ADAPTER = "adapter_config.json"
KERNEL = "_implementation"
"""In a key: how something is computed; by code that is fetched from a hub where the name has a slash."""

_NAME = re.compile(r"(?P<package>[^\W\d]\w*)(\.[^\W\d]\w*)+")
"""What Python can import: identifiers with dots between them."""

_KNOWN = re.compile(
    r"(sentence_transformers|torch\.nn)\.(\w+\.)*[A-Z]\w*|torch\.nn\.functional\.\w+"
    r"|torch\.([a-z]+\d\w*|dtype|half|float|double|bool|int|long|short)"
)
_OF_ADAPTERS = re.compile(rf"{_KNOWN.pattern}|transformers\.models(\.\w+)*\.modeling_\w+|megatron\.core")
"""Names that are taken: classes of the library's own, layers and functions of torch's, its numbers' types
(`torch.float16`). In an adapter's settings also what PEFT writes into them: the module of its base model, and a package
that it imports for a `megatron_config` alone.
"""


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
        settings = parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise error(f"{path} cannot be read: {fault}.", "Restore the file from where the model came from.") from fault
    known = _OF_ADAPTERS if path.name == ADAPTER else _KNOWN
    named = next(_code_in(settings, known, only_known=path.name == MODULES), None)
    if named is not None:
        raise error(
            f"{path} names code to be run ({named}), which is never done here.",
            "Take a model that the installed transformers and sentence-transformers know by themselves.",
        )


def _code_in(settings: Any, known: re.Pattern[str], only_known: bool, under: str = "") -> Iterator[str]:
    """Each place that names code which is not known, with the keys above it; `only_known`: all names are of code."""
    if isinstance(settings, dict):
        if settings.get(CODE):
            yield CODE
        for key, value in settings.items():
            yield from _code_in(value, known, only_known, f"{under} {key}".strip())
    elif isinstance(settings, list):
        for value in settings:
            yield from _code_in(value, known, only_known, under)
    elif isinstance(settings, str):
        name = _NAME.fullmatch(settings)
        foreign = name and not known.fullmatch(settings) and (only_known or _is_installed(name["package"]))
        if foreign or (KERNEL in under and "/" in settings):
            yield f"{under} {settings}"


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ValueError:  # of a module that was not imported from anywhere, `__main__` say
        return True
