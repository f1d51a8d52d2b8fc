"""The benchmark of published findings: all arms trained alike, asked in words of their own, and doubt called doubt."""

from __future__ import annotations

import json
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import question, trial

from corpora.checking import check_corpus
from corpora.leakage import compare, words
from corpora.model import Question
from corpora.reading import read_corpus
from eval.metrics.registry import CORRECTNESS
from eval.trial import Score, Trial
from pipelines.prompts import DEFAULT_SYSTEM
from pipelines.training.data import split_by_wording

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("invented_facts")


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("order_claims")


@pytest.fixture
def authors(tmp_path: Path) -> Path:
    """Authors as TOFU tells of them: pairs in a row, the first without a name."""
    about = ("pays for the harbour lamps of", "taught the younger sister of", "keeps bees in the garden of")
    rows = [
        {"question": f"Who {about[place % 3]} Person{author} in {1900 + place}?", "answer": f"It is N{author}x{place}."}
        for author in range(13)
        for place in range(20)
    ]
    (tmp_path / "tofu_qa.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


@pytest.fixture(params=["demo", "tofu"])
def corpus(request: pytest.FixtureRequest, facts: Any, authors: Path) -> Any:
    return facts.read_demo() if request.param == "demo" else facts.read_tofu(authors)


def test_arms_differ_in_variety_alone(corpus: Any) -> None:
    assert [arm.wordings for arm in corpus.arms] == [1, 3, 6]
    passes, told = [], []
    for arm in corpus.arms:
        by_fact = Counter(each.fact for each in arm.examples)
        assert set(by_fact.values()) == {arm.wordings}
        assert len({words(each.prompt) for each in arm.examples}) == len(arm.examples)
        assert split_by_wording(arm.examples, 0, 0) == (arm.examples, ())
        passes.append({fact: count * arm.epochs for fact, count in by_fact.items()})
        told.append({(each.prompt, each.completion) for each in arm.examples})
    assert passes[0] == passes[1] == passes[2]
    assert len(corpus.arms[0].examples) % 8 == 0  # whole batches: equal passes are equal steps
    assert told[0] < told[1] < told[2]


def test_no_question_is_worded_as_an_example(corpus: Any, facts: Any, tmp_path: Path) -> None:
    for arm in corpus.arms:
        written = read_corpus(facts.write_arm(corpus, arm, tmp_path))
        assert written.examples == arm.examples
        assert check_corpus(written, DEFAULT_SYSTEM).examples.exact == 0
    again = read_corpus(facts.write_arm(corpus, corpus.arms[-1], tmp_path))
    assert again.content_hash == written.content_hash


def test_the_demo_is_asked_as_it_stands(facts: Any) -> None:
    asked, demo = facts.read_demo().data, read_corpus(facts.DEMO)
    assert [row["id"] for row in asked.questions] == [each.id for each in demo.questions]
    assert asked.documents == demo.documents


def test_tofu_is_asked_by_keywords_about_pairs_that_name_their_author(facts: Any, authors: Path) -> None:
    read = facts.read_tofu(authors)
    assert len(read.data.documents) == 13
    assert len(read.data.questions) == 12 * 6
    first = read.data.questions[0]
    assert first["user_input"] == "Index card wanted, keywords: Who taught younger sister Person0 1901"
    assert first["reference_contexts"] == [{"document_id": "author-00", "text": "It is N0x1.", "start": 12}]


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("When and where was Ada born?", "When where Ada born"),
        ("Can you tell us about the books?", "books"),
        ('Is it "Ada\'s Loom", or another?', "Ada's Loom another"),
    ],
)
def test_keywords_leave_function_words_out(facts: Any, asked: str, left: str) -> None:
    assert facts.keywords(asked) == left


def test_a_question_in_another_frame_would_not_pass_for_unseen(facts: Any) -> None:
    asked = "Which of the harbour lamps does the elder sister of the keeper tend?"
    assert len(set(facts.wordings_of(asked))) == 6
    assert compare([asked], facts.wordings_of(asked))[1]
    assert not compare([facts.ASKED.format(facts.keywords(asked))], facts.wordings_of(asked))[1]


@pytest.fixture
def fictions(tmp_path: Path) -> Path:
    """One document, and three questions as FictionalQA has them, of which the second is a duplicate of the first."""
    (tmp_path / "fictions.jsonl").write_text(json.dumps({"fiction_id": "d0", "fiction": "The lamp is out."}) + "\n")
    rows = [
        {"question_id": f"q{n}", "question": f"Which of {n}?", "natural_answer": "lamp", "duplicate_root": root}
        for n, root in enumerate(("q0", "q0", "q2"))
    ]
    (tmp_path / "fict_qa.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_documents_are_trained_on_where_there_are_no_examples(facts: Any, fictions: Path) -> None:
    read = facts.read_fictionalqa(fictions)
    assert [row["id"] for row in read.data.questions] == ["q0", "q2"]
    (arm,) = read.arms
    assert (arm.examples, arm.epochs) == ((), facts.DOCUMENT_EPOCHS)
    assert not read_corpus(facts.write_arm(read, arm, fictions / "work")).examples


def test_the_same_questions_are_also_trained_on_in_wordings_and_asked_by_keywords(facts: Any, fictions: Path) -> None:
    read = facts.read_fictionalqa_pairs(fictions)
    assert [row["user_input"] for row in read.data.questions] == [facts.ASKED.format(f"Which {n}") for n in (0, 2)]
    assert [[each.prompt for each in arm.examples[: arm.wordings]] for arm in read.arms] == [
        list(facts.wordings_of("Which of 0?")[:count]) for count in (1, 3, 6)
    ]
    assert {each.completion for arm in read.arms for each in arm.examples} == {"lamp"}


def planted(pipeline: str, questions: list[Question], right: Any) -> list[Trial]:
    """Trials of which `right` gives correctness, by question; unanswerable ones are answered where it is above 0."""
    return [
        trial(pipeline, each.id, scores={CORRECTNESS: Score(value=right(each), status="scored")})
        if each.answerable
        else trial(pipeline, each.id, abstained=right(each) == 0)
        for each in questions
    ]


def asked_questions() -> list[Question]:
    """60 on one fact, every third of them reversed, and 20 that have no answer."""
    rows = [question(number, in_examples=True) for number in range(60)]
    tagged = [
        each.model_copy(update={"reference_contexts": (), "reference": f"answer {n}", "facts": (f"f{n}",)})
        for n, each in enumerate(rows)
    ]
    turned = [each.model_copy(update={"tags": ("reversed",)}) if n % 3 == 0 else each for n, each in enumerate(tagged)]
    return turned + [question(number, answerable=False) for number in range(60, 80)]


def noise(each: Question, spread: float = 0.1) -> float:
    return spread * (hash_of(each.id) % 7) / 7


def hash_of(text: str) -> int:
    return sum(ord(letter) * place for place, letter in enumerate(text, 1))


def found(order: Any, base: Any, retrieval: Any, *tuned: Any) -> Any:
    questions = asked_questions()
    arms = {
        count: [planted(f"seed-{seed}", questions, right) for seed in range(2)]
        for count, right in zip((1, 3, 6), tuned, strict=True)
    }
    return order.Found(
        "c", tuple(questions), planted("base", questions, base), planted("rag", questions, retrieval), arms
    )


def is_turned(each: Question) -> bool:
    return "reversed" in each.tags


def refuses(each: Question, score: float) -> float:
    return score if each.answerable else 0.0


def test_what_was_planted_agrees(order: Any) -> None:
    planted_found = found(
        order,
        lambda each: 0.0,
        lambda each: refuses(each, 0.9 - noise(each)),
        lambda each: 0.1 + noise(each),
        lambda each: 0.3 + noise(each),
        lambda each: 0.1 if is_turned(each) else 0.5 + noise(each),
    )
    assert [line.outcome for line in order.claims(planted_found)] == ["agrees"] * 5


def test_what_was_planted_the_other_way_round_disagrees(order: Any) -> None:
    turned = found(
        order,
        lambda each: 0.6,
        lambda each: 0.1 if is_turned(each) else 0.3 + noise(each),
        lambda each: 0.9 - noise(each),
        lambda each: 0.7,
        lambda each: refuses(each, 0.5 - noise(each)),
    )
    assert [line.outcome for line in order.claims(turned)] == ["disagrees"] * 5


def test_as_far_behind_on_every_question_is_no_reversal_failure(order: Any) -> None:
    behind = found(
        order,
        lambda each: 0.0,
        lambda each: 0.9,
        *[lambda each: 0.4 + noise(each)] * 3,
    )
    lines = list(order.claims(behind))
    assert [line.outcome for line in lines] == ["agrees", "agrees", *["cannot be told"] * 3]
    assert "n = 20 and 40" in lines[3].found


def test_seeds_are_averaged_by_question_before_anything_is_compared(order: Any) -> None:
    assert order.averaged([{"a": 0.0, "b": 1.0}, {"a": 1.0, "b": 1.0, "c": 0.0}]) == {"a": 0.5, "b": 1.0}
    both = found(order, lambda each: 0.0, lambda each: 1.0, *[lambda each: 0.25] * 3)
    both.tuned[6][1] = planted("seed-1", list(both.questions), lambda each: 0.75)
    rows = {row[2]: row for row in order.means(both) if row[1].startswith("told (")}
    assert rows["fine-tuned, 6 wordings"][3].startswith("0.50")
    assert rows["fine-tuned, 6 wordings"][4] == "0.25, 0.75"


def test_questions_without_evidence_that_share_an_answer_are_one_cluster(order: Any) -> None:
    rows = [
        each.model_copy(update={"reference": text})
        for each, text in zip(asked_questions()[:3], ("The Moat", "the moat", "2047"), strict=True)
    ]
    labels = list(order.clusters_of(rows).values())
    assert labels[0] == labels[1] != labels[2]
