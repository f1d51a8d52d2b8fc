"""Answers that may be right beside a mere bound, "Below 25 °C", for setting it otherwise: "Not above 25 °C"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.metrics.bounds import Bound
from eval.metrics.contradiction import contradicts
from eval.metrics.lexical import content_terms
from eval.metrics.spelling import written_out

LONGEST = 4
"""Content words of a reference that is a mere bound, at most: what bounds, the number, its unit, a word of what for."""

_MORE = r"(?:above|over|exceed(?:s|ing)?|beyond|(?:more|longer|later|higher|larger|greater|older|warmer)(?: than)?)"
_LESS = r"(?:below|under|(?:less|fewer|shorter|earlier|lower|smaller|younger|colder|cooler|faster)(?: than)?)"
_NOT = r"\b(?:no|not|never)(?: [\w'’-]+){0,6}? "
_NUMBER = r"(?: (?:of|is|at|to|the|age|a|an|temperature|total)){0,4} [$€£]?(?P<number>\d+(?:[.,]\d+)*)"
_BOUND = re.compile(
    rf"(?:(?P<most>{_NOT}{_MORE}|\b(?:at (?:the )?most|up to|max(?:imum)?)|\b{_LESS})"
    rf"|(?P<least>{_NOT}{_LESS}|\b(?:at (?:the )?least|min(?:imum)?)|\b{_MORE})){_NUMBER}\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?P<number>\d+(?:[.,]\d+)*)(?: [^\W\d_]+)? (?:and|or) "
    r"(?:(?P<most>below|under|less|fewer|younger)|(?P<least>above|over|up|more|older))\b",
    re.IGNORECASE,
)


def may_be_right_beside_a_bound(reference: str, response: str) -> bool:
    """Whether a reference is nothing but a bound, and a response sets it as well, in whatever words, and contradicts
    nothing. Whether "less than 5" is right beside "at most 5" nobody can tell without knowing what is counted.
    """
    if len(content_terms(reference)) > LONGEST or contradicts(reference, response):
        return False
    wanted = set(_bounds(reference))
    numbers = {each.number for each in wanted}
    return len(wanted) == 1 and wanted == {each for each in _bounds(response) if each.number in numbers}


def _bounds(text: str) -> Iterator[Bound]:
    plain = written_out(text)
    for pattern in (_BOUND, _BEHIND):
        for found in pattern.finditer(plain):
            yield Bound(found["least"] is not None, found["number"].replace(",", ""))
