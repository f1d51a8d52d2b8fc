"""The headline: how much of the reference an answer holds, and half of that where it contradicts the reference."""

from __future__ import annotations

from eval.metrics.contradiction import contradicts
from eval.metrics.lexical import coverage


def correctness(reference: str, response: str) -> float:
    """`coverage`, 0 to 1, halved for a contradiction, so that no answer with one counts as right (`registry.RIGHT`).

    Shared words alone call right whoever repeats a sentence with another number, or with a "not" in it: all the other
    words are there.
    """
    covered = coverage(reference, response)
    return covered / 2 if covered and contradicts(reference, response) else covered
