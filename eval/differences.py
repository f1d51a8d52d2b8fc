"""Every pair of pipelines in one bake-off: correctness, faithfulness, made-up answers, time and cost, on the same
questions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Literal

from corpora.model import Question, Record
from eval.measures import PipelineSummary, values
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.outcomes import is_right
from eval.pairing import Discordance, Paired, compare_pairs, mcnemar_pairs
from eval.planning import FEWEST
from eval.prices import Prices
from eval.statistics import Draws
from eval.trial import Trial
from eval.turns import compare_turns

Subset = Literal["all", "in_examples", "reversed"]
SUBSETS: dict[Subset, str] = {"all": "all", "in_examples": "told facts", "reversed": "reversed"}
REVERSED = "reversed"  # the tag of questions that ask for a fact the other way round than the examples tell it
SCORES = (CORRECTNESS, FAITHFULNESS)
SECONDS = "e2el"
COST = "cost"
MADE_UP = "made_up"
MEASURES = {
    **{name: METRICS[name].title for name in SCORES},
    MADE_UP: "Made up",
    SECONDS: "Answer",
    COST: "Cost per query",
}


class Difference(Record):
    """`a` minus `b` in one measure, on the same questions of one subset.

    Attributes:
        subset: all questions, or those on facts that the training examples tell, or those with the tag `REVERSED`, in
            correctness only.
        measure: one of `SCORES`, or `made_up` (share of the unanswerable that were answered), or `e2el` (seconds to the
            whole answer), or `cost` (of an answer).
        right: of a yes/no outcome, each question's first answer: for correctness right or not, for made-up answers
            answered or not.
    """

    measure: str
    subset: Subset
    a: str
    b: str
    paired: Paired
    right: Discordance | None = None


def all_differences(
    trials: Mapping[str, Sequence[Trial]],
    questions: Sequence[Question],
    taken: Mapping[str, Mapping[str, Mapping[str, float]]],
    by_token: bool,
    drawn: Draws,
) -> tuple[Difference, ...]:
    """Every pair in every measure; the pairs of one measure and subset are corrected together (`compare_pairs`).

    Args:
        trials: by pipeline.
        taken: time and cost of each answer (`amounts`).
        by_token: whether the costs are of tokens; else they are of the machine's time, and compared by turns.
    """
    clusters, confidence = drawn.clusters, drawn.confidence
    pairs = list(combinations(trials, 2))
    subsets = _subsets(questions)
    found: list[Difference] = []
    for measure in SCORES:
        scores = {name: values(each, measure) for name, each in trials.items()}
        for subset, members in subsets.items():
            if subset == "reversed" and measure != CORRECTNESS:
                continue
            within = {name: _only(each, members) for name, each in scores.items()}
            disagreements = {}
            if measure == CORRECTNESS:
                rights = {name: _rights(each, questions, members) for name, each in trials.items()}
                disagreements = mcnemar_pairs(rights, pairs)
            for (a, b), paired in compare_pairs(within, pairs, clusters, confidence).items():
                right = disagreements.get((a, b))
                found.append(Difference(measure=measure, subset=subset, a=a, b=b, paired=paired, right=right))
    unanswerable = {question.id for question in questions if not question.answerable}
    if unanswerable:
        replies = {name: made_up(each, unanswerable) for name, each in trials.items()}
        invented = {**replies, **comparable(replies)}  # of the same questions as the shares, for all pairs
        outcomes = {name: {key: value == 1 for key, value in each.items()} for name, each in invented.items()}
        disagreements = mcnemar_pairs(outcomes, pairs)
        for (a, b), paired in compare_pairs(invented, pairs, clusters, confidence).items():
            right = disagreements[a, b]
            found.append(Difference(measure=MADE_UP, subset="all", a=a, b=b, paired=paired, right=right))
    asked_in = {key: f"turn {turn}" for key, turn in drawn.turns.items()}
    for measure, spent in taken.items():
        by_name = {**spent, **comparable(spent)}
        most = max((value for each in by_name.values() for value in each.values()), default=0.0)
        if measure == COST and by_token:
            compared = compare_pairs(by_name, pairs, clusters, confidence, (-most, most), together=True)
        else:
            compared = compare_turns(by_name, pairs, asked_in, confidence, (-most, most))
        found += [Difference(measure=measure, subset="all", a=a, b=b, paired=each) for (a, b), each in compared.items()]
    return tuple(found)


def amounts(trials: Mapping[str, Sequence[Trial]], prices: Prices) -> dict[str, dict[str, dict[str, float]]]:
    """What answers took, by measure (`SECONDS`, `COST`), pipeline and question id, as far as it is known."""
    return {
        SECONDS: {name: _seconds(each) for name, each in trials.items()},
        COST: {name: _costs(each, prices) for name, each in trials.items()},
    }


def made_up(trials: Sequence[Trial], unanswerable: Collection[str]) -> dict[str, float]:
    """Of each of these questions, which have no answer, whether its first reply is one all the same: 1, or 0. A
    failure is neither an answer nor a refusal.
    """
    return {
        each.question_id: float(not each.abstained)
        for each in trials
        if each.answer and not each.repeat and each.question_id in unanswerable
    }


def comparable(values: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Values of those questions alone that every pipeline has one for: who fails on what takes long has a low mean over
    the rest. Pipelines without a value are left out, and so are, the one with the fewest first, those that leave
    fewer than `FEWEST` questions to others that have as many.
    """
    left = {name: each for name, each in values.items() if each}
    while left:
        common = set.intersection(*(set(each) for each in left.values()))
        enough = sum(len(each) >= FEWEST for each in left.values()) > 1
        if len(left) == 1 or len(common) >= (FEWEST if enough else 1):
            return {name: _only(each, common) for name, each in left.items()}
        del left[min(left, key=lambda name: len(left[name]))]
    return {}


def find_difference(
    differences: Sequence[Difference], measure: str, a: str, b: str, subset: Subset = "all"
) -> Paired | None:
    """a minus b, whichever way round it is stored; None where it is not."""
    for each in differences:
        if (each.measure, each.subset) == (measure, subset) and {each.a, each.b} == {a, b}:
            return each.paired if each.a == a else each.paired.negated()
    return None


def doubt_of_length(a: PipelineSummary, b: PipelineSummary, paired: Paired) -> str | None:
    """Why a difference in correctness, a minus b, may be one of the answers' length alone, as a sentence; None where it
    is not (`PipelineSummary.behind_by_length`).
    """
    if (paired.estimate.mean or 0.0) < 0:
        return doubt_of_length(b, a, paired.negated())
    return b.behind_by_length(a, paired.estimate.low or 0.0)


def _subsets(questions: Sequence[Question]) -> dict[Subset, set[str]]:
    """The questions' ids; of the parts, those that there are."""
    parts: dict[Subset, set[str]] = {
        "in_examples": {question.id for question in questions if question.in_examples},
        "reversed": {question.id for question in questions if REVERSED in question.tags},
    }
    return {"all": {question.id for question in questions}, **{part: ids for part, ids in parts.items() if ids}}


def _only(by_question: Mapping[str, float], members: set[str]) -> dict[str, float]:
    return {key: value for key, value in by_question.items() if key in members}


def _rights(trials: Sequence[Trial], questions: Sequence[Question], members: set[str]) -> dict[str, bool]:
    """Of answerable questions, as correctness is."""
    asked = {question.id: question for question in questions if question.answerable and question.id in members}
    return {
        trial.question_id: is_right(asked[trial.question_id], trial)
        for trial in trials
        if trial.question_id in asked and trial.repeat == 0
    }


def _seconds(trials: Sequence[Trial]) -> dict[str, float]:
    return _means((each.question_id, each.answer.timing.e2el) for each in trials if each.answer and not each.cached)


def _costs(trials: Sequence[Trial], prices: Prices) -> dict[str, float]:
    """The machine's seconds of an earlier run, at another load, are compared with nobody's."""
    counted = [each for each in trials if prices.by_token or not each.cached]
    return _means((each.question_id, cost) for each in counted if (cost := each.cost(prices)) is not None)


def _means(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    groups: dict[str, list[float]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: sum(each) / len(each) for key, each in groups.items()}
