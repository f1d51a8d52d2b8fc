import json
import signal
import subprocess
import sys
from pathlib import Path

import chromadb
import pytest
from chromadb.config import Settings
from filelock import FileLock
from retrieval_fakes import HARBOUR, FakeEmbedder, make_corpus

from corpora.errors import ConfigError, CorpusError, IndexMissingError, NotReadyError
from corpora.splitting import Splitting
from pipelines import index as index_module
from pipelines import index_files
from pipelines.index import Indexed, PassageIndex, build_index
from pipelines.index_files import copy_index

SMALL = Splitting(passage_tokens=8, overlap_tokens=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def open_index(folder: Path, corpus, embedder=None, splitting=SMALL) -> PassageIndex:
    return PassageIndex.open(folder, corpus, embedder or FakeEmbedder(), splitting)


def client_of(folder: Path):
    return chromadb.PersistentClient(str(folder / "chroma"), Settings(anonymized_telemetry=False))


def test_what_is_indexed_is_found_with_its_span_and_cosine(folder):
    corpus = make_corpus(HARBOUR)
    report = build_index(folder, corpus, FakeEmbedder(), SMALL)
    index = open_index(folder, corpus)
    assert report == Indexed(added=len(index.passages), kept=0, removed=0)
    for passage in index.passages.values():
        assert corpus.document(passage.document_id).text[passage.start : passage.end] == passage.text
        (best, score), *_ = index.search(f"{passage.document_id}\n{passage.text}", 2)
        assert best == passage.id
        assert score == pytest.approx(1.0, abs=1e-4)
    assert len(index.search("boat", 500)) == len(index.passages)


def test_passages_come_in_the_order_of_the_corpus(folder):
    corpus = make_corpus(HARBOUR)
    build_index(folder, corpus, FakeEmbedder(), SMALL)
    passages = list(open_index(folder, corpus).passages.values())
    order = list(HARBOUR)
    assert passages == sorted(passages, key=lambda one: (order.index(one.document_id), one.start))


def test_nothing_is_embedded_again_where_nothing_changed(folder):
    corpus = make_corpus(HARBOUR)
    first = build_index(folder, corpus, FakeEmbedder(), SMALL)
    embedder = FakeEmbedder()
    assert build_index(folder, corpus, embedder, SMALL) == Indexed(added=0, kept=first.added, removed=0)
    assert embedder.embedded == []


def test_only_what_changed_is_embedded_and_what_went_is_removed(folder):
    before = make_corpus(HARBOUR)
    build_index(folder, before, FakeEmbedder(), SMALL)
    old_hash = open_index(folder, before).content_hash
    after = make_corpus({**HARBOUR, "birds": "Swans swim."} | {"crane": "It lifts."})
    with pytest.raises(IndexMissingError, match=r"changed.*bakeoff index"):
        open_index(folder, after)
    embedder = FakeEmbedder()
    report = build_index(folder, after, embedder, SMALL)
    assert embedder.embedded == ["birds\nSwans swim.", "crane\nIt lifts."]
    assert report.added == 2
    assert report.removed == sum(id_.startswith("birds:") for id_ in _ids(before))
    index = open_index(folder, after)
    assert set(index.passages) == _ids(after)
    assert index.content_hash != old_hash


def test_a_copy_is_brought_up_to_date_alone(folder, tmp_path):
    before, after = make_corpus(HARBOUR), make_corpus({**HARBOUR, "birds": "Swans swim."})
    build_index(folder, before, FakeEmbedder(), SMALL)
    copy_index(folder, tmp_path / "copy")
    embedder = FakeEmbedder()
    build_index(tmp_path / "copy", after, embedder, SMALL)
    assert embedder.embedded == ["birds\nSwans swim."]
    old, new = open_index(folder, before), open_index(tmp_path / "copy", after)
    assert (set(old.passages), set(new.passages)) == (_ids(before), _ids(after))
    assert new.seconds > old.seconds


def test_where_there_is_no_index_there_is_no_copy(folder, tmp_path):
    copy_index(folder, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_other_splittings_and_embedders_have_indexes_of_their_own(folder):
    corpus = make_corpus(HARBOUR)
    build_index(folder, corpus, FakeEmbedder(), SMALL)
    other = Splitting(passage_tokens=30, overlap_tokens=0)
    for arguments in ({"splitting": other}, {"embedder": FakeEmbedder("another")}):
        with pytest.raises(IndexMissingError, match="no complete index"):
            open_index(folder, corpus, **arguments)
    build_index(folder, corpus, FakeEmbedder(), other)
    assert len(open_index(folder, corpus, splitting=other).passages) < len(open_index(folder, corpus).passages)


class _Killed(FakeEmbedder):
    def embed_documents(self, texts, on_progress=None):
        if self.embedded:
            raise KeyboardInterrupt
        return super().embed_documents(texts)


def test_a_killed_indexing_is_noticed_and_completed(folder, monkeypatch):
    monkeypatch.setattr(index_module, "BATCH", 2)
    corpus = make_corpus(HARBOUR)
    with pytest.raises(KeyboardInterrupt):
        build_index(folder, corpus, _Killed(), SMALL)
    with pytest.raises(IndexMissingError, match="bakeoff index"):
        open_index(folder, corpus)
    report = build_index(folder, corpus, FakeEmbedder(), SMALL)
    assert (report.kept, report.removed) == (2, 0)
    assert set(open_index(folder, corpus).passages) == _ids(corpus)


def test_a_killed_update_is_noticed_too(folder):
    corpus = make_corpus(HARBOUR)
    build_index(folder, corpus, FakeEmbedder(), SMALL)
    with pytest.raises(KeyboardInterrupt):
        build_index(folder, make_corpus({**HARBOUR, "crane": "It lifts."}), _interrupted(), SMALL)
    with pytest.raises(IndexMissingError):  # although the old corpus' passages are all there
        open_index(folder, corpus)


def test_a_missing_index_says_what_to_do(folder):
    with pytest.raises(IndexMissingError, match="bakeoff index"):
        open_index(folder, make_corpus(HARBOUR))
    assert not folder.exists()


def test_a_collection_that_was_deleted_under_its_manifest_is_built_again(folder):
    corpus = make_corpus(HARBOUR)
    build_index(folder, corpus, FakeEmbedder(), SMALL)
    client = client_of(folder)
    client.delete_collection(client.list_collections()[0].name)
    with pytest.raises(IndexMissingError):
        open_index(folder, corpus)
    assert build_index(folder, corpus, FakeEmbedder(), SMALL).added
    open_index(folder, corpus)


def test_an_index_in_another_space_than_cosine_is_refused(folder):
    corpus = make_corpus(HARBOUR)
    build_index(folder, corpus, FakeEmbedder(), SMALL)
    client = client_of(folder)
    name = client.list_collections()[0].name
    assert client.get_collection(name, embedding_function=None).configuration_json["hnsw"]["space"] == "cosine"
    client.delete_collection(name)
    client.create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "l2"}})
    with pytest.raises(IndexMissingError, match="cosine"):
        open_index(folder, corpus)


def test_a_damaged_manifest_counts_as_none(folder):
    corpus = make_corpus(HARBOUR)
    build_index(folder, corpus, FakeEmbedder(), SMALL)
    (manifest,) = folder.glob("*.json")
    manifest.write_text(json.dumps({"layout": 1})[:-4])
    with pytest.raises(IndexMissingError):
        open_index(folder, corpus)
    assert build_index(folder, corpus, FakeEmbedder(), SMALL).added == 0
    open_index(folder, corpus)


def test_a_damaged_database_says_what_to_delete(folder):
    corpus = make_corpus(HARBOUR)
    build_index(folder, corpus, FakeEmbedder(), SMALL)
    (manifest,) = folder.glob("*.json")
    broken = folder.parent / "broken"
    (broken / "chroma").mkdir(parents=True)
    (broken / "chroma" / "chroma.sqlite3").write_bytes(b"this is no database " * 500)
    (broken / manifest.name).write_bytes(manifest.read_bytes())
    with pytest.raises(IndexMissingError, match=r"cannot be read.*Delete"):
        open_index(broken, corpus)


def test_passages_longer_than_the_embedder_reads_are_refused(folder):
    with pytest.raises(ConfigError, match="Set passage_tokens to 9"):
        build_index(
            folder, make_corpus(HARBOUR), FakeEmbedder(max_tokens=10), Splitting(passage_tokens=20, overlap_tokens=0)
        )


def test_a_corpus_without_text_is_refused(folder):
    with pytest.raises(CorpusError):
        build_index(folder, make_corpus({"empty": " \n"}), FakeEmbedder(), SMALL)


def test_a_second_writer_waits_and_gives_up(folder, monkeypatch):
    monkeypatch.setattr(index_files, "LOCK_SECONDS", 0.1)
    folder.mkdir()
    with FileLock(folder / "lock"), pytest.raises(NotReadyError, match="Another process"):
        build_index(folder, make_corpus(HARBOUR), FakeEmbedder(), SMALL)


def test_progress_ends_at_the_whole(folder):
    seen: list[tuple[int, int]] = []
    report = build_index(folder, make_corpus(HARBOUR), FakeEmbedder(), SMALL, lambda *step: seen.append(step))
    assert seen[-1] == (report.added, report.added)


def test_only_documents_that_changed_are_split_again(folder, monkeypatch):
    split = []
    real = index_module.split_document
    monkeypatch.setattr(index_module, "split_document", lambda one, *more: split.append(one.id) or real(one, *more))
    build_index(folder, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    split.clear()
    changed = make_corpus({**HARBOUR, "birds": "Gulls nest elsewhere.", "new:one:two": "A new quay is built here."})
    report = build_index(folder, changed, FakeEmbedder(), SMALL)
    assert split == ["birds", "new:one:two"]
    index = open_index(folder, changed)
    assert set(index.passages) == _ids(changed)
    assert report.kept + report.added == len(index.passages)
    assert build_index(folder, make_corpus(HARBOUR), FakeEmbedder(), SMALL).removed == report.added
    assert split == ["birds", "new:one:two", "birds"]


def test_who_opened_an_index_before_it_changed_finds_what_was_there_and_nothing_new(folder):
    corpus = make_corpus(HARBOUR)
    build_index(folder, corpus, FakeEmbedder(), SMALL)
    before = open_index(folder, corpus)
    everything = {one for one, _ in before.search("the red boat", 50)}
    grown = make_corpus({**HARBOUR, **{f"boat-{number}": "The red boat is new here." for number in range(30)}})
    build_index(folder, grown, FakeEmbedder(), SMALL)
    assert {one for one, _ in before.search("the red boat", 50)} == everything
    assert len(before.search("the red boat is new here", 3)) == 3
    less = make_corpus({name: text for name, text in HARBOUR.items() if name != "boats"})
    build_index(folder, less, FakeEmbedder(), SMALL)
    assert {before.passages[one].document_id for one, _ in before.search("the red boat", 50)} == {"birds", "tides"}


READER = """
import sys
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from retrieval_fakes import HARBOUR, FakeEmbedder, make_corpus
from corpora.splitting import Splitting
from pipelines.index import PassageIndex
splitting = Splitting(passage_tokens=8, overlap_tokens=0)
index = PassageIndex.open(Path(sys.argv[3]), make_corpus(HARBOUR), FakeEmbedder(), splitting)
print("ready", flush=True)
while True:
    index.search("the boat", 3)
"""


@pytest.mark.slow
def test_a_reader_in_another_process_does_no_harm_to_a_writer(folder):
    corpus = make_corpus(HARBOUR)
    build_index(folder, corpus, FakeEmbedder(), SMALL)
    paths = [str(Path(__file__).parents[2]), str(Path(__file__).parent), str(folder)]
    with subprocess.Popen([sys.executable, "-c", READER, *paths], stdout=subprocess.PIPE) as reader:
        assert reader.stdout.readline() == b"ready\n"
        for number in range(10):
            grown = make_corpus({**HARBOUR, f"boat-{number}": f"Boat {number} is new here. " * 20})
            build_index(folder, grown, FakeEmbedder(), SMALL)
            assert set(open_index(folder, grown).passages) == _ids(grown)
        assert reader.poll() is None
        reader.send_signal(signal.SIGKILL)
    assert build_index(folder, corpus, FakeEmbedder(), SMALL).removed
    assert set(open_index(folder, corpus).passages) == _ids(corpus)


def _interrupted() -> FakeEmbedder:
    embedder = _Killed()
    embedder.embedded = ["something"]
    return embedder


def _ids(corpus) -> set[str]:
    from corpora.splitting import split_document

    embedder = FakeEmbedder()
    return {one.id for document in corpus.documents for one in split_document(document, SMALL, embedder.count_tokens)}
