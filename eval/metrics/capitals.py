"""What is a name by its capitals alone, and else an article: Plan A, the answer A."""

from __future__ import annotations

import re

LETTER_A = "lettera"
"""The word for it, so that it is no article."""

_ENDS = r"(?=[ \t]*(?:\n|$)| [a-z\d(&|/=–—-]|[-.,;:!?)\]'\"’*_|])"
_LETTER_A = re.compile(
    rf"(?<=\w )A{_ENDS}|\bA(?=[-:/]\w)|(?<=-)A\b"
    r"|(?<=[\w:] [(\"'“‘*_`\[])A(?=[)\"'”’*_`\]])|(?<=[\w:] \*\*)A(?=\*\*)"
    r"|(?<=: )A(?=\s*$|[,;!?)*]|\.(?! ?[A-Z]))"
)
"""The letter as a name, and no article: Plan A, vitamin A, A-class, option (A), "Answer: A"; not "Once Upon A Time",
nor where a sentence begins."""
_ALONE = re.compile(r"(?:_|[^\w+#])*a(?:_|[^\w+#])*", re.IGNORECASE)
_CHOSEN = re.compile(
    r"(?:^|(?<=: ))[*_(\[]{0,3}A[*_]{0,2}[.):\]](?!\w)"
    r"|(?<![\w.'’-])a(?=[ \t]*(?:[,;:!?)\]]|\.(?!\w)|\Z)|/\w)",
    re.MULTILINE,
)


def with_names(text: str) -> str:
    """The text with `LETTER_A` for a capital A that is a name, or for the letter that is all of the text."""
    if _ALONE.fullmatch(text):
        return re.sub("a", LETTER_A, text, flags=re.IGNORECASE)
    return _LETTER_A.sub(LETTER_A, text)


def may_be_letter_a(text: str) -> bool:
    """Whether a text has the letter where it may be an initial, or is seldom a capital: "A. Paris", "plan a."."""
    return _CHOSEN.search(text) is not None
