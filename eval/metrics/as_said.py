"""What a reply says to its reader, out of what it is wrapped in: reasoning, a code fence, JSON, a label for words."""

from __future__ import annotations

import json
import re

_NAMED = r"(?:think|thinking|thought|thoughts|reasoning|scratchpad)"
_REASONS = re.compile(rf"\s*(?:<{_NAMED}>|\[THINK\])", re.IGNORECASE)
_HAS_REASONED = re.compile(rf"</{_NAMED}>|\[/THINK\]", re.IGNORECASE)
_FENCE = re.compile(r"```\w*\s+(.*?)\s*```", re.DOTALL)
_TAG = re.compile(r"<(answer|response|final|output)>\s*(.*?)\s*</\1>", re.DOTALL | re.IGNORECASE)
_CONCLUDES = re.compile(
    r"(?:^|\n)[ \t*_#>-]{0,6}(?:final )?answer[*_]{0,4}\s?:[*_\s]{0,4}(?=\S)"
    r"|\b(?:(?:the|my) final|(?:so|therefore|thus|hence),? the(?: correct)?) answer is\b\s?:?[*_\s]{0,4}(?=\S)",
    re.IGNORECASE,
)
"""What comes behind it is the answer, and what stands before led to it."""
_LABEL = re.compile(r"[<\[{(`*\"']*([A-Za-z]+(?:[_-][A-Za-z]+)+|null)[>\]})`*\"'.]*")
_BRACKETED = re.compile(r"[<\[{]([^<>\[\]{}\n]+)[>\]}]\.?")
_VALUES = ("answer", "final_answer", "response", "result", "output", "text", "error")
_FLAGS = ("found", "answered", "answerable", "has_answer")
_NOTHING = "unknown"


def unwrapped(reply: str) -> str:
    """The reply without the reasoning before it, or a fence or tag around it; of a JSON object its answer, and of a
    text that ends in what it calls so that: "Answer: 30 days", "So the answer is 30 days".

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
    text = _CONCLUDES.split(text)[-1]
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
    known = {key.casefold(): value for key, value in found.items()}
    name = next((each for each in _VALUES if each in known), None)
    if name is None:
        return _NOTHING if any(known.get(each) is False for each in _FLAGS) else text
    values = known[name] if isinstance(known[name], list) else [known[name]]
    if any(isinstance(each, dict | list) for each in values):
        return text
    return ", ".join(str(each) for each in values if each is not None) or _NOTHING
