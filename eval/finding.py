"""What is found of one thing at which pipelines are compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from corpora.model import Record

About = Literal["quality", "made up", "cost", "latency", "freshness"]


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
