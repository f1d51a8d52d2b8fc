"""How two pipelines differ on the same questions: in a score, and in right answers."""

from __future__ import annotations

from corpora.model import Record
from eval.planning import FEWEST
from eval.statistics import Estimate


class RightAnswers(Record):
    """How two pipelines differ in the share of right answers, beside a score that pays for parts of wrong ones too.

    Attributes:
        estimate: of the difference.
        adjusted: p of the sign-flip test (`Paired.p`) after Holm's correction over all pairs that are compared at once.
    """

    estimate: Estimate
    adjusted: float | None

    def ahead(self, level: float) -> bool:
        """Whether the first one has more, by interval and test."""
        low = self.estimate.low
        return low is not None and low > 0 and self.adjusted is not None and self.adjusted <= 1 - level

    def negated(self) -> RightAnswers:
        return self.model_copy(update={"estimate": self.estimate.negated()})


class Paired(Record):
    """The mean of a minus b over the questions that both have a value for.

    Attributes:
        p: of the sign-flip permutation test by cluster: how often a difference at least this large arises where the
            two are exchangeable; of what is compared turn by turn, of a t test (`eval.turns`). None where there is no
            spread to judge by.
        adjusted: `p` after Holm's correction over all pairs that are compared at once.
        smallest: the smallest difference that this many questions show with a power of 80 % at least
            (`smallest_difference`), at the level that the first of Holm's steps has; None without spread, and where not
            even the largest there can be would be shown. Where `right` is known, one that they show in both.
        more: about how many more questions would show a difference of the size seen; 0 where it is shown already,
            None where that cannot be foreseen.
        of_all: of costs and times, the simultaneous interval, which holds for all pairs at once (Bonferroni).
        right: of correctness and freshness, a minus b in the share of right answers, as far as they count as right.
        worst: the same of the one with more right answers less the other, were all of the other's right that may be
            and are not counted (`eval.right_answers`); None where it has none of these.
    """

    estimate: Estimate
    p: float | None
    adjusted: float | None
    smallest: float | None
    more: int | None
    of_all: Estimate | None = None
    right: RightAnswers | None = None
    worst: RightAnswers | None = None

    def differs(self, level: float) -> bool:
        """Whether the two may be called different: in the score, and where it is one of answers, in how many are right
        as well. A score pays for parts of wrong answers, so that whoever writes one where another is silent has more of
        it, and no more right answers.
        """
        if not self.differs_in_score(level) or self.right is None:
            return self.differs_in_score(level)
        return (self if (self.estimate.mean or 0.0) > 0 else self.negated()).right_ahead(level)

    def differs_in_score(self, level: float) -> bool:
        """Whether the scores differ: there are `FEWEST` questions, and both the interval and the corrected test say
        so.
        """
        if self.estimate.n < FEWEST or self.adjusted is None:
            return False
        return self.estimate.clear_of_zero and self.adjusted <= 1 - level

    def right_ahead(self, level: float) -> bool:
        """Whether the first one has more answers that count as right."""
        return self.right is not None and self.right.ahead(level)

    def differs_in_right(self, level: float) -> bool:
        """Whether one of them, whichever, has more answers that count as right."""
        return self.estimate.n >= FEWEST and (self.right_ahead(level) or self.negated().right_ahead(level))

    def surely_right_ahead(self, level: float) -> bool:
        """Whether it has more right answers in the worst case, too."""
        return self.right_ahead(level) and (self.worst is None or self.worst.ahead(level))

    def negated(self) -> Paired:
        of_all = self.of_all.negated() if self.of_all else None
        right = self.right.negated() if self.right else None
        return self.model_copy(update={"estimate": self.estimate.negated(), "of_all": of_all, "right": right})

    def stays_ahead(self, lacking: float, level: float) -> bool:
        """Whether the first, where it may be called better, still may be in the worst case (Manski 1990): all answers
        of the second that may be right are, by the score as in right answers.

        Args:
            lacking: what the second's mean may lack.
        """
        if lacking <= 0:
            return True
        ahead = self.estimate.low is not None and self.estimate.low > lacking
        return ahead and (self.worst is None or self.worst.ahead(level))
