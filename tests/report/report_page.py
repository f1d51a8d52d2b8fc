"""A report's page taken apart, for tests to look into."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from corpora.model import Document
from eval.report.build import build_report
from eval.run import RunFolder


class Page(HTMLParser):
    """A page taken apart as a browser does: its elements with their attributes, and its texts outside scripts."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.source = path.read_text(encoding="utf-8")
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self._texts: list[str] = []
        self._within = ""
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._within = tag if tag in self.raw else ""

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        self.raw[self._within].append(data) if self._within else self._texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def text(self) -> str:
        """What is seen: every space a plain one, without the marks that only keep a line from ending."""
        return " ".join(" ".join(self._texts).replace("\u2060", "").split())

    @property
    def data(self) -> Any:
        return json.loads(self.raw["script"][0])

    def attributes(self, name: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(name)) is not None]


def page_of(run: RunFolder, documents: list[Document] | None = None) -> Page:
    return Page(build_report(run, documents or []))


def as_shown(text: str) -> str:
    """A text as `Page.text` has it: every space a plain one."""
    return " ".join(text.split())
