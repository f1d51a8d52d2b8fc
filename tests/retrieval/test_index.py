import errno
import os

import pytest
from filelock import FileLock
from retrieval_fakes import HARBOUR, SMALL, FakeEmbedder, collection_of, make_corpus, open_index, passage_ids

from corpora.errors import ConfigError, CorpusError, CorpusStorageError, IndexMissingError, NotReadyError
from corpora.splitting import Splitting
from pipelines import index_changes, indexing
from pipelines.indexing import Indexed, build_index, copy_index
from pipelines.vectors import Vectors


def test_what_is_indexed_is_found_with_its_span_and_cosine(vectors):
    corpus = make_corpus(HARBOUR)
    report = build_index(vectors, corpus, FakeEmbedder(), SMALL)
    index = open_index(vectors, corpus)
    assert report == Indexed(added=len(index.passages), kept=0, removed=0, seconds=report.seconds)
    assert report.seconds > 0
    texts = {document.id: document.text for document in corpus.documents}
    for passage in index.passages.values():
        assert texts[passage.document_id][passage.start : passage.end] == passage.text
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
    assert report.removed == sum(id_.startswith("birds:") for id_ in passage_ids(before))
    index = open_index(vectors, after)
    assert set(index.passages) == passage_ids(after)
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
    assert (set(old.passages), set(new.passages)) == (passage_ids(before), passage_ids(after))


def test_where_there_is_no_index_there_is_no_copy(on_disk, tmp_path):
    copy_index(on_disk, Vectors(tmp_path / "copy"), "harbour")
    assert not (tmp_path / "copy").exists()


def test_other_splittings_and_embedders_have_indexes_of_their_own(vectors):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    other = Splitting(passage_tokens=30, overlap_tokens=0)
    told = {"with other passages": {"splitting": other}, "by another embedder": {"embedder": FakeEmbedder("b")}}
    for why, arguments in told.items():
        with pytest.raises(IndexMissingError, match=f"no complete index .* now: it was indexed {why}\\."):
            open_index(vectors, corpus, **arguments)
    build_index(vectors, make_corpus(HARBOUR, name="harbour-two"), FakeEmbedder(), other)
    with pytest.raises(IndexMissingError, match=r"no complete index of the corpus 'two'\."):
        open_index(vectors, make_corpus(HARBOUR, name="two"))
    build_index(vectors, corpus, FakeEmbedder(), other)
    assert len(open_index(vectors, corpus, splitting=other).passages) < len(open_index(vectors, corpus).passages)


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


def test_an_index_that_changed_since_it_was_opened_says_so_if_nobody_opens_it_anew(vectors, monkeypatch):
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    index = open_index(vectors, make_corpus(HARBOUR))
    build_index(vectors, make_corpus({**HARBOUR, "crane": "It lifts."}), FakeEmbedder(), SMALL)
    index.check()  # it still answers
    assert index.search("red boat", 2)
    monkeypatch.setattr("pipelines.index.CHANGED_SECONDS", 0.0)
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


def test_a_folder_that_cannot_be_written_says_what_to_do(vectors, monkeypatch):
    (vectors.folder / "lock").mkdir(parents=True)
    with pytest.raises(CorpusStorageError, match=r"cannot be written.*lock away, which is a folder where a file is"):
        build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    (vectors.folder / "lock").rmdir()

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(CorpusStorageError, match=r"cannot be written.*owner and permissions"):
        build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)


def test_progress_ends_at_the_whole(vectors):
    seen: list[tuple[int, int]] = []
    report = build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL, lambda *step: seen.append(step))
    assert seen[-1] == (report.added, report.added)


def test_only_documents_that_changed_are_split_again(vectors, monkeypatch):
    split = []
    real = index_changes.split_document
    monkeypatch.setattr(index_changes, "split_document", lambda one, *more: split.append(one.id) or real(one, *more))
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    split.clear()
    changed = make_corpus({**HARBOUR, "birds": "Gulls nest elsewhere.", "new:one:two": "A new quay is built here."})
    report = build_index(vectors, changed, FakeEmbedder(), SMALL)
    assert split == ["birds", "new:one:two"]
    index = open_index(vectors, changed)
    assert set(index.passages) == passage_ids(changed)
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
    found = {before.passages[one].document_id for one, _ in before.search("the red boat", 50)}
    assert found == {"birds", "tides"}


def test_an_index_of_which_nothing_is_left_says_that_it_changed(vectors):
    """Before, none were found of an index whose documents had all changed, and nobody said so."""
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    before = open_index(vectors, make_corpus(HARBOUR))
    before.check_unchanged()
    edited = make_corpus({name: f"Now: {text}" for name, text in HARBOUR.items()} | {"birds": HARBOUR["birds"]})
    build_index(vectors, edited, FakeEmbedder(), SMALL)
    left = [one for one in before.passages if one in open_index(vectors, edited).passages]
    assert {one for one, _ in before.search("the red boat", 50)} == set(left)
    with pytest.raises(IndexMissingError, match="changed since it was opened"):
        before.check_unchanged()
    build_index(vectors, make_corpus({name: f"Now: {text}" for name, text in HARBOUR.items()}), FakeEmbedder(), SMALL)
    with pytest.raises(IndexMissingError, match="changed since it was opened"):
        before.search("the red boat", 50)


def test_a_corpus_of_the_same_name_elsewhere_is_told_of(vectors, caplog, tmp_path):
    def build(folder: str, texts: dict[str, str]) -> str:
        corpus = make_corpus(texts).model_copy(update={"root": tmp_path / folder})
        build_index(vectors, corpus, FakeEmbedder(), SMALL)
        return open_index(vectors, corpus).content_hash

    build("one", HARBOUR)
    before = build("one", {"boats": HARBOUR["boats"]})
    assert build("elsewhere", {"boats": HARBOUR["boats"]}) == before  # moved as it was, it takes nothing away
    assert "was made of the corpus in" not in caplog.text
    build("other", {"mill": "The mill grinds."})
    assert f"made of the corpus in {tmp_path / 'one'}, and becomes that of {tmp_path / 'other'}" in caplog.text
    assert build("one", {"boats": HARBOUR["boats"]}) == before


def test_what_is_new_is_passed_over_for_a_minute_only(vectors, monkeypatch):
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    before = open_index(vectors, make_corpus(HARBOUR))
    grown = make_corpus({**HARBOUR, "quay": "The red boat is new here."})
    build_index(vectors, grown, FakeEmbedder(), SMALL)
    assert len(before.search("the red boat is new here", 2)) == 2
    monkeypatch.setattr("pipelines.index.CHANGED_SECONDS", 0.0)
    for question in ("the red boat is new here", "gulls"):  # what is new is among the nearest of the first alone
        with pytest.raises(IndexMissingError, match="changed since it was opened"):
            before.search(question, 1)


def test_what_was_taken_away_is_noticed_by_a_question(vectors, monkeypatch):
    """Nothing new turns up then: it is that fewer are found than there were."""
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    before = open_index(vectors, make_corpus(HARBOUR))
    build_index(vectors, make_corpus({"birds": HARBOUR["birds"]}), FakeEmbedder(), SMALL)
    assert 0 < len(before.search("gulls", 50)) < len(before.passages)
    monkeypatch.setattr("pipelines.index.CHANGED_SECONDS", 0.0)
    with pytest.raises(IndexMissingError, match="changed since it was opened"):
        before.search("gulls", 1)


def test_an_index_that_is_being_changed_is_not_the_one_that_was_opened(vectors):
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    before = open_index(vectors, make_corpus(HARBOUR))
    grown = make_corpus({**HARBOUR, "quay": "The red boat is new here."})
    told = []

    def meanwhile(done: int, total: int) -> None:
        with pytest.raises(IndexMissingError, match="changed since it was opened") as error:
            before.check_unchanged()
        told.append(error)
        assert len(before.search("the red boat is new here", 2)) == 2

    build_index(vectors, grown, FakeEmbedder(), SMALL, meanwhile)
    assert told
    build_index(vectors, make_corpus(HARBOUR), FakeEmbedder(), SMALL)
    before.check_unchanged()
