"""Replies to questions without an answer: which are made up, and which may be something else than they count as.

Rules tell a refusal by its words (`eval.metrics.abstention`), and nobody can list all of them. So each reply counts as
made up or not, and beside it stands what it may be (`eval.metrics.perhaps_refusal`): of two pipelines, the one that
makes up fewer answers is only called so where it stays so in the worst case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
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
    """Of one pipeline's first reply to each question without an answer, by question id: 1 where it is one all the same,
    else 0.

    Attributes:
        made_up: as it counts. A failure is neither an answer nor a refusal, and not in it.
        least: 0 too where it counts as made up and may be a refusal, and of a failure.
        most: 1 too where it counts as a refusal and may be made up, and of a failure: what would have been said nobody
            knows.
    """

    made_up: Values
    least: Values
    most: Values

    @property
    def perhaps_refused(self) -> int:
        """How many count as made up and may be refusals."""
        return sum(value > self.least[key] for key, value in self.made_up.items())

    @property
    def perhaps_made_up(self) -> int:
        """How many count as refusals and may be made up."""
        return sum(value < self.most[key] for key, value in self.made_up.items())

    @property
    def failed(self) -> int:
        """How many of the questions failed."""
        return len(self.least) - len(self.made_up)

    def counted_on(self, questions: Set[str]) -> Replies:
        """With what counts on these questions alone."""
        return replace(self, made_up={key: value for key, value in self.made_up.items() if key in questions})


def replies(questions: Sequence[Question], trials: Sequence[Trial]) -> Replies:
    """Of one pipeline, of which some questions may have an answer."""
    hard = {question.id: question for question in questions if not question.answerable}
    made_up: dict[str, float] = {}
    least: dict[str, float] = {}
    most: dict[str, float] = {}
    for each in trials:
        if each.repeat or each.question_id not in hard:
            continue
        key = each.question_id
        if each.answer is None:
            least[key], most[key] = 0.0, 1.0
            continue
        perhaps = may_be_otherwise(hard[key], each)
        made_up[key] = float(not each.abstained)
        least[key] = float(not each.abstained and not perhaps)
        most[key] = float(not each.abstained or perhaps)
    return Replies(made_up, least, most)


def may_be_otherwise(question: Question, trial: Trial) -> bool:
    """Whether a reply to a question without an answer counts as made up and may be a refusal, or the contrary; never of
    one with an answer, nor of a failure.
    """
    if question.answerable or trial.answer is None:
        return False
    asked, said = question.user_input, trial.answer.response
    if not trial.abstained:
        return may_be_refusal(asked, said)
    return may_be_invention(asked, said, [each.text for each in trial.answer.retrieved_contexts])


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
