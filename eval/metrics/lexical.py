"""Scores from shared words: no model, no language list, the same result every time.

How well each agrees with people is measured by `bakeoff check-metrics`; docs/metrics.md has the figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from corpora.scripts import UNSPACED
from eval.metrics import spelling
from eval.metrics.american import american
from eval.metrics.capitals import ONLY_ALONE, with_names
from eval.metrics.number_words import in_digits
from eval.metrics.word_lists import OF_A_TIME

_TOKEN = re.compile(
    rf"[{UNSPACED}]"  # stand alone
    rf"|{spelling.MINUS}?\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?"  # 1,000 and 1,000.5
    rf"|{spelling.MINUS}?\d+(?:\.\d+)*"  # 7, 0.85, 1.27.3; the unit of "24GiB" becomes a word of its own
    rf"|[^\W_{UNSPACED}]+(?:\+{{1,2}}|#)(?!\w)"  # A+, C++, C#
    rf"|[^\W_{UNSPACED}]+"
)
_PAUSE = re.compile(r"[,.;:!?]\s")
_CHARACTER = re.compile(f"[{UNSPACED}]")
_PIECE = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")
_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴-⁹]+")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
_ARTICLES = frozenset({"a", "an", "the"})
_FUNCTION_WORDS = (
    "of in on at to for by per with from and or as is are was were be been it its his her their this that "
    "about approximately around roughly nearly almost"
)
_FUNCTION_TERMS = frozenset(_FUNCTION_WORDS.split()) | ONLY_ALONE
KEPT = 256
"""Texts whose words are kept: each metric asks for those of the same answer, reference and evidence."""

LONGEST_ANSWER = 40
"""Words, as `length` counts them, up to which the length of a response costs nothing."""

OF_A_WORD = 0.5
"""What a character of a script without spaces counts: XQuAD has 1.8 in Chinese for each word of the same in English."""


def tokens(text: str) -> list[str]:
    """The words by which texts are compared.

    After SQuAD's normalisation (Rajpurkar et al. 2016): case, punctuation and English articles do not count. Beyond
    it, citations and the numbers of a list do not count either, Unicode forms are unified (NFKC), hyphens and slashes
    part words, a possessive 's falls away, thousands separators too (1,000 = 1000), Chinese characters and Japanese
    kana each count as a word, and English numbers, units and dates are written one way (`eval.metrics.spelling`).
    """
    return list(_tokens(text))


def terms(text: str) -> list[str]:
    """`tokens` by their stems (Porter's English stemmer, as in ROUGE), and a day with its month as one term: another
    day of that month is as wrong as any other day. "Isn't" is "is not". What a sign says ($, %) is not asked for: 5 is
    right for $5. "Yearly" and "annually" are "year", so that both are "per year".
    """
    return list(_terms(text))


@lru_cache(maxsize=KEPT)
def _tokens(text: str) -> tuple[str, ...]:
    # a footnote's mark or an exponent is not part of the word
    apart = _SUPERSCRIPT.sub(r" \g<0> ", spelling.cleaned(text))
    named = with_names(unicodedata.normalize("NFKC", apart))
    folded = _POSSESSIVE.sub("", named.casefold())
    # casefold can undo NFKC's composition (the Turkish dotted I), so that combining marks would part words
    written = spelling.figures(unicodedata.normalize("NFC", folded))
    # 5 million, one of the largest: no number goes on over a comma
    clauses = [[word for word in _TOKEN.findall(clause) if word not in _ARTICLES] for clause in _PAUSE.split(written)]
    plain = [word for clause in clauses for word in in_digits([word.replace(",", "") for word in clause])]
    return tuple(spelling.units(spelling.dates(spelling.signs(plain))))


@lru_cache(maxsize=KEPT)
def _terms(text: str) -> tuple[str, ...]:
    terms: list[str] = []
    for word in _tokens(spelling.written_out(text)):
        before = terms[-1] if terms else ""
        if spelling.is_date(before, word):
            terms[-1] = f"{before} {word}"
        elif not spelling.is_sign(word, before):
            terms.append(stem(OF_A_TIME.get(word, word)))
    return tuple(terms)


def length(text: str) -> float:
    """How many words, as `terms` counts them; a character of a script without spaces is `OF_A_WORD`."""
    return sum(OF_A_WORD if is_character(term) else 1 for term in terms(text))


def opening(text: str, words: int) -> str:
    """The text up to as many words, articles among them."""
    room = float(words)
    for piece in _PIECE.finditer(text):
        room -= OF_A_WORD if is_character(piece[0]) else 1
        if room < 0:
            return text[: piece.start()].rstrip()
    return text


def is_character(word: str) -> bool:
    """Whether it is one character of a script without spaces."""
    return len(word) == 1 and _CHARACTER.match(word) is not None


def normalise(text: str) -> str:
    """The same words as one line, for exact comparison and for containment."""
    return " ".join(tokens(text))


def holds_phrase(reference: str, response: str) -> bool:
    """Whether a reference of two words or more stands in a response in a row, word for word as `tokens` has them."""
    return len(tokens(reference)) > 1 and f" {normalise(reference)} " in f" {normalise(response)} "


def content_terms(reference: str) -> list[str]:
    """What `token_recall` asks for: the terms without prepositions and the like, or all where there are no others."""
    wanted = terms(reference)
    return [term for term in wanted if term not in _FUNCTION_TERMS] or wanted


def brevity(reference: str, response: str) -> float:
    """What the length of a response leaves of its token recall, 0 to 1."""
    allowed = max(LONGEST_ANSWER, length(reference))
    return min(1.0, allowed / max(1, length(response))) ** 2


def token_f1(reference: str, response: str) -> float:
    """Harmonic mean of word precision and recall, 0 to 1 (SQuAD, Rajpurkar et al. 2016), on `terms`."""
    gold, found = terms(reference), terms(response)
    recall, precision = share(gold, with_parts(found)), share(found, with_parts(gold))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def rouge_l(reference: str, response: str) -> float:
    """ROUGE-L, the F-measure of the longest common subsequence of `terms`, 0 to 1 (Lin 2004).

    As ragas' `RougeScore`, but on our words: that one keeps only a to z and 0 to 9, so that every Chinese answer is
    wrong to it.
    """
    gold, found = terms(reference), terms(response)
    common = _common(gold, found)
    return 2 * common / (len(gold) + len(found)) if common else 0.0


def rouge_l_recall(reference: str, response: str) -> float:
    """The recall of ROUGE-L, 0 to 1: the share of the reference's `terms` that a response holds in their order, however
    long it is (Lin 2004, equation 2).
    """
    gold = terms(reference)
    return _common(gold, terms(response)) / len(gold) if gold else 0.0


def _common(gold: Sequence[str], found: Sequence[str]) -> int:
    from rapidfuzz.distance import LCSseq

    return LCSseq.similarity(gold, found)


def k_precision(evidence: Sequence[str], response: str) -> float:
    """Share of the response's words that the evidence holds, 0 to 1: K-Precision (Adlakha et al. 2023).

    Stop words count like all others, but for the articles that `tokens` leaves out: leaving out more was no better
    against people's labels. A word counts as often as it occurs in both, so that endless repetition of a true word is
    not faithful. It misses negation and swapped roles; a response copied from the evidence has 1 whether or not it
    answers. An empty response, which claims nothing, has 1.
    """
    found = tokens(response)
    return share(found, [token for text in evidence for token in tokens(text)]) if found else 1.0


def share(wanted: Sequence[str], given: Sequence[str]) -> float:
    """Share of the wanted words that are given, 0 to 1, each as often as it is in both; of none, 1 if none is given."""
    if not wanted:
        return float(not given)
    return sum((Counter(wanted) & Counter(given)).values()) / len(wanted)


def with_parts(terms: Sequence[str]) -> list[str]:
    """The terms, and day and month of each date by themselves: "18 may 2018" tells "may 2018" too."""
    return [*terms, *(stem(part) for term in terms if " " in term for part in term.split())]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word, spelled as in America, without its English endings (Snowball's stemmer); other scripts stay."""
    from snowballstemmer import stemmer

    return str(stemmer("english").stemWord(american(word))) if word.isascii() and word.isalpha() else word
