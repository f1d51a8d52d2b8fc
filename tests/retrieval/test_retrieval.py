import asyncio
from pathlib import Path

import pytest
from pydantic import ValidationError
from retrieval_fakes import HARBOUR, FakeEmbedder, make_corpus

from corpora.errors import IndexMissingError
from pipelines.engines.base import Decoding
from pipelines.engines.fake import FakeEngine, FakeOptions
from pipelines.home import Home
from pipelines.indexing import build_index
from pipelines.retrieval import RetrievalOptions, Retriever, reciprocal_rank_fusion
from pipelines.workbench import Workbench


def make_bench(home: Path, texts: dict[str, str] = HARBOUR, embedder: FakeEmbedder | None = None) -> Workbench:
    engine = FakeEngine(FakeOptions(), Path(), "fake", Decoding())
    return Workbench(make_corpus(texts), engine, embedder or FakeEmbedder(), "Be brief.", Path(), Home(home))


def options(**changes) -> RetrievalOptions:
    return RetrievalOptions(**{"passage_tokens": 8, "overlap_tokens": 0, "top_k": 2} | changes)


async def open_retriever(bench: Workbench, chosen: RetrievalOptions) -> Retriever:
    build_index(bench.home.index, bench.corpus, bench.embedder, chosen.splitting)
    return await Retriever.open(chosen, bench)


@pytest.mark.parametrize("search", ["dense", "bm25", "hybrid"])
async def test_the_passage_that_answers_comes_first(tmp_path, search):
    bench = make_bench(tmp_path)
    retriever = await open_retriever(bench, options(search=search))
    passages = await retriever.retrieve("Where do terns nest, beside which crane?")
    assert "Terns" in passages[0].text
    assert len(passages) == 2
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)
    texts = {document.id: document.text for document in bench.corpus.documents}
    for passage in passages:
        assert texts[passage.document_id][passage.start : passage.end] == passage.text


async def test_words_that_no_passage_has_leave_hybrid_to_the_vectors(tmp_path):
    bench = make_bench(tmp_path)
    assert await (await open_retriever(bench, options(search="bm25"))).retrieve("Zeppelin?") == ()
    assert len(await (await open_retriever(bench, options(search="hybrid"))).retrieve("Zeppelin?")) == 2


async def test_more_passages_asked_for_than_there_are(tmp_path):
    retriever = await open_retriever(make_bench(tmp_path, {"one": "A boat."}), options(top_k=50))
    assert len(await retriever.retrieve("boat")) == 1


async def test_many_questions_at_once_get_each_their_own_passages(tmp_path):
    retriever = await open_retriever(make_bench(tmp_path), options())
    questions = ["red boat salt", "gulls roof", "lowest tide March"] * 8
    alone = [await retriever.retrieve(question) for question in questions[:3]]
    assert await asyncio.gather(*map(retriever.retrieve, questions)) == alone * 8


async def test_without_an_index_it_says_which_command_makes_one(tmp_path):
    with pytest.raises(IndexMissingError, match="bakeoff index"):
        await Retriever.open(options(), make_bench(tmp_path))


async def test_the_fingerprint_knows_options_corpus_and_embedder(tmp_path):
    benches = {
        "same": make_bench(tmp_path / "a"),
        "again": make_bench(tmp_path / "b"),
        "corpus": make_bench(tmp_path / "c", {**HARBOUR, "birds": "Swans swim."}),
        "embedder": make_bench(tmp_path / "d", embedder=FakeEmbedder("another")),
    }
    prints = {name: (await open_retriever(bench, options())).fingerprint() for name, bench in benches.items()}
    prints["options"] = (await open_retriever(benches["same"], options(top_k=1))).fingerprint()
    assert prints.pop("same") == prints["again"]
    assert len({str(one) for one in prints.values()}) == 4


def test_fusion_adds_up_reciprocal_ranks():
    fused = reciprocal_rank_fusion([["a", "b", "c"], ["b", "d"]])
    assert [one for one, _ in fused] == ["b", "a", "d", "c"]
    assert dict(fused)["b"] == pytest.approx(1 / 62 + 1 / 61)


@pytest.mark.parametrize("broken", [{"search": "sparse"}, {"top_k": 0}, {"topk": 3}, {"overlap_tokens": 7}])
def test_wrong_options_are_refused(broken):
    with pytest.raises(ValidationError):
        options(**broken)
