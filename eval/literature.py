"""What published work would lead one to expect of a run, and whether the run agrees. The figures: docs/evidence.md.

A run may well disagree: other documents, another model, another training. Where its intervals do not decide, it cannot
be told.
"""

from __future__ import annotations

from typing import Literal

from corpora.model import Record
from eval import numbers
from eval.manifest import Manifest
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS
from eval.statistics import Estimate
from eval.summary import Summary

REVERSED = "reversed"  # the tag of questions that ask for a fact the other way round than the examples tell it
OVADIA = "Ovadia et al. 2023"
SOUDANI = "Soudani et al. 2024"
BERGLUND = "Berglund et al. 2023"
GEKHMAN = "inferred from Gekhman et al. 2024"

Outcome = Literal["agrees", "disagrees", "cannot be told"]


class Expectation(Record):
    """One expectation: what it is, who found it, and what this run says, with its numbers."""

    statement: str
    source: str
    outcome: Outcome
    found: str


def expectations(manifest: Manifest, summary: Summary) -> tuple[Expectation, ...]:
    """Those that the run's pipelines have something to say about; of several of a kind, the most correct one speaks.

    None while the run is not finished.
    """
    if not summary.finished:
        return ()
    retrieval = _best([each for each in summary.pipelines if each.kind == "rag"])
    tuned = _best([each for each in summary.pipelines if each.kind == "finetuned" and not _retrieves(manifest, each)])
    base = _best([each for each in summary.pipelines if each.kind == "prompting" and _bare(manifest, each)])
    found = []
    if retrieval and tuned:
        found.append(_more_correct(summary, retrieval, tuned, "Retrieval is more correct than fine-tuning", OVADIA))
    if retrieval and base:
        found.append(_more_correct(summary, retrieval, base, "Retrieval is more correct than the bare model", SOUDANI))
    if tuned and base:
        found.append(_more_correct(summary, tuned, base, "Fine-tuning is more correct than the bare model", SOUDANI))
    if retrieval and tuned:
        found += [_reversed(retrieval, tuned), _made_up(retrieval, tuned)]
    return tuple(found)


def _retrieves(manifest: Manifest, pipeline: PipelineSummary) -> bool:
    return bool(manifest.pipelines[pipeline.name].fingerprint.get("retrieval"))


def _bare(manifest: Manifest, pipeline: PipelineSummary) -> bool:
    """Whether neither corpus text nor examples stand in its prompt."""
    pipelines = manifest.config.get("pipelines")
    options = pipelines.get(pipeline.name) if isinstance(pipelines, dict) else None
    return isinstance(options, dict) and not options.get("context_tokens") and not options.get("shots")


def _best(pipelines: list[PipelineSummary]) -> PipelineSummary | None:
    return max(pipelines, key=_correctness, default=None)


def _correctness(pipeline: PipelineSummary) -> float:
    metric = pipeline.metrics.get(CORRECTNESS)
    return -1.0 if metric is None or metric.mean.mean is None else metric.mean.mean


def _more_correct(
    summary: Summary, high: PipelineSummary, low: PipelineSummary, statement: str, source: str
) -> Expectation:
    paired = summary.difference(CORRECTNESS, high.name, low.name)
    if paired is None or paired.estimate.mean is None:
        return Expectation(
            statement=statement, source=source, outcome="cannot be told", found="no question was answered by both"
        )
    gain = paired.estimate
    outcome: Outcome = "cannot be told"
    if paired.differs(summary.confidence):
        outcome = "agrees" if paired.estimate.mean > 0 else "disagrees"
    interval = "" if gain.low is None else f" ({numbers.interval(gain.low, gain.high, signed=True)})"
    found = f"{high.name} minus {low.name}: {numbers.difference(gain.mean)}{interval}"
    return Expectation(statement=statement, source=source, outcome=outcome, found=found)


def _reversed(retrieval: PipelineSummary, tuned: PipelineSummary) -> Expectation:
    means = [each.tags[REVERSED][CORRECTNESS].mean if REVERSED in each.tags else None for each in (retrieval, tuned)]
    return _apart(
        "Questions that turn a fact round fail after fine-tuning, and not with retrieval",
        BERGLUND,
        (retrieval.name, means[0]),
        (tuned.name, means[1]),
        "correctness",
        f"no question has the tag “{REVERSED}”",
    )


def _made_up(retrieval: PipelineSummary, tuned: PipelineSummary) -> Expectation:
    return _apart(
        "Fine-tuned models more often answer what the documents do not",
        GEKHMAN,
        (tuned.name, tuned.abstention.made_up),
        (retrieval.name, retrieval.abstention.made_up),
        "made up",
        "every question has an answer in the documents",
    )


def _apart(
    statement: str,
    source: str,
    high: tuple[str, Estimate | None],
    low: tuple[str, Estimate | None],
    what: str,
    otherwise: str,
) -> Expectation:
    """Told only where the two intervals do not meet, which is stricter than a paired test."""
    outcome: Outcome = "cannot be told"
    (one, a), (other, b) = high, low
    if a is None or b is None or a.mean is None or b.mean is None:
        return Expectation(statement=statement, source=source, outcome=outcome, found=otherwise)
    if a.low is not None and a.high is not None and b.low is not None and b.high is not None:
        outcome = "agrees" if a.low > b.high else "disagrees" if b.low > a.high else outcome
    found = f"{what} {_written(one, a)}, {_written(other, b)}"
    return Expectation(statement=statement, source=source, outcome=outcome, found=found)


def _written(name: str, estimate: Estimate) -> str:
    interval = "" if estimate.low is None else f" ({numbers.interval(estimate.low, estimate.high)})"
    return f"{name} {numbers.score(estimate.mean)}{interval}"
