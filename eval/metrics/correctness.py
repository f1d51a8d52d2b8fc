"""The headline: how much of the reference an answer holds, and half of that where it contradicts the reference."""

from __future__ import annotations

from collections.abc import Callable

from eval.metrics.contradiction import contradicts
from eval.metrics.passage_numbers import without_passage_numbers
from eval.metrics.recall import coverage, token_recall


def correctness(reference: str, response: str) -> float:
    """`coverage`, 0 to 1, halved for a contradiction, so that no answer with one counts as right (`registry.RIGHT`).

    Shared words alone call right whoever repeats a sentence with another number, or with a "not" in it: all the other
    words are there. The numbers of passages that a response names as its source are none of it (`passage_numbers`).
    """
    return _unless_contradicted(coverage, reference, response)


def correctness_at_any_length(reference: str, response: str) -> float:
    """What `correctness` were if length cost nothing, 0 to 1."""
    return _unless_contradicted(token_recall, reference, response)


def _unless_contradicted(measure: Callable[[str, str], float], reference: str, response: str) -> float:
    told = without_passage_numbers(response, reference)
    held = measure(reference, told)
    return held / 2 if held and contradicts(reference, told) else held
