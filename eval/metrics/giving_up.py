"""A judge that keeps failing is left alone: a dead one would take hours to say so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from eval.scoring import Scorer

GIVE_UP = 20
"""Verdicts in a row that fail before nobody asks any more."""


class GivenUpError(Exception):
    """A verdict that nobody asked for."""


def giving_up(scorers: Mapping[str, Scorer]) -> dict[str, Scorer]:
    """These scorers, all of one judge, until `GIVE_UP` verdicts in a row fail, break or are no number; from then on
    each fails at once.
    """
    patience = _Patience()
    return {name: _GivingUp(scorer, patience) for name, scorer in scorers.items()}


class _Patience:
    failures = 0  # in a row


class _GivingUp:
    def __init__(self, scorer: Scorer, patience: _Patience) -> None:
        self._scorer = scorer
        self._patience = patience

    async def ascore(self, **inputs: Any) -> Any:
        if self._patience.failures >= GIVE_UP:
            raise GivenUpError(f"not asked: the judge failed {GIVE_UP} times in a row")
        self._patience.failures += 1  # a verdict that takes too long is cancelled, and ends here
        result = await self._scorer.ascore(**inputs)
        if math.isfinite(float(result.value)):
            self._patience.failures = 0
        return result
