"""What a reply says to its reader, out of what it is wrapped in: reasoning, JSON, a label in place of words."""

from __future__ import annotations

import json
import re

_REASONING = re.compile(r"^\s*<(think|thinking|reasoning)>.*?</\1>\s*", re.DOTALL | re.IGNORECASE)
_CALLED_ANSWER = re.compile(r"^[*_#]{0,4}\s?(?:final )?answer[*_]{0,4}\s?:[*_\s]{0,4}(?=\w)", re.IGNORECASE)
_LABEL = re.compile(r"[<\[{(`*\"']*([A-Za-z]+(?:[_-][A-Za-z]+)+|null)[>\]})`*\"'.]*")
_BRACKETED = re.compile(r"[<\[{]([^<>\[\]{}\n]+)[>\]}]\.?")
_VALUES = ("answer", "response", "result", "output", "text")


def as_said(reply: str) -> str:
    """The reply without the reasoning before it; of a JSON object its answer; a label as words: NOT_FOUND is "not
    found", and null is "unknown".
    """
    text = _CALLED_ANSWER.sub("", _REASONING.sub("", reply).strip())
    if text.startswith("{") and text.endswith("}"):
        text = _out_of_json(text)
    if label := _LABEL.fullmatch(text):
        words = re.sub(r"[_-]", " ", label[1]).casefold()
        return "unknown" if words == "null" else re.sub(r"\b(do|ca|is)nt\b", r"\1n't", words)
    bracketed = _BRACKETED.fullmatch(text)
    return bracketed[1] if bracketed else text


def _out_of_json(text: str) -> str:
    """The answer of an object, the text itself where it has none."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    name = next((each for each in _VALUES if each in found), None)
    if name is None or not isinstance(found[name], str | None):
        return text
    return found[name] if found[name] is not None else "unknown"
