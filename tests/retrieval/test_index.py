import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from retrieval_fakes import HARBOUR, FakeEmbedder, boats, make_corpus

from corpora.errors import ConfigError, CorpusError, IndexMissingError, NotReadyError
from corpora.splitting import Splitting
from pipelines import embedding, indexing
from pipelines.index import PassageIndex
from pipelines.indexing import Indexed, build_index, copy_index
from pipelines.vectors import Vectors

SMALL = Splitting(passage_tokens=8, overlap_tokens=0)


@pytest.fixture(params=["on disk", pytest.param("with a server", marks=pytest.mark.slow)])
def vectors(request: pytest.FixtureRequest, tmp_path: Path) -> Vectors:
    """All that is said here holds wherever the vectors lie."""
    if request.param == "on disk":
        return Vectors(tmp_path / "index")
    return Vectors(tmp_path / "index", request.getfixturevalue("chroma"))


@pytest.fixture
def on_disk(tmp_path: Path) -> Vectors:
    return Vectors(tmp_path / "index")


def open_index(vectors: Vectors, corpus, embedder=None, splitting=SMALL) -> PassageIndex:
    return PassageIndex.open(vectors, corpus, embedder or FakeEmbedder(), splitting)


def collection_of(vectors: Vectors):
    (found,) = vectors.client().list_collections()
    return vectors.client().get_collection(found.name, embedding_function=None)


def test_what_is_indexed_is_found_with_its_span_and_cosine(vectors):
    corpus = make_corpus(HARBOUR)
    report = build_index(vectors, corpus, FakeEmbedder(), SMALL)
    index = open_index(vectors, corpus)
    assert report == Indexed(added=len(index.passages), kept=0, removed=0)
    for passage in index.passages.values():
        assert corpus.document(passage.document_id).text[passage.start : passage.end] == passage.text
        (best, score), *_ = index.search(f"{passage.document_id}\n{passage.text}", 2)
        assert best == passage.id
        assert score == pytest.approx(1.0, abs=1e-4)
    assert len(index.search("boat", 500)) == len(index.passages)


def test_passages_come_in_the_order_of_the_corpus(vectors):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    passages = list(open_index(vectors, corpus).passages.values())
    order = list(HARBOUR)
    assert passages == sorted(passages, key=lambda one: (order.index(one.document_id), one.start))


def test_nothing_is_embedded_again_where_nothing_changed(vectors):
    corpus = make_corpus(HARBOUR)
    first = build_index(vectors, corpus, FakeEmbedder(), SMALL)
    embedder = FakeEmbedder()
    assert build_index(vectors, corpus, embedder, SMALL) == Indexed(added=0, kept=first.added, removed=0)
    assert embedder.embedded == []


def test_only_what_changed_is_embedded_and_what_went_is_removed(vectors):
    before = make_corpus(HARBOUR)
    build_index(vectors, before, FakeEmbedder(), SMALL)
    old_hash = open_index(vectors, before).content_hash
    after = make_corpus({**HARBOUR, "birds": "Swans swim."} | {"crane": "It lifts."})
    with pytest.raises(IndexMissingError, match=r"changed.*bakeoff index"):
        open_index(vectors, after)
    embedder = FakeEmbedder()
    report = build_index(vectors, after, embedder, SMALL)
    assert embedder.embedded == ["birds\nSwans swim.", "crane\nIt lifts."]
    assert report.added == 2
    assert report.removed == sum(id_.startswith("birds:") for id_ in _ids(before))
    index = open_index(vectors, after)
    assert set(index.passages) == _ids(after)
    assert index.content_hash != old_hash


def test_a_copy_is_brought_up_to_date_alone(vectors, tmp_path):
    before, after = make_corpus(HARBOUR), make_corpus({**HARBOUR, "birds": "Swans swim."})
    build_index(vectors, before, FakeEmbedder(), SMALL)
    other = make_corpus(HARBOUR, name="another")
    build_index(vectors, other, FakeEmbedder(), SMALL)
    copy = Vectors(tmp_path / "copy")
    copy_index(vectors, copy, before.name)
    assert [each.name for each in copy.client().list_collections()] == [
        each.name for each in vectors.client().list_collections() if each.name.startswith(before.name)
    ]
    embedder = FakeEmbedder()
    build_index(copy, after, embedder, SMALL)
    assert embedder.embedded == ["birds\nSwans swim."]
    old, new = open_index(vectors, before), open_index(copy, after)
    assert (set(old.passages), set(new.passages)) == (_ids(before), _ids(after))
    assert new.seconds > old.seconds


def test_where_there_is_no_index_there_is_no_copy(on_disk, tmp_path):
    copy_index(on_disk, Vectors(tmp_path / "copy"), "harbour")
    assert not (tmp_path / "copy").exists()


def test_other_splittings_and_embedders_have_indexes_of_their_own(vectors):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    other = Splitting(passage_tokens=30, overlap_tokens=0)
    for arguments in ({"splitting": other}, {"embedder": FakeEmbedder("another")}):
        with pytest.raises(IndexMissingError, match="no complete index"):
            open_index(vectors, corpus, **arguments)
    build_index(vectors, corpus, FakeEmbedder(), other)
    assert len(open_index(vectors, corpus, splitting=other).passages) < len(open_index(vectors, corpus).passages)


class _Killed(FakeEmbedder):
    def embed_documents(self, texts, on_progress=None):
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
    assert set(open_index(vectors, corpus).passages) == _ids(corpus)


def test_a_killed_update_is_noticed_too(vectors):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    with pytest.raises(KeyboardInterrupt):
        build_index(vectors, make_corpus({**HARBOUR, "crane": "It lifts."}), _interrupted(), SMALL)
    with pytest.raises(IndexMissingError):  # although the old corpus' passages are all there
        open_index(vectors, corpus)


def test_a_missing_index_says_what_to_do(vectors):
    with pytest.raises(IndexMissingError, match="bakeoff index"):
        open_index(vectors, make_corpus(HARBOUR))
    assert not vectors.folder.exists()


def test_a_collection_that_was_deleted_is_missed_and_found_again_once_it_is_built_again(vectors):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    index = open_index(vectors, corpus)
    expected = index.search("red boat", 2)
    vectors.client().delete_collection(collection_of(vectors).name)
    with pytest.raises(IndexMissingError):
        open_index(vectors, corpus)
    for ask in (index.check, lambda: index.search("red boat", 2)):
        with pytest.raises(IndexMissingError, match="not there any more"):
            ask()
    assert build_index(vectors, corpus, FakeEmbedder(), SMALL).added
    open_index(vectors, corpus)
    index.check()
    assert dict(index.search("red boat", 2)) == pytest.approx(dict(expected))


def test_an_index_that_changed_since_it_was_opened_says_so_when_it_is_checked(vectors):
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    index = open_index(vectors, make_corpus(HARBOUR))
    build_index(vectors, make_corpus({**HARBOUR, "crane": "It lifts."}), FakeEmbedder(), SMALL)
    with pytest.raises(IndexMissingError, match="changed since it was opened"):
        index.check()


def test_an_index_in_another_space_than_cosine_is_refused(vectors):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    good = collection_of(vectors)
    assert good.configuration_json["hnsw"]["space"] == "cosine"
    client = vectors.client()
    client.delete_collection(good.name)
    client.create_collection(
        good.name, embedding_function=None, configuration={"hnsw": {"space": "l2"}}, metadata=good.metadata
    )
    with pytest.raises(IndexMissingError, match="cosine"):
        open_index(vectors, corpus)
    with pytest.raises(IndexMissingError, match="cosine"):
        build_index(vectors, corpus, FakeEmbedder(), SMALL)


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


def test_passages_longer_than_the_embedder_reads_are_refused(vectors):
    with pytest.raises(ConfigError, match="Set passage_tokens to 9"):
        build_index(
            vectors, make_corpus(HARBOUR), FakeEmbedder(max_tokens=10), Splitting(passage_tokens=20, overlap_tokens=0)
        )


def test_a_corpus_without_text_is_refused(vectors):
    with pytest.raises(CorpusError):
        build_index(vectors, make_corpus({"empty": " \n"}), FakeEmbedder(), SMALL)


def test_a_second_writer_waits_and_gives_up(vectors, monkeypatch):
    monkeypatch.setattr(indexing, "LOCK_SECONDS", 0.1)
    vectors.folder.mkdir()
    with FileLock(vectors.folder / "lock"), pytest.raises(NotReadyError, match="Another process"):
        build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)


def test_progress_ends_at_the_whole(vectors):
    seen: list[tuple[int, int]] = []
    report = build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL, lambda *step: seen.append(step))
    assert seen[-1] == (report.added, report.added)


def test_only_documents_that_changed_are_split_again(vectors, monkeypatch):
    split = []
    real = indexing.split_document
    monkeypatch.setattr(indexing, "split_document", lambda one, *more: split.append(one.id) or real(one, *more))
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    split.clear()
    changed = make_corpus({**HARBOUR, "birds": "Gulls nest elsewhere.", "new:one:two": "A new quay is built here."})
    report = build_index(vectors, changed, FakeEmbedder(), SMALL)
    assert split == ["birds", "new:one:two"]
    index = open_index(vectors, changed)
    assert set(index.passages) == _ids(changed)
    assert report.kept + report.added == len(index.passages)
    assert build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL).removed == report.added
    assert split == ["birds", "new:one:two", "birds"]


def test_who_opened_an_index_before_it_changed_finds_what_was_there_and_nothing_new(vectors):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    before = open_index(vectors, corpus)
    everything = {one for one, _ in before.search("the red boat", 50)}
    grown = make_corpus({**HARBOUR, **{f"boat-{number}": "The red boat is new here." for number in range(30)}})
    build_index(vectors, grown, FakeEmbedder(), SMALL)
    assert {one for one, _ in before.search("the red boat", 50)} == everything
    assert len(before.search("the red boat is new here", 3)) == 3
    less = make_corpus({name: text for name, text in HARBOUR.items() if name != "boats"})
    build_index(vectors, less, FakeEmbedder(), SMALL)
    assert {before.passages[one].document_id for one, _ in before.search("the red boat", 50)} == {"birds", "tides"}


READER = """
import sys
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from retrieval_fakes import HARBOUR, FakeEmbedder, boats, make_corpus
from corpora.errors import IndexMissingError
from corpora.splitting import Splitting
from pipelines.index import PassageIndex
from pipelines.vectors import Vectors
splitting = Splitting(passage_tokens=8, overlap_tokens=0)
index = PassageIndex.open(Vectors(Path(sys.argv[3])), make_corpus(HARBOUR), FakeEmbedder(), splitting)
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
    paths = [str(Path(__file__).parents[2]), str(Path(__file__).parent), str(vectors.folder)]
    with subprocess.Popen([sys.executable, "-c", READER, *paths], stdout=subprocess.PIPE) as reader:
        assert reader.stdout.readline() == b"ready\n"
        for number in range(10):
            grown = make_corpus({**HARBOUR, f"boat-{number}": f"Boat {number} is new here. " * 20})
            build_index(vectors, grown, FakeEmbedder(), SMALL)
            assert set(open_index(vectors, grown).passages) == _ids(grown)
        assert reader.poll() is None
        reader.send_signal(signal.SIGKILL)
    assert build_index(vectors, corpus, FakeEmbedder(), SMALL).removed
    assert set(open_index(vectors, corpus).passages) == _ids(corpus)


def _interrupted() -> FakeEmbedder:
    embedder = _Killed()
    embedder.embedded = ["something"]
    return embedder


def _ids(corpus) -> set[str]:
    from corpora.splitting import split_document

    embedder = FakeEmbedder()
    return {one.id for document in corpus.documents for one in split_document(document, SMALL, embedder.count_tokens)}


READER = """
import sys
from pathlib import Path
from retrieval_fakes import FakeEmbedder, boats
from test_index import SMALL, open_index
from pipelines.vectors import Vectors

open_index(Vectors(Path(sys.argv[1])), boats(int(sys.argv[2]))).search("Boat 7 carries much salt.", 1)
"""


@pytest.mark.parametrize("count", [20, 1100])  # past 1000 changes Chroma saves its graph
def test_an_index_is_not_damaged_by_being_read(on_disk, count):
    build_index(on_disk, boats(count), FakeEmbedder(), SMALL)
    paths = [Path(__file__).parent, Path(__file__).parents[2]]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", READER, on_disk.folder, str(count)], env=environment, check=True)


@pytest.mark.parametrize("name", ["data_level0.bin", "header.bin"])
def test_a_damaged_file_of_vectors_is_told_before_chroma_reads_it_and_is_made_again(tmp_path, name):
    corpus, vectors = boats(1100), Vectors(tmp_path)
    first = build_index(vectors, corpus, FakeEmbedder(), SMALL)
    (file,) = vectors.chroma.glob(f"*/{name}")
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(IndexMissingError, match=r"damaged.*bakeoff index"):
        PassageIndex.open(vectors, corpus, FakeEmbedder(), SMALL)
    again = build_index(vectors, corpus, FakeEmbedder(), SMALL)
    assert (again.added, again.kept) == (first.added, 0)
    index = PassageIndex.open(vectors, corpus, FakeEmbedder(), SMALL)
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
