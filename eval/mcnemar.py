"""On how many questions two pipelines disagree in a yes/no outcome, and whether that may be chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import Field

from corpora.model import Record
from eval.pairing import holm


class Discordance(Record):
    """A yes/no outcome on which two pipelines disagree: on `only_a` questions it is yes for the first alone, on
    `only_b` for the second alone. `p` is McNemar's exact test (1947; a binomial test of the disagreements), in which
    each question stands by itself; `adjusted` is `p` after Holm's correction over all pairs that are compared at once,
    None in a report of an earlier version.
    """

    only_a: int = Field(ge=0)
    only_b: int = Field(ge=0)
    p: float
    adjusted: float | None = None

    def negated(self) -> Discordance:
        return self.model_copy(update={"only_a": self.only_b, "only_b": self.only_a})


def mcnemar(a: Mapping[str, bool], b: Mapping[str, bool]) -> Discordance:
    """McNemar's exact test on the questions that both have an outcome for."""
    from scipy.stats import binomtest

    seen = Counter((a[key], b[key]) for key in a.keys() & b.keys())
    only_a, only_b = seen[True, False], seen[False, True]
    p = float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0
    return Discordance(only_a=only_a, only_b=only_b, p=p)


def mcnemar_pairs(
    outcomes: Mapping[str, Mapping[str, bool]], pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Discordance]:
    """Every pair's disagreements, corrected for looking at all of them; `outcomes` by pipeline and question id."""
    found = {(a, b): mcnemar(outcomes[a], outcomes[b]) for a, b in pairs}
    adjusted = holm([each.p for each in found.values()])
    return {
        pair: each.model_copy(update={"adjusted": p}) for (pair, each), p in zip(found.items(), adjusted, strict=True)
    }
