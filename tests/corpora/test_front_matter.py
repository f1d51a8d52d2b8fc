"""YAML front matter is no text of a Markdown file; whatever else begins with dashes is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpora.extracting import DocumentLimits, read_document
from corpora.front_matter import titled, without_front_matter
from corpora.importing import import_data, write_corpus
from corpora.model import Document
from corpora.reading import read_corpus, read_documents
from corpora.storing import added

TEXT = "A spider has eight legs.\n"
FRONT = "---\ntitle: 'All about legs'\ntags: [legs, feet]\n---\n\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (FRONT + TEXT, ("All about legs", TEXT)),
        (f"---  \ntitle: 2024\n...\n{TEXT}", ("2024", TEXT)),
        (f"---\nauthor: Ada\ntitle:\n---\n{TEXT}", (None, TEXT)),
        (f'---\ntitle: "a\\n\\ud800b"\n---\n{TEXT}', ("a b", TEXT)),
        (f"---\n---\n{TEXT}", (None, TEXT)),
        (f"---\ntitle: [a]\n---\n{TEXT}", (None, TEXT)),
        (f"{FRONT}---\na: b\n---\n{TEXT}", ("All about legs", f"---\na: b\n---\n{TEXT}")),
    ],
)
def test_what_is_front_matter(text: str, found: tuple[str | None, str]) -> None:
    assert without_front_matter(text) == found


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"---\n{TEXT}---\nMore.\n",
        f"---\ntitle: a\n{TEXT}",
        f"\n{FRONT}{TEXT}",
        f"---\ntitle: 'a\n---\n{TEXT}",
        f"---\n{'[' * 5000}\n---\n{TEXT}",
        f"---\ntitle: {'a' * 20000}\n---\n{TEXT}",
        f"----\ntitle: a\n----\n{TEXT}",
        f"---\n\n# All about legs\n\n---\n\n{TEXT}",
        f"---\n# All about legs\n---\n\n{TEXT}",
        f"---\nNote: A beetle has six.\n---\n\n{TEXT}",
        f"---\n\nnote: A beetle has six.\n\n---\n\n{TEXT}",
        "---\ntitle: a\n---",
        "---\ntitle: a\n---\n\n",
    ],
)
def test_what_is_none(text: str) -> None:
    assert without_front_matter(text) == (None, text)


@given(st.one_of(st.text(), st.text("-.:\n t&*!'\"{[#").map(lambda inner: f"---\n{inner}\n---\n{TEXT}")))
@example("---\n? [a]: b\n---\n")
@example("---\na: *b\n---\n")
def test_nothing_goes_but_what_stands_before_the_text(text: str) -> None:
    _, rest = without_front_matter(text)
    assert text.endswith(rest)


@given(st.text(), st.text(max_size=200))
@example("a: 'b'", "---\nc: d\n---\ne")
def test_a_title_that_is_written_is_read_or_left_out(title: str, text: str) -> None:
    made = titled(title, text)
    assert made == text or without_front_matter(made) == (title, text)


def test_documents_are_read_without_it(tmp_path: Path) -> None:
    (tmp_path / "legs.md").write_text(f"{FRONT}# Legs\n\n{TEXT}")
    (tmp_path / "plain.txt").write_text(FRONT + TEXT)
    legs, plain = read_documents(tmp_path)
    assert (legs.title, legs.text) == ("All about legs", f"# Legs\n\n{TEXT}")
    assert (plain.title, plain.text) == ("plain", FRONT + TEXT)


def test_a_document_that_is_nothing_else_is_text(tmp_path: Path) -> None:
    """As many tools that write sites have of each folder."""
    (tmp_path / "legs.md").write_text(FRONT)
    (read,) = read_documents(tmp_path)
    uploaded = read_document("legs", "legs.md", FRONT.encode(), DocumentLimits())
    assert read.text == uploaded.text == FRONT


def test_imported_documents_keep_their_titles_and_their_text(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "legs.md").write_text(f"{FRONT}{TEXT}")
    (source / "ants.md").write_text("# Ants\n\nAn ant has six legs.\n")
    (source / "q.jsonl").write_text(json.dumps({"question": "a?", "target": "b", "evidence": TEXT.strip()}))
    twice = "---\na: b\n---\nThe bell tolls."
    with added(source, Document(id="bell", title="Bells", text=twice, source="bell.md")):
        pass
    write_corpus(tmp_path / "out", "legs", import_data(source, {}))
    corpus = read_corpus(tmp_path / "out")
    assert {each.id: (each.title, each.text) for each in corpus.documents} == {
        "ants": ("Ants", "# Ants\n\nAn ant has six legs.\n"),
        "bell": ("Bells", twice),
        "legs": ("All about legs", TEXT),
    }
    assert corpus.questions[0].reference_contexts[0].start == 0
    assert (tmp_path / "out" / "documents" / "ants.md").read_text().startswith("# Ants")
