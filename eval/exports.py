"""A run as files for other programs and for people: report.json, trials.jsonl, trials.csv, summary.md."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from corpora.model import Question, Record
from eval import numbers
from eval.labels.standing import beside_people
from eval.literature import expectations
from eval.manifest import Manifest
from eval.measures import question_tags
from eval.metrics.registry import METRICS
from eval.prices import Prices
from eval.replies import may_be_otherwise
from eval.run import RunFolder
from eval.storage import REPORT_AGAIN, write_lines, write_whole
from eval.summary import Summary
from eval.table import difference_table, metric_table, overview, tag_table
from eval.trial import Trial


class ReportFile(Record):
    """What report.json holds; `warnings` are those that stand at the top of the report."""

    manifest: Manifest
    summary: Summary
    warnings: tuple[str, ...] = ()


def export(run: RunFolder, summary: Summary) -> None:
    """Writes the files into the run's folder. Raises RunStorageError where the disk is full."""
    trials = run.trials()
    report = ReportFile(manifest=run.manifest, summary=summary, warnings=(*run.manifest.warnings, *summary.warnings))
    write_whole(run.path / "report.json", report.model_dump_json(indent=2) + "\n", REPORT_AGAIN)
    write_lines(run.path / "trials.jsonl", trials, REPORT_AGAIN)
    write_whole(run.path / "trials.csv", trials_csv(trials, run.questions, run.manifest.prices), REPORT_AGAIN)
    write_whole(run.path / "summary.md", summary_markdown(run.manifest, summary), REPORT_AGAIN)


def trials_csv(trials: Sequence[Trial], questions: Sequence[Question], prices: Prices) -> str:
    """One row a trial, for spreadsheets. Unknown numbers are empty; text that would run as a formula is quoted by '."""
    asked = {question.id: question for question in questions}
    names = [name for name in METRICS if any(name in trial.scores for trial in trials)]
    rows = [_row(trial, asked[trial.question_id], prices, names) for trial in trials]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows({key: _harmless(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def summary_markdown(manifest: Manifest, summary: Summary) -> str:
    """The run on one page of Markdown."""
    machine = manifest.machine
    memory = "" if machine.memory_gib is None else f", {machine.memory_gib:g} GiB"
    recall, by_tag = METRICS["recall_at_4"], tag_table(summary)
    times = f", each asked {manifest.evaluation.repeat} times" if manifest.evaluation.repeat > 1 else ""
    parts = [
        f"# {summary.corpus}: run {summary.run_id}\n",
        f"**{_plain(summary.verdict.headline)}**\n",
        _advice(manifest, summary),
        overview(summary).markdown(),
        f"In brackets: {numbers.level(summary.confidence)} intervals (shares: Wilson). "
        f"{recall.title}: {recall.about}. First token and answer: medians, while who is the fastest goes by means. "
        f"{manifest.prices.in_words()}\n",
        "## Differences on the same questions\n",
        difference_table(summary).markdown(),
        *(["## Correctness by kind of question\n", by_tag.markdown()] if by_tag.rows else []),
        "## Every metric\n",
        metric_table(summary).markdown(),
        *_judge(manifest, summary),
        "## What was run\n",
        f"{summary.questions} questions of the split `{summary.split}`{times}, of which the corpus does not answer "
        f"{summary.unanswerable}; {machine.cores} cores of {machine.cpu}{memory}; started {manifest.started}, finished "
        f"{manifest.finished or 'not yet'}, resumed {manifest.resumed} times.\n",
    ]
    parts[2:2] = [f"{_plain(each)}\n" for each in (*manifest.warnings, *summary.warnings)]
    return "\n".join(parts)


def _advice(manifest: Manifest, summary: Summary) -> str:
    """The recommendation, who is best at what, the rules behind it, and what others would have expected."""
    advice = summary.verdict.recommendation
    lines = [f"{summary.verdict.advice} (For {manifest.needs.in_words()}.)\n"]
    found = [each for each in summary.verdict.findings if each.sentence != summary.verdict.headline]
    lines += [f"- {each.about.capitalize()}: {each.sentence}" for each in found]
    if advice.reasons:
        lines += ["", "By the rules:", "", *(f"- {each.rule}: {each.sentence}" for each in advice.reasons)]
    expected = expectations(manifest, summary)
    if expected:
        lines += ["", "What others found, and this run:", ""]
        lines += [f"- {each.statement} ({each.source}): {each.outcome}; {each.found}." for each in expected]
    return _plain("\n".join(lines)) + "\n"


def _judge(manifest: Manifest, summary: Summary) -> list[str]:
    """What the judge of these scores is worth, a paragraph each."""
    present = {name for each in summary.pipelines for name in each.metrics}
    names = [name for name in METRICS if METRICS[name].judged and name in present]
    known = {name: beside_people(name, manifest.judge_standings) for name in names}
    unknown = "Nobody has compared it with people"
    return [_plain(f"{METRICS[name].title}: {said or unknown}.\n") for name, said in known.items()]


def _plain(text: str) -> str:
    """Names are whatever people chose; none of them is markup."""
    return text.replace("<", "&lt;")


def _row(trial: Trial, question: Question, prices: Prices, metrics: Sequence[str]) -> dict[str, str | float | None]:
    answer, failure = trial.answer, trial.failure
    row: dict[str, str | float | None] = {
        "pipeline": trial.pipeline,
        "question_id": question.id,
        "repeat": trial.repeat,
        "tags": " ".join(question_tags(question)),
        "user_input": question.user_input,
        "reference": question.reference,
        "response": answer.response if answer else None,
        "finish_reason": answer.finish_reason if answer else None,
        "failure": failure.message if failure else None,
        "abstained": str(trial.abstained).lower(),
        "perhaps_otherwise": str(may_be_otherwise(question, trial)).lower(),
        "cached": str(trial.cached).lower(),
        "asked_at": trial.asked_at,
        "ttft": answer.timing.ttft if answer else None,
        "e2el": answer.timing.e2el if answer else None,
        "retrieval": answer.timing.retrieval if answer else None,
        "prompt_tokens": answer.usage.prompt_tokens if answer else None,
        "cached_tokens": answer.usage.cached_tokens if answer else None,
        "completion_tokens": answer.usage.completion_tokens if answer else None,
        "machine_seconds": trial.machine_seconds,
        "cost": trial.cost(prices),
        "retrieved": " ".join(passage.id for passage in answer.retrieved_contexts) if answer else None,
    }
    for name in metrics:
        score = trial.scores.get(name)
        row[name] = score.value if score else None
        row[f"{name}_status"] = score.status if score else None
    return row


def _harmless(value: str | float | None) -> str | float | None:
    """A cell that begins like a formula is run by spreadsheets (CSV injection, OWASP)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")):
        return f"'{value}"
    return value
