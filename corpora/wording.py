"""Counts with their nouns, for messages from every floor."""

from __future__ import annotations


def counted(n: int, noun: str) -> str:
    """1 question, 12 questions."""
    return f"{n} {noun}{'' if n == 1 else 's'}"
