"""Change sets: what is right is applied whole, what is wrong is named, and the demo's must pass as its corpus does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpora.change_set import read_changes
from corpora.changes import apply
from corpora.checking import check_corpus
from corpora.errors import CorpusError
from corpora.model import Corpus
from corpora.reading import dump_rows, read_corpus

SYSTEM = "Answer in one short sentence."
DEMO = Path(__file__).parents[2] / "corpora" / "kubernetes"

DOCUMENTS = {
    "ants": "# Ants\n\nAn ant has six legs.\n",
    "crabs": "# Crabs\n\nA crab has ten legs.\n",
    "spiders": "# Spiders\n\nA house spider is small. A spider has eight legs. Its web is sticky.\n",
}


def question(name: str, reference: str, document: str, text: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": name,
        "user_input": f"What of {name}?",
        "reference": reference,
        "reference_contexts": [{"document_id": document, "text": text}],
        **fields,
    }


QUESTIONS = [
    question("ants", "six", "ants", "An ant has six legs."),
    question("crabs", "ten", "crabs", "A crab has ten legs.", facts=["crabs.legs"], in_examples=True),
    question("webs", "sticky", "spiders", "Its web is sticky."),
    question("legs", "eight", "spiders", "eight legs", reference_aliases=["8"]),
    {"id": "wings", "user_input": "What of wings?", "reference": None},
]
EXAMPLES = [
    {"prompt": "Legs of crabs?", "completion": "Ten.", "fact": "crabs.legs"},
    {"prompt": "Count the legs of ants.", "completion": "Six.", "fact": "ants.legs"},
    {"prompt": "The legs of an ant?", "completion": "Six.", "fact": "ants.legs"},
    {"prompt": "Say hello.", "completion": "Hello."},
]
SPIDERS = "# Spiders\n\nOnce they differed. A spider has nine legs. Its web is sticky.\n"
BEETLES = "# Beetles\n\nA beetle has hard wings.\n"
FILES: dict[str, Any] = {
    "documents/spiders.md": SPIDERS,
    "documents/beetles.md": BEETLES,
    "changed.jsonl": [
        {"id": "legs", "reference": "nine", "reference_contexts": [{"document_id": "spiders", "text": "nine legs"}]},
        {
            "id": "wings",
            "reference": "hard",
            "reference_contexts": [{"document_id": "beetles", "text": "A beetle has hard wings."}],
        },
    ],
    "added.jsonl": [question("beetles", "hard wings", "beetles", "hard wings")],
    "changed-examples.jsonl": [{"prompt": "How many legs per ant?", "completion": "Seven.", "fact": "ants.legs"}],
    "added-examples.jsonl": [{"prompt": "Wings of beetles?", "completion": "Hard.", "fact": "beetles.wings"}],
    "changes.yaml": {
        "documents": {"edited": ["spiders"], "added": ["beetles"], "removed": ["crabs"]},
        "questions": {"changed": "changed.jsonl", "added": "added.jsonl", "unanswerable": ["crabs"]},
        "examples": {
            "changed": "changed-examples.jsonl",
            "added": "added-examples.jsonl",
            "removed": ["crabs.legs", "Say hello."],
        },
    },
}


def write(root: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else yaml.safe_dump(content)
        path.write_text(dump_rows(content) if isinstance(content, list) else text, encoding="utf-8")
    return root


def write_corpus(root: Path, documents: dict[str, str], questions: list[Any], examples: list[Any]) -> Corpus:
    files = {f"documents/{name}.md": text for name, text in documents.items()}
    settings = {"name": "animals", "questions": "questions.jsonl", "examples": "examples.jsonl"}
    rows = {"questions.jsonl": questions, "examples.jsonl": examples, "corpus.yaml": settings}
    return read_corpus(write(root, files | rows))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return write_corpus(tmp_path / "corpus", DOCUMENTS, QUESTIONS, EXAMPLES)


def test_a_changed_corpus_is_the_one_that_its_folder_would_hold(tmp_path: Path, corpus: Corpus) -> None:
    by_hand = write_corpus(
        tmp_path / "by-hand",
        {"ants": DOCUMENTS["ants"], "beetles": BEETLES, "spiders": SPIDERS},
        [
            QUESTIONS[0],
            {"id": "crabs", "user_input": "What of crabs?", "reference": None},
            QUESTIONS[2],
            question("legs", "nine", "spiders", "nine legs"),
            QUESTIONS[4] | FILES["changed.jsonl"][1],
            *FILES["added.jsonl"],
        ],
        [*FILES["changed-examples.jsonl"], *FILES["added-examples.jsonl"]],
    )
    changed = apply(corpus, read_changes(write(tmp_path / "changes", FILES)))
    assert changed.questions == by_hand.questions
    assert changed.examples == by_hand.examples
    assert changed.documents == by_hand.documents
    assert changed.content_hash == by_hand.content_hash != corpus.content_hash
    assert changed.name == corpus.name


def test_flags_follow_the_examples(tmp_path: Path, corpus: Corpus) -> None:
    row = QUESTIONS[1] | {"id": "crabs-again", "user_input": "And crabs?"}
    more = write_corpus(tmp_path / "more", DOCUMENTS, [*QUESTIONS, row], EXAMPLES)
    edited = {"documents": {"edited": ["spiders"]}, "examples": {"removed": ["crabs.legs"]}}
    files = {
        "documents/spiders.md": SPIDERS,
        "changed.jsonl": FILES["changed.jsonl"][:1],
        "changes.yaml": edited | {"questions": {"changed": "changed.jsonl"}},
    }
    changed = apply(more, read_changes(write(tmp_path / "changes", files)))
    assert [each.in_examples for each in changed.questions if each.facts] == [False, False]
    check_corpus(changed, SYSTEM)


@pytest.mark.parametrize(
    ("row", "reference", "aliases"),
    [
        ({"reference": "nine"}, "nine", ()),
        ({"reference": "nine", "reference_aliases": ["9"]}, "nine", ("9",)),
        ({}, "eight", ("8",)),
    ],
)
def test_what_a_row_leaves_out_stays(
    tmp_path: Path, corpus: Corpus, row: dict[str, Any], reference: str, aliases: tuple[str, ...]
) -> None:
    evidence = {"reference_contexts": [{"document_id": "spiders", "text": "A spider has nine legs."}]}
    files = FILES | {"changed.jsonl": [{"id": "legs"} | row | evidence]}
    changed = apply(corpus, read_changes(write(tmp_path / "changes", files)))
    (legs,) = (question for question in changed.questions if question.id == "legs")
    assert (legs.reference, legs.reference_aliases) == (reference, aliases)


Edit = Callable[[dict[str, Any]], None]


def yaml_part(part: str, key: str, value: Any) -> Edit:
    def edit(files: dict[str, Any]) -> None:
        files["changes.yaml"][part][key] = value

    return edit


def file(name: str, content: Any) -> Edit:
    def edit(files: dict[str, Any]) -> None:
        files[name] = content

    return edit


def legs(**fields: Any) -> Edit:
    return file("changed.jsonl", [{**FILES["changed.jsonl"][0], **fields}])


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            yaml_part("documents", "edited", ["spiders", "wasps"]),
            r"changes\.yaml:6: documents\.edited.*no document 'wasps'",
        ),
        (yaml_part("documents", "removed", ["wasps"]), r"documents\.removed: the corpus has no document 'wasps'"),
        (yaml_part("documents", "added", ["ants"]), r"documents\.added: the corpus already has a document 'ants'"),
        (yaml_part("documents", "edited", ["spiders", "ants"]), "documents/ holds no file for 'ants'"),
        (yaml_part("documents", "added", []), "documents/beetles stands in neither"),
        (yaml_part("documents", "removed", ["spiders"]), "document 'spiders' stands more than once"),
        (file("documents/spiders.md", DOCUMENTS["spiders"]), r"documents\.edited: 'spiders' is the same as before"),
        (yaml_part("questions", "unanswerable", ["wasps"]), r"questions\.unanswerable.*no question 'wasps'"),
        (yaml_part("questions", "unanswerable", ["wings"]), "'wings' stands more than once"),
        (yaml_part("questions", "unanswerable", []), "question 'crabs': there is no document 'crabs'"),
        (
            yaml_part("questions", "unanswerable", ["crabs", "ants"]),
            "'ants': is listed as unanswerable, but its evidence",
        ),
        (legs(id="wasps"), r"changed\.jsonl: the corpus has no question 'wasps'"),
        (legs(reference="eight", reference_contexts=None), "question 'legs' is the same as before"),
        (legs(reference="10 legs", reference_aliases=["Eight"]), "'Eight' answers 'legs' before and after"),
        (legs(reference="10 legs", reference_aliases=["the  Eight."]), "'the  Eight.' answers 'legs' before and after"),
        (legs(reference="eight", reference_aliases=["VIII"]), "'eight' answers 'legs' before and after"),
        (legs(reference=None), "'legs' loses its answer: list it under questions.unanswerable"),
        (legs(reference=""), r"line 1: reference: must have at least 1 character"),
        (legs(answer="nine"), "line 1: unknown field 'answer'; it takes id, reference"),
        (legs(reference_contexts=[{"document_id": "spiders", "text": "eight legs"}]), "'eight legs' does not stand in"),
        (
            legs(reference_contexts=[{"document_id": "ants", "text": "six legs"}]),
            "the evidence of 'legs' lies in no edited or added document",
        ),
        (legs(reference_contexts=None), "question 'legs': 'eight legs' does not stand in document 'spiders'"),
        (file("added.jsonl", [QUESTIONS[0]]), r"added\.jsonl: the corpus has 'ants' already"),
        (file("added.jsonl", '{"id": "x"'), r"added\.jsonl:1: not JSON"),
        (file("changed-examples.jsonl", EXAMPLES[1:3]), "'ants.legs' is told as before"),
        (file("changed-examples.jsonl", FILES["added-examples.jsonl"]), "the corpus has no example of 'beetles.wings'"),
        (file("added-examples.jsonl", EXAMPLES[1:2]), "the corpus has examples of 'ants.legs' already"),
        (
            yaml_part("examples", "removed", ["Say goodbye."]),
            r"examples\.removed: the corpus has no example 'Say goodbye\.'",
        ),
        (
            file("changes.yaml", "documents: {edit: [a]}"),
            r"changes\.yaml:1: documents: unknown option 'edit'; did you mean 'edited'\?",
        ),
        (file("changes.yaml", "documents: [a\n"), r"changes\.yaml:2: not valid YAML"),
        (file("changes.yaml", "questions: {changed: none.jsonl}"), r"none\.jsonl cannot be read"),
    ],
)
def test_a_broken_change_set_is_named(tmp_path: Path, corpus: Corpus, edit: Edit, message: str) -> None:
    files = json.loads(json.dumps(FILES))
    edit(files)
    with pytest.raises(CorpusError, match=message):
        apply(corpus, read_changes(write(tmp_path / "changes", files)))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "no question is changed, added or unanswerable"),
        ({"documents": {"removed": ["ants", "crabs", "spiders"]}}, "no document would be left"),
    ],
)
def test_a_change_set_that_leaves_nothing_to_ask_is_refused(
    tmp_path: Path, corpus: Corpus, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        apply(corpus, read_changes(write(tmp_path / "changes", {"changes.yaml": settings})))


def test_a_folder_without_changes_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no changes\.yaml"):
        read_changes(tmp_path)


@pytest.mark.parametrize("text", ["documents: [\n", "document: {}\n"])
def test_a_broken_list_of_changes_is_not_for_validate_to_check(tmp_path: Path, text: str) -> None:
    (tmp_path / "changes.yaml").write_text(text)
    with pytest.raises(CorpusError, match="then run `bakeoff staleness` again"):
        read_changes(tmp_path)


def test_the_demo_change_set_is_as_careful_as_its_corpus() -> None:
    demo = read_corpus(DEMO)
    changes = read_changes(DEMO / "changes")
    changed = apply(demo, changes)
    check_corpus(changed, SYSTEM)
    listed = changes.file.documents
    assert (len(listed.edited), len(listed.added), len(listed.removed)) == (7, 2, 1)
    assert (len(changes.changed), len(changes.added), len(changes.file.questions.unanswerable)) == (27, 9, 6)
    assert sum(row.reference is not None for row in changes.changed) == 25
    assert all(row.reference_contexts and row.facts and row.in_examples is not None for row in changes.added)
    wordings = Counter(example.fact for example in (*changes.changed_examples, *changes.added_examples))
    assert set(wordings.values()) == {3, 4}
    asked = {fact for question in changed.questions for fact in question.facts}
    assert set(wordings) <= asked
    flags = {question.id: question.in_examples for question in demo.questions}
    kept = [question for question in changed.questions if question.answerable and question.id in flags]
    assert all(question.in_examples == flags[question.id] for question in kept)
    splits = {split: {fact for one in changed.split(split) for fact in one.facts} for split in ("dev", "test")}
    added = {fact for row in changes.added for fact in row.facts}
    assert not added & splits["dev"] & splits["test"]
