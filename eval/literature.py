"""What published work would lead one to expect of a run, and whether the run agrees. The figures: docs/evidence.md.

A run may well disagree: other documents, another model, another training. Where the two pipelines may not be called
different, or differ in correctness perhaps by the length of their answers alone, it cannot be told.
"""

from __future__ import annotations

from typing import Literal

from corpora.model import Record
from eval import numbers
from eval.differences import MADE_UP, REVERSED, Subset
from eval.doubt import why_in_doubt
from eval.languages import doubt_of
from eval.manifest import Manifest
from eval.measures import PipelineSummary
from eval.metrics.registry import CORRECTNESS
from eval.planning import FEWEST
from eval.summary import Summary

OVADIA = "Ovadia et al. 2023"
SOUDANI = "Soudani et al. 2024"
BERGLUND = "Berglund et al. 2023"
GEKHMAN = "inferred from Gekhman et al. 2024"
TURNED = "On questions that turn a fact round, retrieval is more correct than fine-tuning"
INVENTED = "Fine-tuned models more often answer what the documents do not"

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
        found.append(_more(summary, retrieval, tuned, "Retrieval is more correct than fine-tuning", OVADIA))
    if retrieval and base:
        found.append(_more(summary, retrieval, base, "Retrieval is more correct than the bare model", SOUDANI))
    if tuned and base:
        found.append(_more(summary, tuned, base, "Fine-tuning is more correct than the bare model", SOUDANI))
    if retrieval and tuned:
        turned, invented = f"no question has the tag “{REVERSED}”", "every question has an answer in the documents"
        found += [
            _more(summary, retrieval, tuned, TURNED, BERGLUND, subset="reversed", otherwise=turned),
            _more(summary, tuned, retrieval, INVENTED, GEKHMAN, MADE_UP, otherwise=invented),
        ]
    return tuple(found)


def _retrieves(manifest: Manifest, pipeline: PipelineSummary) -> bool:
    return manifest.pipelines[pipeline.name].retrieves


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


def _more(
    summary: Summary,
    high: PipelineSummary,
    low: PipelineSummary,
    statement: str,
    source: str,
    measure: str = CORRECTNESS,
    subset: Subset = "all",
    otherwise: str = "",
) -> Expectation:
    """Whether `high` has more of it, told as two pipelines are called different everywhere (`Paired.differs`).

    Args:
        otherwise: what to say where there are no such questions.
    """
    paired = summary.difference(measure, high.name, low.name, subset)
    if paired is None or paired.estimate.mean is None:
        found = otherwise if paired is None else "no question was answered by both"
        return Expectation(statement=statement, source=source, outcome="cannot be told", found=found)
    gain = paired.estimate
    level = summary.confidence
    scores_differ, unknown = paired.differs_in_score(level), doubt_of(measure, summary.language)
    doubt = why_in_doubt(high, low, paired, level) if scores_differ and measure == CORRECTNESS else None
    if scores_differ and unknown:
        doubt = " ".join(filter(None, (doubt, f"But {unknown}.")))
    outcome: Outcome = "cannot be told"
    if paired.differs(level) and doubt is None:
        outcome = "agrees" if paired.estimate.mean > 0 else "disagrees"
    interval = "" if gain.low is None else f" ({numbers.interval(gain.low, gain.high, signed=True)})"
    few = f", of which at least {FEWEST} are needed" if gain.n < FEWEST else ""
    on = numbers.counted(gain.n, "question")
    found = f"{high.name} minus {low.name}: {numbers.difference(gain.mean)}{interval} on {on}{few}"
    if doubt:
        found = f"{found}. {doubt.removesuffix('.')}"
    return Expectation(statement=statement, source=source, outcome=outcome, found=found)
