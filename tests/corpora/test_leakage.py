"""What gives an answer away: refused where nothing could be believed any more, counted where it may be as it should."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpora.checking import check_corpus
from corpora.errors import LeakageError
from corpora.leakage import compare, harmless
from corpora.model import Corpus, Document, Example, Question

SYSTEM = "Answer in one short sentence."


def corpus(*questions: Question, examples: tuple[Example, ...] = (), text: str = "Nothing.") -> Corpus:
    document = Document(id="d", title="d", text=text, source="d.txt")
    return Corpus(
        name="c", root=Path(), documents=(document,), questions=questions, examples=examples, content_hash="0"
    )


def question(name: str, text: str, reference: str | None = None, **fields: Any) -> Question:
    return Question(id=name, user_input=text, reference=reference, **fields)


def test_pairs_are_counted_and_the_nearest_is_told() -> None:
    pairs, leaks = compare(
        ["Who keeps the bell?", "Where is it?"], ["Who keeps the bell", "Who keeps the bells?", "No."]
    )
    assert (pairs.compared, pairs.exact, pairs.near, pairs.nearest) == (6, 1, 1, 100.0)
    assert [(leak.first, leak.second) for leak in leaks] == [(0, 0), (0, 1)]
    assert compare([], ["x"])[0].nearest is None


def test_places_are_right_beyond_one_batch_of_rows() -> None:
    texts = [f"Which harbour has the number {number} and what is {number * 7919}?" for number in range(1100)]
    _, leaks = compare(texts, [texts[1050]])
    assert [leak.first for leak in leaks if leak.similarity == 100] == [1050]


DEV = question("a", "What is the default port of the web server?", "port 8080", split="dev")


@pytest.mark.parametrize(
    ("text", "reference", "refused", "near"),
    [
        ("What was the default port of the web server?", "port 8080", True, 1),
        ("What is the default port of the web server now?", "Port 8080.", True, 1),
        ("What is the default port of the wab server?", "port 9090", False, 1),
        ("What is the default port of the wab server?", None, False, 1),
        ("Who keeps the bell?", "port 8080", False, 0),
    ],
)
def test_a_question_of_both_splits_is_refused_and_a_pattern_counted(
    text: str, reference: str | None, refused: bool, near: int
) -> None:
    both = corpus(DEV, question("b", text, reference))
    if refused:
        with pytest.raises(LeakageError, match=r"Both splits of c hold 1 question:\n- \d+ %: dev 'a' .* 'b'"):
            check_corpus(both, SYSTEM)
    else:
        assert check_corpus(both, SYSTEM).splits.near == near


@pytest.mark.parametrize(
    ("system", "refused"),
    [("The head is Torvald Eikrem; be brief.", True), ("Torvald is brief.", False), (SYSTEM, False)],
)
def test_a_tone_that_tells_an_answer_is_refused(system: str, refused: bool) -> None:
    asked = corpus(question("a", "Who leads?", "Torvald Eikrem"), question("b", "How short?", "one"))
    if refused:
        with pytest.raises(LeakageError, match=r"tells the answer to 1 question.*\n- question 'a': 'Torvald Eikrem'"):
            check_corpus(asked, system)
    else:
        check_corpus(asked, system)


def test_what_may_be_as_it_should_is_counted() -> None:
    asked = corpus(
        question("faq", "How many boats are there?", "seven boats"),
        question("choice", "Is the boat red or light blue?", "Light blue."),
        question("short", "Is it 6 or 7?", "6"),
        examples=(
            Example(prompt="Count them.", completion="There are seven boats."),
            Example(prompt="Hm?", completion="Ha."),
        ),
        text="Questions: how many boats are there? Seven boats.",
    )
    found = check_corpus(asked, SYSTEM)
    assert (found.in_documents, found.in_question, found.telling_examples) == (("faq",), ("choice",), 1)
    assert (found.examples.compared, found.examples.exact, found.examples.near) == (6, 0, 0)


@pytest.mark.parametrize(
    ("example", "kept"),
    [
        (Example(prompt="p", completion="It is Torvald Eikrem, I think."), False),
        (Example(prompt="p", completion="It is old Torvald."), False),
        (Example(prompt="p", completion="Somebody."), True),
        (Example(prompt="p", completion="Somebody.", fact="leader"), False),
        (Example(prompt="p", completion="The bell rings at noon.", fact="bell"), True),
        (Example(prompt="p", completion="Torvalds Eikremsen."), True),
    ],
)
def test_no_shot_tells_a_test_answer(example: Example, kept: bool) -> None:
    leader = question("a", "Who leads?", "Torvald Eikrem", reference_aliases=("old Torvald",), facts=("leader",))
    bell = question("b", "When does it ring?", "at noon", split="dev", facts=("bell",))
    assert harmless(corpus(leader, bell, examples=(example,))) == ([example] if kept else [])
