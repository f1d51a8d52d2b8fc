"""A change of the corpus that is killed at any point of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from documents_fakes import CHANGED, stored
from runs_fakes import prepared
from word_embedder import WordEmbedder

from pipelines.index import PassageIndex
from service import corpus_change
from service.project import open_project


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "is_there"),
    [
        ("while it is written", False),
        ("before it is indexed", True),
        ("while it is indexed", True),
        ("before it is stamped", True),
    ],
)
def test_a_change_that_is_killed_is_made_or_not_and_the_next_start_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, is_there: bool
) -> None:
    config = prepared(tmp_path, monkeypatch, **CHANGED)
    path = os.pathsep.join(map(str, Path(__file__).parents[:3]))
    child = subprocess.run(
        [sys.executable, "-c", f"from documents_fakes import add_and_die; add_and_die({where!r})"],
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    assert child.returncode == -9
    project = open_project(config)
    assert ("upload-0" in {each.id for each in project.corpus.documents}) == is_there
    embedder = WordEmbedder(Path("models/base"), "words")
    corpus_change.complete_change(project, embedder, Event())
    splitting = project.config.pipelines["rag"].splitting  # type: ignore[union-attr]
    index = PassageIndex.open(project.home.index, project.corpus, embedder, splitting)
    assert ("upload-0" in {each.document_id for each in index.passages.values()}) == is_there
    assert not [name for name in stored(config.parent) if name.startswith(".")]
    stamp = corpus_change.read_stamp(project)
    assert stamp is not None
    assert stamp.indexed
