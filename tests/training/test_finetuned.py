"""The fine-tuned pipeline on a fake engine: what it asks, with which adapter, and when it refuses to open."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError
from training_fakes import SYSTEM

from corpora.errors import AdapterMissingError, AdapterRejectedError
from corpora.model import Corpus, Passage
from pipelines.clock import answer
from pipelines.embedding import Embedder
from pipelines.engines.base import Decoding
from pipelines.engines.fake import FakeEngine, FakeOptions
from pipelines.finetuned import FinetunedOptions, FinetunedPipeline
from pipelines.home import Home
from pipelines.models import content_hash
from pipelines.prompts import grounded_messages, question_messages
from pipelines.retrieval import RetrievalOptions, Retriever
from pipelines.training.adapter import adapter_folder
from pipelines.training.adapter import content_hash as adapter_hash
from pipelines.training.card import AdapterCard, write_card
from pipelines.training.options import TrainingOptions
from pipelines.workbench import Workbench

PASSAGE = Passage(id="coast#0", document_id="coast", start=0, end=29, text="The tower is painted green.", score=0.5)


class StubRetriever:
    indexing_seconds = 1.5

    async def retrieve(self, question: str) -> tuple[Passage, ...]:
        return (PASSAGE,)

    def fingerprint(self) -> dict[str, Any]:
        return {"stub": True}


@pytest.fixture
def bench(corpus: Corpus, bare_model: Path, home: Home) -> Workbench:
    engine = FakeEngine(FakeOptions(), bare_model, "fake", Decoding())
    return Workbench(corpus, engine, cast("Embedder", None), SYSTEM, bare_model, home)


def engine_of(bench: Workbench) -> FakeEngine:
    assert isinstance(bench.engine, FakeEngine)
    return bench.engine


async def test_it_asks_the_bare_question_through_the_adapter(bench: Workbench, good_adapter: Path) -> None:
    pipeline = await FinetunedPipeline.open("tuned", FinetunedOptions(adapter=good_adapter), bench)
    given = await answer(pipeline, "What is green?")
    assert engine_of(bench).prompts == [question_messages(SYSTEM, "What is green?")]
    assert given.response.startswith(good_adapter.name)  # the fake engine says which adapter it was given
    assert given.model == good_adapter.name
    assert given.retrieved_contexts == ()
    assert given.usage.completion_tokens > 0


async def test_it_may_be_given_passages(bench: Workbench, good_adapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def open_stub(options: RetrievalOptions, opened: Workbench) -> StubRetriever:
        return StubRetriever()

    monkeypatch.setattr(Retriever, "open", open_stub)
    options = FinetunedOptions(adapter=good_adapter, retrieval=RetrievalOptions())
    pipeline = await FinetunedPipeline.open("tuned-rag", options, bench)
    given = await answer(pipeline, "What is painted green?")
    assert engine_of(bench).prompts == [grounded_messages(SYSTEM, [PASSAGE.text], "What is painted green?")]
    assert given.retrieved_contexts == (PASSAGE,)
    assert PASSAGE.text in given.response
    assert pipeline.fingerprint()["retrieval"] == {"stub": True}
    assert pipeline.preparation.indexing_seconds == 1.5


async def test_it_takes_the_adapter_trained_for_the_corpus(bench: Workbench, good_adapter: Path) -> None:
    with pytest.raises(AdapterMissingError, match="bakeoff train"):
        await FinetunedPipeline.open("tuned", FinetunedOptions(), bench)
    base_hash = content_hash(bench.base_model)
    folder = adapter_folder(bench.corpus, base_hash, bench.system, TrainingOptions(), bench.home)
    shutil.copytree(good_adapter, folder)
    with pytest.raises(AdapterRejectedError, match=r"has lost its card\.json.*bakeoff train"):
        await FinetunedPipeline.open("tuned", FinetunedOptions(), bench)
    card = AdapterCard(
        on="examples", train_rows=1, validation_rows=0, metrics={}, epochs_done=1, seconds=1, name=folder.name,
        base_model="bare", base_model_hash=base_hash, licence=None, corpus=bench.corpus.name, language="en",
        data_hash="0", system=bench.system, options=TrainingOptions(), versions={},
    )  # fmt: skip
    write_card(folder, card)
    with pytest.raises(AdapterRejectedError, match=r"has lost the content_hash in its card\.json"):
        await FinetunedPipeline.open("tuned", FinetunedOptions(), bench)
    write_card(folder, card.model_copy(update={"content_hash": adapter_hash(folder)}))
    pipeline = await FinetunedPipeline.open("tuned", FinetunedOptions(), bench)
    assert pipeline.adapter.path == folder
    assert pipeline.preparation.training_examples == 1
    with pytest.raises(AdapterMissingError):
        await FinetunedPipeline.open("other", FinetunedOptions(training=TrainingOptions(seed=1)), bench)


async def test_what_examples_an_adapter_without_a_card_took_is_unknown(bench: Workbench, good_adapter: Path) -> None:
    pipeline = await FinetunedPipeline.open("tuned", FinetunedOptions(adapter=good_adapter), bench)
    assert pipeline.preparation.training_examples is None


async def test_an_adapter_for_another_model_does_not_open(bench: Workbench, good_adapter: Path) -> None:
    config = json.loads((good_adapter / "adapter_config.json").read_text())
    (good_adapter / "adapter_config.json").write_text(json.dumps(config | {"r": 16}))
    with pytest.raises(AdapterRejectedError):
        await FinetunedPipeline.open("tuned", FinetunedOptions(adapter=good_adapter), bench)


async def test_the_fingerprint_changes_with_the_adapter(bench: Workbench, good_adapter: Path) -> None:
    options = FinetunedOptions(adapter=good_adapter)
    before = (await FinetunedPipeline.open("tuned", options, bench)).fingerprint()
    config = json.loads((good_adapter / "adapter_config.json").read_text())
    (good_adapter / "adapter_config.json").write_text(json.dumps(config | {"lora_alpha": 99}))
    after = (await FinetunedPipeline.open("tuned", options, bench)).fingerprint()
    assert json.loads(json.dumps(before)) == before
    assert before != after


async def test_a_closed_stream_stops_the_engine(bench: Workbench, good_adapter: Path) -> None:
    pipeline = await FinetunedPipeline.open("tuned", FinetunedOptions(adapter=good_adapter), bench)
    stream = pipeline.stream("What is green?")
    await anext(stream)
    assert engine_of(bench).running == 1
    await stream.aclose()
    assert engine_of(bench).running == 0


@pytest.mark.parametrize("bad", [{"rank": 4}, {"epochs": 0}, {"learning_rate": 0}, {"lora_rank": 16}, {"alpha": -1}])
def test_options_are_strict(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FinetunedOptions.model_validate({"kind": "finetuned", "training": bad})
