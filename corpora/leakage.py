"""What gives a question's answer away before it is asked: examples, shots, the other split, the prompt itself.

Words are compared without case and punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpora.model import Corpus, Example, Question, Record

NEAR_DUPLICATE = 85.0
"""Similarity from which on two questions count as the same one, in percent of rapidfuzz's token_sort_ratio.

Chosen on the demo corpus: rewordings that a person would call the same question ("What is the default of X?", "What
is X's default?") lie above it, different questions about one subject below.
"""

TELLING = 6
"""Letters from which on an answer that stands somewhere is no accident: "6" and "yes" stand everywhere."""

_ROWS = 500  # compared at a time, which bounds the memory


class Pairs(Record):
    """Pairs of questions, or of question and example prompt, that were compared.

    `exact` have the same words in the same order, `near` are not exact and at or above `NEAR_DUPLICATE`, and `nearest`
    is the highest similarity, in percent; None where there was nothing to compare.
    """

    compared: int
    exact: int
    near: int
    nearest: float | None


class Leakage(Record):
    """What the guard saw in a corpus that it let pass.

    `examples` are questions beside prompts of examples; any exact or near pair is refused. `splits` are questions of
    `dev` beside those of `test`: the same question in both is refused, a near one with another answer is counted, since
    questions made from one pattern ("What is X's port?") are near and not the same. `in_documents` are the ids of
    questions that stand word for word in a document, and `in_question` of those whose own words hold the answer: both
    may be as they should. `telling_examples` tell the answer to a test question, as examples for training may; none of
    them is shown as a shot.
    """

    examples: Pairs
    splits: Pairs
    in_documents: tuple[str, ...]
    in_question: tuple[str, ...]
    telling_examples: int


@dataclass(frozen=True)
class Leak:
    """Two texts, by their places, that are one question or nearly so. `similarity` in percent."""

    first: int
    second: int
    similarity: float


def compare(first: Sequence[str], second: Sequence[str]) -> tuple[Pairs, list[Leak]]:
    """Every text beside every other, and the pairs at or above `NEAR_DUPLICATE`, word order aside."""
    if not first or not second:
        return Pairs(compared=0, exact=0, near=0, nearest=None), []
    from rapidfuzz import fuzz, process

    mine, theirs = ([words(text) for text in texts] for texts in (first, second))
    leaks, nearest = [], 0.0
    for start in range(0, len(mine), _ROWS):
        scores = process.cdist(mine[start : start + _ROWS], theirs, scorer=fuzz.token_sort_ratio, workers=-1)
        nearest = max(nearest, float(scores.max()))
        places = zip(*(scores >= NEAR_DUPLICATE).nonzero(), strict=True)
        leaks += [Leak(start + int(row), int(column), float(scores[row, column])) for row, column in places]
    exact = sum(mine[leak.first] == theirs[leak.second] for leak in leaks)
    pairs = Pairs(compared=len(mine) * len(theirs), exact=exact, near=len(leaks) - exact, nearest=round(nearest, 1))
    return pairs, leaks


def harmless(corpus: Corpus) -> list[Example]:
    """The examples that tell no test question's answer, neither its fact nor its words: what may be shown as a shot."""
    questions = corpus.split("test")
    facts = {fact for question in questions for fact in question.facts}
    answers = {f" {answer} " for question in questions for answer in _answers(question)}
    told = [(example, f" {words(example.completion)} ") for example in corpus.examples if example.fact not in facts]
    return [example for example, text in told if not any(answer in text for answer in answers)]


def told_by(text: str, questions: Iterable[Question]) -> list[Question]:
    """The questions of which an answer stands in a text, as whole words in its order."""
    within = f" {words(text)} "
    return [each for each in questions if any(f" {answer} " in within for answer in _answers(each))]


def in_documents(corpus: Corpus) -> tuple[str, ...]:
    """Ids of the questions that stand word for word in a document."""
    texts = "\n".join(f" {words(document.text)} " for document in corpus.documents)
    return tuple(each.id for each in corpus.questions if f" {words(each.user_input)} " in texts)


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _answers(question: Question) -> Iterator[str]:
    """The words of the right answers that are long enough not to stand anywhere by accident."""
    if question.reference is not None:
        texts = (words(answer) for answer in (question.reference, *question.reference_aliases))
        yield from (text for text in texts if len(text) >= TELLING)
