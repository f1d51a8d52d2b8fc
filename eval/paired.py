"""How two pipelines differ on the same questions: in a score, and in right answers."""

from __future__ import annotations

from corpora.model import Record
from eval.fragility import Fragility
from eval.planning import FEWEST
from eval.statistics import Estimate


class Gain(Record):
    """How much more one pipeline has of something than another, beside what `Paired` tells of their scores.

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

    def negated(self) -> Gain:
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
            even the largest there can be would be shown. Where `right` is known, one that they show in both, and in the
            worst cases, too, were it in the direction that is seen.
        more: about how many more questions would show a difference of the size seen; 0 where it is shown already,
            None where that cannot be foreseen.
        of_all: of costs and times, the simultaneous interval, which holds for all pairs at once (Bonferroni).
        right: of correctness and freshness, a minus b in the share of right answers, as far as they count as right.
        worst: of these, the one with the higher score less the other, were all of the other's right that may be and
            are not counted (`eval.right_answers`); None where it has none of these. Of made-up answers, the one with
            more of them less the other, were its replies refusals that may be, and the other's made up
            (`eval.replies`). Of costs, the dearer one less the cheaper one, had each of its failures cost at least as
            much as an answer, and of the machine's hour, had both taken no more than their places
            (`Trial.place_seconds`). Of times, nothing known, where the faster one failed too often (`eval.lateness`).
        worst_right: the same in right answers, of the one that has more of them.
        borne_out: of that one, the answers that are surely right where another name is not seen (`eval.borne_out`),
            less the other's; None where all that count are.
        reworded: whether `borne_out` takes the other's answers for right that may be so in other words, since it words
            them less like the references.
        fragility: of correctness and freshness, what it hangs on that one is clearly ahead; None where none is.
    """

    estimate: Estimate
    p: float | None
    adjusted: float | None
    smallest: float | None
    more: int | None
    of_all: Estimate | None = None
    right: Gain | None = None
    worst: Gain | None = None
    worst_right: Gain | None = None
    borne_out: Gain | None = None
    reworded: bool = False
    fragility: Fragility | None = None

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
        """Whether it has more right answers in the worst case, and by those that are surely right, too."""
        bounds = (self.worst_right, self.borne_out)
        return self.right_ahead(level) and all(each is None or each.ahead(level) for each in bounds)

    def stays_ahead(self, level: float) -> bool:
        """Whether the first, whose score is higher, is ahead in the worst case (Manski 1990), in which all answers of
        the second that may be right are, wherever it is ahead by the answers that count: in the score, and in right
        answers, and there by those that are surely right, too.
        """
        return self.in_worst_case(level) and (self.surely_right_ahead(level) or not self.right_ahead(level))

    def in_worst_case(self, level: float) -> bool:
        """The same, whatever is surely right."""
        in_right = self.worst_right is None or self.worst_right.ahead(level) or not self.right_ahead(level)
        return (self.worst is None or self.worst.ahead(level)) and in_right

    def turned_round(self, level: float) -> bool:
        """Whether by the answers that are surely right the other one has more, as clearly: how they are worded then
        decides who is ahead.
        """
        return self.borne_out is not None and self.borne_out.negated().ahead(level)

    @property
    def hangs_on_worst_case(self) -> bool:
        """Whether it is mostly for a worst case that so many `more` questions are needed: one with less than half of
        what is seen takes some four times as many.
        """
        right = self.right
        cases = [(self.worst, self.estimate)]
        cases += [(each, right.estimate) for each in (self.worst_right, self.borne_out) if right]
        return any(each is not None and 2 * (each.estimate.mean or 0.0) < abs(seen.mean or 0.0) for each, seen in cases)

    @property
    def same(self) -> bool:
        """Whether nothing varied: no value differs, and the interval is nothing but zero. Scores have none such, since
        further ones may differ.
        """
        return self.estimate.n >= FEWEST and self.estimate.low == self.estimate.high == 0

    def negated(self) -> Paired:
        of_all = self.of_all.negated() if self.of_all else None
        right = self.right.negated() if self.right else None
        return self.model_copy(update={"estimate": self.estimate.negated(), "of_all": of_all, "right": right})
