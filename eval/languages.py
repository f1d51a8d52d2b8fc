"""Which languages the rules of correctness and of refusals know, and what is in doubt in any other."""

from __future__ import annotations

import re

from corpora.language import OTHER
from eval.differences import MADE_UP
from eval.metrics.registry import CORRECTNESS

KNOWN = frozenset({"en", "eng", "english", "英语", "英文"}) | frozenset(
    {"zh", "zho", "chi", "cmn", "chinese", "mandarin", "中文", "汉语"}
)
"""English and Chinese, by their tags and names."""

_KNOWS = {
    CORRECTNESS: "correctness knows number words, denials and refusals in English and Chinese only",
    MADE_UP: "refusals are known in English and Chinese only, while others count as made up",
}


def is_known(language: str) -> bool:
    """Whether the rules know a language, by the first part of its tag: en-GB and zh-Hans are known as well."""
    return re.split(r"[\W_]", language.strip().casefold(), maxsplit=1)[0] in KNOWN


def doubt_of(measure: str, language: str) -> str | None:
    """Why a difference in this measure, on a corpus in that language, shows nothing, as a clause; None where it may."""
    if is_known(language) or measure not in _KNOWS:
        return None
    return f"{_KNOWS[measure]}, and this corpus is in another language{_named(language)}"


def warning(language: str) -> str | None:
    """What to do about a language that the rules do not know, in sentences; None where they know it."""
    if is_known(language):
        return None
    return (
        f"This corpus is in another language{_named(language)} than English and Chinese, the only ones whose number "
        "words, denials, yes and no, and refusals are known, so that right answers may be called wrong and refusals "
        "made up: give every way of writing an answer as `reference_aliases`, and read the answers that are called "
        "wrong before you decide. A judge (`evaluation.judge`) may tell more."
        + (" If it is one of these, say so in its corpus.yaml: `language: en`." if language == OTHER else "")
    )


def _named(language: str) -> str:
    """Its tag in brackets; nothing where nobody gave one."""
    return "" if language == OTHER else f" ({language})"
