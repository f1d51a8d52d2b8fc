"""The leakage guard, and the demo corpus that must pass it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from corpora.checking import check_corpus
from corpora.errors import CorpusError, LeakageError
from corpora.leakage import harmless, telling_answers, told_by
from corpora.model import Corpus, Document, Example, Question
from corpora.reading import read_corpus
from pipelines.prompting import spread

SYSTEM = "Answer in one short sentence."
DEMO = Path(__file__).parents[2] / "corpora" / "kubernetes"


def corpus(questions: list[Question], examples: list[Example]) -> Corpus:
    document = Document(id="d", title="d", text="text", source="d.txt")
    return Corpus(
        name="c",
        root=Path(),
        documents=(document,),
        questions=tuple(questions),
        examples=tuple(examples),
        content_hash="0",
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "What is the default backoff limit of a Job?",
        "what is the default backoff limit of a job",
        "Of a Job, what is the default backoff limit?",
        "What is the default back-off limit of a Job?",
        "So what is the default backoff limit of a Job?",
    ],
)
def test_a_repeated_question_is_found(prompt: str) -> None:
    question = Question(id="q", user_input="What is the default backoff limit of a Job?", reference="6")
    example = Example(prompt=prompt, completion="Six.")
    with pytest.raises(LeakageError, match="1 example"):
        check_corpus(corpus([question], [example]), SYSTEM)


@pytest.mark.parametrize(
    "prompt",
    ["How often does a Job retry before it gives up?", "What is the default parallelism of a CronJob's history?"],
)
def test_other_words_and_other_questions_pass(prompt: str) -> None:
    question = Question(id="q", user_input="What is the default backoff limit of a Job?", reference="6")
    check_corpus(corpus([question], [Example(prompt=prompt, completion="x")]), SYSTEM)


def test_the_same_question_twice_is_named() -> None:
    questions = [Question(id="a", user_input="Who?", reference="x"), Question(id="b", user_input="who", reference="y")]
    with pytest.raises(CorpusError, match="'a' and 'b' are the same"):
        check_corpus(corpus(questions, []), SYSTEM)


def test_a_false_flag_is_named() -> None:
    question = Question(id="a", user_input="Who?", reference="x", facts=("f",), in_examples=True)
    with pytest.raises(CorpusError, match="in_examples is True"):
        check_corpus(corpus([question], []), SYSTEM)
    check_corpus(corpus([question], [Example(prompt="Tell me.", completion="x", fact="f")]), SYSTEM)


def test_the_demo_corpus_is_what_its_readme_says() -> None:
    demo = read_corpus(DEMO)
    leakage = check_corpus(demo, SYSTEM)
    assert (leakage.examples.compared, leakage.splits.compared) == (200 * 450, 50 * 150)
    assert leakage.splits.near == 0
    assert leakage.in_documents == leakage.in_question == ()
    telling = telling_answers(demo)
    unsought = [each.reference for each in demo.questions if each.answerable and not telling[each.id]]
    assert unsought == ["8", "7", "Never", "6", "14", "Ebb", "Ebb", "27", "6"]
    on_dev = check_corpus(demo, SYSTEM, "dev")
    assert len(harmless(demo, "test")) == 450 - leakage.telling_examples > 50  # of which shots are taken
    assert len(harmless(demo, "dev")) == 450 - on_dev.telling_examples > 300
    shown = " ".join(example.completion for example in spread(harmless(demo, "dev"), 40))
    assert not told_by(shown, {each.id: telling[each.id] for each in demo.questions if each.split == "dev"})
    kinds = Counter(question.tags[0] for question in demo.questions)
    assert len(demo.documents) == 40
    assert len(demo.examples) == 450
    assert Counter(question.split for question in demo.questions) == {"dev": 50, "test": 150}
    assert set(kinds) == {"single-fact", "numeric", "two-document", "reversed", "unanswerable"}
    assert kinds["unanswerable"] >= 30
    answerable = [question for question in demo.questions if question.answerable]
    assert all(question.reference_contexts and question.facts for question in answerable)
    asked = {fact for question in answerable for fact in question.facts}
    wordings = Counter(example.fact for example in demo.examples)
    assert set(wordings) <= asked
    assert set(wordings.values()) == {3, 4}
    assert 0.7 <= len(wordings) / len(asked) <= 0.8
