"""The SQuAD format (Rajpurkar et al. 2016; version 2 with unanswerable questions, 2018)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from corpora.errors import CorpusError
from corpora.model import Document
from corpora.text_file import parse_json, read_text

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z])|(?<=[。！？])|\n+")


def is_squad(path: Path) -> bool:
    """Whether a file is JSON whose `data` is a list of articles with paragraphs."""
    if path.suffix != ".json":
        return False
    try:
        data = parse_json(read_text(path)).get("data")
    except (ValueError, AttributeError):
        return False
    return isinstance(data, list) and all(isinstance(each, dict) and "paragraphs" in each for each in data)


def read_squad(path: Path) -> tuple[tuple[Document, ...], tuple[dict[str, Any], ...]]:
    """One document an article, its paragraphs a blank line apart; the evidence is the sentence around the answer.

    Raises:
        CorpusError: a paragraph or question lacks a field, or an answer does not stand where the file says.
    """
    documents, questions = [], []
    try:
        for number, article in enumerate(parse_json(read_text(path))["data"], start=1):
            name = f"article-{number:04d}"
            title = str(article.get("title") or name)
            text = ""
            for paragraph in article["paragraphs"]:
                text += "\n\n" if text else ""
                context = _with_line_ends(paragraph["context"])
                questions += [_question(path, entry, name, context, len(text)) for entry in paragraph["qas"]]
                text += context
            documents.append(Document(id=name, title=title, text=text, source=f"{name}.txt"))
    except KeyError as fault:
        raise CorpusError(f"{path} is not whole SQuAD: {fault} is missing.", "Export it again.") from None
    except (TypeError, ValueError, AttributeError, OverflowError) as fault:  # a list where an object is expected, say
        raise CorpusError(f"{path} is not SQuAD: {fault}.", "Export it again.") from None
    return tuple(documents), tuple(questions)


def _question(path: Path, entry: dict[str, Any], document_id: str, context: str, offset: int) -> dict[str, Any]:
    texts = list(dict.fromkeys(_with_line_ends(str(answer["text"])) for answer in entry["answers"]))
    evidence = []
    for answer in entry["answers"][:1]:
        start, text = int(answer["answer_start"]), _with_line_ends(str(answer["text"]))
        if context[start : start + len(text)] != text:
            raise CorpusError(
                f"{path}: question {entry['id']!r}: its answer does not stand at {start}.",
                "Mend answer_start, or the answer.",
            )
        begin, end = _sentence(context, start, start + len(text))
        evidence.append({"document_id": document_id, "text": context[begin:end], "start": offset + begin})
    return {
        "id": str(entry["id"]),
        "user_input": str(entry["question"]).strip(),
        "reference": texts[0] if texts else None,
        "reference_aliases": texts[1:],
        "reference_contexts": evidence,
    }


def _with_line_ends(text: str) -> str:
    """Line ends as they will be read from a file, and every character where it was: `answer_start` counts them."""
    return text.replace("\r\n", " \n").replace("\r", "\n")


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of the sentence, or sentences, that `text[start:end]` stands in."""
    begin = max((match.end() for match in _SENTENCE_END.finditer(text, 0, start) if match.end() <= start), default=0)
    stop = min((match.start() for match in _SENTENCE_END.finditer(text, end)), default=len(text))
    return begin, stop
