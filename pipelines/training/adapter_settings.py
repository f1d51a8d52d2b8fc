"""An adapter's settings: what PEFT and vLLM serve alike, and that they name the layers of its weights."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from corpora.errors import AdapterRejectedError
from corpora.text_file import parse_json
from corpora.wording import one_line
from pipelines.training.name_patterns import matched
from pipelines.training.options import SERVABLE_RANKS

CONFIG = "adapter_config.json"

RETRAIN = "Train it again as plain LoRA, as `bakeoff train` does."
RESTORE = f"Restore its {CONFIG} from where the adapter came from, or train it again with `bakeoff train`."
SHORTER = f"Name layers by the ends of their names (q_proj). {RESTORE}"
UNSERVABLE = {
    "use_dora": "DoRA",
    "lora_bias": "LoRA with a bias",
    "modules_to_save": "fully trained modules (modules_to_save)",
    "alora_invocation_tokens": "activated LoRA",
    "layer_replication": "replicated layers",
    "use_qalora": "QALoRA",
    "use_bdlora": "block-diagonal LoRA",
    "target_parameters": "LoRA on bare parameters (target_parameters)",
    "trainable_token_indices": "trained token embeddings",
    "alpha_pattern": "another scale in some layers (alpha_pattern)",
    "kasa_config": "KaSA",
    "velora_config": "VeLoRA",
    "monteclora_config": "MonteCLoRA",
    "arrow_config": "Arrow routing",
}
PLAIN = frozenset({
    "peft_type", "task_type", "base_model_name_or_path", "revision", "peft_version", "auto_mapping", "inference_mode",
    "r", "lora_alpha", "lora_dropout", "use_rslora", "rank_pattern", "bias", "init_lora_weights", "fan_in_fan_out",
    "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "ensure_weight_tying",
    # Of no effect beside the others: how a first value was drawn, or sizes that belong to what is refused.
    "eva_config", "corda_config", "loftq_config", "lora_ga_config", "qalora_group_size", "megatron_core",
})  # fmt: skip
"""The settings of plain LoRA. Any other that is set may be a kind of LoRA that PEFT brought later."""
# Every other named initialisation (PiSSA, OLoRA, CorDA, LoftQ) changes the base weights as well.
HARMLESS_INITS = ("gaussian", "eva", "orthogonal")
ALL_LINEAR = "all-linear"
_NAME = re.compile(r"\^?(?:[\w.-]|\\\.)+")
"""What PEFT would read as regular expressions and is not, but names with their dots: such are matched at once."""
MOST_ALPHA = 65_536
"""Far beyond what anybody trains with; updates scaled by more are no longer numbers in half precision."""

MOST_BYTES = 256 * 1024
"""Of the file of settings. What PEFT writes has one or two KiB."""
MOST_NAMES = 5_000
"""In any one setting: a large model's layers, each by its name, are a tenth of that."""
COMPILED = ("layers_pattern", "rank_pattern")
MOST_COMPILED = 400
"""In both of these. PEFT compiles each of their names for each layer, and `re` keeps 512 patterns: with more than that,
each is compiled anew each time, which takes minutes and cannot be ended."""
NAMING = ("target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "rank_pattern")


def read_settings(path: Path) -> dict[str, Any]:
    """Of an adapter's folder. Raises AdapterRejectedError where they cannot be read, or are more than `MOST_BYTES`."""
    try:
        size = (path / CONFIG).stat().st_size
        if size > MOST_BYTES:
            raise AdapterRejectedError(
                f"{path / CONFIG} has {-(-size // 1024):,} KiB, and may have {MOST_BYTES // 1024}.", SHORTER
            )
        config = parse_json((path / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AdapterRejectedError(f"{path / CONFIG} cannot be read: {error}.", RETRAIN) from error
    if not isinstance(config, dict):
        raise AdapterRejectedError(f"{path / CONFIG} holds no settings.", RETRAIN)
    return config


def check_settings(name: str, config: dict[str, Any]) -> None:
    """Raises AdapterRejectedError where an adapter is not plain LoRA, or its rank or scale is none that is served."""
    if config.get("peft_type") != "LORA":
        raise AdapterRejectedError(f"Adapter {name} is {config.get('peft_type')}, not LoRA.", RETRAIN)
    _check_kind(name, config)
    if config.get("bias", "none") != "none":
        raise AdapterRejectedError(f"Adapter {name} trains biases, which vLLM does not serve.", RETRAIN)
    init = config.get("init_lora_weights", True)
    if not isinstance(init, bool | str):
        raise AdapterRejectedError(f"Adapter {name} says {init!r} for init_lora_weights, which is none.", RESTORE)
    if isinstance(init, str) and init.lower() not in HARMLESS_INITS:
        raise AdapterRejectedError(
            f"Adapter {name} was initialised with {init}, which changes the base model.", RETRAIN
        )
    _check_names(name, config)
    _check_ranks(name, config)
    _check_numbers(name, config)


def _check_names(name: str, config: dict[str, Any]) -> None:
    named = {field: len(each) for field in NAMING if isinstance(each := config.get(field), list | dict)}
    compiled = sum(named.get(field, 0) for field in COMPILED)
    bounds = [(field, count, MOST_NAMES) for field, count in named.items()]
    for where, count, most in [(" and ".join(COMPILED), compiled, MOST_COMPILED), *bounds]:
        if count > most:
            raise AdapterRejectedError(
                f"Adapter {name} has {count:,} names in {where}, and may have {most:,}.", SHORTER
            )


def _check_kind(name: str, config: dict[str, Any]) -> None:
    """That no setting makes it another kind of LoRA: of those known to, {} does as well (all defaults)."""
    for field, what in UNSERVABLE.items():
        value = config.get(field)
        if value or (value == {} and field != "alpha_pattern"):
            raise AdapterRejectedError(f"Adapter {name} uses {what}, which vLLM does not serve.", RETRAIN)
    other = next((field for field, value in config.items() if value and field not in PLAIN), None)
    if other is not None:
        raise AdapterRejectedError(
            f"Adapter {name} sets {one_line(other)!r}, which is no setting of plain LoRA.",
            f"{RETRAIN} If its weights are plain LoRA all the same, take the setting out of its {CONFIG}.",
        )


def _check_numbers(name: str, config: dict[str, Any]) -> None:
    dropout = config.get("lora_dropout", 0.0)
    if isinstance(dropout, bool) or not isinstance(dropout, int | float) or not 0 <= dropout <= 1:
        raise AdapterRejectedError(
            f"Adapter {name} has lora_dropout {dropout!r}, which has to be a number of 0 to 1.", RESTORE
        )
    alpha = config.get("lora_alpha")
    number = alpha if isinstance(alpha, int | float) and not isinstance(alpha, bool) else math.nan
    if not 0 < number <= MOST_ALPHA:
        raise AdapterRejectedError(
            f"Adapter {name} has lora_alpha {alpha!r}, which has to be a number above 0 and at most {MOST_ALPHA:,}.",
            RESTORE,
        )


def _check_ranks(name: str, config: dict[str, Any]) -> None:
    pattern = config.get("rank_pattern") or {}
    if not isinstance(pattern, dict):
        raise AdapterRejectedError(f"Adapter {name}: rank_pattern must be a mapping of modules to ranks.", RETRAIN)
    for key in pattern:
        if not _NAME.fullmatch(key):
            raise AdapterRejectedError(
                f"Adapter {name}: rank_pattern has {one_line(key)!r}, which is no name of layers.",
                f"Write the layers' names there. {RESTORE}",
            )
    for rank in (config.get("r"), *pattern.values()):
        if type(rank) is not int or rank not in SERVABLE_RANKS:
            ranks = ", ".join(map(str, SERVABLE_RANKS))
            raise AdapterRejectedError(f"Adapter {name} has rank {rank}; vLLM serves {ranks}.", RETRAIN)


def require_targeted(name: str, config: dict[str, Any], modules: Collection[str]) -> None:
    """Makes sure that the settings name the layers that there are weights for. PEFT passes over all others without a
    word, whereas vLLM, which goes by the weights alone, applies them.

    Args:
        modules: the layers' names in the base model.

    Raises AdapterRejectedError.
    """
    targeted = _named(name, "target_modules", config.get("target_modules"), modules)
    excluded = _named(name, "exclude_modules", config.get("exclude_modules") or [], modules)
    numbers, lists = _layers(name, config)
    for module in modules:
        left_out = numbers and _number(module, lists) not in numbers
        if left_out or module in excluded or module not in targeted:
            raise AdapterRejectedError(
                f"Adapter {name} has weights for {module}, which its {CONFIG} does not name (target_modules, "
                "exclude_modules, layers_to_transform, layers_pattern).",
                RESTORE,
            )


def _named(name: str, field: str, named: Any, modules: Collection[str]) -> set[str]:
    """Those layers that a setting names: by the ends of their names, or by a regular expression."""
    if named == ALL_LINEAR:
        return set(modules)
    if isinstance(named, str):
        try:
            return matched(named, modules)
        except ValueError as error:
            raise AdapterRejectedError(
                f"Adapter {name} has {field} that cannot be used as a regular expression: {error}.",
                f"List the names of the layers there. {RESTORE}",
            ) from error
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise AdapterRejectedError(f"Adapter {name} says {named!r} for {field}, not names of layers.", RESTORE)
    return {module for module in modules if any(module == each or module.endswith(f".{each}") for each in named)}


def _layers(name: str, config: dict[str, Any]) -> tuple[list[int], list[str]]:
    """The numbers of the layers that are trained, and what the lists of layers are called; empty: any."""
    layers, called = config.get("layers_to_transform"), config.get("layers_pattern")
    numbers = [] if layers is None else layers if isinstance(layers, list) else [layers]
    if not all(type(number) is int for number in numbers):
        raise AdapterRejectedError(f"Adapter {name} says {layers!r} for layers_to_transform.", RESTORE)
    lists = [called] if isinstance(called, str) and called else called or []
    if not isinstance(lists, list) or not all(isinstance(each, str) and _NAME.fullmatch(each) for each in lists):
        raise AdapterRejectedError(f"Adapter {name} says {called!r} for layers_pattern, not names.", RESTORE)
    if isinstance(config.get("target_modules"), str) and (layers, called) != (None, None):
        raise AdapterRejectedError(
            f"Adapter {name} has layers_to_transform or layers_pattern, which PEFT takes only beside a list of "
            "target_modules.",
            RESTORE,
        )
    if lists and layers is None:
        raise AdapterRejectedError(
            f"Adapter {name} has layers_pattern, which PEFT takes only beside layers_to_transform.", RESTORE
        )
    return numbers, lists


def _number(module: str, lists: list[str]) -> int | None:
    """Of the layer that a module is in, as PEFT counts; None where it is in none of these lists."""
    ways = [rf"(?:^|.*?\.){each}\.(\d+)\." for each in lists] or [r".*?\.[^.]*\.(\d+)\."]
    found = next(filter(None, (re.match(way, module) for way in ways)), None)
    return int(found[1]) if found else None
