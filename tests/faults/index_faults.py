"""Files of the index are damaged: Chroma's SQLite file, and those of its graph of vectors."""

from __future__ import annotations

import multiprocessing
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fault_world import Outcome
from file_faults import DAMAGES
from word_embedder import WordEmbedder

from corpora.errors import NotReadyError
from corpora.model import Corpus, Document
from corpora.splitting import Splitting
from pipelines.index import PassageIndex
from pipelines.indexing import build_index
from pipelines.vectors import Vectors

SMALL = Splitting(passage_tokens=8, overlap_tokens=0)
QUESTIONS = ("Which boat carries salt to pier 17?", "Boat 801?", "Who carries salt?")
PASSAGES = 1100
"""Past a thousand, Chroma writes its graph of vectors to files."""


def boats() -> Corpus:
    text = " ".join(f"Boat {number} carries salt to pier {number * 7}." for number in range(PASSAGES))
    document = Document(id="boats", title="Boats", text=text, source="boats.md")
    return Corpus(name="boats", root=Path(), documents=(document,), content_hash="0")


def in_a_child(work: Callable[..., Any], *arguments: Any) -> Any:
    """What `work` returns, in a process of its own: a library that crashes over a broken file takes only that along."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=lambda: theirs.send(work(*arguments)))
    child.start()
    theirs.close()
    try:
        assert ours.poll(120), "the process hangs over it"
        return ours.recv()
    except EOFError:
        child.join()
        raise AssertionError(f"the process died over it ({child.exitcode})") from None
    finally:
        child.kill()
        child.join()


def search(folder: Path) -> list[str] | str:
    """The passages found for each question, or what the error of ours says that was raised."""
    embedder = WordEmbedder(Path(), "words")
    try:
        index = PassageIndex.open(Vectors(folder), boats(), embedder, SMALL)
        return [" ".join(one for one, _ in index.search(question, 3)) for question in QUESTIONS]
    except NotReadyError as error:
        return str(error)


def make(folder: Path) -> str | None:
    try:
        build_index(Vectors(folder), boats(), WordEmbedder(Path(), "words"), SMALL)
    except NotReadyError as error:
        return str(error)
    return None


def damaged(root: Path, times: int) -> Iterator[Outcome]:
    """Chroma's files: its SQLite file, and those of the graph of vectors."""
    assert in_a_child(make, root / "whole") is None
    right = in_a_child(search, root / "whole")
    files = sorted(file.relative_to(root) for file in (root / "whole" / "chroma").rglob("*") if file.stat().st_size)
    files = [file for file in files if (root / file).is_file()]
    for number in range(times):
        chance = random.Random(number)
        file, damage = files[number % len(files)], DAMAGES[number // len(files) % len(DAMAGES)]
        folder = root / f"index-{number}"
        shutil.copytree(root / "whole", folder)
        damage(folder / file.relative_to("whole"), chance)
        found = in_a_child(search, folder)
        what = f"{file.name} {damage.__name__}"
        lost = found != right and not isinstance(found, str)
        message = found.replace(str(folder), "FOLDER") if isinstance(found, str) else ""
        again = in_a_child(make, folder)
        assert again is None, f"{what}: {again}"
        mended = not isinstance(in_a_child(search, folder), str)
        yield Outcome(message, lost=int(lost or not mended), by_itself=found == right)
        shutil.rmtree(folder)
