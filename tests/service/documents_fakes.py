"""A corpus that changes: behind the documentation's examples, and in a process that is killed in the middle of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from staleness_fakes import write
from word_embedder import WordEmbedder

from corpora.extracting import DocumentLimits, read_document
from corpora.reading import read_corpus
from corpora.storing import added
from pipelines.home import Home
from pipelines.workbench import Workbench
from service import corpus_change
from service.job_work import Bakery
from service.library import Library
from service.project import Project, open_project
from service.settings import ServiceSettings

BELL = b"# Bell\n\nThe bell rings at noon.\n"
ASK_BELL = {"question": "The bell rings at what hour?", "pipeline": "rag"}

PIPELINES: dict[str, Any] = {
    "zero-shot": {"kind": "prompting"},
    "prompting": {"kind": "prompting", "context_tokens": 200},
    "rag": {"kind": "rag", "top_k": 2, "passage_tokens": 16, "overlap_tokens": 0},
    "finetuned": {"kind": "finetuned"},
    "both": {"kind": "finetuned", "retrieval": {"top_k": 2, "passage_tokens": 16, "overlap_tokens": 0}},
}
CHANGED = {"pipelines": PIPELINES, "run": list(PIPELINES)}


def stored(root: Path) -> set[str]:
    return {path.name for path in (root / "corpus" / "documents").iterdir()}


def example_library(root: Path) -> Library:
    """A library over a corpus with the documentation's example in it, and no pipelines."""
    write(root / "corpus", {"corpus.yaml": {"name": "examples"}})
    write(root / "corpus", {f"documents/{name}.md": f"# {name}\n\nA text.\n" for name in ("dragon", "other")})
    config: Any = SimpleNamespace(pipelines={}, selected=())
    corpus = read_corpus(root / "corpus")
    home = Home(root / ".bakeoff")
    project = Project(root / "bakeoff.yaml", ServiceSettings(), config, corpus, home, root / "runs")
    nothing: Any = None
    return Library(Bakery(project, Workbench(corpus, nothing, nothing, "", root, home), {}))


def add_and_die(where: str) -> None:
    """Adds a document to the project of the working folder, and is killed at one point of it."""
    patch = pytest.MonkeyPatch()
    project = open_project(Path("bakeoff.yaml"))
    document = read_document("upload-0", "bell.md", BELL, DocumentLimits())

    def die(*args: Any, **kwargs: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "while it is written":
        saved = iter([os.fsync, os.fsync, die])  # the stamp's, its folder's, the document's
        patch.setattr("corpora.storing.os.fsync", lambda handle: next(saved)(handle))
    elif where == "before it is indexed":
        patch.setattr(corpus_change, "index_documents", die)
    elif where == "while it is indexed":
        patch.setattr(WordEmbedder, "embed_documents", die)
    else:
        stamps = iter([corpus_change._write_stamp, die])
        patch.setattr(corpus_change, "_write_stamp", lambda *args, **more: next(stamps)(*args, **more))
    embedder = WordEmbedder(Path("models/base"), "words")
    corpus_change.change_corpus(
        project, embedder, lambda corpus, folder: added(folder, document), Event(), lambda _: None
    )
