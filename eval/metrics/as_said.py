"""What a reply says to its reader, out of what it is wrapped in: reasoning, a code fence, JSON, a label for words."""

from __future__ import annotations

import json
import re

_REASONS = re.compile(r"\s*<(?:think|thinking|reasoning)>", re.IGNORECASE)
_HAS_REASONED = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_FENCE = re.compile(r"```\w*\s+(.*?)\s*```", re.DOTALL)
_TAG = re.compile(r"<(answer|response|final|output)>\s*(.*?)\s*</\1>", re.DOTALL | re.IGNORECASE)
_CALLED_ANSWER = re.compile(r"^[*_#]{0,4}\s?(?:final )?answer[*_]{0,4}\s?:[*_\s]{0,4}(?=\w)", re.IGNORECASE)
_LABEL = re.compile(r"[<\[{(`*\"']*([A-Za-z]+(?:[_-][A-Za-z]+)+|null)[>\]})`*\"'.]*")
_BRACKETED = re.compile(r"[<\[{]([^<>\[\]{}\n]+)[>\]}]\.?")
_VALUES = ("answer", "response", "result", "output", "text")
_FLAGS = ("found", "answered", "answerable", "has_answer")
_NOTHING = "unknown"


def unwrapped(reply: str) -> str:
    """The reply without the reasoning before it, or a fence or tag around it; of a JSON object its answer.

    Of a model whose prompt opens the reasoning, only the tag that ends it is seen. Reasoning that does not end was cut
    off before anything was said: the text is empty.
    """
    *reasoning, text = _HAS_REASONED.split(reply)
    if not reasoning and _REASONS.match(reply):
        return ""
    text = text.strip()
    if fenced := _FENCE.fullmatch(text):
        text = fenced[1]
    if tagged := _TAG.fullmatch(text):
        text = tagged[2]
    text = _CALLED_ANSWER.sub("", text)
    return _out_of_json(text) if text.startswith("{") and text.endswith("}") else text


def as_said(reply: str) -> str:
    """The reply as it is `unwrapped`, and a label as words: NOT_FOUND is "not found", and null is "unknown"."""
    text = unwrapped(reply)
    if label := _LABEL.fullmatch(text):
        words = re.sub(r"[_-]", " ", label[1]).casefold()
        return _NOTHING if words == "null" else re.sub(r"\b(do|ca|is)nt\b", r"\1n't", words)
    bracketed = _BRACKETED.fullmatch(text)
    return bracketed[1] if bracketed else text


def is_label(reply: str) -> bool:
    """Whether a reply is one word that may stand for several, as identifiers do: NOT_FOUND, null."""
    return _LABEL.fullmatch(reply.strip()) is not None


def _out_of_json(text: str) -> str:
    """The answer of an object, or that there is none; the text itself where it does not say."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    name = next((each for each in _VALUES if each in found), None)
    if name is not None and isinstance(found[name], str):
        return found[name]
    nothing = (name is not None and found[name] is None) or any(found.get(each) is False for each in _FLAGS)
    return _NOTHING if nothing else text
