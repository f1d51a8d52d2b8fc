"""Others' files become documents, or are refused in our words; nothing that they hold takes the process down."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from document_files import BELL, HTML, archive, docx, pdf
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corpora import reader_process
from corpora.errors import DocumentError, DocumentTooLargeError, DocumentTypeError, UnreadableDocumentError
from corpora.extracting import DocumentLimits, read_document
from corpora.formats import FORMATS
from corpora.wording import is_blank

LIMITS = DocumentLimits()
TEXT_BOMB = b"<w:p/>" + b" " * 120_000_000


def read(name: str, content: bytes, **limits: Any) -> Any:
    return read_document("doc", name, content, DocumentLimits(**limits))


def tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as made:
        made.addfile(tarfile.TarInfo("a.md"))
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "title", "text"),
    [
        ("bell.md", b"\xef\xbb\xbfIntro\r\n\r\n# Bells \r\n" + BELL.encode(), "Bells", f"Intro\n\n# Bells \n{BELL}"),
        ("bell.md", f"---\ntitle: Tolling\n---\n\n# Bells\n{BELL}".encode(), "Tolling", f"# Bells\n{BELL}"),
        ("bell.txt", f"---\ntitle: x\n---\n{BELL}".encode(), "bell", f"---\ntitle: x\n---\n{BELL}"),
        ("bell.txt", f"# no heading\n{BELL}".encode(), "bell", f"# no heading\n{BELL}"),
        ("b.txt", b"BZhang wrote it.", "b", "BZhang wrote it."),
        ("bell.html", HTML, "Bells", f"# Bells\n\n## When\n\n{BELL}"),
        ("bell.HTM", f"<p>{BELL}</p>".encode(), "bell", f"# bell\n\n{BELL}"),
        ("b.html", "<meta charset=latin-1><p>Käse</p>".encode("latin-1"), "b", "# b\n\nKäse"),
        ("bell.pdf", pdf("First page.", BELL, title="Bells"), "Bells", f"# Bells\n\nFirst page.\n\n{BELL}"),
        ("bell.pdf", pdf(f"# {BELL}"), "bell", f"# bell\n\n# {BELL}"),
        ("bell.docx", docx(BELL, "More.", heading="Bells"), "Bells", f"# Bells\n\n{BELL}\n\nMore."),
        ("bell.docx", docx("Salt &amp; *tar*"), "bell", "# bell\n\nSalt & *tar*"),
    ],
)
def test_every_format_becomes_text(name: str, content: bytes, title: str, text: str) -> None:
    document = read(name, content)
    assert (document.id, document.title, document.text, document.source) == ("doc", title, text, name)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("../../etc/notes.md", "notes.md"),
        ("C:\\Users\\ada\\notes.md", "notes.md"),
        ("/a/b\u202egpj.md", "b gpj.md"),
        ("no\x00tes\n\x1b[31m.md", "no tes [31m.md"),
        ("\ud800notes.md", "notes.md"),
        ("n" * 300 + ".md", "n" * 100),
    ],
)
def test_a_name_is_shown_and_nothing_else(name: str, source: str) -> None:
    document = read(name, BELL.encode())
    assert document.source == source
    assert document.title == source.removesuffix(".md")
    document.model_dump_json()


@pytest.mark.parametrize(
    ("name", "content", "error", "told"),
    [
        ("a.zip", archive({"a.md": b"x"}), DocumentTypeError, "a ZIP archive, and none is unpacked here"),
        ("a.tar", tar(), DocumentTypeError, "a tar archive"),
        ("a.gz", gzip.compress(b"x", mtime=0), DocumentTypeError, "a gzip archive"),
        ("a.bz2", bz2.compress(b"x"), DocumentTypeError, "a bzip2 archive"),
        ("a.exe", b"MZ\x90\x00", DocumentTypeError, "no kind"),
        ("a", b"text", DocumentTypeError, "no kind"),
        ("a.md", archive({}), DocumentTypeError, "named as markdown, but it is a ZIP archive"),
        ("a.txt", tar(), DocumentTypeError, "but it is a tar archive"),
        ("a.md", HTML, DocumentTypeError, "but it is HTML"),
        ("a.txt", pdf("x"), DocumentTypeError, "but it is PDF"),
        ("a.txt", "täg".encode("latin-1"), DocumentTypeError, "no text in UTF-8"),
        ("a.txt", b"a\x00b", DocumentTypeError, "binary data"),
        ("a.html", b"only words", DocumentTypeError, "but it is text"),
        ("a.pdf", HTML, DocumentTypeError, "but it is HTML"),
        ("a.docx", pdf("x"), DocumentTypeError, "but it is PDF"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", DocumentTypeError, "an old or encrypted Office file"),
        ("a.docx", archive({"a.md": b"x"}), DocumentTypeError, "an archive, and not a Word document"),
        ("a.docx", b"PK\x03\x04", UnreadableDocumentError, "broken"),
        ("a.docx", docx("x", **{"word/more.xml": TEXT_BOMB}), DocumentTooLargeError, "unpacks to more than"),
        ("a.docx", docx(**{f"{n}": b"" for n in range(2001)}), DocumentTooLargeError, "unpacks to more than"),
        ("a.pdf", b"%PDF-1.4\njunk", UnreadableDocumentError, "broken"),
        ("a.pdf", pdf("x", encrypted=True), UnreadableDocumentError, "encrypted"),
        ("a.pdf", pdf(""), UnreadableDocumentError, "holds no text"),
        ("a.pdf", pdf("x", kids=1001), DocumentTooLargeError, "1001 pages; 1000 are allowed"),
        ("a.html", b"<p>" + b"<b>" * 3000 + b"x", UnreadableDocumentError, "nested too deeply"),
        ("a.txt", b" \n", UnreadableDocumentError, "empty"),
        ("a.txt", "\u200b\n\u2060\ufe0f\u3164\u2800\n".encode(), UnreadableDocumentError, "empty"),
        (
            "a.html",
            b"<!doctype html><html><body><p>&#8203;&#8288;</p></body></html>",
            UnreadableDocumentError,
            "no text",
        ),
    ],
)
def test_what_is_refused(name: str, content: bytes, error: type[DocumentError], told: str) -> None:
    with pytest.raises(error, match=told) as caught:
        read(name, content)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "content", "limits"),
    [
        ("a.md", b"x" * 11, {"max_file_bytes": 10}),
        ("a.md", b"x" * 11, {"max_characters": 10}),
        ("a.html", b"<p>" + b"x" * 11, {"max_characters": 10}),
        ("a.pdf", pdf("xxxxxx", "xxxxxx"), {"max_characters": 10}),
        ("a.pdf", pdf("x", "x"), {"max_pages": 1}),
        ("a.html", b"<p>" + b"<br>x" * 100_000, {"read_mib": 128}),
    ],
)
def test_limits_hold(name: str, content: bytes, limits: dict[str, int]) -> None:
    with pytest.raises(DocumentTooLargeError):
        read(name, content, **limits)


def test_reading_ends_when_its_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = tmp_path / "endless.py"  # no file takes longer than a second on every machine
    endless.write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setattr("corpora.reader_process.__file__", str(endless))
    with pytest.raises(DocumentTooLargeError, match="more than 1 seconds"):
        read("a.html", HTML, read_seconds=1)


def test_the_reader_knows_nothing_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}

    def run(command: list[str], **options: Any) -> Any:
        seen.update(options, command=command)
        raise ValueError

    monkeypatch.setattr("corpora.extracting.subprocess.run", run)
    with pytest.raises(DocumentTooLargeError):
        read("a.html", HTML)
    assert seen["env"] == {}
    assert seen["cwd"] == "/"
    assert "-I" in seen["command"]


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html", "a.pdf", "a.docx", "a.zip"])
@given(content=st.binary(max_size=300))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_raise_nothing_but_our_errors(
    name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpora.extracting._read_elsewhere", read_here)
    try:
        document = read(name, content)
    except DocumentError:
        return
    assert document.text.strip()


FRAGMENTS = [
    b"<!---->",
    b"<!--",
    b"-->",
    b"<",
    b"<html",
    b"<!doctype ",
    b"<p>",
    b"# ",
    b"#",
    b"\t",
    b" ",
    b"\n",
    b"a",
    b"&",
]
REPEATED = st.lists(st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from([1, 50, 5_000])), max_size=5)


@pytest.mark.timeout(60)  # a pattern that tries again and again would take years
@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html"])
@given(parts=REPEATED)
@example(parts=[(b"<!---->", 50), (b"a", 1)])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_repeated_is_looked_at_in_no_time(
    name: str, parts: list[tuple[bytes, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpora.extracting._read_elsewhere", lambda *_: ("", "text"))
    with suppress(DocumentError):
        read(name, b"".join(fragment * times for fragment, times in parts))


WHOLE = {"html": HTML, "pdf": pdf("First page.", BELL, title="Bells"), "docx": docx(BELL, heading="Bells")}


@pytest.mark.parametrize("kind", list(WHOLE))
@given(places=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=20), end=st.integers(0, 2000))
@settings(max_examples=60)
def test_a_damaged_file_is_read_or_refused(kind: str, places: list[tuple[int, int]], end: int) -> None:
    content = bytearray(WHOLE[kind])
    for place, byte in places:
        content[place % len(content)] = byte
    found = reader_process.read(kind, bytes(content[: end or None]), 1000, 100_000)
    assert found.keys() in ({"title", "text"}, {"refused", "why"})
    " ".join(found.values()).encode()


def read_here(kind: str, name: str, content: bytes, limits: DocumentLimits) -> tuple[str, str]:
    """Without a process for every example."""
    found = reader_process.read(kind, content, limits.max_pages, limits.max_characters)
    if "refused" in found or not found["text"]:
        raise UnreadableDocumentError("", "")
    return found["title"], found["text"]


def test_every_ending_leads_to_a_reader_that_is_there() -> None:
    assert set(FORMATS.values()) - {"markdown", "text"} == reader_process.READERS.keys()
    assert os.path.exists(reader_process.__file__)  # noqa: PTH110  (it is run as a file)


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("", True),
        (" \t\n\u3000\xa0", True),
        ("\u200b\u200c\u200d\u2060\ufeff\xad\u202e", True),
        ("\u115f\u3164\uffa0\u2800\ufe0f\u034f", True),
        ("\u200b.", False),
        ("是", False),
        ("👩\u200d🚀", False),
        ("ا\u200c", False),
    ],
)
def test_what_cannot_be_seen_is_blank(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


def test_a_heading_that_cannot_be_seen_is_no_title() -> None:
    assert read("bell.md", "# \u200b\n\nThe bell rings.\n".encode()).title == "bell"
