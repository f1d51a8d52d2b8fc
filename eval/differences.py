"""Every pair of pipelines in one bake-off: correctness, faithfulness, made-up answers, time and cost, on the same
questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal

from corpora.model import Question, Record
from eval.assessed import Assessed
from eval.mcnemar import Discordance, mcnemar_pairs
from eval.measures import values
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.paired import Paired
from eval.pairing import comparable, compare_pairs
from eval.prices import Prices
from eval.replies import Replies, compare_replies
from eval.right_answers import compare_answers, rights
from eval.spent import COST, SECONDS, compare_spent
from eval.statistics import Draws
from eval.trial import Trial

Subset = Literal["all", "in_examples", "reversed"]
Pair = tuple[str, str]
SUBSETS: dict[Subset, str] = {"all": "all", "in_examples": "told facts", "reversed": "reversed"}
REVERSED = "reversed"  # the tag of questions that ask for a fact the other way round than the examples tell it
SCORES = (CORRECTNESS, FAITHFULNESS)
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
    assessed: Mapping[str, Sequence[Assessed]],
    questions: Sequence[Question],
    replied: Mapping[str, Replies],
    taken: Mapping[str, Mapping[str, Mapping[str, float]]],
    prices: Prices,
    drawn: Draws,
) -> tuple[Difference, ...]:
    """Every pair in every measure; the pairs of one measure and subset are corrected together (`compare_pairs`).

    Args:
        trials: by pipeline.
        assessed: those of questions that have a right answer, by pipeline.
        replied: to those that have none, by pipeline.
        taken: time and cost of each answer (`amounts`).
        prices: by which costs were reckoned.
    """
    pairs = list(combinations(trials, 2))
    return (
        *_of_scores(trials, assessed, questions, pairs, drawn),
        *_of_made_up(replied, pairs, drawn),
        *_of_spent(compare_spent(trials, taken, pairs, prices, drawn)),
    )


def find_difference(
    differences: Sequence[Difference], measure: str, a: str, b: str, subset: Subset = "all"
) -> Paired | None:
    """a minus b, whichever way round it is stored; None where it is not."""
    for each in differences:
        if (each.measure, each.subset) == (measure, subset) and {each.a, each.b} == {a, b}:
            return each.paired if each.a == a else each.paired.negated()
    return None


def _of_scores(
    trials: Mapping[str, Sequence[Trial]],
    assessed: Mapping[str, Sequence[Assessed]],
    questions: Sequence[Question],
    pairs: Sequence[Pair],
    drawn: Draws,
) -> Iterator[Difference]:
    """In `SCORES`, on each subset that a measure is compared on."""
    known = {name: rights(each) for name, each in assessed.items()}
    for measure in SCORES:
        scores = {name: values(each, measure) for name, each in trials.items()}
        for subset, members in _subsets(questions).items():
            if subset == "reversed" and measure != CORRECTNESS:
                continue
            within = {name: _only(each, members) for name, each in scores.items()}
            if measure != CORRECTNESS:
                compared = compare_pairs(within, pairs, drawn.clusters, drawn.confidence)
                yield from _named(measure, subset, compared, {})
                continue
            part = {name: each.of(members) for name, each in known.items()}
            compared = compare_answers(within, part, pairs, drawn.clusters, drawn.confidence)
            first = {name: _first_rights(each, members) for name, each in assessed.items()}
            yield from _named(measure, subset, compared, mcnemar_pairs(first, pairs))


def _of_made_up(replied: Mapping[str, Replies], pairs: Sequence[Pair], drawn: Draws) -> Iterator[Difference]:
    """In made-up answers; nothing where every question has an answer, or nobody replied to one without."""
    if not any(each.made_up for each in replied.values()):
        return
    common = comparable({name: each.made_up for name, each in replied.items()})
    # of the same questions as the shares, for all pairs
    known = {name: each.counted_on(common[name].keys()) if name in common else each for name, each in replied.items()}
    compared = compare_replies(known, pairs, drawn.clusters, drawn.confidence)
    first = {name: {key: each.first[key] for key in each.made_up.keys() & each.first} for name, each in known.items()}
    yield from _named(MADE_UP, "all", compared, mcnemar_pairs(first, pairs))


def _of_spent(compared: Mapping[str, Mapping[Pair, Paired]]) -> Iterator[Difference]:
    for measure, each in compared.items():
        yield from _named(measure, "all", each, {})


def _named(
    measure: str, subset: Subset, compared: Mapping[Pair, Paired], disagreements: Mapping[Pair, Discordance]
) -> Iterator[Difference]:
    """What was found of each pair, with what it is about."""
    for (a, b), paired in compared.items():
        right = disagreements.get((a, b))
        yield Difference(measure=measure, subset=subset, a=a, b=b, paired=paired, right=right)


def _subsets(questions: Sequence[Question]) -> dict[Subset, set[str]]:
    """The questions' ids; of the parts, those that there are."""
    parts: dict[Subset, set[str]] = {
        "in_examples": {question.id for question in questions if question.in_examples},
        "reversed": {question.id for question in questions if REVERSED in question.tags},
    }
    return {"all": {question.id for question in questions}, **{part: ids for part, ids in parts.items() if ids}}


def _only(by_question: Mapping[str, float], members: set[str]) -> dict[str, float]:
    return {key: value for key, value in by_question.items() if key in members}


def _first_rights(assessed: Sequence[Assessed], members: set[str]) -> dict[str, bool]:
    """Of the first answer to each question."""
    return {each.question.id: each.right for each in assessed if each.question.id in members and not each.trial.repeat}
