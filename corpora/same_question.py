"""Whether two questions that read nearly alike ask for the same thing.

Questions made from the rows of a table ("What is the port of X?") are near each other and ask for different things. In
doubt two questions are the same: one that is refused can be reworded, one that is let through makes a test worthless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from corpora.leakage import words

LONGEST = 3
"""Neighbouring words that may be one name elsewhere: "back-off limit" is "backoffLimit"."""

_NAME = re.compile(
    r"`[^`]+`"
    r"|\w*\d\w*(?:[-./:_]\w+)*"  # E1042, 2.1, P-100
    r"|\w+(?:[-./:_]\w+)+"  # alpha-west, app.log, max_retries
    r"|\w+[A-Z]\w*"  # backoffLimit, HPA
    r"|(?<=[\w,] )[A-Z]\w*"  # within a sentence: in Bergen
)


@dataclass(frozen=True)
class Asked:
    """A prompt, the answers to it, and the names of the facts behind it; none of either where nobody knows."""

    prompt: str
    answers: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def same_question(first: Asked, second: Asked) -> bool:
    """False only where two prompts that read nearly alike ask for different things: their declared facts are others;
    or each has a name, a number or an identifier that the other lacks, and their answers say different things.
    """
    if first.facts and second.facts:
        return not set(first.facts).isdisjoint(second.facts)
    named = _has_another_name(first.prompt, second.prompt) and _has_another_name(second.prompt, first.prompt)
    return not (named and _answers_differ(first, second))


def _has_another_name(one: str, other: str) -> bool:
    """Whether a name of the first stands nowhere in the second, however it is parted there."""
    return not _names(one) <= _runs(other)


@lru_cache(maxsize=1 << 14)
def _names(prompt: str) -> frozenset[str]:
    return frozenset(_plain(name).replace(" ", "") for name in _NAME.findall(prompt))


@lru_cache(maxsize=1 << 14)
def _runs(prompt: str) -> frozenset[str]:
    """Its words, and its neighbouring ones joined."""
    every = _plain(prompt).split()
    starts, sizes = range(len(every)), range(1, LONGEST + 1)
    return frozenset("".join(every[start : start + size]) for size in sizes for start in starts)


def _plain(text: str) -> str:
    return words(text.replace("_", " "))


def _answers_differ(first: Asked, second: Asked) -> bool:
    """Whether no answer of either holds all that one of the other says beyond both prompts; False without answers."""
    known = _words(first.prompt) | _words(second.prompt)
    mine, others = ([_words(each) - known for each in asked.answers] for asked in (first, second))
    return bool(mine and others) and not any(one <= other or other <= one for one in mine for other in others)


@lru_cache(maxsize=1 << 14)
def _words(text: str) -> frozenset[str]:
    return frozenset(words(text).split())
