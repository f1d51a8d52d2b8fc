"""The headline: how much of the reference an answer holds, and half of that where it contradicts the reference."""

from __future__ import annotations

from eval.metrics.contradiction import contradicts
from eval.metrics.recall import coverage, token_recall


def correctness(reference: str, response: str) -> float:
    """`coverage`, 0 to 1, halved for a contradiction, so that no answer with one counts as right (`registry.RIGHT`).

    Shared words alone call right whoever repeats a sentence with another number, or with a "not" in it: all the other
    words are there.
    """
    return _unless_contradicted(coverage(reference, response), reference, response)


def correctness_at_any_length(reference: str, response: str) -> float:
    """What `correctness` were if length cost nothing, 0 to 1."""
    return _unless_contradicted(token_recall(reference, response), reference, response)


def _unless_contradicted(held: float, reference: str, response: str) -> float:
    return held / 2 if held and contradicts(reference, response) else held
