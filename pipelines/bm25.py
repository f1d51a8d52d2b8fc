"""Passages ranked by the words that they share with a question (BM25), in any language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Literal

# Scripts written without spaces between words, and Hangul, whose words carry their particles.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")


class BM25:
    """Robertson and Zaragoza 2009, by bm25s with its defaults (Lucene's variant, k1=1.5, b=0.75), kept in memory."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s

        self._index = bm25s.BM25()
        self._index.index([list(tokenize(text)) for text in texts], show_progress=False)
        self._count = len(texts)

    def search(self, question: str, top_k: int) -> list[tuple[int, float]]:
        """Places of the best texts with their scores, best first; only texts that share a word with the question."""
        tokens = list(tokenize(question))
        if not tokens:
            return []
        places, scores = self._index.retrieve([tokens], k=min(top_k, self._count), show_progress=False)
        return [(int(place), float(score)) for place, score in zip(places[0], scores[0], strict=True) if score > 0]


def tokenize(text: str) -> Iterator[str]:
    """Words, case folded and without stemming; pairs of neighbouring characters in scripts that do not space words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    for kind, run in groupby(folded, key=_kind):
        word = "".join(run)
        if kind == "word" or (kind == "unspaced" and len(word) == 1):
            yield word
        elif kind == "unspaced":
            yield from map("".join, pairwise(word))


def _kind(character: str) -> Literal["word", "unspaced", "other"]:
    if character.isascii():
        return "word" if character.isalnum() else "other"
    if unicodedata.category(character)[0] not in "LNM":  # letters, numbers, and the marks that belong to letters
        return "other"
    return "unspaced" if unicodedata.name(character, "").startswith(_UNSPACED) else "word"
