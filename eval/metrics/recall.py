"""How much of a reference a response holds, be it in another spelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from eval.metrics.lexical import brevity, content_terms, share, terms, tokens, with_parts
from eval.metrics.other_spellings import respelled

SHORTEST_NAME = 6
"""Characters from which a reference is looked for regardless of spaces: shorter ones turn up by accident."""


def token_recall(reference: str, response: str) -> float:
    """Share of the reference's words that the response holds, 0 to 1.

    The measure of correctness that agreed best with people for answers in full sentences (Adlakha et al. 2023). It
    does not punish what else the response says, so that a copied document has 1; `coverage` does. Words are compared
    as `terms`; what the response spells otherwise counts as the reference spells it (`respelled`: 14:00 is 2 pm).
    Prepositions and the like are not asked for, and a reference that the response spells with other spaces (Abid Ali,
    Abidali) is all there. A word counts as often as it occurs in both. A reference without words is recalled only by a
    response without words.
    """
    if _stands_in(tokens(reference), tokens(response)):
        return 1.0
    return share(content_terms(reference), [*with_parts(terms(response)), *respelled(reference, response)])


def coverage(reference: str, response: str) -> float:
    """Token recall that a copied passage does not win, 0 to 1.

    A response of more than `LONGEST_ANSWER` words, or of more than the reference where that is longer, loses by the
    square: twice as long, a quarter as much, so that a passage copied is worth less than half. Up to there length costs
    nothing: by any measure that minds it, whoever answers in a word is ahead of who answers as rightly in a sentence
    (`benchmarks/ranked_by_people.py`; `benchmarks/correctness_rules.py` has other rules). What else a short response
    says costs nothing either: read it beside faithfulness.
    """
    return token_recall(reference, response) * brevity(reference, response)


def _stands_in(wanted: Sequence[str], given: Sequence[str]) -> bool:
    """Whether a run of whole given words, written as one, is all the wanted words written as one."""
    name, text = "".join(wanted), "".join(given)
    if len(name) < SHORTEST_NAME:
        return False
    edges = {0, *accumulate(len(word) for word in given)}
    starts = (found.start() for found in re.finditer(f"(?={re.escape(name)})", text))
    return any(start in edges and start + len(name) in edges for start in starts)
