"""One pipeline in numbers: its metrics, its refusals, its times, its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from corpora.model import Question, Record
from eval import numbers
from eval.abstaining import Abstention, abstention
from eval.assessed import Assessed
from eval.break_even import Costs
from eval.copying import Copying, copying
from eval.cost import CostSummary, summarise_cost
from eval.in_part import InPart, in_part
from eval.latency import LatencySummary, summarise_latency
from eval.manifest import Manifest
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.paired import Paired
from eval.replies import Replies
from eval.statistics import Draws, Estimate, mean_interval
from eval.trial import Trial
from eval.uncounted import Uncounted, uncounted
from pipelines.contract import Preparation


class MetricSummary(Record):
    """One metric of one pipeline. `mean` is over every value there is: for correctness, the zeros of refusals and
    failures among them. The counts say what became of each trial; they add up to all of them.
    """

    mean: Estimate
    scored: int
    abstained: int
    failed: int
    skipped: int


class Repetition(Record):
    """What asking the same question again changes in correctness (Miller 2024, section 3).

    `within` is the variance of one question's values about their own mean, averaged over the questions, and `between`
    that of the questions' true means; a question asked K times has the variance `between + within / K`.
    """

    times: int
    within: float
    between: float


class PipelineSummary(Record):
    """One pipeline. `trials` = `answered` + `abstained` + `failed`; `cached` of them were taken from earlier runs.

    `fault` is what its failures mostly say. `metrics` has an entry for every metric that applies to the pipeline: none
    of retrieval where nothing is retrieved. `tags` has correctness and faithfulness by the questions' tags, and by
    whether the training examples tell the fact (`in examples`, `not in examples`). `repetition` is None where each
    question was asked once, `copying` where nothing was retrieved.
    """

    name: str
    kind: str
    trials: int
    answered: int
    abstained: int
    failed: int
    fault: str = ""
    cached: int
    uncounted: Uncounted = Uncounted()
    in_part: InPart = InPart()
    metrics: dict[str, MetricSummary]
    abstention: Abstention
    tags: dict[str, dict[str, MetricSummary]]
    repetition: Repetition | None
    copying: Copying | None = None
    latency: LatencySummary
    cost: CostSummary
    preparation: Preparation

    @property
    def monthly_costs(self) -> Costs:
        """Per version of the knowledge and per query, on the same questions as the others'."""
        return Costs(name=self.name, per_version=self.cost.setup.total, per_query=self.cost.compared)

    @property
    def told_of_failures(self) -> str | None:
        """How often it failed, and what was said then, in a sentence; None where it did not."""
        if not self.failed:
            return None
        wrong = self.uncounted.failed.answers
        counts = "counts" if wrong == 1 else "count"
        counted = f", of which {numbers.count(wrong)} {counts} as not correct" if wrong else ""
        of_all = numbers.counted(self.trials, "trial")
        return f"{numbers.count(self.failed)} of {of_all} of {self.name} failed{counted}; mostly so: {self.fault}"

    def may_be_underrated(self, ahead: Paired | None, level: float) -> str | None:
        """Why it may be less correct than another for the length of its answers alone, since they read like refusals,
        or for its failures, in sentences; None where the other stays clearly ahead in the worst case
        (`Paired.in_worst_case`).

        Args:
            ahead: the other's correctness minus this one's; None where the other is not ahead, or not clearly.
            level: of confidence, as 0.95.
        """
        if ahead and ahead.in_worst_case(level):
            return None
        return " ".join(self.uncounted.why_too_low(self.name)) or None


def summarise_pipeline(
    manifest: Manifest,
    name: str,
    questions: Sequence[Question],
    trials: Sequence[Trial],
    assessed: Sequence[Assessed],
    replied: Replies,
    drawn: Draws,
    cost_compared: float | None,
) -> PipelineSummary:
    """Sums up one pipeline's trials, of which some are `assessed` and some `replied` to what has no answer;
    `cost_compared` is an answer's cost on the questions that all have one for.
    """
    contestant = manifest.pipelines[name]
    by_id = {question.id: question for question in questions}
    summaries = {metric: _metric(trials, metric, drawn) for metric in METRICS}
    failed = sum(trial.failure is not None for trial in trials)
    abstained = sum(trial.abstained for trial in trials)
    return PipelineSummary(
        name=name,
        kind=contestant.kind,
        trials=len(trials),
        answered=len(trials) - failed - abstained,
        abstained=abstained,
        failed=failed,
        fault=_fault(trials),
        cached=sum(trial.cached for trial in trials),
        uncounted=uncounted(assessed),
        in_part=in_part(assessed),
        metrics={metric: each for metric, each in summaries.items() if _applies(each, failed, len(trials))},
        abstention=abstention(questions, trials, replied, drawn.confidence.level),
        tags=_tags(questions, trials, drawn),
        repetition=_repetition(trials),
        copying=copying(trials, by_id, drawn),
        latency=summarise_latency(trials),
        cost=summarise_cost(
            trials,
            manifest.prices,
            contestant.preparation,
            {each.trial.key: each.right for each in assessed},
            manifest.evaluation.judge,
            drawn,
            cost_compared,
        ),
        preparation=contestant.preparation,
    )


def _fault(trials: Sequence[Trial]) -> str:
    """The message that most failures have, in one line; the first of as many."""
    said = Counter(" ".join(trial.failure.message.split()) for trial in trials if trial.failure)
    return said.most_common(1)[0][0] if said else ""


def values(trials: Sequence[Trial], metric: str) -> dict[str, float]:
    """The value of one metric by question id, for each question that has one: the mean of its repeats."""
    return {question: sum(each) / len(each) for question, each in _repeated(trials, metric).items()}


def question_tags(question: Question) -> tuple[str, ...]:
    """What a question is counted under: its tags, and whether the training examples tell its fact."""
    if question.in_examples is None:
        return question.tags
    return (*question.tags, "in examples" if question.in_examples else "not in examples")


def _repeated(trials: Sequence[Trial], metric: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for trial in trials:
        score = trial.scores.get(metric)
        if score is not None and score.value is not None:
            found.setdefault(trial.question_id, []).append(score.value)
    return found


def _metric(trials: Sequence[Trial], metric: str, drawn: Draws) -> MetricSummary:
    statuses = [trial.scores[metric].status for trial in trials if metric in trial.scores]
    found = values(trials, metric)
    return MetricSummary(
        mean=mean_interval(list(found.values()), drawn.confidence, clusters=[drawn.clusters[each] for each in found]),
        scored=statuses.count("scored"),
        abstained=statuses.count("abstained"),
        failed=statuses.count("failed"),
        skipped=statuses.count("skipped"),
    )


def _applies(summary: MetricSummary, failed: int, trials: int) -> bool:
    """Whether a pipeline can have this metric. Its failed trials do not tell, unless it has no others."""
    return bool(summary.mean.n or summary.abstained) or summary.failed > failed or 0 < failed == trials


def _tags(questions: Sequence[Question], trials: Sequence[Trial], drawn: Draws) -> dict[str, dict[str, MetricSummary]]:
    ids: dict[str, set[str]] = {}
    for question in questions:
        for tag in question_tags(question):
            ids.setdefault(tag, set()).add(question.id)
    return {
        tag: {
            metric: _metric([each for each in trials if each.question_id in members], metric, drawn)
            for metric in (CORRECTNESS, FAITHFULNESS)
        }
        for tag, members in sorted(ids.items())
    }


def _repetition(trials: Sequence[Trial]) -> Repetition | None:
    groups = [each for each in _repeated(trials, CORRECTNESS).values() if len(each) > 1]
    if len(groups) < 2:
        return None
    times = min(len(each) for each in groups)
    within = float(np.mean([np.var(each, ddof=1) for each in groups]))
    total = float(np.var([np.mean(each) for each in groups], ddof=1))
    return Repetition(times=times, within=within, between=max(0.0, total - within / times))
