"""Does a service answer as in a run? Both tell by hashes what each pipeline's answers depend on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from corpora.errors import RunError
from eval.identity import digest, flatten
from eval.manifest import Manifest

ELSEWHERE = "Or write the result elsewhere, with --write FILE."


def hashed(fingerprint: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of each part of a pipeline's fingerprint, by its dotted name: comparable, and no path or text in it."""
    return {part: digest(value) for part, value in flatten(fingerprint).items()}


def require_same(run: Manifest, told: Mapping[str, Mapping[str, str]], asked: Iterable[str]) -> None:
    """Raises RunError where the pipelines of a service answer otherwise than in the run, or none is the run's.

    Args:
        told: what the service says of each pipeline, as `hashed`; nothing of one that is not open.
        asked: those that are looked at; what the run does not have is in no report of it, and passed over.
    """
    asked = list(asked)
    common = [name for name in asked if name in run.pipelines]
    if not common:
        raise RunError(
            f"The run {run.run_id} has no pipeline {' or '.join(asked) or 'at all that is served'}.",
            f"It has {', '.join(run.pipelines)}: serve and ask these. {ELSEWHERE}",
        )
    faults = [f"\n- {name}: {found}" for name in common if (found := _otherwise(run, name, told.get(name, {})))]
    if faults:
        raise RunError(
            f"The service does not answer as in the run {run.run_id}. What differs:{''.join(faults)}\n",
            f"Serve the run's configuration with `bakeoff serve --engine {run.config.get('engine')}`, with index and "
            f"adapters as they were, or name those that are the same with --pipeline. {ELSEWHERE}",
        )


def _otherwise(run: Manifest, name: str, now: Mapping[str, str]) -> str:
    """What is not as in the run, by dotted names; nothing where all is."""
    if not now:
        return "it is not open"
    then = hashed(run.pipelines[name].fingerprint)
    return ", ".join(part for part in sorted(then.keys() | now.keys()) if then.get(part) != now.get(part))
