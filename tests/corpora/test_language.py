"""A corpus that does not say which language it is in is not taken for an English one."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.language import OTHER, language_of
from corpora.model import Document, Question
from corpora.reading import read_corpus

ENGLISH = "The request has to be sent two weeks before the leave begins, and the manager decides within three days."
GERMAN = (
    "Der Antrag muss zwei Wochen vor dem Urlaub gestellt werden, und der Vorgesetzte entscheidet in drei Tagen. Das "
    "Team Cloud Support hilft bei Fragen zu Office."
)
DUTCH = "De aanvraag moet twee weken van tevoren worden gedaan of de leidinggevende is vrij om nee te zeggen."
CHINESE = "休假申请须在开始前两周提交，主管应在三天之内作出决定。"
JAPANESE = "休暇の申請はポータルで行います。社員は年に三十日の休暇を取ることができます。"


def document(text: str) -> Document:
    return Document(id="d", title="", text=text, source="")


def asked(text: str) -> tuple[Question, ...]:
    return tuple(Question(id=f"q{n}", user_input=text, reference=text) for n in range(10))


@pytest.mark.parametrize(
    ("text", "language"),
    [(ENGLISH, "en"), (GERMAN, OTHER), (DUTCH, OTHER), (CHINESE, "zh"), (JAPANESE, OTHER)],
    ids=["English", "German", "Dutch", "Chinese", "Japanese"],
)
def test_it_is_told_by_the_texts(text: str, language: str) -> None:
    assert language_of([document(text * 20)], ()) == language
    assert language_of([], asked(text)) == language


def test_the_questions_decide_and_few_words_tell_nothing() -> None:
    assert language_of([document(ENGLISH * 20)], asked(GERMAN)) == OTHER
    assert language_of([document("Der Antrag ist nicht da.")], ()) == "en"
    assert language_of([document("休假")], ()) == "en"


@pytest.mark.parametrize(
    ("documents", "questions", "language"),
    [
        (ENGLISH, "vacation days part-time employees: 15 days", "en"),
        (ENGLISH, "Can I carry over vacation days into next year? Are dogs allowed in offices?", "en"),
        ("id;tier;price\n17;gold;49\n", "price gold tier", "en"),  # nothing tells
        (CHINESE, "如何扩展副本数？ kubectl scale deployment web --replicas=5 --namespace production", "zh"),
        (GERMAN, 'In welchem Jahr ist "The Crown" gestartet, und wer war der Regisseur von "The Wire"?', OTHER),
        (JAPANESE, "有給休暇申請期限は何日前？", OTHER),
        (ENGLISH, "How do I create a resource group? az group create --name web --location west", "en"),
        (ENGLISH, "Which OS is on the laptop of Vincent van Gogh in Los Angeles?", "en"),
        (
            "Urlopy zatwierdza kierownik działu, wnioski składa się dwa tygodnie wcześniej.",
            "Kto zatwierdza urlop?",
            OTHER,
        ),
        (ENGLISH, "디플로이먼트를 확장하는 명령은? kubectl scale deployment web --replicas=5 --namespace prod", OTHER),
        ("Отпуск согласуется за две недели, решение принимает руководитель.", "Кто согласует отпуск?", OTHER),
    ],
    ids=[
        "keywords",
        "yes or no",
        "table",
        "commands",
        "English names",
        "kanji",
        "az",
        "names",
        "Polish",
        "Korean",
        "Russian",
    ],
)
def test_what_has_few_common_words_is_told_by_what_it_has(documents: str, questions: str, language: str) -> None:
    assert language_of([document(documents * 20)], asked(questions)) == language


@pytest.mark.parametrize(("line", "language"), [("", OTHER), ("language: en\n", "en"), ("language: ''\n", OTHER)])
def test_what_a_corpus_says_of_itself_is_believed(tmp_path: Path, line: str, language: str) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "leave.md").write_text(GERMAN * 20, encoding="utf-8")
    (tmp_path / "corpus.yaml").write_text(f"name: leave\n{line}", encoding="utf-8")
    assert read_corpus(tmp_path).language == language
