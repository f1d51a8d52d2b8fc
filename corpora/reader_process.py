"""Reads one HTML, PDF or DOCX file in a process of its own, whose time and memory are bounded.

It is run as a file, by `corpora.extracting`, and imports nothing of the house: what takes a reader down takes nothing
else with it. The file comes on standard input; what was read, or why it was not, goes to standard output as JSON.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress

MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 100_000_000
"""Of a DOCX, which is a ZIP archive: how many files may be in it, and how large they may be together."""

UNSEEN = ["script", "style", "template", "noscript", "head", "title", "svg", "object", "iframe"]
"""Elements of HTML whose text no reader of the page sees."""


class RefusedError(Exception):
    """`code` is one of `type`, `large` and `broken`."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


def read_html(content: bytes, max_pages: int, max_characters: int) -> tuple[str, str]:
    """Title and Markdown of a page. Links and pictures are their texts: an address answers no question."""
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    soup = BeautifulSoup(content, "html.parser")
    title = soup.title.get_text(" ") if soup.title else ""
    for element in soup(UNSEEN):
        element.decompose()
    converter = MarkdownConverter(
        heading_style="ATX", bullets="-", strip=["a", "img"], escape_asterisks=False, escape_underscores=False
    )
    return title, converter.convert_soup(soup)


def read_docx(content: bytes, max_pages: int, max_characters: int) -> tuple[str, str]:
    """No title, and the Markdown of a Word document, without its pictures."""
    import mammoth

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise RefusedError("large", f"unpacks to more than {MAX_MEMBERS} files or {MAX_UNPACKED_BYTES / 1e6:.0f} MB")
    if not {"[Content_Types].xml", "word/document.xml"} <= {member.filename for member in members}:
        raise RefusedError("type", "is an archive, and not a Word document")
    no_picture = mammoth.images.img_element(lambda image: {})
    page = mammoth.convert_to_html(
        io.BytesIO(content), convert_image=no_picture, external_file_access=False, include_embedded_style_map=False
    )
    return read_html(page.value.encode(), max_pages, max_characters)


def read_pdf(content: bytes, max_pages: int, max_characters: int) -> tuple[str, str]:
    """Title and text of a PDF, its pages a blank line apart."""
    from pypdf import PdfReader, filters

    filters.JBIG2DEC_BINARY = None  # a picture's decoder, another program, which no text needs
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise RefusedError("broken", "is encrypted")
    pages = len(reader.pages)
    if pages > max_pages:
        raise RefusedError("large", f"has {pages} pages; {max_pages} are allowed")
    texts: list[str] = []
    for page in reader.pages:
        texts.append(page.extract_text().strip())
        if sum(map(len, texts)) > max_characters:
            break
    title = reader.metadata.title if reader.metadata else None
    return str(title or ""), "\n\n".join(text for text in texts if text)


READERS: dict[str, Callable[[bytes, int, int], tuple[str, str]]] = {
    "html": read_html,
    "docx": read_docx,
    "pdf": read_pdf,
}


def read(kind: str, content: bytes, max_pages: int, max_characters: int) -> dict[str, str]:
    """`title` and `text`, or under `refused` and `why` what speaks against the file."""
    try:
        title, text = (_plain(each) for each in READERS[kind](content, max_pages, max_characters))
        if len(text) > max_characters:
            raise RefusedError("large", f"holds more than {max_characters} characters of text")
    except RefusedError as refused:
        return {"refused": refused.code, "why": refused.why}
    except RecursionError:
        return {"refused": "broken", "why": "is nested too deeply"}
    except MemoryError:
        return {"refused": "large", "why": "takes too much memory to read"}
    except Exception as error:  # whatever a reader raises over a file that is not what it seems
        return {"refused": "broken", "why": f"is broken ({type(error).__name__})"}
    return {"title": title, "text": text}


def _plain(text: str) -> str:
    """Without control characters and half ones, trailing blanks, and more than one empty line in a row."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", "", text).replace("\xa0", " ")
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _limit(seconds: int, memory: int) -> None:
    """From here on the system itself ends this process where it takes more, or writes a file."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):  # macOS does not bound a process' memory
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main(kind: str, max_pages: int, max_characters: int, seconds: int, memory: int) -> None:
    _limit(seconds, memory)
    json.dump(read(kind, sys.stdin.buffer.read(), max_pages, max_characters), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
