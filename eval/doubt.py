"""Why a difference in correctness may tell nothing of who is more correct, in sentences."""

from __future__ import annotations

from eval import numbers
from eval.measures import PipelineSummary
from eval.paired import Gain, Paired
from eval.statistics import Estimate


def why_in_doubt(a: PipelineSummary, b: PipelineSummary, paired: Paired, level: float) -> str | None:
    """Why a difference in correctness, a minus b, tells nothing of who is more correct although the scores differ, in
    sentences; None where it does. It may be one of parts of right answers, and of answers that are not counted
    (`PipelineSummary.may_be_underrated`).
    """
    if (paired.estimate.mean or 0.0) < 0:
        return why_in_doubt(b, a, paired.negated(), level)
    found = in_right_answers(a, b, paired, level), b.may_be_underrated(paired, level)
    return " ".join(filter(None, found)) or None


def in_right_answers(a: PipelineSummary, b: PipelineSummary, paired: Paired, level: float) -> str | None:
    """That a, whose score is higher, is not shown to have more right answers than b, or more that are surely right, as
    a sentence; None where it is.
    """
    if not paired.right_ahead(level):
        return _not_more_right(a, b, paired, level)
    if paired.borne_out is None or paired.borne_out.ahead(level):
        return None
    gain = _written(paired.borne_out.estimate) + _corrected(paired.borne_out)
    unseen = (
        "But shared words may count a wrong answer as right (one that copies a passage, names another thing, or sets "
        "the right one aside)"
    )
    if paired.reworded:
        unseen += ", and a right one in other words as wrong"
    return f"{unseen}: at worst, {a.name} minus {b.name} in right answers would be {gain}."


def _not_more_right(a: PipelineSummary, b: PipelineSummary, paired: Paired, level: float) -> str | None:
    """That a is ahead for parts of right answers, or is not shown to have more of them; perhaps it has among those that
    do not count. None where the scores do not differ.
    """
    if paired.right is None or not paired.differs_in_score(level):
        return None
    gain, found = paired.right.estimate, a.uncounted
    of_all = numbers.counted(found.answers, "answer")
    also = f", or for {numbers.count(found.giving_nothing)} of {of_all} that have the words of one and do not count"
    uncounted = f"{numbers.count(found.perhaps)} of {of_all} of {a.name}"
    perhaps = f", while {uncounted} may be right and {found.why}" if found.perhaps else ""
    if 2 * (gain.mean or 0.0) > (paired.estimate.mean or 0.0):
        known = f"{_written(gain)}{_corrected(paired.right)}"
        return f"But {a.name} is not shown to have more right answers than {b.name}: {known}{perhaps}."
    parts = f"parts of right answers{also if found.giving_nothing else ''}"
    known = f"in right answers the difference is {_written(gain)}"
    return f"But {a.name} scores higher than {b.name} for {parts}: {known}{perhaps}."


def more_right_answers(a: str, b: str, paired: Paired) -> str:
    """That a gives more right answers than b, where the score does not tell them apart, as a sentence."""
    gain = f": {_written(paired.right.estimate)}" if paired.right else ""
    return f"But {a} gives more right answers than {b}{gain}."


def _corrected(gain: Gain) -> str:
    """Its p, which may be too large where the interval leaves zero out."""
    return "" if gain.adjusted is None else f", p {numbers.probability(gain.adjusted)} corrected"


def _written(gain: Estimate) -> str:
    interval = "" if gain.low is None else f" ({numbers.interval(gain.low, gain.high, signed=True)})"
    return f"{numbers.difference(gain.mean)}{interval}"
