"""Files of several formats as documents: Markdown and text as they are, HTML, PDF and DOCX as their text."""

from __future__ import annotations

import json
import re
import subprocess  # nosec B404
import sys
from pathlib import Path, PureWindowsPath

from pydantic import Field

from corpora import reader_process
from corpora.errors import DocumentError, DocumentTooLargeError, DocumentTypeError, UnreadableDocumentError
from corpora.formats import Format, format_of
from corpora.front_matter import without_front_matter
from corpora.model import Document, Record
from corpora.wording import is_blank, one_line

SPLIT = "Split it into documents that a person could read."
_AS_THEY_ARE: tuple[Format, ...] = ("markdown", "text")
_REFUSALS: dict[str, tuple[type[DocumentError], str]] = {
    "type": (DocumentTypeError, "Take the document out of the archive."),
    "large": (DocumentTooLargeError, SPLIT),
    "broken": (
        UnreadableDocumentError,
        "Open it in its own program and save it anew, without a password, or give its text.",
    ),
}


class DocumentLimits(Record):
    """What is refused of others' files.

    Attributes:
        max_file_bytes: of one file.
        max_characters: of the text in it.
        max_pages: of a PDF.
        max_documents: in the corpus.
        read_seconds: that reading a file may take, in a process of its own.
        read_mib: of memory that this process may take.
    """

    max_file_bytes: int = Field(default=20_000_000, gt=0)
    max_characters: int = Field(default=2_000_000, gt=0)
    max_pages: int = Field(default=1_000, gt=0)
    max_documents: int = Field(default=10_000, gt=0)
    read_seconds: int = Field(default=30, gt=0, le=3600)
    read_mib: int = Field(default=1024, ge=128, le=1024 * 1024)


def read_document(document_id: str, name: str, content: bytes, limits: DocumentLimits) -> Document:
    """A file as a document. Blocks, for as long as `limits` allow.

    Markdown, without its front matter, and text stay as they are. What comes from elsewhere becomes Markdown, headed by
    its title.

    Args:
        name: what its owner calls the file; its last part becomes the document's `source`, and its title where the
            file itself has none.

    Raises:
        DocumentTooLargeError: more than the limits allow.
        DocumentTypeError: its name and its content do not say the same, or say what is not read.
        UnreadableDocumentError: broken, encrypted, or without text.
    """
    path = PureWindowsPath(name)  # parted by either slash
    source, stem = one_line(path.name), one_line(path.stem) or document_id
    if len(content) > limits.max_file_bytes:
        raise DocumentTooLargeError(f"{source!r} has more than {limits.max_file_bytes} bytes.", SPLIT)
    kind = format_of(path.name, content)
    if kind in _AS_THEY_ARE:
        text = _decoded(source, content, limits)
        title, text = titled_text(text) if kind == "markdown" else (None, text)
        if is_blank(text):
            raise UnreadableDocumentError(f"{source!r} is empty.", "Write something into it.")
    else:
        said, text = _read_elsewhere(kind, source, content, limits)
        heading = None if kind == "pdf" else title_of(text)  # in a PDF, # is a character as any other
        title = heading or one_line(said)
        text = text if heading else f"# {title or stem}\n\n{text}"
    return Document(id=document_id, title=one_line(title or "") or stem, text=text, source=source)


def titled_text(text: str) -> tuple[str | None, str]:
    """The title of a Markdown file, which is its front matter's or its first heading, and its text."""
    title, text = without_front_matter(text)
    return title or title_of(text), text


def title_of(text: str) -> str | None:
    """The first heading of a Markdown text; None where it has none."""
    heading = re.search(r"^#[ \t]+(\S.*)$", text, flags=re.MULTILINE)
    return heading.group(1).rstrip() if heading else None


def _decoded(name: str, content: bytes, limits: DocumentLimits) -> str:
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > limits.max_characters:
        raise DocumentTooLargeError(f"{name!r} holds more than {limits.max_characters} characters.", SPLIT)
    return text


def _read_elsewhere(kind: Format, name: str, content: bytes, limits: DocumentLimits) -> tuple[str, str]:
    """Title and text, read in a process that knows nothing of this one: no settings, no keys, no folder."""
    numbers = (limits.max_pages, limits.max_characters, limits.read_seconds, limits.read_mib * 2**20)
    command = [sys.executable, "-I", str(Path(reader_process.__file__)), kind, *map(str, numbers)]
    try:
        done = subprocess.run(  # nosec B603
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.read_seconds,
            env={},
            cwd="/",
            check=False,
        )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):  # nothing whole was said: it ran out of time or memory
        raise DocumentTooLargeError(
            f"{name!r} takes more than {limits.read_seconds} seconds or {limits.read_mib} MiB to read.", SPLIT
        ) from None
    if "refused" in found:
        error, remedy = _REFUSALS[found["refused"]]
        raise error(f"{name!r} {found['why']}.", remedy)
    if is_blank(found["text"]):
        raise UnreadableDocumentError(f"{name!r} holds no text.", "Where it is a scan, recognise its text first (OCR).")
    return found["title"], found["text"]
