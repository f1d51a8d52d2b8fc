"""Where a reply has something from, said in the middle of what it says: "Yes, according to passage 3, ..."."""

from __future__ import annotations

import re

from eval.metrics.source_names import ACCORDING, FILE, NAMED, PLACES

_MENTION = re.compile(
    rf"(?P<paused>,?) (?:{ACCORDING} (?:{PLACES}|{FILE})(?=[\s,.;:!)]|\Z)(?! (?:of|in|and|or)\b)"
    rf"|(?<=, )(?:see {PLACES}|{ACCORDING} {NAMED})(?=\s?[,.;:!)]|\s*\Z))",
    re.IGNORECASE,
)
"""Words alone, "the instructions", are a source between commas only: one may have to act according to them."""


def without_mentions(sentence: str) -> str:
    """A sentence without what says, behind its first words, which text it is from."""
    return _MENTION.sub(
        lambda found: found["paused"] if sentence[found.end() : found.end() + 1] == " " else "", sentence
    )
