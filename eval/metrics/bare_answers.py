"""Bare answers and sentences among the right answers of a question, and which of them an answer is held against."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.lexical import length, normalise
from eval.metrics.recall import token_recall

SENTENCE = 8
"""Words from which a reference says more than what was asked for, so that a false answer may repeat most of it."""


def is_sentence(reference: str) -> bool:
    """Whether it has `SENTENCE` words or more."""
    return length(reference) >= SENTENCE


def deciding(right_answers: Sequence[str], response: str) -> tuple[str, ...]:
    """Those that a response is held against: the bare ones, where there are any, and others that it holds whole.

    Most of a sentence is no answer where a bare one is known: with another name in it, it lacks that. However few words
    it has, one that ends in a full stop is a sentence where another answer stands in it: "Jira" in "The team uses
    Jira.". "Role-based access control (RBAC)" is as bare as "RBAC".
    """
    told = [each for each in right_answers if length(each)]
    bare = [each for each in told if not is_sentence(each) and not any(_stands_in(other, each) for other in told)]
    if not bare:
        return tuple(right_answers)
    return tuple(each for each in right_answers if each in bare or token_recall(each, response) == 1)


def _stands_in(answer: str, sentence: str) -> bool:
    """Whether all of an answer stands in what ends as a sentence does, in a row, and is less than that."""
    words, others = normalise(answer), normalise(sentence)
    return sentence.rstrip().endswith((".", "。")) and words != others and f" {words} " in f" {others} "
