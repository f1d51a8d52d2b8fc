"""Whether an answer names another address than its reference: an e-mail, a host with its path, a file, a code."""

from __future__ import annotations

import re
import unicodedata

_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9@.+/-])(?:"
    r"(?P<email>[\w+-]{1,64}(?:\.[\w+-]{1,64}){0,8}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8})"
    r"|(?:https?://|\.)?(?:www\.)?"
    r"(?P<dotted>[A-Za-z][\w-]{1,64}(?:\.[a-z][\w-]{1,64}){1,8}(?::\d{1,5})?(?:/[\w.~%?=&#/-]{0,200})?)"
    r"|(?P<code>(?=[A-Z0-9-]{0,20}\d)(?=[A-Z0-9-]{0,20}[A-Z])[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,12}){2,5})(?![\w-])"
    r")",
    re.ASCII,  # Chinese and Korean put no space before and after an address
)
"""A host, a file or a setting has two letters or more in each part, so that "e.g." and "U.S." are none; a code has
three parts with letters and digits among them."""


def names_another_address(reference: str, response: str) -> bool:
    """Whether a response names addresses of one kind, and none of those that the reference has: help@acme.com for
    claims@acme.com, which are two words of three. Part of one, as a host without its path, is no other.
    """
    wanted, given, text = _addresses(reference), _addresses(response), _folded(response)
    for kind, named in wanted.items():
        others = given.get(kind, frozenset())
        agreeing = any(_agree(one, other) for one in named for other in others)
        if others and not agreeing and not any(_stands_in(text, one) for one in named):
            return True
    return False


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _addresses(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for address in _ADDRESS.finditer(unicodedata.normalize("NFKC", text)):
        kind = address.lastgroup or ""
        # without the end of a sentence, and Markdown's emphasis
        found.setdefault(kind, set()).add(address[kind].casefold().lstrip("_").rstrip("._/?#&=-"))
    return found


def _stands_in(text: str, address: str) -> bool:
    """Whether it stands there letter for letter, be it where no address begins: {{spec.replicas}}, conf/app.yaml."""
    alone = rf"(?<![a-z0-9@-])(?<![\w-]\.){re.escape(address)}(?![a-z0-9@-]|\.\w)"
    return re.search(alone, text, re.ASCII) is not None


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
