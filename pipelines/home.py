"""Where prepared things lie: models, indexes, adapters, and what is known of documents, answers and judges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpora.errors import ConfigError
from pipelines.vectors import VectorOptions, Vectors


@dataclass(frozen=True)
class Home:
    """The folder of prepared things, `.bakeoff` beside the configuration; safe to delete, everything is made again.

    Only the lists of services' runs are not; their folders lie elsewhere.

    `vectors` is the server that holds the index, where it does not lie in the folder. `index_copy`, a folder, takes the
    place of the index where a changed corpus must leave that one as it is. `beside` is the folder of the configuration.
    """

    root: Path
    index_copy: Path | None = None
    vectors: VectorOptions | None = None
    beside: Path = Path()

    def located(self, path: Path) -> Path:
        """Where a path of the configuration's leads: from its own folder, whatever the working folder is.

        Raises ConfigError where it begins with the home of somebody whom nobody knows.
        """
        try:
            return self.beside / path.expanduser()
        except RuntimeError as error:
            raise ConfigError(f"{path} leads nowhere: {error}", "Write the whole path.") from error

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def index(self) -> Vectors:
        return Vectors(self.index_copy) if self.index_copy else Vectors(self.root / "index", self.vectors)

    @property
    def adapters(self) -> Path:
        return self.root / "adapters"

    @property
    def documents(self) -> Path:
        """What is known of a corpus whose documents change while it is served."""
        return self.root / "documents"

    @property
    def answers(self) -> Path:
        return self.root / "answers.sqlite"

    @property
    def judges(self) -> Path:
        """What judges were worth when they were checked against people."""
        return self.root / "judges.json"
