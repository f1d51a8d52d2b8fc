"""The verdict from a bake-off's numbers: who is best at quality, cost, latency and freshness, and what to take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations
from urllib.parse import urlsplit

from corpora.errors import EngineTimeoutError
from corpora.model import Record
from eval import numbers
from eval.contest import Contest, Finding, listed, quality
from eval.differences import COST, SECONDS, Difference, amounts, comparable, find_difference
from eval.manifest import Manifest
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS
from eval.pairing import FEWEST_CLUSTERS, Paired, compare_pairs, document_clusters
from eval.recommendation import Evidence, Recommendation, recommend
from eval.staleness import Staleness
from eval.statistics import Confidence, Estimate, mean_interval
from eval.trial import Trial


class Verdict(Record):
    """The outcome. `headline` is the quality's sentence; `leaders` and `clear` are the quality's as well."""

    headline: str
    leaders: tuple[str, ...]
    clear: bool
    findings: tuple[Finding, ...]
    recommendation: Recommendation


def judge_run(
    manifest: Manifest,
    pipelines: Sequence[PipelineSummary],
    differences: Sequence[Difference],
    trials: Mapping[str, Sequence[Trial]],
    staleness: Staleness | None,
    clusters: Mapping[str, str] | None = None,
) -> Verdict:
    """Everything that can be said of who is best at what, and which one to take.

    Args:
        trials: by pipeline.
        staleness: None where it was not measured.
        clusters: by question id, for intervals; without them each question is one.
    """
    limit = manifest.needs.seconds
    confidence = manifest.evaluation.intervals
    fresh = _freshness_contest(staleness, confidence)
    spent = {measure: comparable(each) for measure, each in amounts(trials, manifest.prices).items()}
    findings = (
        _quality(pipelines, differences, confidence.level),
        _cost(pipelines, differences, spent[COST], confidence.level),
        _latency(pipelines, differences, spent[SECONDS], confidence.level),
        _freshness(staleness, fresh),
    )
    evidence = Evidence(
        pipelines=pipelines,
        differences=differences,
        freshness=fresh,
        level=confidence.level,
        local=is_local(manifest.engine),
        trained_on_examples=frozenset(
            name for name, each in manifest.pipelines.items() if each.fingerprint.get("trained_on") == "examples"
        ),
        late={name: late_share(each, limit, confidence, clusters) for name, each in trials.items()} if limit else {},
    )
    return Verdict(
        headline=findings[0].sentence,
        leaders=findings[0].leaders,
        clear=findings[0].clear,
        findings=findings,
        recommendation=recommend(manifest.needs, evidence),
    )


def open_verdict(run_id: str, missing: int, unscored: int) -> Verdict:
    """That of a run that is not finished: none, and how to go on."""
    lacking = [f"{numbers.count(missing)} missing"] if missing else []
    lacking += [f"{numbers.count(unscored)} not scored yet"] if unscored else []
    sentence = (
        f"The run is not finished: of its answers {' and '.join(lacking)}. "
        f"Go on with `bakeoff run --config FILE --resume {run_id}`."
    )
    nothing = Recommendation(pipeline=None, clear=False, sentence="Before that nothing is recommended.", reasons=())
    finding = Finding(about="quality", sentence=sentence)
    return Verdict(headline=sentence, leaders=(), clear=False, findings=(finding,), recommendation=nothing)


def is_local(engine: Mapping[str, object]) -> bool:
    """Whether an engine with this fingerprint answers on this machine: all do but servers at another address."""
    url = engine.get("base_url")
    return url is None or urlsplit(str(url)).hostname in ("localhost", "127.0.0.1", "::1")


def late_share(
    trials: Sequence[Trial], seconds: float, confidence: Confidence, clusters: Mapping[str, str] | None = None
) -> Estimate:
    """The share of one pipeline's answers in this run that took longer. Those that were given up as too slow are among
    them; what failed otherwise says nothing of time.

    Repeats of a question are no further questions: each is one value, the mean of its repeats, as for every metric.

    Args:
        clusters: by question id; without them each question is one.
    """
    repeated: dict[str, list[bool]] = {}
    for trial in trials:
        if not trial.cached and (trial.answer is not None or _timed_out(trial)):
            late = trial.answer is None or trial.answer.timing.e2el > seconds
            repeated.setdefault(trial.question_id, []).append(late)
    shares = {question: sum(each) / len(each) for question, each in repeated.items()}
    labels = [(clusters or {}).get(each, each) for each in shares]
    return mean_interval(list(shares.values()), confidence, clusters=labels)


def _timed_out(trial: Trial) -> bool:
    return trial.failure is not None and trial.failure.code == EngineTimeoutError.code


def _quality(pipelines: Sequence[PipelineSummary], differences: Sequence[Difference], level: float) -> Finding:
    return quality(
        {
            each.name: each.metrics[CORRECTNESS].mean
            for each in pipelines
            if CORRECTNESS in each.metrics and each.metrics[CORRECTNESS].mean.n
        },
        {each.name: each.abstention.right_refusals for each in pipelines},
        partial(find_difference, differences, CORRECTNESS),
        level,
        nothing_answered=not sum(each.answered + each.abstained for each in pipelines),
    )


def _cost(
    pipelines: Sequence[PipelineSummary],
    differences: Sequence[Difference],
    spent: Mapping[str, Mapping[str, float]],
    level: float,
) -> Finding:
    answering = [each for each in pipelines if each.answered + each.abstained]
    if not answering:
        return Finding(about="cost", sentence="No pipeline answered, so that no answer has a cost.")
    costs = {each.name: _mean(spent[each.name]) for each in answering if each.name in spent}
    if not costs:
        return Finding(about="cost", sentence="Costs are unknown: give the prices under `cost` in bakeoff.yaml.")
    currency = pipelines[0].cost.currency
    write = partial(numbers.money, currency=currency)
    compare = partial(find_difference, differences, COST)
    contest = Contest(
        "cost", costs, compare, level, False, "the cheapest per query", write, partial(numbers.signed, write)
    )
    missing = [each for each in answering if each.name not in costs]
    few = [each.name for each in missing if each.cost.per_query is not None]
    finding = _few(contest.find(), few)
    failed = [
        f"{numbers.count(each.failed)} of {each.name}" for each in answering if each.name in costs and each.failed
    ]
    if failed:  # who breaks off early looks cheap
        finding = _noted(finding, f"Failures cost what they took, and brought nothing: {listed(failed)}.")
    return _without(finding, [each.name for each in missing if each.name not in few], "cost")


def _latency(
    pipelines: Sequence[PipelineSummary],
    differences: Sequence[Difference],
    spent: Mapping[str, Mapping[str, float]],
    level: float,
) -> Finding:
    times = {name: _mean(each) for name, each in spent.items()}
    if not times:
        return Finding(about="latency", sentence="No answer was timed: all were taken from earlier runs, or failed.")
    compare = partial(find_difference, differences, SECONDS)
    write = numbers.seconds
    contest = Contest(
        "latency", times, compare, level, False, "the fastest on average", write, partial(numbers.signed, write)
    )
    few = [each.name for each in pipelines if each.name not in times and each.latency.mean is not None]
    unknown = [each.name for each in pipelines if each.name not in times and each.name not in few]
    finding = _without(_few(contest.find(), few), unknown, "time")
    timed = [each for each in pipelines if each.name in times]
    failed = [f"{numbers.count(each.failed)} of {each.name}" for each in timed if each.failed]
    if not failed:
        return finding
    # who gives up on what takes long looks fast
    note = f"Failures are not timed: {listed(failed)}"
    note += ", and the times are of questions that all answered." if len(times) > 1 else "."
    return _noted(finding, note)


def _freshness(staleness: Staleness | None, contest: Contest | None) -> Finding:
    if staleness is None:
        sentence = "Freshness was not measured: `bakeoff staleness RUN --changes PATH` changes the documents and asks."
        return Finding(about="freshness", sentence=sentence)
    if contest is None:
        return Finding(about="freshness", sentence="No pipeline was refreshed, so that freshness is unknown.")
    finding = _without(
        contest.find(), [each.name for each in staleness.pipelines if each.name not in contest.values], "freshness"
    )
    documents = len(set(staleness.documents.values()))
    if not 0 < documents < FEWEST_CLUSTERS:
        return finding
    only = "1 document" if documents == 1 else f"{documents} documents"
    note = f"What changed is in {only} only: this holds for further questions on the same."
    return _noted(finding, note)


def _freshness_contest(staleness: Staleness | None, confidence: Confidence) -> Contest | None:
    """Of the questions whose answer changed or is new: how many are answered rightly once the pipeline is refreshed.

    None where that was not measured.
    """
    if staleness is None:
        return None
    new = {
        each.name: {key: float(outcome == "new") for key, outcome in each.after.outcomes.items()}
        for each in staleness.pipelines
        if each.after is not None and each.after.outcomes
    }
    if not new:
        return None
    clusters = document_clusters({key for each in new.values() for key in each}, staleness.documents)
    pairs = compare_pairs(new, list(combinations(new, 2)), clusters, confidence)

    def compare(a: str, b: str) -> Paired:
        return pairs[a, b] if (a, b) in pairs else pairs[b, a].negated()

    means = {name: sum(each.values()) / len(each) for name, each in new.items()}
    word = "the most often right about what has changed"
    return Contest("freshness", means, compare, confidence.level, True, word, numbers.score, numbers.difference)


def _mean(values: Mapping[str, float]) -> float:
    return sum(values.values()) / len(values)


def _few(finding: Finding, names: Sequence[str]) -> Finding:
    if not names:
        return finding
    return _noted(finding, f"Too few questions were answered by {listed(names)} and the others to compare them.")


def _without(finding: Finding, unknown: Sequence[str], what: str) -> Finding:
    return _noted(finding, f"The {what} of {', '.join(unknown)} is unknown.") if unknown else finding


def _noted(finding: Finding, note: str) -> Finding:
    return finding.model_copy(update={"sentence": f"{finding.sentence} {note}"})
