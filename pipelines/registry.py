"""Every way to answer, by kind. A new one is one file, one line here, and its options in `pipelines.config`."""

from __future__ import annotations

from pipelines.contract import Pipeline
from pipelines.finetuned import FinetunedPipeline
from pipelines.prompting import PromptingPipeline
from pipelines.rag import RagPipeline

PIPELINES: dict[str, type[Pipeline]] = {
    "prompting": PromptingPipeline,
    "rag": RagPipeline,
    "finetuned": FinetunedPipeline,
}
