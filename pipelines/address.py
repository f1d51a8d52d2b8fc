"""The address of a server and the place of its key, as a configuration names them; and whether it is here."""

from __future__ import annotations

import re
from functools import partial
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

_ALL = ("0.0.0.0", "::")  # nosec B104
"""What a server prints as its own address that listens on all of them; asked there, this machine answers."""

_KEY_REMEDY = "put the server's key into an environment variable, and name that as api_key_env"


def require_no_password(url: str, remedy: str) -> str:
    """The address as it is. Whatever it holds stands in the manifest of every run.

    A password with a / in it looks like a host's end, and a key may stand behind the path: the characters that part
    them from the rest are taken nowhere.

    Raises ValueError where it may have a user, a password or a key in it, and shows none of them.
    """
    if re.search(r"[@?#]", url):
        raise ValueError(f"an address must hold no user and no password, no query and no fragment (@, ?, #); {remedy}")
    return url


def require_address(url: str) -> str:
    """The address as it is. Raises ValueError where its host or its port cannot be read."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("must be an address such as http://127.0.0.1:8000, with a port that is a number") from None
    return url


ApiAddress = Annotated[
    str,
    AfterValidator(partial(require_no_password, remedy=_KEY_REMEDY)),
    AfterValidator(require_address),
    Field(pattern=r"^https?://[^/]"),
]
"""Of an OpenAI-compatible API, whose key has an option of its own."""


def _require_name(variable: str) -> str:
    """Raises ValueError where it cannot be a variable's name, and does not show it: it may be the key itself."""
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", variable):
        raise ValueError(
            "must be the name of an environment variable, of capitals, digits and _: put the key into one, and name it"
        )
    return variable


KeyVariable = Annotated[str, AfterValidator(_require_name)]
"""The environment variable that holds a server's key."""


def is_here(url: object) -> bool:
    """Whether what has this address is on this machine; without one it is in this process.

    What is here is never asked through the environment's proxies: by the need that nothing leaves the machine it counts
    as here.
    """
    if url is None:
        return True
    host = urlsplit(str(url)).hostname or ""
    return is_loopback(host) or bare(host) in _ALL


def is_loopback(host: str) -> bool:
    """Whether a host, by name or by address, is this machine. Of a name that is not the machine's own nobody can tell,
    and it counts as another's.
    """
    host = bare(host)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def bare(host: str) -> str:
    """A host as a socket takes it: `[::1]` is ::1, `localhost.` is localhost, and ::ffff:127.0.0.1 is 127.0.0.1."""
    host = host.lower().removesuffix(".").removeprefix("[").removesuffix("]")
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(getattr(address, "ipv4_mapped", None) or address)
