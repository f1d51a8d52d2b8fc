"""What must hold in a corpus before it is worth asking anything: no example gives a question away, flags are true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpora.errors import CorpusError, LeakageError
from corpora.model import Corpus, Example, Question

NEAR_DUPLICATE = 85.0
"""Similarity from which on two questions count as the same one, in percent of rapidfuzz's token_sort_ratio.

Chosen on the demo corpus: rewordings that a person would call the same question ("What is the default of X?", "What
is X's default?") lie above it, different questions about one subject below.
"""


@dataclass(frozen=True)
class Leak:
    """An example whose prompt is a question, or nearly so. `similarity` in percent; 100 is the same words."""

    question: Question
    example: Example
    similarity: float


def find_leaks(questions: Sequence[Question], examples: Sequence[Example]) -> list[Leak]:
    """Pairs of question and example prompt at or above `NEAR_DUPLICATE`, case, punctuation and word order aside."""
    if not questions or not examples:
        return []
    from rapidfuzz import fuzz, process

    scores = process.cdist(
        [_words(question.user_input) for question in questions],
        [_words(example.prompt) for example in examples],
        scorer=fuzz.token_sort_ratio,
        score_cutoff=NEAR_DUPLICATE,
    )
    return [
        Leak(questions[row], examples[column], float(scores[row, column]))
        for row, column in zip(*scores.nonzero(), strict=True)
    ]


def check_corpus(corpus: Corpus) -> None:
    """Raises where a comparison on this corpus could not be believed.

    Raises:
        LeakageError: an example repeats or nearly repeats a question.
        CorpusError: a question's `in_examples` is not what the examples say, or two questions are the same.
    """
    leaks = find_leaks(corpus.questions, corpus.examples)
    if leaks:
        shown = "\n".join(
            f"- {leak.similarity:.0f} %: question {leak.question.id!r} {leak.question.user_input!r} ~ "
            f"example {leak.example.prompt!r}"
            for leak in leaks[:20]
        )
        raise LeakageError(
            f"{len(leaks)} example(s) of {corpus.name} repeat a question:\n{shown}\n",
            "Reword or remove these examples; a model trained on them would be asked what it was told.",
        )
    faults = [*_wrong_flags(corpus), *_same_questions(corpus)]
    if faults:
        shown = "\n".join(f"- {fault}" for fault in faults[:20])
        raise CorpusError(f"{corpus.name} has {len(faults)} fault(s):\n{shown}\n", "Mend its question file.")


def _wrong_flags(corpus: Corpus) -> list[str]:
    taught = {example.fact for example in corpus.examples if example.fact}
    return [
        f"question {question.id!r}: in_examples is {question.in_examples}, but its facts say otherwise"
        for question in corpus.questions
        if question.in_examples is not None
        and question.facts
        and question.in_examples != taught.issuperset(question.facts)
    ]


def _same_questions(corpus: Corpus) -> list[str]:
    first: dict[str, str] = {}
    faults = []
    for question in corpus.questions:
        words = _words(question.user_input)
        if words in first:
            faults.append(f"questions {first[words]!r} and {question.id!r} are the same")
        first.setdefault(words, question.id)
    return faults


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
