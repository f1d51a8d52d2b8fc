"""Two runs against each other: the same pipelines on the questions that both were asked."""

from __future__ import annotations

from corpora.errors import RunError
from corpora.model import Record
from eval import numbers
from eval.measures import values
from eval.metrics.registry import METRICS
from eval.pairing import Paired, compare_pairs, question_clusters
from eval.run import RunFolder
from eval.table import Table, with_interval


class Change(Record):
    """One metric of one pipeline: run `b` minus run `a`, on common questions."""

    pipeline: str
    metric: str
    paired: Paired


class Comparison(Record):
    """What changed from run `a` to run `b`. `questions` have the same id, text and reference in both. `changed` names
    what of configuration, corpus, engine and pipelines differs; `apart` are the pipelines that only one run has.
    """

    a: str
    b: str
    questions: int
    changed: tuple[str, ...]
    apart: tuple[str, ...]
    changes: tuple[Change, ...]


def compare_runs(a: RunFolder, b: RunFolder) -> Comparison:
    """Compares run b with run a, metric by metric, paired by question.

    Raises:
        RunError: no question, or no pipeline, is in both.
    """
    before = {question.id: question for question in a.questions}
    common = {
        question.id
        for question in b.questions
        if question.id in before
        and (question.user_input, question.reference) == (before[question.id].user_input, before[question.id].reference)
    }
    both = [name for name in a.manifest.pipelines if name in b.manifest.pipelines]
    for what, found in (("question", common), ("pipeline", both)):
        if not found:
            raise RunError(
                f"The runs {a.manifest.run_id} and {b.manifest.run_id} have no {what} in common.",
                "Compare runs on the same corpus, whose pipelines have the same names.",
            )
    return Comparison(
        a=a.manifest.run_id,
        b=b.manifest.run_id,
        questions=len(common),
        changed=tuple(a.manifest.differences(b.manifest)),
        apart=tuple(sorted(a.manifest.pipelines.keys() ^ b.manifest.pipelines.keys())),
        changes=tuple(_changes(a, b, both, common)),
    )


def comparison_table(comparison: Comparison) -> Table:
    """One row for each metric of each pipeline."""
    rows = [
        [
            each.pipeline,
            METRICS[each.metric].title,
            with_interval(each.paired.estimate, numbers.difference),
            str(each.paired.estimate.n),
            "yes" if each.paired.estimate.clear_of_zero else "no",
        ]
        for each in comparison.changes
    ]
    return Table(["Pipeline", "Metric", f"{comparison.b} − {comparison.a}", "n", "Clear of zero"], rows)


def _changes(a: RunFolder, b: RunFolder, pipelines: list[str], common: set[str]) -> list[Change]:
    confidence = b.manifest.evaluation.intervals
    clusters = question_clusters(b.questions)
    trials_a, trials_b = a.trials(), b.trials()
    found = []
    for name in pipelines:
        mine = [trial for trial in trials_a if trial.pipeline == name and trial.question_id in common]
        theirs = [trial for trial in trials_b if trial.pipeline == name]
        for metric in METRICS:
            by_run = {"a": values(mine, metric), "b": values(theirs, metric)}
            paired = compare_pairs(by_run, [("b", "a")], clusters, confidence)["b", "a"]
            if paired.estimate.n:
                found.append(Change(pipeline=name, metric=metric, paired=paired))
    return found
