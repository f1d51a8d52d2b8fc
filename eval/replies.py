"""Replies to questions without an answer: which are made up, and which may be something else than they count as.

Rules tell a refusal by its words (`eval.metrics.abstention`), and nobody can list all of them. So each reply counts as
made up or not, and beside it stands what it may be (`eval.metrics.perhaps_refusal`): of two pipelines, the one that
makes up fewer answers is only called so where it stays so in the worst case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from corpora.model import Question
from eval.metrics.perhaps_refusal import may_be_invention, may_be_refusal
from eval.paired import Paired
from eval.pairing import compare_pairs
from eval.statistics import Confidence
from eval.trial import Trial
from eval.worst_case import Bounds, Pair, Values, directed_pairs, gain, more_for_all, smallest_in_all, worst_cases


@dataclass(frozen=True)
class Replies:
    """Of one pipeline's replies to questions without an answer, however often each was asked. What is by question id is
    the share of that question's replies which are answers all the same: 0 or 1 where it was asked once.

    Attributes:
        made_up: as replies count. A failure is neither an answer nor a refusal, and not in it.
        least: without those that count as made up and may be refusals; a failure is none.
        most: with those that count as refusals and may be made up; a failure is one: what would have been said nobody
            knows.
        first: whether the first reply is one.
        total: how many replies there are.
        perhaps_refused: how many count as made up and may be refusals.
        perhaps_made_up: how many count as refusals and may be made up.
        failed: how many failed, beside `total`.
    """

    made_up: Values
    least: Values
    most: Values
    first: Mapping[str, bool]
    total: int
    perhaps_refused: int
    perhaps_made_up: int
    failed: int

    def counted_on(self, questions: Set[str]) -> Replies:
        """With what counts on these questions alone."""
        return replace(self, made_up={key: value for key, value in self.made_up.items() if key in questions})


def replies(questions: Sequence[Question], trials: Sequence[Trial]) -> Replies:
    """Of one pipeline, of which some questions may have an answer."""
    hard = {question.id: question for question in questions if not question.answerable}
    asked = [trial for trial in trials if trial.question_id in hard]
    told = [trial for trial in asked if trial.answer is not None]
    perhaps = {trial.key: may_be_otherwise(hard[trial.question_id], trial) for trial in told}
    return Replies(
        made_up=shares(told, lambda trial: not trial.abstained),
        least=shares(asked, lambda trial: trial.answer is not None and not trial.abstained and not perhaps[trial.key]),
        most=shares(asked, lambda trial: not trial.abstained or perhaps[trial.key]),
        first={trial.question_id: not trial.abstained for trial in told if not trial.repeat},
        total=len(told),
        perhaps_refused=sum(perhaps[trial.key] and not trial.abstained for trial in told),
        perhaps_made_up=sum(perhaps[trial.key] and trial.abstained for trial in told),
        failed=len(asked) - len(told),
    )


def shares(trials: Sequence[Trial], of: Callable[[Trial], bool]) -> dict[str, float]:
    """The share of each question's trials of which something is so, by its id."""
    found: dict[str, list[bool]] = {}
    for trial in trials:
        found.setdefault(trial.question_id, []).append(of(trial))
    return {key: sum(each) / len(each) for key, each in found.items()}


def may_be_otherwise(question: Question, trial: Trial) -> bool:
    """Whether a reply to a question without an answer counts as made up and may be a refusal, or the contrary; never of
    one with an answer, nor of a failure.
    """
    if question.answerable or trial.answer is None:
        return False
    if not trial.abstained:
        return may_be_refusal(question.user_input, trial.answer.response)
    return refusal_may_be_made_up(question, trial)


def refusal_may_be_made_up(question: Question, trial: Trial) -> bool:
    """Whether what reads like a refusal may be none: nobody knows what would have followed reasoning that was cut
    off. Never so of a failure.
    """
    if trial.answer is None:
        return False
    shown = [each.text for each in trial.answer.retrieved_contexts]
    return trial.cut_off_before_it_said_anything or may_be_invention(question.user_input, trial.answer.response, shown)


def compare_replies(
    known: Mapping[str, Replies], pairs: Sequence[Pair], clusters: Mapping[str, str], confidence: Confidence
) -> dict[Pair, Paired]:
    """Every pair's difference in made-up answers, as they count and in the worst case.

    Args:
        known: by pipeline.
    """
    counted = {name: each.made_up for name, each in known.items()}
    found = compare_pairs(counted, pairs, clusters, confidence)
    bounds = Bounds(
        {name: each.least for name, each in known.items()}, counted, {name: each.most for name, each in known.items()}
    )
    worst = worst_cases(bounds, directed_pairs(found, found), clusters, confidence)
    return {
        pair: paired.model_copy(
            update={
                "worst": gain(worst.get(pair)),
                "smallest": smallest_in_all((paired, worst.get(pair))),
                "more": more_for_all([paired], [worst[pair]] if pair in worst else []),
            }
        )
        for pair, paired in found.items()
    }
