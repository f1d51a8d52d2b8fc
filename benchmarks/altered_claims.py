"""True answers from the demo corpus, and the same with one thing altered: does a faithfulness metric see it?

    python benchmarks/altered_claims.py [--show N]

The true answers are the sentences of the evidence, and the training examples, which tell the same facts in other
words. `edits` alters them, one thing at a time. Half of the documents are for fitting (`dev`), half for reporting
(`test`). AUROC per kind of edit, the altered against the true answers of the same split, with intervals from a
bootstrap that draws documents.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import edits
import numpy as np

from corpora.model import Corpus
from corpora.reading import read_corpus

CORPUS = Path(__file__).parent.parent / "corpora" / "kubernetes"
Split = Literal["dev", "test"]
FROM_ELSEWHERE = 0.5
"""The share of swapped-in names that come from another document; the others stand in the same one."""


class Claim(NamedTuple):
    """An answer about one fact. `evidence` holds the gold sentence, `passages` the whole document.

    `kind` is "true", or the edit; `reworded` says that the answer is not the gold sentence itself.
    """

    kind: str
    response: str
    supported: bool
    evidence: tuple[str, ...]
    passages: tuple[str, ...]
    document: str
    reworded: bool


def claims(split: Split, seed: int = 0) -> list[Claim]:
    """The true answers of a split, and each edit of each of them. The same for the same seed."""
    corpus = read_corpus(CORPUS)
    found = []
    for true in _true_answers(corpus):
        if split_of(true.document) == split:
            found += [true, *_altered(true, corpus, random.Random(f"{seed} {true.response}"))]
    return found


def split_of(document: str) -> Split:
    """By a hash of the id, so that new documents do not move old ones."""
    return "dev" if hashlib.sha256(document.encode()).digest()[0] % 2 else "test"


def _true_answers(corpus: Corpus) -> Iterator[Claim]:
    gold = {
        question.facts[0]: question.reference_contexts[0]
        for question in corpus.questions
        if len(question.facts) == len(question.reference_contexts) == 1
    }
    for fact, span in gold.items():
        wordings = [example.completion for example in corpus.examples if example.fact == fact]
        passages = (corpus.document(span.document_id).text,)
        for text in dict.fromkeys([span.text, *wordings]):
            yield Claim("true", text, True, (span.text,), passages, span.document_id, text != span.text)


def _altered(true: Claim, corpus: Corpus, rng: random.Random) -> Iterator[Claim]:
    elsewhere = corpus.documents[rng.randrange(len(corpus.documents))].text
    for kind, edit in (edits.FALSE | edits.TRUE).items():
        names = edits.names_in(elsewhere if rng.random() < FROM_ELSEWHERE else true.passages[0])
        text = edit(true.response, rng, names)
        if text is not None and text != true.response:
            yield true._replace(kind=kind, response=text, supported=kind in edits.TRUE, reworded=True)
