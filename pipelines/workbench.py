"""What pipelines are made from: the engine, the corpus, and the folder where prepared things lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpora.model import Corpus, Split
from pipelines.engines.base import Engine
from pipelines.vectors import VectorOptions, Vectors

if TYPE_CHECKING:
    from pipelines.embedding import Embedder


@dataclass(frozen=True)
class Home:
    """The folder of prepared things, `.bakeoff` beside the configuration; safe to delete, everything is made again.

    Only the lists of services' runs are not; their folders lie elsewhere.

    `vectors` is the server that holds the index, where it does not lie in the folder. `index_copy`, a folder, takes the
    place of the index where a changed corpus must leave that one as it is.
    """

    root: Path
    index_copy: Path | None = None
    vectors: VectorOptions | None = None

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


@dataclass(frozen=True)
class Workbench:
    """Given to every pipeline when it is opened.

    `older_adapters` says that an adapter which was trained on an older version of the documents will do where there is
    no newer one: a service goes on with it, a bake-off does not. `split` is the one that is asked, of which no shot may
    tell an answer; a service, which is asked anything, shows what a bake-off on `test` would.
    """

    corpus: Corpus
    engine: Engine
    embedder: Embedder
    system: str
    base_model: Path
    home: Home
    older_adapters: bool = False
    split: Split = "test"
