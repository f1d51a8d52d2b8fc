"""Which language a corpus is in where nobody says: English or Chinese, whose words the evaluation knows, or another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from corpora.model import Document, Question

OTHER = "und"
"""The tag of a language that is not determined (ISO 639-2)."""

FEWEST = 30
"""Of fewer words, or Chinese characters, nothing is told."""

MOST = 2_000
"""Characters of each document that are looked at."""

SHARE = 0.03
"""Of a language's words at least so many are its most common ones."""

FOREIGN = 0.05
"""Of the letters of text that is full of commands in Latin ones at least so many are its own."""

MARKED = 0.08
"""Of English words fewer have letters with marks."""

KANA = 0.05
"""Chinese text has fewer kana than this for each of its characters, Japanese more."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words("and does from how that the this what when where which who why with you your")
_OTHER = _words(
    """
    der das den dem und ist nicht ein eine einer mit für wie wird sich auf
    de les des est une dans pour sur qui pas du au quel quelle
    el los las una por para con del cómo qué il che della di sono gli os uma não em ao
    het een van niet voor met zijn wordt worden naar bij och att är som det og på av ikke til hvad
    nie się jest na że je bir ve için bu nedir yang dan untuk és egy este cu là của và
    """
)
"""Common words of languages in Latin letters that English has not."""
_NAMES = _words("au con dan de den di du el las los met na os pas sur som til van")
"""Those of which names are made: Los Angeles, van Gogh, OS."""
_WORD, _LATIN = re.compile(r"[^\W\d_]+"), re.compile(r"[a-zà-ɏ]")
_HAN, _KANA = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[\u3040-\u30ff]")


def language_of(documents: Sequence[Document], questions: Sequence[Question]) -> str:
    """The tag `en`, `zh` or `OTHER`, by scripts and common words: those of the questions and their answers, or of the
    documents where these do not tell. Where neither does, as in a corpus of tables, `en`.
    """
    asked = " ".join(text for each in questions for text in (each.user_input, *each.right_answers))
    return _told(asked) or _told(" ".join(document.text[:MOST] for document in documents)) or "en"


def _told(text: str) -> str | None:
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    letters, latin = sum(map(len, words)), sum(len(_LATIN.findall(word)) for word in words)
    han, kana = len(_HAN.findall(text)), len(_KANA.findall(text))
    english, other = ([word for word in words if word in common] for common in (_ENGLISH, _OTHER))
    is_english = len(english) > max(SHARE * len(words), len(other))
    foreign = letters - latin
    if foreign >= max(FEWEST, FOREIGN * letters) and not (is_english and foreign < letters / 3):
        return "zh" if han > foreign / 2 and kana < KANA * han else OTHER
    if len(words) < FEWEST:
        return None
    if len(other) > max(SHARE * len(words), len(english)) and len(set(other)) > 1 and set(other) - _NAMES:
        return OTHER
    if is_english:
        return "en"
    return OTHER if sum(not word.isascii() for word in words) > MARKED * len(words) else None
