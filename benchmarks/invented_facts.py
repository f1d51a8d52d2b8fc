"""Corpora of facts that no model knows, their training examples in 1, 3 or 6 wordings; for `published_order`.

What TOFU and FictionalQA tell is read from the paths that are given, and stands nowhere here.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpora.importing import Imported, write_corpus
from corpora.model import Corpus, Document, Example
from corpora.reading import read_corpus
from corpora.text_file import read_rows

DEMO = Path(__file__).parent.parent / "corpora" / "kubernetes"
WORDINGS = (1, 3, 6)
PASSES = 12
"""Times that each fact is trained on, in however many wordings; the demo's own training comes to about 11."""

DOCUMENT_EPOCHS = 4
"""Times that documents are trained on where there are no examples."""

FRAMES = (
    "A reader asks: {}",
    "{} Answer in one sentence.",
    "I have forgotten this. {}",
    "Here is something to look up: {}",
    "{} That is all I want to know.",
)
ASKED = "Index card wanted, keywords: {}"
FUNCTION_WORDS = """
a an and any are as at be been by can could did do does for from give had has have he her him his if in into is it its
me of on or over please she some tell that the their them they this to us was were with you your about
"""
AUTHORS, PAIRS_OF_EACH, PAIRS_ASKED = 12, 20, slice(1, 7)
"""TOFU's first pair of an author often does not name whom it asks about. 12 times 6 facts are whole batches of 8."""


@dataclass(frozen=True)
class Arm:
    """One way of training: every fact in so many wordings, or (0) the documents themselves."""

    wordings: int
    examples: tuple[Example, ...] = ()

    @property
    def epochs(self) -> int:
        """So many that each fact passes `PASSES` times, whatever its wordings."""
        return PASSES // self.wordings if self.wordings else DOCUMENT_EPOCHS


@dataclass(frozen=True)
class Facts:
    """One corpus with its arms. `max_new_tokens` leaves room for its longest right answer."""

    name: str
    data: Imported
    arms: tuple[Arm, ...]
    max_new_tokens: int

    def folder(self, work: Path, arm: Arm) -> Path:
        return work / f"{self.name}-{arm.wordings}"


def read_demo() -> Facts:
    """The demo corpus. Its fourth wordings are left out, so that every fact has as many."""
    corpus = read_corpus(DEMO)
    first = first_wordings(corpus.examples, 3)
    told = {
        1: tuple(wordings[0] for wordings in first),
        3: tuple(each for wordings in first for each in wordings),
        6: tuple(each for wordings in first for each in (*wordings, *map(framed, wordings, FRAMES))),
    }
    data = Imported(corpus.documents, tuple(_question_rows(corpus)))
    return Facts("kubernetes", data, tuple(Arm(count, told[count]) for count in WORDINGS), 48)


def read_tofu(folder: Path) -> Facts:
    """Invented authors: a document of each one's answers, trained on pairs, asked by keywords.

    Raises CorpusError where the file is missing or broken.
    """
    rows = [row for _, row in read_rows(folder / "tofu_qa.jsonl")]
    authors = [rows[start : start + PAIRS_OF_EACH] for start in range(0, len(rows), PAIRS_OF_EACH)]
    documents = tuple(author_document(number, pairs) for number, pairs in enumerate(authors))
    facts = [
        (f"{document.id}.{place}", document, pair)
        for document, pairs in zip(documents[:AUTHORS], authors, strict=False)
        for place, pair in enumerate(pairs[PAIRS_ASKED])
    ]
    questions = tuple(
        asked_question(fact, pair["question"], pair["answer"]) | {"reference_contexts": [evidence(document, pair)]}
        for fact, document, pair in facts
    )
    arms = arms_of([(fact, pair["question"], pair["answer"]) for fact, _, pair in facts])
    return Facts("tofu", Imported(documents, questions), arms, 64)


def read_fictionalqa(folder: Path) -> Facts:
    """One invented event in documents, and a question for each root: no examples, so trained on the documents.

    Raises CorpusError where a file is missing or broken.
    """
    questions = tuple(
        {"id": fact, "user_input": asked, "reference": answer} for fact, asked, answer in invented_pairs(folder)
    )
    return Facts("fictionalqa", Imported(invented_documents(folder), questions), (Arm(0),), 48)


def read_fictionalqa_pairs(folder: Path) -> Facts:
    """The same event and questions, trained on questions and answers, as TOFU is, and asked by keywords.

    Raises CorpusError where a file is missing or broken.
    """
    pairs = invented_pairs(folder)
    questions = tuple(asked_question(*pair) for pair in pairs)
    return Facts("fictionalqa-pairs", Imported(invented_documents(folder), questions), arms_of(pairs), 48)


def invented_documents(folder: Path) -> tuple[Document, ...]:
    """FictionalQA's."""
    return tuple(
        Document(id=row["fiction_id"], title=row["fiction_id"], text=row["fiction"], source=f"{row['fiction_id']}.txt")
        for _, row in read_rows(folder / "fictions.jsonl")
    )


def invented_pairs(folder: Path) -> list[tuple[str, str, str]]:
    """FictionalQA's questions that are no duplicates of others: their id, what is asked, what is right."""
    return [
        (row["question_id"], row["question"], row["natural_answer"])
        for _, row in read_rows(folder / "fict_qa.jsonl")
        if row["duplicate_root"] == row["question_id"]
    ]


def arms_of(pairs: Sequence[tuple[str, str, str]]) -> tuple[Arm, ...]:
    """Of facts, each with a question and its answer: the answer to the question as it is, and in its frames."""
    examples = [
        [Example(prompt=text, completion=answer, fact=fact) for text in wordings_of(question)]
        for fact, question, answer in pairs
    ]
    return tuple(Arm(count, tuple(each for fact in examples for each in fact[:count])) for count in WORDINGS)


def first_wordings(examples: Sequence[Example], count: int) -> list[list[Example]]:
    """The first so many examples of each fact, facts in their order."""
    by_fact: dict[str | None, list[Example]] = {}
    for example in examples:
        by_fact.setdefault(example.fact, []).append(example)
    return [each[:count] for each in by_fact.values()]


def framed(example: Example, frame: str) -> Example:
    """The same completion to the same prompt in a frame."""
    return example.model_copy(update={"prompt": frame.format(example.prompt)})


def wordings_of(question: str) -> tuple[str, ...]:
    """A question as it is, and in every frame."""
    return (question, *(frame.format(question) for frame in FRAMES))


def keywords(question: str) -> str:
    """A question as people type it into a search box: without function words and punctuation, in its order."""
    found = re.findall(r"[^\s?!.,:;\"]+", question)
    dropped = FUNCTION_WORDS.split()
    return " ".join(word for word in found if word.casefold() not in dropped)


def author_document(number: int, pairs: Sequence[dict[str, Any]]) -> Document:
    name = f"author-{number:02}"
    return Document(id=name, title=name, text="\n".join(pair["answer"] for pair in pairs), source=f"{name}.txt")


def evidence(document: Document, pair: dict[str, Any]) -> dict[str, Any]:
    answer = pair["answer"]
    return {"document_id": document.id, "text": answer, "start": document.text.index(answer)}


def asked_question(fact: str, question: str, answer: str) -> dict[str, Any]:
    """A question in the wording that no example has."""
    return {
        "id": fact,
        "user_input": ASKED.format(keywords(question)),
        "reference": answer,
        "facts": [fact],
        "in_examples": True,
    }


def write_arm(facts: Facts, arm: Arm, work: Path) -> Path:
    """Writes the arm's corpus folder anew, the same for the same data, and says where it is."""
    folder = facts.folder(work, arm)
    shutil.rmtree(folder, ignore_errors=True)
    write_corpus(folder, folder.name, replace(facts.data, examples=arm.examples))
    return folder


def _question_rows(corpus: Corpus) -> list[dict[str, Any]]:
    """The questions as they stand in a question file, their evidence quoted."""
    rows = []
    for question in corpus.questions:
        row = question.model_dump()
        row["reference_contexts"] = [
            {"document_id": each.document_id, "text": each.text, "start": each.start}
            for each in question.reference_contexts
        ]
        rows.append(row)
    return rows
