"""What is found of one thing at which pipelines are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from corpora.model import Record
from eval import numbers

About = Literal["quality", "made up", "cost", "latency", "freshness"]


@dataclass(frozen=True)
class Wording:
    """How a contest is told of.

    Attributes:
        best: what the best one is, as "the most correct".
        write, write_difference: a value, and a difference with its sign, as people read them.
        asked: which questions it is about, as " without an answer"; nothing where it is about all.
        alike: what pipelines do whose values are the same on every question, as "cost the same".
    """

    best: str
    write: Callable[[float | None], str]
    write_difference: Callable[[float | None], str]
    asked: str = ""
    alike: str = "are equal"

    def questions(self, n: int) -> str:
        """How many questions, and which: 24 questions without an answer."""
        return f"{numbers.counted(n, 'question')}{self.asked}"


class Finding(Record):
    """Who is best at one thing, in one sentence.

    Attributes:
        leaders: among whom the best one is, best mean first: those that nobody is better than; none where nothing can
            be compared.
        clear: whether it is the one leader.
        more: about how many more questions would tell the leaders apart if they differ as seen; None where it is clear,
            and where that cannot be foreseen: nothing differs, as far as seen, or hardly any number would tell.
    """

    about: About
    sentence: str
    leaders: tuple[str, ...] = ()
    clear: bool = False
    more: int | None = None

    def noted(self, note: str) -> Finding:
        """The same with one more sentence; with none as it is."""
        return self.model_copy(update={"sentence": f"{self.sentence} {note}"}) if note else self

    def without(self, unknown: Sequence[str], what: str) -> Finding:
        """The same, saying of whom it is not known."""
        return self.noted(f"The {what} of {', '.join(unknown)} is unknown.") if unknown else self


def said_once(sentences: Iterable[str]) -> str:
    """One after another. What several say before a colon is said once, with all that they say after it, and so is what
    they say without one.
    """
    found: dict[str, dict[str, None]] = {}
    for sentence in sentences:
        what, colon, rest = sentence.removesuffix(".").partition(": ")
        found.setdefault(what + colon, {})[rest] = None
    return " ".join(f"{what}{'; '.join(rests)}." for what, rests in found.items())
