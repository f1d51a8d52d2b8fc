"""The part of `bakeoff.yaml` that says what answers: corpus, base model, engines, pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from corpora.model import Record
from pipelines.engines.base import Decoding
from pipelines.engines.embedded import EmbeddedOptions
from pipelines.engines.fake import FakeOptions
from pipelines.engines.openai_server import OpenAIOptions
from pipelines.engines.vllm_settings import VllmOptions
from pipelines.finetuned import FinetunedOptions
from pipelines.prompting import PromptingOptions
from pipelines.prompts import DEFAULT_SYSTEM
from pipelines.rag import RagOptions
from pipelines.vectors import VectorOptions

EngineConfig = Annotated[EmbeddedOptions | OpenAIOptions | VllmOptions | FakeOptions, Field(discriminator="kind")]
PipelineConfig = Annotated[PromptingOptions | RagOptions | FinetunedOptions, Field(discriminator="kind")]


class AnsweringConfig(Record):
    """Corpus, model, engines and pipelines.

    `base_model` and `embedder` are names of `pipelines.models`, Hugging Face ids, or folders. `engine` names one of
    `engines`. `vectors` is Chroma's server; without one, vectors lie on disk here. `run` names the pipelines that a
    bake-off asks; all of them where it is left out. Paths are relative to the configuration's folder; they
    stay as they are written, for a run to be the same from any working folder, and are located where they are used.
    """

    corpus: Path
    base_model: str = "smollm2-135m-instruct"
    embedder: str = "all-minilm-l6-v2"
    system: str = DEFAULT_SYSTEM
    decoding: Decoding = Decoding()
    engine: str = "embedded"
    vectors: VectorOptions | None = None
    engines: dict[str, EngineConfig] = Field(default={"embedded": EmbeddedOptions()})
    pipelines: dict[str, PipelineConfig] = Field(min_length=1)
    run: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_exist(self) -> AnsweringConfig:
        if self.engine not in self.engines:
            raise ValueError(f"engine {self.engine!r} is not among engines: {', '.join(self.engines)}")
        for name in self.run:
            if name not in self.pipelines:
                raise ValueError(f"run names {name!r}, which is not among pipelines: {', '.join(self.pipelines)}")
        return self

    @property
    def selected(self) -> tuple[str, ...]:
        """The names of the pipelines that a bake-off asks."""
        return self.run or tuple(self.pipelines)
