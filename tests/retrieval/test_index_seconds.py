"""What the passages of an index took: those that it holds now, and nothing of those that it held before."""

import pytest
from retrieval_fakes import (
    HARBOUR,
    SMALL,
    Clock,
    FakeEmbedder,
    TimedEmbedder,
    collection_of,
    make_corpus,
    open_index,
    passage_ids,
)

from pipelines import embedding, index_changes, indexing
from pipelines.index_collection import Spent, read_manifest
from pipelines.indexing import build_index, copy_index
from pipelines.vectors import Vectors


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    for module in (indexing, index_changes):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(embedding, "BATCH", 2)
    return clock


class Dying(TimedEmbedder):
    """Is killed as it embeds what comes after the first batch."""

    def embed_documents(self, texts):
        if self.embedded:
            raise KeyboardInterrupt
        return super().embed_documents(texts)


def edited(number: int) -> dict[str, str]:
    """The documents with other words in all of them, differently for every number."""
    return {
        name: text.replace("the", f"the {number}th").replace("The", f"The {number}th") for name, text in HARBOUR.items()
    }


def test_an_index_costs_what_its_passages_took_however_often_it_was_changed(vectors, tmp_path, clock):
    for number in range(5):
        report = build_index(vectors, make_corpus(edited(number)), TimedEmbedder(clock), SMALL)
        assert report.seconds == pytest.approx(report.added)  # of this indexing alone
    fresh = Vectors(tmp_path / "fresh")
    build_index(fresh, make_corpus(edited(4)), TimedEmbedder(clock), SMALL)
    made, again = open_index(vectors, make_corpus(edited(4))), open_index(fresh, make_corpus(edited(4)))
    assert again.seconds == len(again.passages)
    assert made.seconds == pytest.approx(again.seconds)


def test_passages_that_go_take_their_share_along(vectors, clock):
    build_index(vectors, make_corpus(HARBOUR), TimedEmbedder(clock), SMALL)
    less = make_corpus({"birds": HARBOUR["birds"]})
    assert build_index(vectors, less, TimedEmbedder(clock), SMALL).seconds == 0.0  # nothing to embed, nothing to open
    assert open_index(vectors, less).seconds == pytest.approx(len(passage_ids(less)))


def test_splitting_counts_once_for_each_passage(vectors, clock, monkeypatch):
    real = index_changes.split_document

    def slow(*given):
        made = list(real(*given))
        clock.now += 10 * len(made)
        return made

    monkeypatch.setattr(index_changes, "split_document", slow)
    build_index(vectors, make_corpus(HARBOUR), TimedEmbedder(clock), SMALL)
    longer = make_corpus({**HARBOUR, "birds": f"{HARBOUR['birds']} {HARBOUR['boats']}"})  # its old passages stay
    assert build_index(vectors, longer, TimedEmbedder(clock), SMALL).kept
    index = open_index(vectors, longer)
    assert index.seconds == pytest.approx(11 * len(index.passages))


def test_what_an_interrupted_indexing_took_is_counted(vectors, clock):
    corpus = make_corpus(HARBOUR)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            build_index(vectors, corpus, Dying(clock, each=5), SMALL)
    report = build_index(vectors, corpus, TimedEmbedder(clock), SMALL)
    assert (report.kept, report.added > 0) == (4, True)
    assert open_index(vectors, corpus).seconds == pytest.approx(5 * report.kept + report.added)


def test_what_was_stopped_when_all_was_embedded_is_counted(vectors, clock):
    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    corpus = make_corpus(HARBOUR)
    with pytest.raises(KeyboardInterrupt):
        build_index(vectors, corpus, TimedEmbedder(clock), SMALL, stop)
    assert build_index(vectors, corpus, TimedEmbedder(clock), SMALL).added == 0
    assert open_index(vectors, corpus).seconds == len(passage_ids(corpus))


def test_an_interrupted_change_is_counted_and_what_it_drops_is_not(vectors, clock):
    build_index(vectors, make_corpus(HARBOUR), TimedEmbedder(clock), SMALL)
    with pytest.raises(KeyboardInterrupt):
        build_index(vectors, make_corpus({**HARBOUR, **edited(1)}), Dying(clock), SMALL)
    after = make_corpus(edited(2) | {"birds": HARBOUR["birds"]})
    report = build_index(vectors, after, TimedEmbedder(clock), SMALL)
    assert report.removed > report.kept > 0
    assert open_index(vectors, after).seconds == pytest.approx(len(passage_ids(after)))


def test_a_change_that_was_stopped_at_once_forgets_nothing(vectors, clock):
    build_index(vectors, make_corpus(HARBOUR), TimedEmbedder(clock, each=3), SMALL)
    dying = Dying(clock)
    dying.embedded = ["something"]
    with pytest.raises(KeyboardInterrupt):
        build_index(vectors, make_corpus(edited(1)), dying, SMALL)
    after = make_corpus(edited(2) | {"birds": HARBOUR["birds"]})
    report = build_index(vectors, after, TimedEmbedder(clock), SMALL)
    assert open_index(vectors, after).seconds == pytest.approx(3 * report.kept + report.added)


def test_a_copy_takes_what_is_known_with_it(vectors, tmp_path, clock):
    before, after = make_corpus(HARBOUR), make_corpus({**HARBOUR, "birds": "Swans swim."})
    build_index(vectors, before, TimedEmbedder(clock), SMALL)
    copy = Vectors(tmp_path / "copy")
    copy_index(vectors, copy, before.name)
    build_index(copy, after, TimedEmbedder(clock), SMALL)
    for where, corpus in ((vectors, before), (copy, after)):
        assert open_index(where, corpus).seconds == pytest.approx(len(passage_ids(corpus)))


def test_an_index_of_an_earlier_version_opens_and_its_passages_are_taken_to_have_cost_all(vectors, clock):
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, FakeEmbedder(), SMALL)
    count = len(passage_ids(corpus))
    manifest = read_manifest(collection_of(vectors))
    assert manifest is not None
    kept = manifest.model_copy(update={"seconds": 5.0 * count})
    collection_of(vectors).modify(metadata={"manifest": kept.model_dump_json()})
    assert open_index(vectors, corpus).seconds == 5.0 * count
    grown = make_corpus({**HARBOUR, "crane": "It lifts."})
    build_index(vectors, grown, TimedEmbedder(clock), SMALL)
    assert open_index(vectors, grown).seconds == pytest.approx(5.0 * count + 1)


def test_what_nobody_knows_is_reckoned_from_what_is_new_and_else_unknown(vectors, clock):
    """As an earlier version left it, in whose way an interruption lost what was spent."""
    corpus = make_corpus(HARBOUR)
    build_index(vectors, corpus, TimedEmbedder(clock), SMALL)
    collection_of(vectors).modify(metadata={"manifest": ""})
    build_index(vectors, corpus, TimedEmbedder(clock), SMALL)
    assert open_index(vectors, corpus).seconds is None
    grown = make_corpus({**HARBOUR, "crane": "It lifts."})
    build_index(vectors, grown, TimedEmbedder(clock), SMALL)
    assert open_index(vectors, grown).seconds == pytest.approx(len(passage_ids(grown)))


def test_of_all() -> None:
    assert Spent(seconds=40, passages=4).of_all(1, Spent(seconds=6, passages=3)) == 16
    assert Spent(seconds=40, passages=4).of_all(0, Spent(seconds=6, passages=3)) == 6
    assert Spent().of_all(1, Spent(seconds=6, passages=3)) == 8
    assert Spent().of_all(1, Spent()) is None
