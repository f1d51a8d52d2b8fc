"""Short units that only their place tells, written in full: 2 g, $99/mo, 300 req/min."""

from __future__ import annotations

import re

_TIMES = {
    "second": ("s", "sec"),
    "minute": ("min",),
    "hour": ("h", "hr"),
    "day": ("d",),
    "week": ("wk",),
    "month": ("mo", "mth"),
    "year": ("y", "yr"),
}
_TIME_OF = {form: time for time, forms in _TIMES.items() for form in forms}
_PER = re.compile(
    r"((?<![\d.,])\d[\d.,]*+[^\s\d/]{0,20}(?:[\s/][^\s\d/]{1,20}){0,3}(?:\s?/\s?|\sper\s))"
    rf"({'|'.join(_TIME_OF)})(?![\w/]|[.-]\w)",
    re.IGNORECASE,
)
"""A number, what it counts, and by which time: without a number /s may be of a path."""
_GRAM = re.compile(r"(?<=\d)\s?g\b")
"""Not a capital one: 5G is a network, or as many bytes."""
_REQUESTS = re.compile(r"(?<=\d)\s?reqs?\b", re.IGNORECASE)


def in_full(text: str) -> str:
    """The text with "2 gram" for "2g", "$99/month" for "$99/mo", "300 requests" for "300 req"."""
    counted = _REQUESTS.sub(" requests", _GRAM.sub(" gram", text))
    return _PER.sub(lambda rate: rate[1] + _TIME_OF[rate[2].casefold()], counted)
