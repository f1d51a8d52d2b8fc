"""Words that every floor uses in the same way: counts with their nouns, and names that others gave."""

from __future__ import annotations

from collections.abc import Iterable

MOST_CHARACTERS = 100
THIN = "\u202f"
"""The narrow no-break space that parts thousands, and a number from its sign."""


def thousands(n: int) -> str:
    """A whole number: 1 234."""
    return f"{n:,}".replace(",", THIN)


_SHAPELESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(each) for each in range(0xFE00, 0xFE10)
}
"""What Python calls printable, and nobody sees: fillers, joiners, the blank of Braille, variation selectors."""


def counted(n: int, noun: str) -> str:
    """1 question, 1 234 questions."""
    return f"{thousands(n)} {noun}{'' if n == 1 else 's'}"


def first_of(names: Iterable[str], most: int = 5) -> str:
    """a, b and 3 more: each name once, and fit to be shown."""
    shown = [one_line(name) for name in dict.fromkeys(names)]
    return ", ".join(shown[:most]) + (f" and {thousands(len(shown) - most)} more" if len(shown) > most else "")


def one_line(text: str) -> str:
    """Somebody's name for something, fit to be shown: on one line, no longer than 100 characters, all of them visible.

    Left out is whatever steers a terminal or turns the direction of writing.
    """
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    return " ".join(words)[:MOST_CHARACTERS].strip()


def is_blank(text: str) -> bool:
    """Whether there is nothing to be seen in it: no character at all, white space, or such as have no shape."""
    return not any(letter.isprintable() and not letter.isspace() and letter not in _SHAPELESS for letter in text)
