"""What is a name by its capitals alone, and else a word that only binds: Plan A, the IT department, the US."""

from __future__ import annotations

import re

from eval.metrics.word_lists import FUNCTION_WORDS

LETTER_A = "lettera"
"""The word for it, so that it is no article."""

_ENDS = r"(?=[ \t]*(?:\n|$)| [a-z\d(&|/=–—-]|[-.,;:!?)\]'\"’*_|])"
_LETTER_A = re.compile(
    rf"(?<=\w )A{_ENDS}|\bA(?=[-:/]\w)|(?<=-)A\b"
    r"|(?<=[\w:] [(\"'“‘*_`\[])A(?=[)\"'”’*_`\]])|(?<=[\w:] \*\*)A(?=\*\*)"
    r"|(?<=: )A(?=\s*$|[,;!?)*]|\.(?! ?[A-Z]))"
    r"|(?<![\w.'’-])A(?= (?:is|because)\b|,? (?:and|or) [A-Z]\b(?!['’-]?\w)|, [A-Z]\b(?!['’-]?\w))"
)
"""The letter as a name, and no article: Plan A, vitamin A, A-class, option (A), "Answer: A"; not "Once Upon A Time",
nor where a sentence begins, unless what follows can follow no article: "A is right", "A and C", "A, B"."""
_ALONE = re.compile(r"(?:_|[^\w+#])*a(?:_|[^\w+#])*", re.IGNORECASE)
_CHOSEN = re.compile(
    r"(?:^|(?<=: ))[*_(\[]{0,3}A[*_)\]]{0,3}(?:[.:,;)\]](?!\w)|[ \t]*$|[ \t]+(?:[-–—](?=\s)|\())"
    r"|(?<![\w.'’-])a(?=[ \t]*(?:[,;:!?)\]]|\.(?!\w)|\Z)|/\w)",
    re.MULTILINE,
)

_ASKED_FOR = ("it", "us", "who", "me")
_LIKE_PREPOSITIONS = ("in", "or", "as", "at", "by")
_NAMES = (*_ASKED_FOR, *_LIKE_PREPOSITIONS)
"""Those that are names more often than they are stressed: "IS" and "ON" are not here."""
_IN_CAPITALS = re.compile(rf"\b({'|'.join(_NAMES).upper()})\b(?!['’]S\b|[$&])")
_BESIDE = re.compile(r"(?<=\b[Tt]he )(it|us|who)\b|(?<=\bTHE )(IT|US|WHO)\b|\b(it|us)(?=-\w)|(?<=\w-)(it|us)\b")
"""No pronoun follows an article or is part of a word: "the us", us-east."""
_NAME_ALONE = re.compile(rf"[\W_]*(?:{'|'.join(_NAMES)})[\W_]*")
_WORD = re.compile(r"[^\W\d_]{2,}")


def name(word: str) -> str:
    """What is written for one that is a name: no other word, and of no English ending."""
    return f"{word.casefold()}big"


NAMES = {word: name(word) for word in _NAMES}
"""The words that may be names, lower-case, with what is written for the name."""
_NO_NAMES = FUNCTION_WORDS - NAMES.keys()
ONLY_ALONE = frozenset(map(name, _LIKE_PREPOSITIONS))
"""Names that a reference need not have in common with an answer, unless it is nothing else: Portland, OR."""


def with_names(text: str) -> str:
    """The text with `LETTER_A` for a capital A that is a name, and the `NAMES` of other words in capitals.

    What is all of a text is a name in any case. In a text that is in capitals no word but A is told by them.
    """
    if _ALONE.fullmatch(text):
        return re.sub("a", LETTER_A, text, flags=re.IGNORECASE)
    text = _BESIDE.sub(_named, _LETTER_A.sub(LETTER_A, text))
    if _NAME_ALONE.fullmatch(text):
        return _WORD.sub(_named, text)
    return text if is_in_capitals(text) else _IN_CAPITALS.sub(_named, text)


def _named(word: re.Match[str]) -> str:
    return name(word[0])


def is_in_capitals(text: str) -> bool:
    """Whether most words of a text are in capitals, and one of them is as common as THE, so that these are no names."""
    words = _WORD.findall(text)
    loud = [word for word in words if word.isupper()]
    return 2 * len(loud) > len(words) and any(word.casefold() in _NO_NAMES for word in loud)


def may_be_letter_a(text: str) -> bool:
    """Whether a text has the letter where it may be an initial, or is seldom a capital: "A. Paris", "plan a."."""
    return _CHOSEN.search(text) is not None
