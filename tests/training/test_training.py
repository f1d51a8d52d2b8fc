"""Training a tiny model: what is written, when it is written again, and what it depends on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from safetensors import SafetensorError
from training_fakes import BASE_HASH, SYSTEM, examples

from corpora.errors import (
    AdapterMissingError,
    AdapterRejectedError,
    CorpusError,
    CorpusStorageError,
    ModelMissingError,
    ModelRejectedError,
)
from corpora.model import Corpus, Question
from pipelines.home import Home
from pipelines.training.adapter import adapter_folder, find_adapter, load_adapter
from pipelines.training.card import read_card
from pipelines.training.data import data_hash, document_chunks, split_by_wording
from pipelines.training.options import TrainingOptions
from pipelines.training.servable import validate_adapter
from pipelines.training.train import TrainedAdapter, train_adapter

OPTIONS = TrainingOptions(rank=8, epochs=2, validation_fraction=0.2)


def train(corpus: Corpus, model: Path, home: Home, options: TrainingOptions = OPTIONS) -> TrainedAdapter:
    return train_adapter(corpus, model, BASE_HASH, SYSTEM, options, home)


@pytest.mark.slow
def test_training_makes_an_adapter_that_can_be_served(corpus: Corpus, tiny_model: Path, home: Home) -> None:
    steps: list[tuple[int, int]] = []
    made = train_adapter(
        corpus, tiny_model, BASE_HASH, SYSTEM, OPTIONS, home, lambda done, total: steps.append((done, total))
    )
    assert not made.reused
    assert made.on == "examples"
    assert made.seconds > 0
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]  # 13 rows in batches of 8, twice
    validate_adapter(made.adapter.path, tiny_model)
    assert find_adapter(corpus, tiny_model, BASE_HASH, SYSTEM, OPTIONS, home) == made.adapter
    assert [path.name for path in home.adapters.iterdir()] == [made.adapter.name]  # nothing left of the work

    again = train(corpus, tiny_model, home)
    assert again.reused
    assert again.adapter == made.adapter
    assert again.seconds == pytest.approx(made.seconds)

    config = (made.adapter.path / "adapter_config.json").read_text()
    assert json.loads(config)["base_model_name_or_path"] == tiny_model.name
    assert not any(str(tiny_model) in file.read_text() for file in made.adapter.path.glob("*.[jm][sd]*"))
    assert not any(file.suffix in {".bin", ".pt", ".pkl"} for file in made.adapter.path.rglob("*"))


@pytest.mark.parametrize(
    ("file", "content"), [("model.safetensors", None), ("model.safetensors", b"\x08"), ("tokenizer.json", b"{")]
)
def test_a_base_model_that_cannot_be_loaded_is_called_so(
    corpus: Corpus, tiny_model: Path, home: Home, tmp_path: Path, file: str, content: bytes | None
) -> None:
    base = Path(shutil.copytree(tiny_model, tmp_path / "base"))
    (base / file).unlink() if content is None else (base / file).write_bytes(content)
    with pytest.raises(ModelMissingError, match="The base model base could not be loaded") as raised:
        train(corpus, base, home)
    assert "safetensors, config.json and a tokenizer" in raised.value.remedy


def test_a_base_model_that_cannot_be_trained_is_called_so(
    corpus: Corpus, tiny_model: Path, home: Home, tmp_path: Path
) -> None:
    def refused(name: str, change: Callable[[Path], object], said: str) -> None:
        base = Path(shutil.copytree(tiny_model, tmp_path / name))
        change(base)
        with pytest.raises(ModelRejectedError, match=said):
            train(corpus, base, home)

    def deepen(base: Path) -> None:
        config = json.loads((base / "config.json").read_text())
        (base / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))

    def widen(base: Path) -> None:
        tokenizer = json.loads((base / "tokenizer.json").read_text())
        tokenizer["model"]["vocab"]["beyond"] = 100_000
        (base / "tokenizer.json").write_text(json.dumps(tokenizer))

    refused("deep", deepen, "lacks weights that its")
    refused("wide", widen, "has the token 100000, and its weights have")
    refused("mute", lambda base: (base / "chat_template.jinja").write_text("{% for"), "does not take an example")
    refused("bare", lambda base: (base / "chat_template.jinja").unlink(), "does not take an example")


def test_nothing_is_trained_where_there_is_no_room_for_it(
    corpus: Corpus, tiny_model: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=40_000))
    monkeypatch.setattr("pipelines.training.train._train", lambda *_: pytest.fail("it was trained"))
    with pytest.raises(CorpusStorageError, match="The disk is full"):
        train(corpus, tiny_model, home)


def test_a_full_disk_is_called_so_and_leaves_nothing_behind(
    corpus: Corpus, tiny_model: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(folder: Path, *_: object) -> None:
        folder.mkdir()
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("pipelines.training.train._train", fill)
    with pytest.raises(CorpusStorageError, match="No space left"):
        train(corpus, tiny_model, home)
    assert list(home.adapters.iterdir()) == []


@pytest.mark.slow
def test_an_adapter_that_was_damaged_is_refused_and_trained_again(
    corpus: Corpus, tiny_model: Path, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    made = train(corpus, tiny_model, home)
    file = made.adapter.path / "adapter_model.safetensors"
    whole = file.read_bytes()
    for broken in (whole[:-100], whole[:-1] + bytes([whole[-1] ^ 1])):  # torn, and a single bit
        file.write_bytes(broken)
        with pytest.raises(AdapterRejectedError, match="bakeoff train"):
            find_adapter(corpus, tiny_model, BASE_HASH, SYSTEM, OPTIONS, home)
        again = train(corpus, tiny_model, home)
        assert (again.reused, again.adapter) == (False, made.adapter)  # one seed, one adapter
        assert "trained again" in caplog.text
    (made.adapter.path / "card.json").unlink()
    with pytest.raises(AdapterRejectedError, match="has lost its card"):
        find_adapter(corpus, tiny_model, BASE_HASH, SYSTEM, OPTIONS, home)
    again = train(corpus, tiny_model, home)
    assert (again.reused, again.seconds > 0) == (False, True)
    shutil.rmtree(made.adapter.path)
    made.adapter.path.write_text("a file in its place")
    assert train(corpus, tiny_model, home).adapter == made.adapter


@pytest.mark.slow
def test_the_card_says_what_the_adapter_is_made_of(corpus: Corpus, tiny_model: Path, home: Home) -> None:
    made = train(corpus, tiny_model, home)
    card = read_card(made.adapter.path)
    assert card is not None
    assert (card.train_rows, card.validation_rows) == (13, 3)
    assert card.data_hash == data_hash(corpus)
    assert card.base_model_hash == BASE_HASH
    assert card.options == OPTIONS
    assert card.tokens is not None
    assert 2 * 13 * 4 < card.tokens < 2 * 13 * 512
    assert set(card.metrics) == {"train_loss", "validation_loss", "validation_accuracy"}
    assert {"torch", "trl", "peft"} <= set(card.versions)
    head, body = (made.adapter.path / "README.md").read_text().removeprefix("---\n").split("---\n", 1)
    assert yaml.safe_load(head)["base_model"] == tiny_model.name
    assert card.data_hash in body


@pytest.mark.slow
def test_one_seed_gives_one_loss_and_another_seed_another(corpus: Corpus, tiny_model: Path, tmp_path: Path) -> None:
    def weights_and_loss(folder: str, seed: int) -> tuple[str, dict[str, float]]:
        options = OPTIONS.model_copy(update={"seed": seed})
        made = train(corpus, tiny_model, Home(tmp_path / folder), options)
        card = read_card(made.adapter.path)
        assert card is not None
        return made.adapter.content_hash, card.metrics

    assert weights_and_loss("first", 0) == weights_and_loss("second", 0)
    assert weights_and_loss("third", 1) != weights_and_loss("first", 0)


@pytest.mark.slow
def test_examples_are_learnt(corpus: Corpus, tiny_model: Path, home: Home) -> None:
    losses = []
    for epochs in (1, 8):
        options = OPTIONS.model_copy(update={"epochs": epochs, "learning_rate": 1e-2})
        card = read_card(train(corpus, tiny_model, home, options).adapter.path)
        assert card is not None
        losses.append(card.metrics["train_loss"])
    assert losses[1] < losses[0] - 0.2


@pytest.mark.slow
def test_early_stopping_keeps_the_best_weights(corpus: Corpus, tiny_model: Path, home: Home) -> None:
    options = OPTIONS.model_copy(update={"epochs": 40, "learning_rate": 5e-2, "patience": 1})
    card = read_card(train(corpus, tiny_model, home, options).adapter.path)
    assert card is not None
    assert card.epochs_done < 40


@pytest.mark.slow
def test_a_corpus_without_examples_is_trained_on_its_documents(corpus: Corpus, tiny_model: Path, home: Home) -> None:
    bare = corpus.model_copy(update={"examples": ()})
    made = train(bare, tiny_model, home)
    assert made.on == "documents"
    validate_adapter(made.adapter.path, tiny_model)
    card = read_card(made.adapter.path)
    assert card is not None
    assert (card.on, card.train_rows, card.validation_rows) == ("documents", 1, 0)
    assert "documents" in (made.adapter.path / "README.md").read_text()


@pytest.mark.slow
def test_what_diverged_is_not_kept(corpus: Corpus, tiny_model: Path, home: Home) -> None:
    options = OPTIONS.model_copy(update={"learning_rate": 1e38, "validation_fraction": 0.0})
    with pytest.raises(AdapterRejectedError, match="learning_rate"):
        train(corpus, tiny_model, home, options)
    assert list(home.adapters.iterdir()) == []


@pytest.mark.slow
def test_an_adapter_for_another_base_model_is_rejected(corpus: Corpus, tiny_model: Path, home: Home) -> None:
    made = train(corpus, tiny_model, home)
    with pytest.raises(AdapterRejectedError, match="tiny-llama"):
        load_adapter(made.adapter.path, tiny_model, "a" * 64)


def test_an_adapter_that_was_not_trained_is_missing(corpus: Corpus, tiny_model: Path, home: Home) -> None:
    with pytest.raises(AdapterMissingError, match="bakeoff train"):
        find_adapter(corpus, tiny_model, BASE_HASH, SYSTEM, OPTIONS, home)


def test_an_example_that_is_too_long_is_named(corpus: Corpus, tiny_model: Path, home: Home) -> None:
    long = corpus.examples[0].model_copy(update={"completion": "tower " * 600})
    with pytest.raises(CorpusError, match="max_tokens"):
        train(corpus.model_copy(update={"examples": (*corpus.examples, long)}), tiny_model, home)


def test_the_folder_is_keyed_by_all_that_training_sees_and_by_no_question(corpus: Corpus, home: Home) -> None:
    def key(changed: Corpus = corpus, base: str = BASE_HASH, system: str = SYSTEM, **options: object) -> str:
        return adapter_folder(changed, base, system, OPTIONS.model_copy(update=options), home).name

    reworded = corpus.examples[0].model_copy(update={"completion": "the tower is blue"})
    keys = [
        key(),
        key(corpus.model_copy(update={"examples": (reworded, *corpus.examples[1:])})),
        key(corpus.model_copy(update={"examples": ()})),
        key(base="a" * 64),
        key(system="Answer at length."),
        key(epochs=3),
        key(seed=1),
    ]
    assert len(set(keys)) == len(keys)
    assert key().startswith("coast-1-")
    question = Question(id="q", user_input="What is green?", reference="the tower")
    assert key(corpus.model_copy(update={"questions": (question,)})) == key()


def test_documents_are_cut_into_chunks_that_lose_nothing(corpus: Corpus, tiny_model: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    long = corpus.documents[0].model_copy(update={"text": corpus.documents[0].text * 20})
    chunks = document_chunks(corpus.model_copy(update={"documents": (long,)}), tokenizer)
    assert len(chunks) > 1
    assert all(len(tokenizer(chunk)["input_ids"]) < 256 for chunk in chunks)
    assert " ".join(chunks).split() == long.text.split()


def test_validation_rows_are_other_wordings_of_facts_trained_on() -> None:
    train_rows, held_out = split_by_wording(examples(), 0.2, seed=0)
    assert len(held_out) == 3
    assert {row.fact for row in held_out} <= {row.fact for row in train_rows}
    assert sorted(map(str, (*train_rows, *held_out))) == sorted(map(str, examples()))
    assert split_by_wording(examples(), 0.2, seed=0) == (train_rows, held_out)


def test_a_fact_told_once_or_twice_is_never_held_out() -> None:
    once = tuple(row for number, row in enumerate(examples()) if number % 4 < 2)
    assert split_by_wording(once, 0.4, seed=0) == (once, ())
