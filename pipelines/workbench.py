"""What pipelines are made from: the engine, the corpus, and the home of prepared things."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corpora.model import Corpus, Split
from pipelines.embedding import Embedder
from pipelines.engines.base import Engine
from pipelines.home import Home


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
