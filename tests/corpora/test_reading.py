"""Reading a corpus: what is right is read whole, what is wrong is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpora.errors import CorpusError
from corpora.reading import locate, read_corpus, read_documents
from corpora.text_file import MAX_FILE_BYTES, read_rows, read_text

QUESTION = {
    "id": "q1",
    "user_input": "How many legs has a spider?",
    "reference": "eight",
    "reference_contexts": [{"document_id": "spiders", "text": "A spider has eight legs."}],
}


def write_corpus(
    root: Path, questions: list[dict[str, Any]], text: str = "# Spiders\n\nA spider has eight legs.\n"
) -> Path:
    (root / "documents").mkdir()
    (root / "documents" / "spiders.md").write_text(text, encoding="utf-8")
    (root / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions), encoding="utf-8")
    (root / "corpus.yaml").write_text("name: animals\nquestions: questions.jsonl\n", encoding="utf-8")
    return root


def test_evidence_is_found_in_its_document(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path, [QUESTION]))
    (evidence,) = corpus.questions[0].reference_contexts
    (document,) = (each for each in corpus.documents if each.id == "spiders")
    assert document.title == "Spiders"
    assert document.text[evidence.start : evidence.end] == evidence.text == "A spider has eight legs."


def test_the_hash_follows_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "c").mkdir()
    first = read_corpus(write_corpus(tmp_path / "a", [QUESTION]))
    same = read_corpus(write_corpus(tmp_path / "b", [QUESTION]))
    other = read_corpus(write_corpus(tmp_path / "c", [QUESTION | {"reference": "8"}]))
    assert first.content_hash == same.content_hash != other.content_hash


EXAMPLE = {"prompt": "Legs of a spider?", "completion": "It has eight."}


@pytest.mark.parametrize(
    ("named", "file", "read"),
    [
        ("", "examples.jsonl", 1),
        ("examples: examples.jsonl\n", "examples.jsonl", 1),
        ("examples: pairs.jsonl\n", "pairs.jsonl", 1),
        ("examples: null\n", "examples.jsonl", 0),
        ("", "pairs.jsonl", 0),
    ],
)
def test_examples_are_read_where_they_usually_lie(tmp_path: Path, named: str, file: str, read: int) -> None:
    without = read_corpus(write_corpus(tmp_path, [QUESTION])).content_hash
    (tmp_path / file).write_text(json.dumps(EXAMPLE))
    with (tmp_path / "corpus.yaml").open("a") as corpus_file:
        corpus_file.write(named)
    corpus = read_corpus(tmp_path)
    assert [example.prompt for example in corpus.examples] == [EXAMPLE["prompt"]] * read
    assert (corpus.content_hash != without) == bool(read)


def test_questions_are_read_where_they_usually_lie(tmp_path: Path) -> None:
    named = read_corpus(write_corpus(tmp_path, [QUESTION]))
    (tmp_path / "corpus.yaml").write_text("name: animals\n")
    assert read_corpus(tmp_path) == named


def test_examples_that_are_named_and_missing_are_told_of(tmp_path: Path) -> None:
    write_corpus(tmp_path, [QUESTION])
    (tmp_path / "corpus.yaml").write_text("name: animals\nexamples: examples.jsonl\n")
    with pytest.raises(CorpusError, match=r"examples\.jsonl cannot be read: No such file"):
        read_corpus(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"reference_contexts": [{"document_id": "spiders", "text": "six legs"}]},
            "does not stand in document 'spiders'",
        ),
        ({"reference_contexts": [{"document_id": "ants", "text": "six legs"}]}, "no document 'ants'"),
        ({"reference_contexts": [{"document_id": "spiders", "text": "e"}]}, "more than once"),
        ({"reference": None}, "has evidence but no reference"),
        ({"reference": " "}, "reference is empty"),
        ({"user_input": " "}, r"user_input is empty\nWrite what is missing, or take the question out\.$"),
        (
            {"metadata": {"pages": [1]}},
            "line 1: metadata.pages: must be a valid string or a valid integer or a valid number or a valid boolean\n",
        ),
        ({"reference_contexts": [{"text": "eight"}]}, r"line 1: reference_contexts\.0\.document_id is missing\n"),
        ({"colour": "red"}, "line 1: unknown field 'colour'; it takes facts, id, in_examples"),
        ({"kind": "red"}, "line 1: unknown field 'kind'; .* it takes facts"),
        ({"split": "train"}, "line 1: split: must be 'dev' or 'test', not 'train'"),
    ],
)
def test_a_broken_question_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read_corpus(write_corpus(tmp_path, [QUESTION | change]))


def test_duplicate_question_ids_are_named(tmp_path: Path) -> None:
    rows = [QUESTION, QUESTION | {"id": "q2"}, QUESTION]
    with pytest.raises(CorpusError, match=r"questions\.jsonl has 1 fault:\n- line 1 and line 3 have the id 'q1'"):
        read_corpus(write_corpus(tmp_path, rows))


def test_a_folder_that_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"corpus\.yaml does not exist\. Name a corpus folder under `corpus`"):
        read_corpus(tmp_path)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    rows = [QUESTION | {"id": f"q{number}", "user_input": ""} for number in range(30)]
    with pytest.raises(CorpusError, match=r"30 faults:(.|\n)*and 10 more"):
        read_corpus(write_corpus(tmp_path, rows))


def test_duplicate_document_ids_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one")
    (tmp_path / "a.txt").write_text("two")
    with pytest.raises(CorpusError, match=r"a\.md and a\.txt have the id 'a'"):
        read_documents(tmp_path)


@pytest.mark.parametrize("text", [" \n", "\u200b\n\u2060"])
def test_an_empty_document_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(CorpusError, match=r"spiders\.md is empty"):
        read_corpus(write_corpus(tmp_path, [QUESTION], text=text))


def test_no_documents(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no \.md or \.txt"):
        read_documents(tmp_path)


def test_invalid_utf8_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    with pytest.raises(CorpusError, match=r"latin\.txt is not UTF-8: byte 3"):
        read_documents(tmp_path)


def test_a_50_mb_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(CorpusError, match=f"50 MB; a file may have {MAX_FILE_BYTES // 1_000_000}"):
        read_text(path)


def test_windows_text_reads_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffone\r\ntwo".encode())
    assert read_text(path) == "one\ntwo"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", '{"a": 1}\n{"a":', r"a\.jsonl:2: not JSON"),
        ("a.jsonl", "[1]", r"a\.jsonl:1: not a JSON object"),
        ("a.csv", "a,b\n1,2,3\n", r"a\.csv:2: more cells than columns\. Quote cells that hold ','"),
        ("a.csv", "a;b\n1;2;3\n", r"a\.csv:2: more cells than columns\. Quote cells that hold ';'"),
    ],
)
def test_a_broken_row_is_named_with_its_line(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(CorpusError, match=message):
        list(read_rows(tmp_path / name))


def test_empty_rows_of_a_spreadsheet_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a;b\n1;2\n;\n\n3;\n")
    assert list(read_rows(tmp_path / "a.csv")) == [(2, {"a": "1", "b": "2"}), (5, {"a": "3", "b": ""})]


def test_csv_cells_may_hold_line_breaks(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('a,b\n"1\n2",3\n')
    assert [row for _, row in read_rows(tmp_path / "a.csv")] == [{"a": "1\n2", "b": "3"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_write_it(tmp_path: Path, delimiter: str) -> None:
    question = "Frage, kurz" if delimiter == ";" else "Frage"
    lines = [[question, "Antwort", "Beleg"], ["Wie viele?", '"acht, oder; so"', ""]]
    text = "\r\n".join(delimiter.join(cells) for cells in lines)
    (tmp_path / "a.csv").write_bytes(f"\ufeff{text}\r\n".encode())
    ((_, row),) = read_rows(tmp_path / "a.csv")
    assert row == {question: "Wie viele?", "Antwort": "acht, oder; so", "Beleg": ""}


def test_a_repeated_quotation_needs_its_offset(tmp_path: Path) -> None:
    corpus = read_corpus(write_corpus(tmp_path, [QUESTION]))
    document = corpus.documents[0]
    start = document.text.index("e", 30)
    assert locate("e", document, document.id, start).start == start
    with pytest.raises(ValueError, match="does not stand"):
        locate("spider", document, document.id, 0)
