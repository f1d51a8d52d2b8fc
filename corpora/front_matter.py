"""YAML front matter: what stands between dashes at the very start of a Markdown file tells of the text, and is none."""

from __future__ import annotations

import json
import re

import yaml

from corpora.wording import one_line

_BLOCK = re.compile(r"---[ \t]*\n(?!\s*\n)(.{0,10000}?)^(?:---|\.\.\.)[ \t]*(?:\n+|\Z)", re.DOTALL | re.MULTILINE)
"""Bounded, since YAML is slow to read: what is longer is taken for text."""
_NAME = re.compile(r"[a-z][\w.-]*")
"""Not "Note: the port is 8080", between two rules."""


def without_front_matter(text: str) -> tuple[str | None, str]:
    """The `title` of a Markdown text's front matter, None where it has none, and the text without it.

    Text between two rules stays, which is no YAML of names in lower case with values; so does front matter that nothing
    stands behind.
    """
    block = _BLOCK.match(text)
    if not block or not text[block.end() :].strip():
        return None, text
    if not block[1].strip():
        return None, text[block.end() :]
    try:
        root = yaml.compose(block[1], Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None, text
    if not isinstance(root, yaml.MappingNode) or not all(_is_name(key) for key, _ in root.value):
        return None, text
    titles = (value for key, value in root.value if key.value == "title" and isinstance(value, yaml.ScalarNode))
    title = next((one_line(each.value) for each in titles if not each.tag.endswith(":null")), "")
    return title or None, text[block.end() :]


def _is_name(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode) and _NAME.fullmatch(key.value) is not None


def titled(title: str, text: str) -> str:
    """The text under front matter with that title; the bare text where it would not be read again as it is."""
    headed = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n\n{text}"
    return headed if without_front_matter(headed) == (title, text) else text
