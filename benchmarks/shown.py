"""What every script here does with its figures: prints them and, with `--write PAGE`, puts them into that page too."""

from __future__ import annotations

import argparse
from pathlib import Path

from eval.labels.page import MarkedPage


def arguments(description: str | None) -> argparse.ArgumentParser:
    """With `--write`; `description` is the script's docstring, shown as it is."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="the page that the figures go into, or a new one")
    return parser


class Figures:
    """Of one script; opened before its work, so that a page without a place for them is refused at once."""

    def __init__(self, write: Path | None, writer: str) -> None:
        """Raises ConfigError where the page has no place that names `writer`."""
        self.page = MarkedPage(write, writer) if write else None

    def show(self, text: str) -> None:
        """Prints them, and writes them into the page in the place of those before."""
        print(f"\n{text}", flush=True)
        if self.page:
            self.page.replace(text)
