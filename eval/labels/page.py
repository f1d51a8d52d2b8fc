"""A Markdown page with a part that a program writes, between two markers."""

from __future__ import annotations

from pathlib import Path

from corpora.errors import ConfigError
from corpora.text_file import read_text
from eval.storage import AGAIN, write_whole


class MarkedPage:
    """A page whose part between two comments that name `writer` is replaced; `text` is that part as it is now.

    A page that is not there holds nothing else once it is written. Before any work is done, one without the comments
    raises ConfigError, and what cannot be read, or has no folder, CorpusError.
    """

    def __init__(self, path: Path, writer: str) -> None:
        self.path = path
        self.begin, self.end = f"<!-- {writer}: begin -->", f"<!-- {writer}: end -->"
        new = not path.exists() and path.parent.is_dir()
        page = f"{self.begin}\n{self.end}\n" if new else read_text(path)
        self._before, begin, rest = page.partition(self.begin)
        self.text, end, self._after = rest.partition(self.end)
        if not begin or not end:
            raise ConfigError(
                f"{path} does not say where the table belongs.", f"Put two lines into it:\n{self.begin}\n{self.end}"
            )

    def replace(self, text: str) -> None:
        """Raises RunStorageError where the page cannot be written."""
        write_whole(self.path, f"{self._before}{self.begin}\n\n{text}\n{self.end}{self._after}", AGAIN)
        self.text = text
