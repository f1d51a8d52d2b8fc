"""Documents into passages: by tokens, at the best boundary in reach, every passage an exact span of its document."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate, pairwise

from pydantic import Field, model_validator

from corpora.model import Document, Passage, Record

CountTokens = Callable[[str], int]

# From the best place to cut to the worst. Cutting before a heading keeps it with the text that it names.
_ENDS, _WIDE_ENDS = ".!?…", "。！？"  # of sentences; no space follows the wide ones
_SENTENCE_END = rf"(?<=[{_ENDS}])\s+|(?<=[{_WIDE_ENDS}])\s*"
_CUTS = [r"(?=\n#{1,6} )", r"\n\s*\n", _SENTENCE_END, r"\n", r"\s", ""]
_ONLY_HEADINGS = re.compile(r"\s*+(?:#{1,6} [^\n]*+\s*+)++")  # possessive: a line may hold many "# "


class Splitting(Record):
    """How long passages are, and how much of the passage before each repeats at its start; both in tokens."""

    passage_tokens: int = Field(default=60, ge=8)
    overlap_tokens: int = Field(default=20, ge=0)

    @model_validator(mode="after")
    def _overlap_is_smaller(self) -> Splitting:
        if self.overlap_tokens * 2 > self.passage_tokens:
            raise ValueError(
                f"overlap_tokens ({self.overlap_tokens}) must be at most half of passage_tokens ({self.passage_tokens})"
            )
        return self


def split_document(document: Document, splitting: Splitting, count_tokens: CountTokens) -> tuple[Passage, ...]:
    """Passages of at most `passage_tokens`, in order; `document.text[start:end] == passage.text` for each.

    A passage begins at a heading, paragraph or sentence where it can, and repeats the last whole sentences before it as
    far as `overlap_tokens` allow. Together the passages hold all of the text but white space.

    Args:
        count_tokens: the tokenizer of whoever reads the passages, so that none is cut short there.
    """
    text = document.text
    passages = []
    for previous, (start, end) in pairwise([(0, 0), *_spans(text, splitting, count_tokens)]):
        first = _reach_back(text, previous[0], start, splitting.overlap_tokens, count_tokens)
        passages.append(passage_at(document, first, end))
    return tuple(passages)


def embedded_text(document: Document, passage: Passage) -> str:
    """What stands for a passage in the index: its document's title, then its text."""
    return f"{document.title}\n{passage.text}"


def _spans(text: str, splitting: Splitting, count_tokens: CountTokens) -> list[tuple[int, int]]:
    """Where the passages lie before they overlap, without the white space around them.

    langchain's own start index is wrong where length is not in characters, so offsets are summed up here: the pieces
    put together are the text. That holds because white space counts as a token at least: langchain repeats at the start
    of a piece whatever of the one before it has no length.
    """
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    @lru_cache
    def length(piece: str) -> int:
        return max(bool(piece), count_tokens(piece))

    splitter = RecursiveCharacterTextSplitter(
        separators=_CUTS,
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=splitting.passage_tokens - splitting.overlap_tokens,
        chunk_overlap=0,
        length_function=length,
    )
    cuts = accumulate((len(piece) for piece in splitter.split_text(text)), initial=0)
    spans: list[tuple[int, int]] = []
    for start, end in pairwise(cuts):
        if not text[start:end].strip():
            continue
        if spans and _is_short_heading(text[slice(*spans[-1])], splitting, count_tokens):
            start = spans.pop()[0]
        spans.append(_trimmed(text, start, end))
    return spans


def _is_short_heading(text: str, splitting: Splitting, count_tokens: CountTokens) -> bool:
    """A heading left alone goes to the text that it names, in the room that is kept for the overlap."""
    return bool(_ONLY_HEADINGS.fullmatch(text)) and count_tokens(text) <= splitting.overlap_tokens


def _reach_back(text: str, floor: int, start: int, budget: int, count_tokens: CountTokens) -> int:
    """The earliest beginning of a sentence after `floor` from which to `start` there are at most `budget` tokens.

    Where the passage itself begins in mid-sentence, the earliest beginning of a word. The later it begins, the fewer
    tokens: it is looked for by halves, since there may be as many beginnings as characters that are no token.
    """
    if not budget or text[start] == "#":
        return start
    before = text[floor:start]
    cut = rf"{_SENTENCE_END}|\n\s*" if _ends_whole(before) else r"\s+"
    firsts = [first for match in re.finditer(cut, before) if (first := floor + match.end()) < start]
    place = bisect_left(firsts, True, key=lambda first: count_tokens(text[first:start]) <= budget)
    return firsts[place] if place < len(firsts) else start


def _ends_whole(text: str) -> bool:
    """Whether a sentence or a line ends where the text does, the white space after it included."""
    words = text.rstrip()
    blanks = text[len(words) :]
    return "\n" in blanks or words.endswith(tuple(_WIDE_ENDS)) or (bool(blanks) and words.endswith(tuple(_ENDS)))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def passage_at(document: Document, start: int, end: int) -> Passage:
    """The id holds a hash of all that is embedded, so that a changed passage is another one."""
    text = document.text[start:end]
    digest = hashlib.sha256(f"{document.title}\0{text}".encode()).hexdigest()[:12]
    return Passage(id=f"{document.id}:{start}:{digest}", document_id=document.id, start=start, end=end, text=text)
