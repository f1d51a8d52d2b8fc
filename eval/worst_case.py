"""The worst case of a comparison where some answers may be right and are not counted: those of the one behind are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from corpora.model import Question
from eval.lengths import may_be_right_uncounted
from eval.metrics.terse import usual_words
from eval.outcomes import is_right
from eval.pairing import Paired
from eval.statistics import Confidence, Estimate, mean_interval
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


def with_worst_cases(
    compared: Mapping[tuple[str, str], Paired],
    known: Mapping[str, Rights],
    clusters: Mapping[str, str],
    confidence: Confidence,
) -> dict[tuple[str, str], Paired]:
    """The same differences with their worst cases, where there are any."""
    return {
        (a, b): paired.model_copy(
            update={
                "worst": _worst(known[a], known[b], clusters, confidence),
                "worst_negated": _worst(known[b], known[a], clusters, confidence),
            }
        )
        for (a, b), paired in compared.items()
    }


def _worst(ahead: Rights, behind: Rights, clusters: Mapping[str, str], confidence: Confidence) -> Estimate | None:
    if behind.complete:
        return None
    both = [key for key in ahead.sure if key in behind.perhaps]
    gains = [ahead.sure[key] - behind.perhaps[key] for key in both]
    return mean_interval(gains, confidence, (-1.0, 1.0), [clusters[key] for key in both])
