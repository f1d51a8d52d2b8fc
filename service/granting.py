"""`bakeoff keys`: keys made, listed, taken back."""

from __future__ import annotations

from typing import Annotated

import typer

from corpora.errors import ConfigError

keys = typer.Typer(help="Who may use the service: keys for asking, keys for changing things.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Whose it is.")]


@keys.command()
def add(name: Name, role: Annotated[str, typer.Option(help="ask; change: runs, documents too.")] = "ask") -> None:
    """Make a key and print it, once: only its hash is kept."""
    from pydantic import ValidationError

    from service.project import open_keys
    from service.terminal import console

    if role not in ("ask", "change"):
        raise ConfigError(f"There is no role {role!r}.", "Take ask or change.")
    try:
        secret = open_keys().add(name, "change" if role == "change" else "ask")
    except ValidationError as error:
        raise ConfigError(f"{name!r} is no name for a key.", "Take letters, digits and . _ @ - only.") from error
    console.print(secret, markup=False, soft_wrap=True)


@keys.command("list")
def show() -> None:
    """Whose keys there are, what they are good for, and of when, in the order in which they were made."""
    from rich.table import Table

    from service.project import open_keys
    from service.terminal import console

    table = Table("Name", "May", "Made", box=None, pad_edge=False)
    for key in open_keys().keys:
        table.add_row(key.name, key.role, key.created)
    console.print(table)


@keys.command()
def remove(name: Name) -> None:
    """Take a key back; a running service knows it at once."""
    from service.project import open_keys

    open_keys().remove(name)
