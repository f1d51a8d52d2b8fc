"""How pipelines differ in right answers, and in the worst case, where some may be right and are not counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from corpora.model import Question
from eval.lengths import may_be_right_uncounted
from eval.metrics.terse import usual_words
from eval.outcomes import is_right
from eval.paired import Paired, RightAnswers
from eval.pairing import compare_pairs
from eval.statistics import Confidence
from eval.trial import Trial


@dataclass(frozen=True)
class Rights:
    """Of one pipeline, by question id: the share of its answers that count as right, and of those that do or may."""

    sure: Mapping[str, float]
    perhaps: Mapping[str, float]

    def of(self, questions: Set[str]) -> Rights:
        """Of these questions alone."""
        return Rights(*({key: each[key] for key in each.keys() & questions} for each in (self.sure, self.perhaps)))

    @property
    def complete(self) -> bool:
        """Whether there is none that may be right and does not count."""
        return self.sure == self.perhaps


def rights(questions: Sequence[Question], trials: Sequence[Trial]) -> Rights:
    """Of a pipeline's answers to the questions that have one, of which some may be right and not count."""
    asked = {question.id: question for question in questions if question.answerable}
    told = [trial for trial in trials if trial.question_id in asked]
    usual = usual_words(each.answer.response for each in told if each.answer and not each.abstained)
    sure: dict[str, list[bool]] = {}
    perhaps: dict[str, list[bool]] = {}
    for trial in told:
        question = asked[trial.question_id]
        right = is_right(question, trial)
        may_be = right or (trial.answer is not None and may_be_right_uncounted(question, trial.answer, usual))
        sure.setdefault(question.id, []).append(right)
        perhaps.setdefault(question.id, []).append(may_be)
    return Rights(*({key: sum(each) / len(each) for key, each in found.items()} for found in (sure, perhaps)))


def with_right_answers(
    compared: Mapping[tuple[str, str], Paired],
    known: Mapping[str, Rights],
    clusters: Mapping[str, str],
    confidence: Confidence,
) -> dict[tuple[str, str], Paired]:
    """The same differences with how the pipelines differ in right answers, and with what it takes to show both."""
    sure = {name: each.sure for name, each in known.items()}
    right = compare_pairs(sure, list(compared), clusters, confidence)
    worst = _worst_cases(right, known, clusters, confidence)
    return {
        pair: paired.model_copy(
            update={
                "right": _as_right_answers(right[pair]),
                "worst": _as_right_answers(worst[pair]) if pair in worst else None,
                "smallest": _larger(paired.smallest, right[pair].smallest),
                "more": _more(paired, right[pair], worst.get(pair)),
            }
        )
        for pair, paired in compared.items()
    }


def _worst_cases(
    right: Mapping[tuple[str, str], Paired],
    known: Mapping[str, Rights],
    clusters: Mapping[str, str],
    confidence: Confidence,
) -> dict[tuple[str, str], Paired]:
    """Of the one with more right answers; nothing where all of the other's count. All pairs are corrected together."""
    if all(each.complete for each in known.values()):
        return {}
    values = {f"{name} sure": each.sure for name, each in known.items()}
    values |= {f"{name} perhaps": each.perhaps for name, each in known.items()}
    directed = {pair: pair if (paired.estimate.mean or 0.0) >= 0 else pair[::-1] for pair, paired in right.items()}
    asked = {pair: (f"{ahead} sure", f"{behind} perhaps") for pair, (ahead, behind) in directed.items()}
    found = compare_pairs(values, list(asked.values()), clusters, confidence)
    return {pair: found[asked[pair]] for pair, (_, behind) in directed.items() if not known[behind].complete}


def _as_right_answers(paired: Paired) -> RightAnswers:
    return RightAnswers(estimate=paired.estimate, adjusted=paired.adjusted)


def _larger(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else max(a, b)


def _more(score: Paired, right: Paired, worst: Paired | None) -> int | None:
    """How many more questions would show all; None too where none would: the one with the higher score has fewer right,
    or would have in the worst case.
    """
    apart = (score.estimate.mean or 0.0) * (right.estimate.mean or 0.0) < 0
    needed = [each.more for each in (score, right, worst) if each]
    known = [each for each in needed if each is not None]
    never = apart or (worst is not None and (worst.estimate.mean or 0.0) <= 0)
    return None if never or len(known) < len(needed) else max(known)
