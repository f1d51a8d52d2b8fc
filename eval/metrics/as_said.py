"""What a reply says to its reader, out of what it is wrapped in: reasoning, a code fence, JSON, a label for words."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_NAMED = r"(?:think|thinking|thought|thoughts|reasoning|scratchpad)"
_REASONS = re.compile(rf"\s*(?:<{_NAMED}>|\[THINK\])", re.IGNORECASE)
_HAS_REASONED = re.compile(rf"</{_NAMED}>|\[/THINK\]", re.IGNORECASE)
_ASKS_ON = re.compile(r"\n[ \t]{0,4}(?:question|q|user|human)\s?\d{0,3}\s?:", re.IGNORECASE)
"""A model that knows no end asks itself the next question."""
_FENCE = re.compile(r"```(?:\w*\n)?\s*(.*?)\s*```", re.DOTALL)
_TAG = re.compile(r"<(answer|response|final|output)>\s*(.*?)\s*</\1>", re.DOTALL | re.IGNORECASE)
_HEADED = re.compile(
    r"(?:\A|\n)[ \t*_#>-]{0,8}(?:final )?answer[*_]{0,4}\s?:[*_\s]{0,4}(?=\S)"
    r"|(?:\A|\n)[ \t]{0,4}(?:#{1,6}[ \t]?[*_]{0,3}|[*_]{2})(?:final )?answer[*_]{0,4}[ \t]*\n\s*(?=\S)",
    re.IGNORECASE,
)
"""What comes behind "Answer:", or such a heading, is the answer, and what stands before led to it."""
_LABEL = re.compile(r"[<\[{(`*\"']*([A-Za-z]+(?:[_-][A-Za-z]+)+|null)[>\]})`*\"'.]*")
_BRACKETED = re.compile(r"[<\[{]([^<>\[\]{}\n]+)[>\]}]\.?")
_ANSWERS = ("answer", "final_answer", "response")
_VALUES = ("result", "output", "text", "error")
_FLAGS = ("found", "answered", "answerable", "has_answer")
_NOTHING = "unknown"


def unwrapped(reply: str) -> str:
    """The reply without the reasoning before it, a fence or tag around it, or questions that it goes on to ask itself;
    of a JSON object its answer, and what stands behind an "Answer:".

    Of a model whose prompt opens the reasoning, only the tag that ends it is seen. Reasoning that does not end was cut
    off before anything was said: the text is empty.
    """
    *reasoning, text = _HAS_REASONED.split(reply)
    if not reasoning and _REASONS.match(reply):
        return ""
    text = _ASKS_ON.split(text.strip())[0].rstrip()
    objects = _objects(text)
    if len(objects) == 1 and (answer := _value(objects[0], _ANSWERS)) is not None:
        return answer
    if fenced := _FENCE.fullmatch(text):
        text = fenced[1]
    if tagged := _TAG.fullmatch(text):
        text = tagged[2]
    return _HEADED.split(text)[-1]


def as_said(reply: str) -> str:
    """The reply as it is `unwrapped`, what an object says under other names, and a label as words: NOT_FOUND is "not
    found", and null is "unknown".
    """
    text = unwrapped(reply)
    if text.startswith("{") and (told := _value(text, _VALUES, _FLAGS)) is not None:
        text = told
    if label := _LABEL.fullmatch(text):
        words = re.sub(r"[_-]", " ", label[1]).casefold()
        return _NOTHING if words == "null" else re.sub(r"\b(do|ca|is)nt\b", r"\1n't", words)
    bracketed = _BRACKETED.fullmatch(text)
    return bracketed[1] if bracketed else text


def is_label(reply: str) -> bool:
    """Whether a reply is one word that may stand for several, as identifiers do: NOT_FOUND, null."""
    return _LABEL.fullmatch(reply.strip()) is not None


def _objects(text: str) -> list[str]:
    """What may be JSON objects: in fences, or from the head of a line to the end of the text."""
    fenced = (block.removeprefix("json").strip() for block in text.split("```")[1::2])
    start = 0 if text.startswith("{") else text.find("\n{") + 1
    return [each for each in (*fenced, text[start:]) if each.startswith("{") and each.endswith("}")]


def _value(text: str, names: Sequence[str], flags: Sequence[str] = ()) -> str | None:
    """What a JSON object has under the first of these names, or that it has nothing, or none of the flags; None where
    it does not say.
    """
    try:
        found = {key.casefold(): value for key, value in json.loads(text).items()}
    except (ValueError, RecursionError):
        return None
    name = next((each for each in names if each in found), None)
    if name is None:
        return _NOTHING if any(found.get(each) is False for each in flags) else None
    values = found[name] if isinstance(found[name], list) else [found[name]]
    if any(isinstance(each, dict | list) for each in values):
        return None
    return ", ".join(str(each) for each in values if each is not None) or _NOTHING
