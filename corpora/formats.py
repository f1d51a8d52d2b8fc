"""What kind of document a file is: its name and its content must say the same."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Literal

from corpora.errors import DocumentTypeError
from corpora.wording import one_line

Format = Literal["markdown", "text", "html", "pdf", "docx"]

FORMATS: dict[str, Format] = {
    ".md": "markdown",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
"""By the ending of a file's name."""

_CONTENTS: dict[Format, str] = {
    "markdown": "text",
    "text": "text",
    "html": "HTML",
    "pdf": "PDF",
    "docx": "a ZIP archive",
}

ACCEPTED = "Take Markdown, text (both UTF-8), HTML, PDF or DOCX, named " + ", ".join(FORMATS) + "."

# how files begin: offset, bytes, what they are called here
_BEGINNINGS = (
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"PK\x05\x06", "a ZIP archive"),
    (0, b"PK\x07\x08", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (4, b"1AY&SY", "a bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "an xz archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Office file"),
    (0, b"{\\rtf", "RTF"),
    (0, b"%PDF-", "PDF"),
)
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# possessive and atomic, so that what is no page in the end is not tried again with its comments parted otherwise
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HTML_TAG = re.compile(rb"<(?:!doctype|html|body|title|article|section|main|div|p|h[1-6]|table|ul|ol|pre|br|b)\b", re.I)
_HEAD_BYTES = 4096
"""Within which an HTML file must show that it is one."""


def format_of(name: str, content: bytes) -> Format:
    """The format of a file.

    Args:
        name: as its owner calls it; only the ending counts.

    Raises:
        DocumentTypeError: it is of no kind that is read, or its content is not what its name says.
    """
    wanted = FORMATS.get(PurePosixPath(name).suffix.lower())
    found = _content_kind(content)
    shown = one_line(name)
    if wanted is None:
        what = f"{found}, and none is unpacked here" if found.endswith("archive") else "of no kind that is read here"
        raise DocumentTypeError(f"{shown!r} is {what}.", ACCEPTED)
    if found != _CONTENTS[wanted] and not (wanted == "html" and found == "text" and _HTML_TAG.search(content)):
        raise DocumentTypeError(f"{shown!r} is named as {wanted}, but it is {found}.", ACCEPTED)
    return wanted


def _content_kind(content: bytes) -> str:
    for offset, beginning, what in _BEGINNINGS:
        if content.startswith(beginning, offset):
            return what
    if _NO_TEXT.search(content):
        return "binary data"
    if _HTML_START.match(content[:_HEAD_BYTES]):
        return "HTML"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:  # HTML says itself in which encoding it is
        return "HTML" if _HTML_TAG.search(content[:_HEAD_BYTES]) else "no text in UTF-8"
    return "text"
