"""Other people's folders and files become corpora of ours; what is ambiguous is asked for."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from document_files import BELL, HTML, docx, pdf

from corpora.errors import CorpusError
from corpora.importing import import_data, write_corpus
from corpora.model import Document
from corpora.reading import read_corpus
from corpora.storing import added

SQUAD = {
    "version": "1.1",
    "data": [
        {
            "title": "Spiders",
            "paragraphs": [
                {"context": "Ants have six legs.", "qas": []},
                {
                    "context": "Spiders spin. A spider has eight legs. It may bite.",
                    "qas": [
                        {"id": "s1", "question": "How many legs?", "answers": [{"text": "eight", "answer_start": 27}]},
                        {"id": "s2", "question": "What colour?", "answers": [], "is_impossible": True},
                    ],
                },
            ],
        }
    ],
}


def folder(root: Path, rows: list[dict[str, Any]]) -> Path:
    root.mkdir(exist_ok=True)
    (root / "legs.md").write_text("# Legs\n\nA spider has eight legs.\n")
    (root / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return root


@pytest.mark.parametrize("question", ["user_input", "question", "query", "input", "prompt"])
@pytest.mark.parametrize("reference", ["reference", "ground_truth", "expected_output", "target"])
def test_the_usual_names_are_understood(tmp_path: Path, question: str, reference: str) -> None:
    source = folder(tmp_path / "in", [{question: "How many legs?", reference: "eight", "evidence": "eight legs"}])
    imported = import_data(source, {})
    write_corpus(tmp_path / "out", "legs", imported)
    corpus = read_corpus(tmp_path / "out")
    assert corpus.questions[0].user_input == "How many legs?"
    assert corpus.questions[0].reference == "eight"
    assert corpus.questions[0].reference_contexts[0].document_id == "legs"


EXAMPLE = {"prompt": "Legs of a spider?", "completion": "It has eight."}


def test_training_examples_are_taken_over(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"question": "How many legs?", "target": "eight"}])
    (source / "examples.jsonl").write_text(f"{json.dumps(EXAMPLE)}\n{json.dumps(EXAMPLE | {'fact': 'legs'})}\n")
    write_corpus(tmp_path / "out", "legs", import_data(source, {}))
    corpus = read_corpus(tmp_path / "out")
    assert [example.model_dump(exclude_none=True) for example in corpus.examples] == [
        EXAMPLE,
        EXAMPLE | {"fact": "legs"},
    ]
    assert "examples: examples.jsonl\n" in (tmp_path / "out" / "corpus.yaml").read_text()
    (source / "examples.jsonl").write_text(json.dumps({"question": "a?", "target": "b"}))
    with pytest.raises(CorpusError, match=r"examples\.jsonl has 4 faults:\n- line 1: prompt is missing"):
        import_data(source, {})


def test_several_right_answers_are_all_kept(tmp_path: Path) -> None:
    rows = [
        {"question": "How many legs?", "target": ["It has eight.", "eight"], "reference_aliases": ["8"]},
        {"question": "How old?", "target": None, "reference_aliases": ["8"]},
    ]
    eight, none = import_data(folder(tmp_path / "in", rows), {}).questions
    assert (eight["reference"], eight["reference_aliases"]) == ("It has eight.", ["eight", "8"])
    assert (none["reference"], none["reference_aliases"]) == (None, [])


@pytest.mark.parametrize("use", ["questions", "documents"])
def test_what_is_named_as_something_else_is_no_file_of_examples(tmp_path: Path, use: str) -> None:
    source = folder(tmp_path / "in", [{"question": "How many legs?", "target": "eight"}])
    row = {"question": "a?", "target": "b", "id": "x", "text": "A spider has eight legs."}
    (source / "examples.jsonl").write_text(json.dumps(row))
    imported = import_data(source, {}, **{use: Path("examples.jsonl")})
    assert imported.examples == ()
    assert [row["user_input"] for row in imported.questions] == ["a?" if use == "questions" else "How many legs?"]


def test_csv_with_unanswerable_question(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A spider has eight legs.")
    (tmp_path / "q.csv").write_text("question,target,colour\nHow many?,eight,red\nHow old?,,blue\n")
    imported = import_data(tmp_path, {})
    assert [row["reference"] for row in imported.questions] == ["eight", None]
    assert imported.questions[0]["metadata"] == {"colour": "red"}


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ({"question": "a?", "answer": "b"}, "--map reference=COLUMN"),
        ({"question": "a?", "target": "b", "expected_output": "c"}, "--map reference=COLUMN"),
        ({"question": "a?", "prompt": "p", "target": "b"}, "--map user_input=COLUMN"),
        ({"text": "a?", "target": "b"}, "no column for the user_input"),
        ({"question": "a?"}, "no column for the reference"),
        ({"question": " ", "target": "b"}, "questions.jsonl:1: the question is empty. Write it, or take the row out."),
    ],
)
def test_what_is_ambiguous_is_asked_for(tmp_path: Path, row: dict[str, Any], asked: str) -> None:
    with pytest.raises(CorpusError) as caught:
        import_data(folder(tmp_path / "in", [row]), {})
    assert asked in str(caught.value)


def test_a_mapping_answers_it(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"question": "a?", "answer": "b"}])
    assert import_data(source, {"reference": "answer"}).questions[0]["reference"] == "b"
    with pytest.raises(CorpusError, match="no column 'gold'"):
        import_data(source, {"reference": "gold"})
    with pytest.raises(CorpusError, match="--map names colour"):
        import_data(source, {"colour": "answer"})


@pytest.mark.parametrize("name", ["context", "contexts", "retrieval_context", "Retrieval Context"])
def test_a_doubtful_column_of_evidence_is_asked_for(tmp_path: Path, name: str) -> None:
    source = folder(tmp_path / "in", [{"question": "a?", "target": "b", name: "A spider has eight legs."}])
    with pytest.raises(CorpusError, match=f"'{name}' could be the reference_contexts") as caught:
        import_data(source, {})
    assert "--map reference_contexts=COLUMN, or --map reference_contexts=- where the file has none" in str(caught.value)
    mapped = import_data(source, {"reference_contexts": name})
    assert mapped.questions[0]["reference_contexts"][0]["document_id"] == "legs"
    without = import_data(source, {"reference_contexts": "-"}).questions[0]
    assert without["reference_contexts"] == []
    assert without["metadata"] == {name: "A spider has eight legs."}


def test_what_every_question_has_cannot_be_mapped_to_nothing(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"question": "a?", "target": "b"}])
    with pytest.raises(CorpusError, match="--map reference=-: no question is without"):
        import_data(source, {"reference": "-"})


def test_names_are_read_whatever_their_case_and_blanks(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A spider has eight legs.")
    (tmp_path / "q.csv").write_text("\ufeffQuestion;Expected Output; EVIDENCE\nHow many?;eight;eight legs\n")
    (question,) = import_data(tmp_path, {}).questions
    assert (question["user_input"], question["reference"]) == ("How many?", "eight")
    assert question["reference_contexts"][0]["document_id"] == "a"
    (mapped,) = import_data(tmp_path, {"reference": "expected output", "reference_contexts": "-"}).questions
    assert mapped["reference"] == "eight"


def test_two_columns_that_differ_in_case_only_are_asked_for(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"Question": "a?", "QUESTION": "b?", "target": "b"}])
    with pytest.raises(CorpusError, match="'Question', 'QUESTION' could be the user_input"):
        import_data(source, {})
    assert import_data(source, {"user_input": "QUESTION"}).questions[0]["user_input"] == "b?"


def test_a_question_that_stands_twice_is_taken_once(tmp_path: Path) -> None:
    rows = [{"question": each, "target": "b"} for each in ("How many legs?", "Why?", "how many  legs")]
    imported = import_data(folder(tmp_path / "in", rows), {})
    assert [row["user_input"] for row in imported.questions] == ["How many legs?", "Why?"]
    assert imported.repeated == ("q3",)


def test_evidence_in_no_document_is_told(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"question": "a?", "target": "b", "evidence": ["seven legs", "eight legs"]}])
    imported = import_data(source, {})
    assert imported.unlocated == ("q1",)
    assert len(imported.questions[0]["reference_contexts"]) == 1


def test_evidence_in_several_documents_is_told(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"question": "a?", "target": "b", "evidence": ["eight legs", "spider"]}])
    (source / "more.md").write_text("# More\n\nEight? Yes, eight legs.\n")
    imported = import_data(source, {})
    assert (imported.shared, imported.unlocated) == (("q1",), ())
    assert imported.questions[0]["reference_contexts"][0]["document_id"] == "legs"


FEE = "The fee is 45 euros."


def fees(path: Path, **columns: str) -> Path:
    """Two documents that hold the same quotation, and a question on the second."""
    row = {"question": "What is the fee for a dog licence?", "target": "45 euros", "evidence": FEE, **columns}
    source = folder(path, [row])
    (source / "building.md").write_text(f"# Building permit\n\n{FEE}\n")
    (source / "dogs.md").write_text(f"# Dog licence\n\n{FEE}\n")
    return source


def test_of_several_documents_the_one_that_shares_the_most_words_with_the_question_is_taken(tmp_path: Path) -> None:
    imported = import_data(fees(tmp_path / "in"), {})
    assert imported.shared == ("q1",)
    assert imported.questions[0]["reference_contexts"][0]["document_id"] == "dogs"


@pytest.mark.parametrize("column", ["document_id", "doc_id", "evidence_document"])
@pytest.mark.parametrize("name", ["building", "building.md", "Building permit"])
def test_of_several_documents_the_one_that_is_named_is_taken(tmp_path: Path, column: str, name: str) -> None:
    imported = import_data(fees(tmp_path / "in", **{column: name}), {})
    assert imported.shared == ()
    assert imported.questions[0]["reference_contexts"][0]["document_id"] == "building"


@pytest.mark.parametrize("name", ["legs", "nowhere.md"])
def test_a_named_document_that_does_not_hold_the_evidence_changes_nothing_and_is_told(
    tmp_path: Path, name: str
) -> None:
    imported = import_data(fees(tmp_path / "in", document_id=name), {})
    assert imported.shared == imported.misnamed == ("q1",)
    assert imported.questions[0]["reference_contexts"][0]["document_id"] == "dogs"


@pytest.mark.parametrize(
    ("text", "quote", "held"),
    [
        ("A spider has\neight legs.", "spider has eight legs", "spider has\neight legs"),
        ("A spider has **eight** legs.", "has eight legs.", "has **eight** legs."),
        ("A spider has eight legs.", "has *eight*  legs", "has eight legs"),
        ("蜘蛛有八\n条腿。", "有八条腿", "有八\n条腿"),
        ("Disadvantages: is a leg missing?", "is  a", "is a"),
        ("Disadvantages.", "is a", None),
        ("A spider has eight legs.", "** **", None),
    ],
)
def test_white_space_and_emphasis_do_not_hide_evidence(tmp_path: Path, text: str, quote: str, held: str | None) -> None:
    source = folder(tmp_path / "in", [{"id": "x", "question": "a?", "target": "b", "evidence": quote}])
    (source / "legs.md").write_text(text)
    imported = import_data(source, {})
    assert imported.unlocated == (() if held else ("x",))
    write_corpus(tmp_path / "out", "legs", imported)
    (question,) = read_corpus(tmp_path / "out").questions
    assert [each.text for each in question.reference_contexts] == ([held] if held else [])


def test_a_document_that_holds_evidence_to_the_letter_goes_before_others(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"question": "a?", "target": "b", "evidence": "eight legs"}])
    (source / "another.md").write_text("Eight? Yes, *eight*  legs.\n")
    imported = import_data(source, {})
    assert imported.shared == ()
    assert imported.questions[0]["reference_contexts"][0]["document_id"] == "legs"


def test_documents_in_rows(tmp_path: Path) -> None:
    rows = [{"Key": "../up", "body": "A spider has eight legs."}]
    documents, questions = tmp_path / "d.jsonl", tmp_path / "q.jsonl"
    documents.write_text(json.dumps(rows[0]))
    questions.write_text(json.dumps({"question": "a?", "target": "b"}))
    mapping = {"document_id": "key", "document_text": "body"}
    imported = import_data(tmp_path, mapping, documents=documents)
    assert import_data(tmp_path, mapping, documents=Path(documents.name)) == imported
    write_corpus(tmp_path / "out", "legs", imported)
    assert len(read_corpus(tmp_path / "out").documents) == 1
    assert not (tmp_path / "up.txt").exists()
    with pytest.raises(CorpusError, match=r"d\.jsonl:1: no 'id'"):
        import_data(tmp_path, {}, documents=documents)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("a/b", "A spider."), ("a-b", "An ant.")], "line 1 and line 2 have the id 'a-b'"),
        ([("a", "A spider."), ("b", " \n")], ":2: no 'text'"),
        ([("a", "A spider."), ("..", "An ant.")], r":2: the id '\.\.' is nothing but dots"),
        ([("a" * 201, "A spider.")], ":1: the id has 201 bytes, and may have 200"),
        ([("é" * 101, "A spider.")], ":1: the id has 202 bytes"),
        ([("a", {"a": 1})], ":1: 'text' is .*, which is no text"),
        ([("a", True)], ":1: 'text' is true, which is no text"),
        ([(False, "A spider.")], ":1: 'id' is false, which is no text"),
        ([(["a"], "A spider.")], ":1: 'id' is .*, which is no text"),
        ([(None, "A spider.")], ":1: no 'id'"),
    ],
    ids=range(10),
)
def test_rows_that_would_be_one_document_or_none(tmp_path: Path, rows: list[tuple[Any, Any]], told: str) -> None:
    documents = tmp_path / "d.jsonl"
    documents.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in rows))
    with pytest.raises(CorpusError, match=rf"(?s)d\.jsonl.*{told}") as raised:
        import_data(tmp_path, {}, documents=documents)
    assert str(documents) in str(raised.value)


def test_a_row_with_the_longest_id_becomes_a_file(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text(json.dumps({"id": "a" * 200, "text": "A spider has eight legs."}))
    (tmp_path / "q.jsonl").write_text(json.dumps({"question": "a?", "target": "b"}))
    write_corpus(tmp_path / "out", "legs", import_data(tmp_path, {}, documents=Path("d.jsonl")))
    assert read_corpus(tmp_path / "out").documents[0].id == "a" * 200


def test_an_id_may_be_a_number_be_it_0(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text('{"id": 0, "text": "A spider."}\n{"id": 1.5, "text": "An ant.", "title": 0}\n')
    (tmp_path / "q.jsonl").write_text(
        '{"id": 0, "question": "a?", "target": 8}\n{"id": "", "question": "b?", "target": 0}'
    )
    imported = import_data(tmp_path, {}, documents=Path("d.jsonl"))
    assert [(each.id, each.title) for each in imported.documents] == [("0", "0"), ("1.5", "0")]
    assert [each["id"] for each in imported.questions] == ["0", "q2"]


@pytest.mark.parametrize("row", [{"id": True}, {"id": [1]}, {"question": {"a": 1}}, {"question": True}], ids=str)
def test_a_question_that_is_no_text_is_refused_with_its_line(tmp_path: Path, row: dict[str, Any]) -> None:
    source = folder(tmp_path / "in", [{"question": "a?", "target": "b"}, {"question": "b?", "target": "b"} | row])
    with pytest.raises(CorpusError, match=rf":2: {next(iter(row))!r} is .*, which is no text"):
        import_data(source, {})


def table(root: Path, name: str, text: str) -> Path:
    root.mkdir()
    (root / "legs.md").write_text("# Legs\n\nA spider has eight legs.\n")
    (root / name).write_text(text)
    return root


def test_nan_is_a_missing_cell(tmp_path: Path) -> None:
    nan = math.nan
    others = {"evidence": nan, "reference_aliases": nan, "split": nan, "tags": nan, "score": nan}
    rows = [{"id": nan, "question": "a?", "target": nan} | others, {"question": "b?", "target": ["eight", nan]}]
    source = folder(tmp_path / "in", rows)
    missing, eight = import_data(source, {}).questions
    assert (missing["id"], missing["reference"], missing["tags"], "split" in missing) == ("q1", None, [], False)
    assert missing["metadata"] == {"score": None}
    assert (eight["reference"], eight["reference_aliases"]) == ("eight", [])
    with pytest.raises(CorpusError, match=r":1: the question is empty"):
        import_data(folder(tmp_path / "in", [{"question": nan, "target": "b"}]), {})
    (source / "d.jsonl").write_text(json.dumps({"id": "a", "text": nan}))
    with pytest.raises(CorpusError, match=r"d\.jsonl:1: no 'text'"):
        import_data(source, {}, documents=Path("d.jsonl"), questions=Path("questions.jsonl"))


@pytest.mark.parametrize("field", ["id", "question", "target", "evidence"])
def test_what_is_infinite_is_refused_with_its_line(tmp_path: Path, field: str) -> None:
    source = folder(tmp_path / "in", [{"question": "a?", "target": "b"} | {field: -math.inf}])
    with pytest.raises(CorpusError, match=rf"questions\.jsonl:1: '{field}' is -Infinity, which is n"):
        import_data(source, {})


@pytest.mark.parametrize("field", ["target", "reference_aliases", "evidence", "tags"])
@pytest.mark.parametrize(
    "cell", [[["b", "c"]], {"text": "b"}, [{"text": "b"}], True, ["b", False], [math.inf]], ids=str
)
def test_lists_hold_texts_and_numbers_alone(tmp_path: Path, field: str, cell: Any) -> None:
    rows = [{"question": "a?", "target": "b"}, {"question": "b?", "target": 8, field: cell}]
    told = rf"questions\.jsonl:2: '{field}' is .*, which is neither a text nor a list of texts"
    with pytest.raises(CorpusError, match=told) as caught:
        import_data(folder(tmp_path / "in", rows), {})
    assert "--map" in caught.value.remedy


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("['eight', '8']", ["eight", "8"]),
        (""" ["it's eight", 'eight', 8.5] """, ["it's eight", "eight", "8.5"]),
        ('["eight", 8, null]', ["eight", "8"]),
        (r"['\d', None]", [r"\d"]),
        ("['eight' '8']", ["['eight' '8']"]),  # as numpy writes an array
        ("['eight'\n '8']", ["['eight'\n '8']"]),
        ("[['eight']]", ["[['eight']]"]),
        ('[["eight"]]', ['[["eight"]]']),
        ("[True]", ["[True]"]),
        ("[1, 2]", ["[1, 2]"]),
        ("[1.50]", ["[1.50]"]),
        ("[1e999]", ["[1e999]"]),
        (r"['\ud800']", [r"['\ud800']"]),
        ("[0x" + "f" * 5_000 + "]", ["[0x" + "f" * 5_000 + "]"]),
        ("[" * 5_000, ["[" * 5_000]),
        ("[" + "-" * 50_000 + "1]", ["[" + "-" * 50_000 + "1]"]),
        ("[legs] eight", ["[legs] eight"]),
        ("[print('eight')]", ["[print('eight')]"]),
        ("('eight', '8')", ["('eight', '8')"]),
        (" eight ", ["eight"]),
    ],
    ids=range(20),
)
def test_a_list_may_be_written_into_a_cell(tmp_path: Path, cell: str, texts: list[str]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([["question", "target", "tags"], ["a?", cell, cell]])
    (question,) = import_data(table(tmp_path / "in", "q.csv", file.getvalue()), {}).questions
    assert [question["reference"], *question["reference_aliases"]] == texts
    assert question["tags"] == texts


def test_a_text_of_json_lines_is_no_list(tmp_path: Path) -> None:
    rows = json.dumps({"question": "What runs?", "target": '["sh", "-c"]', "tags": "[]"})
    (question,) = import_data(table(tmp_path / "in", "q.jsonl", rows), {}).questions
    assert (question["reference"], question["reference_aliases"]) == ('["sh", "-c"]', [])
    assert question["tags"] == ["[]"]


@pytest.mark.parametrize("second", ["target", "Target", " TARGET "])
def test_two_columns_of_one_name_are_refused(tmp_path: Path, second: str) -> None:
    source = table(tmp_path / "in", "q.csv", f"question,target,{second}\na?,b,c\n")
    with pytest.raises(CorpusError, match=rf"q\.csv: two columns have one name: 'target' and '{second}'\. Rename one"):
        import_data(source, {"reference": "target"})


def test_columns_without_a_name_may_be_several(tmp_path: Path) -> None:
    source = table(tmp_path / "in", "q.csv", "question,target,, \n a? ,b,,\n")
    assert import_data(source, {}).questions[0]["user_input"] == "a?"


@pytest.mark.parametrize(
    ("name", "text"),
    [("Q.CSV", "question,target\na?,eight\n"), ("Q.JSONL", '{"question": "a?", "target": "eight"}\n')],
)
def test_an_ending_may_be_in_capitals(tmp_path: Path, name: str, text: str) -> None:
    (question,) = import_data(table(tmp_path / "in", name, text), {}).questions
    assert question["reference"] == "eight"


def test_a_column_without_a_name_is_none_of_ours(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [])
    (source / "q.csv").write_text(",question,target\n0,a?,b\n")
    (row,) = import_data(source, {}, questions=source / "q.csv").questions
    assert (row["id"], row["reference_aliases"], "split" in row, row["metadata"]) == ("q2", [], False, {"": "0"})


def test_a_folder_without_documents_hears_of_every_kind(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no \.md, \.txt, \.html, \.htm, \.pdf or \.docx file"):
        import_data(tmp_path, {})


def test_evidence_in_a_row_with_line_ends_of_windows_is_found_again(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text(json.dumps({"id": "a", "text": "\ufeffLegs.\r\nA spider has eight.\r\n"}))
    (tmp_path / "q.jsonl").write_text(json.dumps({"question": "a?", "target": "b", "evidence": "A spider has eight."}))
    write_corpus(tmp_path / "out", "legs", import_data(tmp_path, {}, documents=Path("d.jsonl")))
    assert read_corpus(tmp_path / "out").questions[0].reference_contexts[0].start == 6


def test_squad(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD))
    write_corpus(tmp_path / "out", "squad", import_data(path, {}))
    answered, unanswerable = read_corpus(tmp_path / "out").questions
    assert answered.reference_contexts[0].text == "A spider has eight legs."
    assert answered.reference == "eight"
    assert unanswerable.reference is None


def test_squad_with_line_ends_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text(
        json.dumps(SQUAD)
        .replace("Ants have six legs.", "Ants have\\r\\nsix legs.")
        .replace("spin. A", "spin.\\r\\nA")
        .replace(": 27", ": 28")
    )
    write_corpus(tmp_path / "out", "squad", import_data(path, {}))
    assert read_corpus(tmp_path / "out").questions[0].reference_contexts[0].text == "A spider has eight legs."


def test_squad_with_a_wrong_offset(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD).replace('"answer_start": 27', '"answer_start": 3'))
    with pytest.raises(CorpusError, match=r"squad\.json: question 's1': its answer does not stand at 3"):
        import_data(path, {})


@pytest.mark.parametrize("questions", [None, Path("q.xlsx")])
def test_a_spreadsheet_is_to_be_exported(tmp_path: Path, questions: Path | None) -> None:
    (tmp_path / "legs.md").write_text("A spider has eight legs.")
    (tmp_path / "q.xlsx").write_bytes(b"PK\x03\x04\xff")
    with pytest.raises(CorpusError, match=r"q\.xlsx is a spreadsheet, .* Export it as CSV"):
        import_data(tmp_path, {}, questions=questions)


def test_squad_whose_questions_share_an_id(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD).replace('"s2"', '"s1"'))
    with pytest.raises(CorpusError, match=r"squad\.json has 1 fault:\n- question 1 and question 2 have the id 's1'"):
        import_data(path, {})


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist"):
        import_data(tmp_path / "none", {})
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(CorpusError, match="not in SQuAD format"):
        import_data(tmp_path / "x.json", {})
    with pytest.raises(CorpusError, match="--questions FILE"):
        import_data(folder(tmp_path / "in", []), {}, questions=None, documents=tmp_path / "in" / "questions.jsonl")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    imported = import_data(folder(tmp_path / "in", [{"question": "a?", "target": "b"}]), {})
    write_corpus(tmp_path / "out", "x", imported)
    with pytest.raises(CorpusError, match="is there already"):
        write_corpus(tmp_path / "out", "x", imported)


def test_documents_of_other_formats_become_markdown(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"question": "When?", "reference": "noon", "evidence": [BELL]}])
    (source / "deep").mkdir()
    (source / "deep" / "bells.pdf").write_bytes(pdf(BELL, title="Bells"))
    (source / "page.html").write_bytes(HTML.replace(b"noon", b"one"))
    (source / "word.DOCX").write_bytes(docx("Some words."))
    imported = import_data(source, {})
    write_corpus(tmp_path / "out", "mine", imported)
    corpus = read_corpus(tmp_path / "out")
    documents = {each.id: each for each in corpus.documents}
    assert {name: each.title for name, each in documents.items()} == {
        "deep/bells": "Bells", "legs": "Legs", "page": "Bells", "word": "word",
    }  # fmt: skip
    assert corpus.questions[0].reference_contexts[0].document_id == "deep/bells"
    assert documents["deep/bells"].source == "deep/bells.md"


def test_two_formats_of_one_document_are_told_apart_by_their_owner(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"question": "When?", "reference": "noon"}])
    (source / "legs.html").write_bytes(HTML)
    with pytest.raises(CorpusError, match=r"legs\.md and legs\.html have the id 'legs'"):
        import_data(source, {})


def test_a_document_that_came_in_by_the_api_is_read_as_it_was_written(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", [{"question": "When?", "reference": "noon"}])
    document = Document(id="upload-1", title="Bells", text=f"{BELL}\r\x85", source="C: notes.pdf")
    with added(source, document):
        pass
    assert document in import_data(source, {}).documents
    (source / "upload-1.document.json").rename(source / "upload-2.document.json")
    with pytest.raises(CorpusError, match="no document as the API writes it"):
        import_data(source, {})
