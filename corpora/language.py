"""Which language a corpus is in where nobody says: English or Chinese, whose words the evaluation knows, or another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpora.model import Document, Question

OTHER = "und"
"""The tag of a language that is not determined (ISO 639-2)."""

FEWEST = 100
"""Of fewer words nothing is told."""

SHARE = 0.01
"""Of English words at least so many are these: 14 % of the demo's documents, 18 % of its questions."""

MOST = 2_000
"""Characters of each document that are looked at."""

_ENGLISH = frozenset(
    [
        "and",
        "does",
        "from",
        "how",
        "that",
        "the",
        "this",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "with",
        "you",
        "your",
    ]
)
"""Common words that no other language has many of."""
_WORD = re.compile(r"[^\W\d_]+")
_HAN, _KANA = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[\u3040-\u30ff]")


def language_of(documents: Sequence[Document], questions: Sequence[Question]) -> str:
    """The tag `en`, `zh` or `OTHER`, by the questions and their answers, or by the documents where they are too few;
    `en` where these are too.
    """
    asked = " ".join(text for each in questions for text in (each.user_input, *each.right_answers))
    return _told(asked) or _told(" ".join(document.text[:MOST] for document in documents)) or "en"


def _told(text: str) -> str | None:
    han, kana = len(_HAN.findall(text)), len(_KANA.findall(text))
    words = _WORD.findall(text.casefold())
    if han > sum(map(len, words)) / 4:
        return None if han < FEWEST else "zh" if kana < han / 4 else OTHER
    if len(words) < FEWEST:
        return None
    return "en" if sum(word in _ENGLISH for word in words) >= SHARE * len(words) else OTHER
