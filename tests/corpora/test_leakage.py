"""What gives an answer away: refused where nothing could be believed any more, counted where it may be as it should."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpora.checking import check_corpus
from corpora.errors import LeakageError
from corpora.leakage import compare, harmless, telling_answers, told_by
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
def test_no_shot_tells_an_answer_of_the_split_that_is_asked(example: Example, kept: bool) -> None:
    leader = question("a", "Who leads?", "Torvald Eikrem", reference_aliases=("old Torvald",), facts=("leader",))
    bell = question("b", "When does it ring?", "at noon", split="dev", facts=("bell",))
    assert harmless(corpus(leader, bell, examples=(example,)), "test") == ([example] if kept else [])
    other = {"test": "dev", "dev": "test"}
    turned = [each.model_copy(update={"split": other[each.split]}) for each in (leader, bell)]
    assert harmless(corpus(*turned, examples=(example,)), "dev") == ([example] if kept else [])


@pytest.mark.parametrize(
    ("prompt", "completion", "kept"),
    [
        ("Ashdown: weekday opening hour?", "9 am", False),
        ("When may I come on Mondays?", "The Ashdown pool opens at 9 am.", False),
        ("Ashdown: weekday opening hour?", "10 am", True),
        ("Bexley: weekday opening hour?", "9 am", True),
        ("When does a pool open?", "At 9 am.", True),
    ],
)
def test_a_short_answer_is_told_by_who_names_what_it_is_about(prompt: str, completion: str, kept: bool) -> None:
    """ "9 am" may stand anywhere; beside a word of the question that few documents have it is no accident."""
    pools = ["Ashdown", "Bexley", *(f"Pool{n}" for n in range(18))]
    written = tuple(Document(id=each, title="", text=f"The {each} pool opens at 9 am.", source="") for each in pools)
    asked = question("a", "When does the Ashdown pool open on weekdays?", "9 am")
    example = Example(prompt=prompt, completion=completion)
    of_pools = corpus(asked, examples=(example,)).model_copy(update={"documents": written})
    assert harmless(of_pools, "test") == ([example] if kept else [])
    assert harmless(of_pools, "dev") == [example]


def test_a_short_answer_is_not_told_by_an_example_of_another_fact() -> None:
    asked = question("a", "When does Ashdown open?", "9 am", facts=("weekdays",))
    example = Example(prompt="When does Ashdown open on Sundays?", completion="At 9 am.", fact="Sundays")
    assert harmless(corpus(asked, text="Ashdown opens.", examples=(example,)), "test") == [example]


@pytest.mark.parametrize(
    ("reference", "text", "found"),
    [
        ("8443", "The port is 8443.", True),
        ("8443", "The port is 18443.", False),
        ("1.35", "Since v1.35 it is so.", True),
        ("1.35", "In section 1 of 35.", False),
        ("19:30", "Call before 19:30.", True),
        ("tmpfs", "Use tmpfs.", True),
        ("14 GB", "It holds 14GB.", True),
        ("6", "In 6 words.", False),
        ("yes", "Say yes or no.", False),
        ("27", "In 27 words.", False),
        ("Torvald Eikrem", "Ask Torvald Eikrem!", True),
        ("...", "Well ...", False),
        ("北京", "总部在北京。", True),
        ("王小明", "经理是王小明，请简短回答。", True),
        ("8443", "端口是8443。", True),
        ("８４４３", "端口是8443。", True),
        ("是", "是或不是。", False),
        ("コンテナ", "これはコンテナです。", True),
        ("กรุงเทพ", "สำนักงานอยู่ที่กรุงเทพครับ", True),
    ],
)
def test_an_answer_is_found_where_it_is_no_accident(reference: str, text: str, found: bool) -> None:
    asked = corpus(question("a", "Which?", reference), text=f"It is {reference}.")
    assert told_by(text, telling_answers(asked)) == (["a"] if found else [])


@pytest.mark.parametrize("reference", ["Never", "没有", "443"])
def test_a_short_answer_is_looked_for_where_few_documents_and_answers_have_it(reference: str) -> None:
    def telling(documents: int, questions: int) -> tuple[str, ...]:
        texts = [f"It is {reference}." if n < documents else "Nothing." for n in range(20)]
        written = tuple(Document(id=f"d{n}", title="", text=text, source="") for n, text in enumerate(texts))
        asked = [question(f"q{n}", f"Which, {n}?", reference if n < questions else "the keeper") for n in range(20)]
        return telling_answers(corpus(*asked).model_copy(update={"documents": written}))["q0"]

    assert telling(documents=2, questions=2) != ()
    assert telling(documents=3, questions=1) == ()
    assert telling(documents=1, questions=3) == ()


def test_where_no_spaces_are_a_question_in_another_order_is_near() -> None:
    pairs, _ = compare(
        ["哪个国家拥有亚马逊雨林的大部分？"], ["亚马逊雨林的大部分位于哪个国家？", "谁赢得了第 49 届超级碗？"]
    )
    assert (pairs.exact, pairs.near) == (0, 1)


@pytest.mark.parametrize(
    "prompt",
    [
        "Could you please tell me: In which city is Rowan hosted?",
        "Can you tell me in which city Rowan is hosted?",
        "Hi, I'd like to know in which city Rowan is hosted. Thanks!",
        "Please answer the following question: In which city is Rowan hosted?",
        "In which city is Rowan hosted, please?",
    ],
)
def test_what_only_asks_to_be_told_hides_no_question(prompt: str) -> None:
    pairs, leaks = compare(["In which city is Rowan hosted?"], [prompt])
    assert pairs.exact + pairs.near == 1
    assert len(leaks) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Do you need a password?", "What is a password?"),
        ("Can I ask for a refund of the deposit?", "Can I get a receipt for the deposit?"),
        ("Please?", "Thank you!"),
    ],
)
def test_other_questions_stay_others(one: str, other: str) -> None:
    pairs, leaks = compare([one], [other])
    assert (pairs.exact, pairs.near, leaks) == (0, 0, [])
