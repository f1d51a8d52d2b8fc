"""A bake-off in numbers: what the report, the terminal's table, report.json and summary.md are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

from corpora.model import Question, Record
from eval.cost import CostSummary, summarise_cost
from eval.latency import LatencySummary, summarise_latency
from eval.manifest import Manifest
from eval.metrics.registry import CORRECTNESS, FAITHFULNESS, METRICS
from eval.statistics import Confidence, Estimate, mean_interval, paired_difference, wilson
from eval.trial import Trial
from eval.verdict import Verdict, decide
from pipelines.contract import Preparation

Subset = Literal["all", "in_examples"]


class MetricSummary(Record):
    """One metric of one pipeline. `mean` is over every value there is: for correctness, the zeros of refusals and
    failures among them. The counts say what became of each trial; they add up to all of them.
    """

    mean: Estimate
    scored: int
    abstained: int
    failed: int
    skipped: int


class Abstention(Record):
    """Shares with Wilson intervals; `n` is what each is a share of.

    `answer_rate` is of all questions. Of the unanswerable ones, `right_refusals` were refused and `made_up` answered
    all the same; of the answerable ones, `wrong_refusals` were refused. Failures are neither answered nor refused.
    """

    answer_rate: Estimate
    right_refusals: Estimate
    made_up: Estimate
    wrong_refusals: Estimate


class PipelineSummary(Record):
    """One pipeline. `questions` = `answered` + `abstained` + `failed`; `cached` of them were taken from earlier runs.

    `metrics` has an entry for every metric that applies to the pipeline: none of retrieval where nothing is retrieved.
    `tags` has correctness and faithfulness by the
    questions' tags, and by whether the training examples tell the fact (`in examples`, `not in examples`).
    """

    name: str
    kind: str
    questions: int
    answered: int
    abstained: int
    failed: int
    cached: int
    metrics: dict[str, MetricSummary]
    abstention: Abstention
    tags: dict[str, dict[str, MetricSummary]]
    latency: LatencySummary
    cost: CostSummary
    preparation: Preparation


class Difference(Record):
    """`a` minus `b` in one metric, on the same questions."""

    metric: str
    subset: Subset
    a: str
    b: str
    estimate: Estimate


class Summary(Record):
    """The whole run. `missing` trials are not there: the run was not finished. `pipelines` are in the run's order."""

    run_id: str
    corpus: str
    split: str
    questions: int
    unanswerable: int
    missing: int
    confidence: float
    verdict: Verdict
    pipelines: tuple[PipelineSummary, ...]
    differences: tuple[Difference, ...]

    def difference(self, metric: str, a: str, b: str, subset: Subset = "all") -> Estimate | None:
        """a minus b, whichever way round it is stored; None where it is not."""
        return find_difference(self.differences, metric, a, b, subset)


def summarise(manifest: Manifest, questions: Sequence[Question], trials: Sequence[Trial]) -> Summary:
    """Sums up the trials that there are, finished or not."""
    confidence = manifest.evaluation.intervals
    by_name = {name: [trial for trial in trials if trial.pipeline == name] for name in manifest.pipelines}
    differences = _differences(by_name, questions, confidence)
    pipelines = tuple(_pipeline(manifest, name, questions, by_name[name], confidence) for name in by_name)
    return Summary(
        run_id=manifest.run_id,
        corpus=manifest.corpus_name,
        split=manifest.evaluation.split,
        questions=len(questions),
        unanswerable=sum(not question.answerable for question in questions),
        missing=len(questions) * len(by_name) - len(trials),
        confidence=confidence.level,
        verdict=_verdict(pipelines, differences),
        pipelines=pipelines,
        differences=differences,
    )


def values(trials: Sequence[Trial], metric: str) -> dict[str, float]:
    """The values of one metric by question id, for all trials that have one."""
    found = {}
    for trial in trials:
        score = trial.scores.get(metric)
        if score is not None and score.value is not None:
            found[trial.question_id] = score.value
    return found


def summarise_metric(trials: Sequence[Trial], metric: str, confidence: Confidence) -> MetricSummary:
    statuses = [trial.scores[metric].status for trial in trials if metric in trial.scores]
    return MetricSummary(
        mean=mean_interval(list(values(trials, metric).values()), confidence),
        scored=statuses.count("scored"),
        abstained=statuses.count("abstained"),
        failed=statuses.count("failed"),
        skipped=statuses.count("skipped"),
    )


def find_difference(
    differences: Sequence[Difference], metric: str, a: str, b: str, subset: Subset = "all"
) -> Estimate | None:
    for each in differences:
        if (each.metric, each.subset) != (metric, subset) or {each.a, each.b} != {a, b}:
            continue
        found = each.estimate
        if each.a == a:
            return found
        turned = [None if value is None else -value for value in (found.mean, found.high, found.low)]
        return Estimate(mean=turned[0], low=turned[1], high=turned[2], n=found.n)
    return None


def _pipeline(
    manifest: Manifest, name: str, questions: Sequence[Question], trials: Sequence[Trial], confidence: Confidence
) -> PipelineSummary:
    contestant = manifest.pipelines[name]
    summaries = {metric: summarise_metric(trials, metric, confidence) for metric in METRICS}
    failed = sum(trial.failure is not None for trial in trials)
    abstained = sum(trial.abstained for trial in trials)
    return PipelineSummary(
        name=name,
        kind=contestant.kind,
        questions=len(trials),
        answered=len(trials) - failed - abstained,
        abstained=abstained,
        failed=failed,
        cached=sum(trial.cached for trial in trials),
        metrics={metric: each for metric, each in summaries.items() if _applies(each, failed, len(trials))},
        abstention=_abstention(questions, trials, confidence.level),
        tags=_tags(questions, trials, confidence),
        latency=summarise_latency(trials),
        cost=summarise_cost(trials, manifest.prices, contestant.preparation),
        preparation=contestant.preparation,
    )


def _applies(summary: MetricSummary, failed: int, trials: int) -> bool:
    """Whether a pipeline can have this metric. Its failed trials do not tell, unless it has no others."""
    return bool(summary.mean.n or summary.abstained) or summary.failed > failed or 0 < failed == trials


def _abstention(questions: Sequence[Question], trials: Sequence[Trial], level: float) -> Abstention:
    answerable = {question.id for question in questions if question.answerable}
    hard = [trial for trial in trials if trial.question_id not in answerable]
    easy = [trial for trial in trials if trial.question_id in answerable]

    def answered(group: Sequence[Trial]) -> int:
        return sum(trial.answer is not None and not trial.abstained for trial in group)

    return Abstention(
        answer_rate=wilson(answered(trials), len(trials), level),
        right_refusals=wilson(sum(trial.abstained for trial in hard), len(hard), level),
        made_up=wilson(answered(hard), len(hard), level),
        wrong_refusals=wilson(sum(trial.abstained for trial in easy), len(easy), level),
    )


def question_tags(question: Question) -> tuple[str, ...]:
    """What a question is counted under: its tags, and whether the training examples tell its fact."""
    if question.in_examples is None:
        return question.tags
    return (*question.tags, "in examples" if question.in_examples else "not in examples")


def _tags(
    questions: Sequence[Question], trials: Sequence[Trial], confidence: Confidence
) -> dict[str, dict[str, MetricSummary]]:
    ids: dict[str, set[str]] = {}
    for question in questions:
        for tag in question_tags(question):
            ids.setdefault(tag, set()).add(question.id)
    return {
        tag: {
            metric: summarise_metric([trial for trial in trials if trial.question_id in members], metric, confidence)
            for metric in (CORRECTNESS, FAITHFULNESS)
        }
        for tag, members in sorted(ids.items())
    }


def _differences(
    by_name: Mapping[str, Sequence[Trial]], questions: Sequence[Question], confidence: Confidence
) -> tuple[Difference, ...]:
    told = {question.id for question in questions if question.in_examples}
    subsets: dict[Subset, set[str]] = {"all": {question.id for question in questions}}
    if told:
        subsets["in_examples"] = told
    found = []
    for metric in (CORRECTNESS, FAITHFULNESS):
        scores = {name: values(trials, metric) for name, trials in by_name.items()}
        for subset, members in subsets.items():
            for a, b in combinations(by_name, 2):
                estimate = paired_difference(
                    {key: value for key, value in scores[a].items() if key in members}, scores[b], confidence
                )
                found.append(Difference(metric=metric, subset=subset, a=a, b=b, estimate=estimate))
    return tuple(found)


def _verdict(pipelines: Sequence[PipelineSummary], differences: Sequence[Difference]) -> Verdict:
    means = {
        each.name: each.metrics[CORRECTNESS].mean
        for each in pipelines
        if CORRECTNESS in each.metrics and each.metrics[CORRECTNESS].mean.n
    }
    refusals = {each.name: each.abstention.right_refusals for each in pipelines}
    answered = sum(each.answered + each.abstained for each in pipelines)
    return decide(
        means,
        refusals,
        lambda a, b: find_difference(differences, CORRECTNESS, a, b),
        nothing_answered=not answered,
    )
