"""The address of a server and the place of its key, as a configuration names them."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field

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


ApiAddress = Annotated[
    str, AfterValidator(partial(require_no_password, remedy=_KEY_REMEDY)), Field(pattern=r"^https?://[^/]")
]
"""Of an OpenAI-compatible API, whose key has an option of its own."""


def _require_name(variable: str) -> str:
    """Raises ValueError where it cannot be a variable's name, and does not show it: it may be the key itself."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
        raise ValueError(
            "must be the name of an environment variable, of letters, digits and _; put the key into one, and name that"
        )
    return variable


KeyVariable = Annotated[str, AfterValidator(_require_name)]
"""The environment variable that holds a server's key."""
