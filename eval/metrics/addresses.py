"""Whether an answer names another address than its reference: an e-mail, host, file, path, setting or code."""

from __future__ import annotations

import re
import unicodedata
from itertools import product

_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9@.+/~-])(?:"
    r"(?P<email>[\w+-]{1,64}(?:\.[\w+-]{1,64}){0,8}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8})"
    r"|(?:~|\.{1,2}|\$HOME|\$\{HOME\})?(?P<path>(?:/[\w.+-]{1,64}){2,16})"
    r"|(?:https?://|\.)?(?:www\.)?"
    r"(?P<dotted>[A-Za-z][\w-]{1,64}(?:\.[a-z][\w-]{1,64}){1,8}(?::\d{1,5})?(?:/[\w.~%?=&#/-]{0,200})?)"
    r"|(?P<code>(?=[A-Z0-9-]{0,20}\d)(?=[A-Z0-9-]{0,20}[A-Z])[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,12}){2,5})(?![\w-])"
    r")",
    re.ASCII,  # Chinese and Korean put no space before and after an address
)
"""A host, a file or a setting has two letters or more in each part, so that "e.g." and "U.S." are none; a path two
segments from a root, the home or here, so that "and/or" and 1/2 are none; a code has three parts with letters and
digits among them."""

_BEYOND = re.compile(r"[/:#?]")
"""What a host ends before, or a setting, or one of the segments of a path."""
_OF_FILES = "yaml yml json toml xml ini conf cfg env txt md pdf csv log html py js ts go rs sh"
_OF_HOSTS = "com org net edu gov io dev app ai co uk de fr eu cn jp au"
"""The usual endings: what has none of them is taken for a setting."""
_FILES, _HOSTS = frozenset(_OF_FILES.split()), frozenset(_OF_HOSTS.split())


def names_another_address(reference: str, response: str) -> bool:
    """Whether a response names addresses of one kind, and none of those that the reference has: help@acme.com for
    claims@acme.com, which are two words of three.

    Part of one, as a host without its path, is no other. Nor is what has neither its beginning nor its end in common
    with one, as the file that an answer is from.
    """
    wanted, given, text = _addresses(reference), _addresses(response), _folded(response)
    for kind, named in wanted.items():
        pairs = [(one, other) for one, other in product(named, given.get(kind, ())) if _alike(kind, one, other)]
        agreeing = any(_agree(kind, *pair) for pair in pairs) or any(_stands_in(text, one) for one in named)
        if pairs and not agreeing:
            return True
    return False


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _addresses(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for address in _ADDRESS.finditer(unicodedata.normalize("NFKC", text)):
        kind = address.lastgroup or ""
        if name := address[kind].casefold().lstrip("_").rstrip("._/?#&=-"):  # a sentence's end, or Markdown's emphasis
            found.setdefault(kind, set()).add(name)
    return found


def _stands_in(text: str, address: str) -> bool:
    """Whether it stands there letter for letter, be it where no address begins: {{spec.replicas}}, conf/app.yaml."""
    before = "" if address.startswith("/") else r"(?<![a-z0-9@-])(?<![\w-]\.)"
    return re.search(rf"{before}{re.escape(address)}(?![a-z0-9@-]|\.\w)", text, re.ASCII) is not None


def _alike(kind: str, one: str, other: str) -> bool:
    """Whether one may be taken for the other: both are e-mails, or they begin or end with the same part. A file is
    taken for no host and no setting: react.js, react.dev.
    """
    parts, others = _parts(kind, one), _parts(kind, other)
    if kind == "dotted" and (parts[-1] in _FILES) != (others[-1] in _FILES):
        return False
    return kind == "email" or parts[0] == others[0] or parts[-1] == others[-1]


def _parts(kind: str, address: str) -> list[str]:
    if kind == "dotted":
        return _BEYOND.split(address, maxsplit=1)[0].split(".")
    return address.lstrip("/").split("/" if kind == "path" else "-")


def _agree(kind: str, wanted: str, given: str) -> bool:
    """Whether both are one, or one is a part of the other: up to its path, port or query; where a path ends; or behind
    that which a setting is within (deployment.spec.replicas). Of an e-mail and of a code nothing is a part.
    """
    short, long = sorted((wanted, given), key=len)
    if short == long or kind in ("email", "code"):
        return short == long
    if long.startswith(short) and _BEYOND.match(long, len(short)):
        return True
    if kind == "path":
        return long.endswith(short)
    return given.endswith(f".{wanted}") and _parts(kind, wanted)[-1] not in _FILES | _HOSTS
