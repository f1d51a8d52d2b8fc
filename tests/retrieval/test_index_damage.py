import errno
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from chromadb.errors import InternalError
from pydantic import ValidationError
from retrieval_fakes import HARBOUR, SMALL, FakeEmbedder, boats, collection_of, make_corpus, open_index, passage_ids

from corpora.errors import CorpusStorageError, IndexMissingError
from pipelines import embedding
from pipelines.indexing import build_index
from pipelines.vectors import VectorOptions, Vectors

ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, Path(__file__).parents[:3]))}


class _Killed(FakeEmbedder):
    def embed_documents(self, texts):
        if self.embedded:
            raise KeyboardInterrupt
        return super().embed_documents(texts)


def test_a_killed_indexing_is_noticed_and_completed(vectors, monkeypatch):
    monkeypatch.setattr(embedding, "BATCH", 2)
    corpus = make_corpus(HARBOUR)
    with pytest.raises(KeyboardInterrupt):
        build_index(vectors, corpus, _Killed(), SMALL)
    with pytest.raises(IndexMissingError, match="bakeoff index"):
        open_index(vectors, corpus)
    report = build_index(vectors, corpus, FakeEmbedder(), SMALL)
    assert (report.kept, report.removed) == (2, 0)
    assert set(open_index(vectors, corpus).passages) == passage_ids(corpus)


def test_a_killed_update_is_noticed_too(vectors):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    with pytest.raises(KeyboardInterrupt):
        build_index(vectors, make_corpus({**HARBOUR, "crane": "It lifts."}), _interrupted(), SMALL)
    with pytest.raises(IndexMissingError):  # although the old corpus' passages are all there
        open_index(vectors, corpus)


def _interrupted() -> FakeEmbedder:
    embedder = _Killed()
    embedder.embedded = ["something"]
    return embedder


def test_a_full_disk_is_not_taken_for_a_damaged_index(tmp_path, monkeypatch):
    vectors = Vectors(tmp_path)
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=40_000))
    with pytest.raises(CorpusStorageError, match="The disk is full") as raised, vectors.errors():
        raise InternalError("Error in compaction: Failed to apply logs to the metadata segment")
    assert "Free some space" in raised.value.remedy
    assert "elete" not in raised.value.remedy


def test_a_disk_without_room_for_one_more_file_is_full(tmp_path, monkeypatch):
    room = {"f_frsize": 4096, "f_blocks": 1 << 20, "f_bfree": 1 << 20, "f_bavail": 1 << 20, "f_favail": 0}
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_files=100, **room))
    with pytest.raises(CorpusStorageError, match="The disk is full"), Vectors(tmp_path).errors():
        raise InternalError("disk I/O error")
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_files=0, **room))  # has no such bound
    with pytest.raises(IndexMissingError), Vectors(tmp_path).errors():
        raise InternalError("disk I/O error")


def test_a_full_disk_is_called_so_before_there_is_an_index(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda there: SimpleNamespace(free=0 if there == tmp_path else 1 << 40))
    with pytest.raises(CorpusStorageError, match="The disk is full"), Vectors(tmp_path / "index").errors():
        raise InternalError("Could not create the data directory")


def test_what_keeps_an_index_from_being_written_is_to_be_moved_or_made_room_for(tmp_path, monkeypatch):
    folder = tmp_path / "index"
    folder.touch()
    said = f"Move {folder} away, which is a file where a folder is expected"
    with pytest.raises(CorpusStorageError, match=re.escape(said)):
        build_index(Vectors(folder), make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    folder.unlink()

    def fill(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("filelock.FileLock.acquire", fill)
    with pytest.raises(CorpusStorageError, match=r"No space left on device\. Free some space"):
        build_index(Vectors(folder), make_corpus(HARBOUR), FakeEmbedder(), SMALL)


@pytest.mark.parametrize("damaged", ["", "{", '{"layout": 1}'])
def test_a_damaged_manifest_counts_as_none(vectors, damaged):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    collection_of(vectors).modify(metadata={"manifest": damaged})
    with pytest.raises(IndexMissingError):
        open_index(vectors, corpus)
    assert build_index(vectors, corpus, FakeEmbedder(), SMALL).added == 0
    open_index(vectors, corpus)


def test_a_database_that_is_none_says_what_to_do(on_disk):
    (on_disk.folder / "chroma").mkdir(parents=True)
    (on_disk.folder / "chroma" / "chroma.sqlite3").write_bytes(b"this is no database " * 500)
    with pytest.raises(IndexMissingError, match=r"damaged.*bakeoff index"):
        open_index(on_disk, make_corpus(HARBOUR))


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("chromadb.PersistentClient", InternalError("attempt to write a readonly database")),
        ("pipelines.index_damage.sqlite3.connect", sqlite3.OperationalError("unable to open database file")),
    ],
)
def test_an_index_that_belongs_to_somebody_else_is_not_to_be_deleted(on_disk, monkeypatch, place, error):
    corpus = make_corpus(HARBOUR)
    build_index(on_disk, corpus, FakeEmbedder(), SMALL)

    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(place, refuse)
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.F_OK or "chroma" not in str(path))
    for use in (open_index, lambda *given: build_index(*given, FakeEmbedder(), SMALL)):
        with pytest.raises(CorpusStorageError, match=r"chroma cannot be written.*owner and permissions"):
            use(on_disk, corpus)
    monkeypatch.undo()
    open_index(on_disk, corpus)


ENDLESS_READER = """
import sys
from pathlib import Path
from retrieval_fakes import HARBOUR, make_corpus, open_index
from corpora.errors import IndexMissingError
from pipelines.vectors import VectorOptions, Vectors

index = open_index(Vectors(Path(sys.argv[1])), make_corpus(HARBOUR))
print("ready", flush=True)
while True:
    try:
        index.search("the boat", 3)
    except IndexMissingError:  # it finds what has been added
        pass
"""


@pytest.mark.slow
def test_a_reader_in_another_process_does_no_harm_to_a_writer(on_disk):
    vectors = on_disk
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    command = [sys.executable, "-c", ENDLESS_READER, vectors.folder]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE) as reader:
        assert reader.stdout.readline() == b"ready\n"
        for number in range(10):
            grown = make_corpus({**HARBOUR, f"boat-{number}": f"Boat {number} is new here. " * 20})
            build_index(vectors, grown, FakeEmbedder(), SMALL)
            assert set(open_index(vectors, grown).passages) == passage_ids(grown)
        assert reader.poll() is None
        reader.send_signal(signal.SIGKILL)
    assert build_index(vectors, corpus, FakeEmbedder(), SMALL).removed
    assert set(open_index(vectors, corpus).passages) == passage_ids(corpus)


READER = """
import sys
from pathlib import Path
from retrieval_fakes import boats, open_index
from pipelines.vectors import VectorOptions, Vectors

open_index(Vectors(Path(sys.argv[1])), boats(int(sys.argv[2]))).search("Boat 7 carries much salt.", 1)
"""


@pytest.mark.parametrize("count", [20, 1100])  # past 1000 changes Chroma saves its graph
def test_an_index_is_not_damaged_by_being_read(on_disk, count):
    build_index(on_disk, boats(count), FakeEmbedder(), SMALL)
    for _ in range(2):
        subprocess.run([sys.executable, "-c", READER, on_disk.folder, str(count)], env=ENVIRONMENT, check=True)


@pytest.mark.parametrize("name", ["data_level0.bin", "header.bin"])
def test_a_damaged_file_of_vectors_is_told_before_chroma_reads_it_and_is_made_again(tmp_path, name):
    corpus, vectors = boats(1100), Vectors(tmp_path)
    first = build_index(vectors, corpus, FakeEmbedder(), SMALL)
    (file,) = vectors.chroma.glob(f"*/{name}")
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(IndexMissingError, match=r"damaged.*bakeoff index"):
        open_index(vectors, corpus)
    again = build_index(vectors, corpus, FakeEmbedder(), SMALL)
    assert (again.added, again.kept) == (first.added, 0)
    index = open_index(vectors, corpus)
    assert index.search("Boat 7 carries much salt.", 1)


@pytest.mark.parametrize("place", [0, 4096])
def test_a_damaged_database_is_told_and_is_made_again(tmp_path, place):
    corpus, source, vectors = make_corpus(HARBOUR), Vectors(tmp_path / "one"), Vectors(tmp_path / "two")
    build_index(source, corpus, FakeEmbedder(), SMALL)
    shutil.copytree(source.folder, vectors.folder)  # Chroma keeps a file open that it has seen
    content = bytearray((vectors.chroma / "chroma.sqlite3").read_bytes())
    content[place : place + 40960] = bytes(40960)
    (vectors.chroma / "chroma.sqlite3").write_bytes(content)
    with pytest.raises(IndexMissingError, match=r"damaged.*bakeoff index"):
        open_index(vectors, corpus)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    assert open_index(vectors, corpus).search("boat", 1)


def test_a_row_that_speaks_of_another_place_is_told(tmp_path):
    corpus, vectors = make_corpus(HARBOUR), Vectors(tmp_path)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    collection = collection_of(vectors)
    (one, *_) = collection.get()["ids"]
    collection.update([one], metadatas=[{"start": 3}])
    with pytest.raises(IndexMissingError, match=r"damaged.*bakeoff index"):
        open_index(vectors, corpus)


def test_a_read_only_disk_is_called_so(tmp_path, monkeypatch):
    vectors = Vectors(tmp_path)
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    monkeypatch.setattr("os.access", lambda path, mode: mode == os.F_OK)
    monkeypatch.setattr("os.statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    with pytest.raises(CorpusStorageError, match="Read-only file system"), vectors.errors():
        raise InternalError("attempt to write a readonly database")


@pytest.mark.parametrize("url", ["http://h\n", "http://h x", "ftp://h", "http://h/path"])
def test_what_is_no_address_of_a_server_is_refused(url):
    with pytest.raises(ValidationError):
        VectorOptions(url=url)
