"""What reads nearly alike and asks for the same is a leak; what is made from one pattern for two things is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from near_pairs import PATTERNS, SECOND_NAMES, WORDINGS, Pair

from corpora.checking import check_corpus
from corpora.errors import LeakageError
from corpora.model import Corpus, Document, Example, Question

SYSTEM = "Answer in one short sentence."


def corpus(*questions: Question, examples: tuple[Example, ...] = ()) -> Corpus:
    return Corpus(
        name="c",
        root=Path(),
        documents=(Document(id="d", title="d", text="Nothing.", source="d.txt"),),
        questions=questions,
        examples=examples,
        content_hash="0",
    )


def asked_and_taught(pair: Pair, **fields: Any) -> Corpus:
    text, reference, prompt, completion = pair
    question = Question(id="q", user_input=text, reference=reference, **fields)
    example = Example(prompt=prompt, completion=completion, fact="b")
    return corpus(question, examples=(example,))


@pytest.mark.parametrize("pair", WORDINGS)
def test_another_wording_of_a_question_is_refused(pair: Pair) -> None:
    with pytest.raises(LeakageError, match=r"1 example of c repeats a question:\n- \d+ %"):
        check_corpus(asked_and_taught(pair), SYSTEM)


@pytest.mark.parametrize("pair", PATTERNS)
def test_another_question_of_the_same_pattern_passes_and_is_counted(pair: Pair) -> None:
    found = check_corpus(asked_and_taught(pair), SYSTEM).examples
    assert (found.exact, found.near) == (0, 1)


@pytest.mark.parametrize("pair", [pair for pair in WORDINGS if pair[1] is not None])
def test_another_wording_stands_in_one_split_only(pair: Pair) -> None:
    text, reference, other, _ = pair
    dev = Question(id="a", user_input=text, reference=reference, split="dev")
    test = Question(id="b", user_input=other, reference=reference)
    with pytest.raises(LeakageError, match="Both splits of c hold 1 question"):
        check_corpus(corpus(dev, test), SYSTEM)


def test_two_stations_with_one_leader_may_stand_in_two_splits_by_their_facts() -> None:
    dev = Question(id="a", user_input="Who leads station Wexel?", reference="Ada Lorne", split="dev")
    test = Question(id="b", user_input="Who leads station Vester?", reference="Ada Lorne")
    with pytest.raises(LeakageError, match="give them their `facts`"):
        check_corpus(corpus(dev, test), SYSTEM)
    named = [each.model_copy(update={"facts": (each.user_input,)}) for each in (dev, test)]
    assert check_corpus(corpus(*named), SYSTEM).splits.near == 1


def test_the_same_words_are_refused_whatever_is_answered() -> None:
    pair = ("What is the port of alpha-1?", "8080", "What is the port of Alpha 1", "9090")
    with pytest.raises(LeakageError, match="100 %"):
        check_corpus(asked_and_taught(pair, facts=("a",)), SYSTEM)


COLOURS = ("Which colour has the handle of the large steel kettle?", "red",
           "Which colour has the handle of the large steel toaster?", "It is blue.")  # fmt: skip


def test_named_facts_part_what_only_plain_words_tell_apart() -> None:
    with pytest.raises(LeakageError, match="give the examples their `fact` and the questions their `facts`"):
        check_corpus(asked_and_taught(COLOURS), SYSTEM)
    assert check_corpus(asked_and_taught(COLOURS, facts=("a",)), SYSTEM).examples.near == 1
    with pytest.raises(LeakageError):
        check_corpus(asked_and_taught(COLOURS, facts=("a", "b")), SYSTEM)


@pytest.mark.parametrize("pair", [*PATTERNS[:2], *SECOND_NAMES])
def test_a_common_fact_makes_them_one_question(pair: Pair) -> None:
    with pytest.raises(LeakageError):
        check_corpus(asked_and_taught(pair, facts=("b",)), SYSTEM)


def test_without_an_answer_there_is_none_to_compare() -> None:
    text, _, prompt, completion = PATTERNS[0]
    with pytest.raises(LeakageError):
        check_corpus(asked_and_taught((text, None, prompt, completion)), SYSTEM)
