"""What a run is known by: settings by dotted names and their digest; and how people know what differs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

_KNOWN = {each: f"the {each}" for each in ("corpus", "decoding", "embedder", "engine")}
_KNOWN |= {"base_model": "the base model", "engines": "the engine", "system": "the system prompt"}


def flatten(values: Mapping[str, JsonValue], prefix: str = "") -> dict[str, JsonValue]:
    """Nested values by dotted names; what is empty is a value."""
    flat: dict[str, JsonValue] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        flat |= flatten(value, f"{name}.") if isinstance(value, dict) and value else {name: value}
    return flat


def digest(value: object) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def in_words(changed: Sequence[str], pipelines: Iterable[str]) -> list[str]:
    """Dotted names, as `Manifest.differences` gives them, as people know them, each once: the engine, pipeline rag,
    evaluation.seed. What each pipeline repeats of the engine changed with the engine. `pipelines` are the names of all
    that may be among them.
    """
    longest_first = sorted(pipelines, key=len, reverse=True)
    own = [each for each in changed if not (each.startswith("pipelines.") and ".engine." in each)]
    return list(dict.fromkeys(_thing(each.removeprefix("config."), longest_first) for each in own))


def _thing(name: str, pipelines: Sequence[str]) -> str:
    first, _, inner = name.partition(".")
    if name == "engine.content_hash":
        return "the base model's weights"
    if name.startswith("engine.decoding"):
        return "the decoding"
    if first != "pipelines":
        return _KNOWN.get(first, name)
    known = [each for each in pipelines if f"{inner}.".startswith(f"{each}.")]  # a name may have dots in it
    return f"pipeline {known[0] if known else inner}"
