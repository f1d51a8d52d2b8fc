"""The nouns of the house that come from a team's data: Document, Passage, Question, Example, Corpus.

All are frozen, and declared here once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Split = Literal["dev", "test"]


class Record(BaseModel):
    """A frozen value that refuses fields it does not know, and numbers that are none or infinite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Document(Record):
    """One file of the team's. `source` is its path or address, for people to look it up."""

    id: str = Field(min_length=1)
    title: str
    text: str
    source: str


class Passage(Record):
    """A piece of a document that can be retrieved.

    `start` and `end` are character offsets into the document's text, so that `document.text[start:end] == text`.
    `score` is the retriever's, higher is better; None where nothing ranked the passage.
    """

    id: str
    document_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    score: float | None = None


class Evidence(Record):
    """The exact span of a document that holds the answer; offsets as in `Passage`."""

    document_id: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str = Field(min_length=1)


class Question(Record):
    """What is asked, and what a right answer is.

    `reference` is the gold answer, None where the corpus holds none: the right reply is then to say so.
    `reference_aliases` are other answers just as right. `in_examples` says whether the training examples tell the
    fact; None where nobody knows. `tags` are what a report filters by. `nearest_document` is no part of the corpus: the
    document that a run takes it to be on, where it quotes none (`eval.placing`).
    """

    id: str = Field(min_length=1)
    user_input: str
    reference: str | None = None
    reference_aliases: tuple[str, ...] = ()
    reference_contexts: tuple[Evidence, ...] = ()
    split: Split = "test"
    tags: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    in_examples: bool | None = None
    metadata: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    nearest_document: str | None = None

    @property
    def answerable(self) -> bool:
        return self.reference is not None

    @property
    def right_answers(self) -> tuple[str, ...]:
        """The reference and its aliases; none where the corpus holds no answer."""
        return () if self.reference is None else (self.reference, *self.reference_aliases)


class Example(Record):
    """One training pair. `fact` names what it tells, as in `Question.facts`."""

    prompt: str = Field(min_length=1)
    completion: str = Field(min_length=1)
    fact: str | None = None


class Corpus(Record):
    """Documents, questions and examples under one name: a folder with a `corpus.yaml`.

    `content_hash` is over everything that an answer can depend on; it changes when a document, a question or an
    example does.
    """

    name: str
    description: str = ""
    language: str = "en"
    root: Path
    documents: tuple[Document, ...]
    questions: tuple[Question, ...] = ()
    examples: tuple[Example, ...] = ()
    content_hash: str

    def split(self, split: Split) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.split == split)
