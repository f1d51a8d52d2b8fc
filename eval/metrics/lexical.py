"""Scores from shared words: no model, no language list, the same result every time.

How well each agrees with people is measured by `benchmarks/metrics_against_people.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"  # kana and Han stand alone
    r"|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?"  # 1,000 and 1,000.5
    r"|\d+(?:\.\d+)*"  # 7, 0.85, 1.27.3; the unit of "24GiB" becomes a word of its own
    r"|[^\W_]+"
)
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
_ARTICLES = frozenset({"a", "an", "the"})


def tokens(text: str) -> list[str]:
    """The words by which texts are compared.

    After SQuAD's normalisation (Rajpurkar et al. 2016): case, punctuation and English articles do not count. Beyond
    it, Unicode forms are unified (NFKC), hyphens and slashes part words, a possessive 's falls away, thousands
    separators too (1,000 = 1000), and Chinese characters and Japanese kana each count as a word.
    """
    folded = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", text).casefold())
    # casefold can undo NFKC's composition (the Turkish dotted I), so that combining marks would part words
    words = _TOKEN.findall(unicodedata.normalize("NFC", folded))
    return [word.replace(",", "") for word in words if word not in _ARTICLES]


def normalise(text: str) -> str:
    """The same words as one line, for exact comparison and for containment."""
    return " ".join(tokens(text))


def token_recall(reference: str, response: str) -> float:
    """Share of the reference's words that the response holds, 0 to 1.

    The measure of correctness that agreed best with people for answers in full sentences (Adlakha et al. 2023). It
    does not punish what else the response says: read it beside faithfulness. A word counts as often as it occurs in
    both. A reference without words is recalled only by a response without words.
    """
    return _share(tokens(reference), tokens(response))


def token_f1(reference: str, response: str) -> float:
    """Harmonic mean of word precision and recall, 0 to 1 (SQuAD, Rajpurkar et al. 2016)."""
    gold, found = tokens(reference), tokens(response)
    recall, precision = _share(gold, found), _share(found, gold)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def rouge_l(reference: str, response: str) -> float:
    """ROUGE-L, the F-measure of the longest common subsequence of words, 0 to 1 (Lin 2004).

    As ragas' `RougeScore`, but on our words: that one keeps only a to z and 0 to 9, so that every Chinese answer is
    wrong to it.
    """
    from rapidfuzz.distance import LCSseq

    gold, found = tokens(reference), tokens(response)
    common = LCSseq.similarity(gold, found)
    return 2 * common / (len(gold) + len(found)) if common else 0.0


def k_precision(evidence: Sequence[str], response: str) -> float:
    """Share of the response's words that the evidence holds, 0 to 1: K-Precision (Adlakha et al. 2023).

    Stop words count like all others, but for the articles that `tokens` leaves out: leaving out more was no better
    against people's labels. A word counts as often as it occurs in both, so that endless repetition of a true word is
    not faithful. It misses negation and swapped roles; a response copied from the evidence has 1 whether or not it
    answers. An empty response, which claims nothing, has 1.
    """
    found = tokens(response)
    return _share(found, [token for text in evidence for token in tokens(text)]) if found else 1.0


def _share(wanted: Sequence[str], given: Sequence[str]) -> float:
    if not wanted:
        return float(not given)
    return sum((Counter(wanted) & Counter(given)).values()) / len(wanted)
