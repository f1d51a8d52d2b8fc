"""The address of a server, as a configuration names it."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field

_KEY_REMEDY = "put the server's key into an environment variable, and name that as api_key_env"


def require_no_password(url: str, remedy: str) -> str:
    """The address as it is. Whatever it holds stands in the manifest of every run.

    Raises ValueError where it has a user or a password in it, and shows neither.
    """
    if re.match(r"https?://[^/?#]*@", url):
        raise ValueError(f"an address must hold no user and no password; {remedy}")
    return url


ApiAddress = Annotated[
    str, Field(pattern=r"^https?://[^/]"), AfterValidator(partial(require_no_password, remedy=_KEY_REMEDY))
]
"""Of an OpenAI-compatible API, whose key has an option of its own."""
