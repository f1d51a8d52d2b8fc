"""A judge that keeps failing is left alone: a dead one would take hours to say so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from corpora.errors import EngineError
from eval.scoring import Scorer

GIVE_UP = 20
"""Verdicts in a row that fail before nobody asks any more."""


class GivenUpError(EngineError):
    """A verdict that nobody asked for."""


def giving_up(scorers: Mapping[str, Scorer]) -> dict[str, Scorer]:
    """These scorers, all of one judge, until `GIVE_UP` verdicts in a row fail, break or are no number; from then on
    each fails at once.
    """
    patience = _Patience()
    return {name: _GivingUp(scorer, patience) for name, scorer in scorers.items()}


class _Patience:
    """Counts verdicts as they end: of those still awaited, any number at once, nothing is known."""

    failures = 0  # in a row

    @property
    def over(self) -> bool:
        return self.failures >= GIVE_UP

    def note(self, given: bool) -> None:
        """A verdict ended; once patience is over, one that was under way does not bring it back."""
        if not self.over:
            self.failures = 0 if given else self.failures + 1


class _GivingUp:
    def __init__(self, scorer: Scorer, patience: _Patience) -> None:
        self._scorer = scorer
        self._patience = patience

    async def ascore(self, **inputs: Any) -> Any:
        if self._patience.over:
            raise GivenUpError(
                f"not asked: the judge failed {GIVE_UP} times in a row.", "See why it failed before, and mend that."
            )
        given = False
        try:
            result = await self._scorer.ascore(**inputs)
            given = math.isfinite(float(result.value))
        finally:  # a verdict that takes too long is cancelled, and ends here as well
            self._patience.note(given)
        return result
