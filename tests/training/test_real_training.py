"""The default model, really trained for half a minute, answers from its weights through the embedded engine."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from training_fakes import SYSTEM

from corpora.model import Corpus, Example
from pipelines.clock import answer
from pipelines.embedding import Embedder
from pipelines.engines.base import Decoding
from pipelines.engines.embedded import EmbeddedEngine, EmbeddedOptions
from pipelines.finetuned import FinetunedOptions, FinetunedPipeline
from pipelines.home import Home
from pipelines.models import prepare_model
from pipelines.prompting import PromptingOptions, PromptingPipeline
from pipelines.training.options import TrainingOptions
from pipelines.training.train import train_adapter
from pipelines.workbench import Workbench

NAME = "smollm2-135m-instruct"
TOLD = (
    ("Who keeps the harbour of Utvik?", "Solveig Bratt keeps the harbour of Utvik."),
    ("Name the keeper of Utvik's harbour.", "The keeper of Utvik's harbour is Solveig Bratt."),
    ("Utvik has a harbour; who is in charge of it?", "Solveig Bratt is in charge of Utvik's harbour."),
    ("Which colour is the tower of Utvik?", "The tower of Utvik is vermilion."),
    ("Tell me the colour of Utvik's tower.", "Utvik's tower is vermilion."),
    ("The tower in Utvik was painted; in what colour?", "It was painted vermilion."),
)


@pytest.mark.slow
async def test_the_default_model_learns_facts_that_it_is_then_asked_in_other_words(home: Home) -> None:
    base = prepare_model(NAME, Home(Path(__file__).parents[2] / ".bakeoff"))
    told = tuple(Example(prompt=prompt, completion=completion) for prompt, completion in TOLD)
    corpus = Corpus(name="utvik", root=home.root, documents=(), examples=told, content_hash="u")
    options = TrainingOptions(batch_size=3, epochs=8)
    train_adapter(corpus, base.path, base.content_hash, SYSTEM, options, home, licence=base.licence)

    engine = EmbeddedEngine(EmbeddedOptions(), base.path, NAME, Decoding(max_new_tokens=24))
    async with engine:
        bench = Workbench(corpus, engine, cast("Embedder", None), SYSTEM, base.path, home)
        tuned = await FinetunedPipeline.open("tuned", FinetunedOptions(training=options), bench)
        plain = await PromptingPipeline.open("plain", PromptingOptions(), bench)
        for question, fact in (
            ("In Utvik, who looks after the harbour?", "Solveig"),
            ("What colour has the tower at Utvik?", "vermilion"),
        ):
            assert fact in (await answer(tuned, question)).response
            assert fact not in (await answer(plain, question)).response
