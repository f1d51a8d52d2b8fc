"""`bakeoff keys`: made, listed."""

from __future__ import annotations

from typing import get_args

from pydantic import ValidationError
from rich.table import Table

from corpora.errors import ConfigError
from service.keys import Role
from service.project import open_keys
from service.terminal import console


def grant(name: str, role: str) -> None:
    """Prints a new key. Raises ConfigError where the name is taken or no name, or there is no such role."""
    if role not in get_args(Role):
        raise ConfigError(f"There is no role {role!r}.", f"Take {' or '.join(get_args(Role))}.")
    try:
        secret = open_keys().add(name, "change" if role == "change" else "ask")
    except ValidationError as error:
        raise ConfigError(f"{name!r} is no name for a key.", "Take letters, digits and . _ @ - only.") from error
    console.print(secret, markup=False, soft_wrap=True)


def show_keys() -> None:
    """Names, roles and dates, in the order in which the keys were made."""
    table = Table("Name", "May", "Made", box=None, pad_edge=False)
    for key in open_keys().keys:
        table.add_row(key.name, key.role, key.created)
    console.print(table)
