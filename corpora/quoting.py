"""Where the documents hold a quotation: to the letter, or with other white space and other marks of emphasis; and which
of several is meant.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

from corpora.leakage import words
from corpora.model import Document, Evidence
from corpora.scripts import UNSPACED

_PASSED_OVER = r"\s*_`"
"""White space, which a PDF breaks lines with, and Markdown's marks, which a reader of HTML puts between words."""
_MARKS = re.compile(f"[{_PASSED_OVER}]+")
_LETTER = re.compile(f"[^{_PASSED_OVER}]")
_MID_WORD = re.compile(rf"[^\W{UNSPACED}]{{2}}")


class Quotable:
    """A document, to find quotations in."""

    def __init__(self, document: Document) -> None:
        self._document = document

    @cached_property
    def _letters(self) -> str:
        return _MARKS.sub("", self._document.text)

    @cached_property
    def _places(self) -> array[int]:
        """Where in the text each of the letters stands."""
        return array("L", (found.start() for found in _LETTER.finditer(self._document.text)))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(words(f"{self._document.title} {self._document.text}").split())

    def is_called(self, name: str) -> bool:
        """By its id, its file's name with its ending or without, or its title; nothing is called nothing."""
        file = PurePosixPath(self._document.source)
        names = {self._document.id, self._document.source, file.name, file.stem, self._document.title}
        return name in names - {""}

    def exactly(self, quote: str) -> Evidence | None:
        start = self._document.text.find(quote)
        return None if start < 0 else self._evidence(start, start + len(quote))

    def loosely(self, quote: str) -> Evidence | None:
        """The first span that has the same letters, from the begin of a word to the end of one."""
        letters = _MARKS.sub("", quote)
        place = self._letters.find(letters) if letters else -1
        if place < 0:
            return None
        while place >= 0:
            start, end = self._places[place], self._places[place + len(letters) - 1] + 1
            if not self._parts_a_word(start) and not self._parts_a_word(end):
                return self._evidence(start, end)
            place = self._letters.find(letters, place + 1)
        return None

    def _parts_a_word(self, offset: int) -> bool:
        return offset > 0 and _MID_WORD.fullmatch(self._document.text[offset - 1 : offset + 1]) is not None

    def _evidence(self, start: int, end: int) -> Evidence:
        return Evidence(document_id=self._document.id, start=start, end=end, text=self._document.text[start:end])


class Place(NamedTuple):
    document: Quotable
    evidence: Evidence


def find_quote(quote: str, documents: Sequence[Quotable]) -> list[Place]:
    """Where the documents hold it: to the letter, or loosely where none does; nothing where none does."""
    for find in (Quotable.exactly, Quotable.loosely):
        found = [Place(each, evidence) for each in documents if (evidence := find(each, quote)) is not None]
        if found:
            return found
    return []


def nearest(places: Sequence[Place], question: str) -> Place:
    """The one whose document shares the most words with a question, title included; of several the first."""
    asked = frozenset(words(question).split())
    return max(places, key=lambda place: len(asked & place.document.words))
