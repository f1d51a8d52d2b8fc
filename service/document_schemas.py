"""What `/documents` takes and gives."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from corpora.model import Document
from pipelines.indexing import Indexed
from service.problems import Problem

Effect = Literal["refreshed", "unchanged", "behind", "unavailable"]


class DocumentEntry(BaseModel):
    """A document without its text. `source` is the file's name, as its owner called it, or its path in the corpus."""

    id: str = Field(examples=["dragon"])
    title: str
    source: str
    characters: int = Field(description="How long its text is.")

    @classmethod
    def of(cls, document: Document) -> DocumentEntry:
        return cls(id=document.id, title=document.title, source=document.source, characters=len(document.text))


class DocumentList(BaseModel):
    """Documents in the order of the corpus."""

    corpus: str = Field(description="The corpus' name.")
    content_hash: str = Field(description="SHA-256 over documents, questions and examples; another one after a change.")
    total: int = Field(description="How many documents there are.")
    documents: list[DocumentEntry]
    next: str | None = Field(description="The address of the next page; null where there is none.")


class PipelineEffect(BaseModel):
    """What became of a pipeline.

    `refreshed` answers from the documents as they are now; `unchanged` is reached by nothing that changed; `behind`
    knows an older version, and `detail` says what to do; `unavailable` cannot be opened, for the reason in `error`.
    """

    name: str
    state: Effect
    detail: str | None = None
    error: Problem | None = None


class DocumentChange(BaseModel):
    """A document that was taken or removed, and what came of it. `indexed` counts passages and seconds over all
    indexes.
    """

    document: DocumentEntry
    content_hash: str = Field(description="The corpus', from now on.")
    indexed: Indexed
    pipelines: list[PipelineEffect]
