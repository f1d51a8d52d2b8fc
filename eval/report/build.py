"""report.html: one page, self-contained, that opens offline and asks nobody for anything.

Whatever a document, a question or a model wrote is text: Jinja escapes it, the data for the script is JSON in which
nothing can end its element, the script makes text nodes only, and the page's content security policy lets nothing run
or load but the one script and style sheet whose hashes it names.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from corpora.model import Document, Question
from eval import numbers
from eval.exports import ReportFile
from eval.literature import expectations
from eval.load.result import FILE as LOAD_FILE
from eval.load.result import LoadResult
from eval.manifest import Manifest
from eval.report import facts, figures, tables
from eval.report.cells import place
from eval.report.comparing import comparing
from eval.report.costs import cost_part
from eval.report.freshness import freshness_part
from eval.report.island import dump, island
from eval.report.loads import load_part
from eval.report.opening import at_a_glance, opening
from eval.report.svg import clean
from eval.run import RunFolder
from eval.staleness import FILE as STALENESS_FILE
from eval.staleness import Staleness
from eval.storage import REPORT_AGAIN, read_model, write_whole
from eval.summary import Summary, summarise_run
from eval.trial import Trial

REPORT = "report.html"
_OUTCOMES = (("all", "All"), ("different", "Different"), ("failed", "Failed"), ("abstained", "Abstained"))


@dataclass(frozen=True)
class LaterMeasurements:
    """What was measured after the run, where it was: under load, and on changed documents."""

    load: LoadResult | None = None
    staleness: Staleness | None = None

    @classmethod
    def of(cls, folder: RunFolder) -> LaterMeasurements:
        """Raises RunStorageError where a file is broken."""
        load, staleness = folder.path / LOAD_FILE, folder.path / STALENESS_FILE
        return cls(
            load=read_model(load, LoadResult) if load.is_file() else None,
            staleness=read_model(staleness, Staleness) if staleness.is_file() else None,
        )


def build_report(run: RunFolder | Path, documents: Sequence[Document] = ()) -> Path:
    """Writes `report.html` into a run's folder, from the run's files alone; an unfinished run is reported as such.

    Args:
        documents: the corpus', for their titles and for what stands around the evidence; without them the evidence
            stands alone.

    Returns:
        the page's path.

    Raises:
        RunStorageError: the folder holds no run, a file of it is broken, or the page cannot be written.
    """
    folder = run if isinstance(run, RunFolder) else RunFolder.open(run)
    trials = folder.trials()
    page = render(folder.manifest, folder.questions, trials, _summary(folder), documents, LaterMeasurements.of(folder))
    path = folder.path / REPORT
    write_whole(path, page, REPORT_AGAIN)
    return path


def render(
    manifest: Manifest,
    questions: Sequence[Question],
    trials: Sequence[Trial],
    summary: Summary,
    documents: Sequence[Document],
    later: LaterMeasurements,
) -> str:
    """The page. The same run makes the same bytes."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"prose": _prose, "together": _together}
    style, script = _resource("style.css"), _resource("script.js")
    names = [each.name for each in summary.pipelines]
    data = island(names, questions, documents, trials, manifest.prices)
    context = _context(manifest, questions, trials, summary, later)
    page = environment.from_string(_resource("template.html")).render(
        **context,
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(dump(data)),
        svg=Markup,
    )
    return clean(page)


def _prose(sentence: str) -> Markup:
    """A sentence of ours, with what stands in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(_together(sentence)))))


def _together(text: str) -> str:
    """No line ends between a sign and its number, or between a number and its unit."""
    text = re.sub(r"(?<=[−+])(?=[$€£¥])", "\u2060", text)
    return re.sub(r"(?<=\d) (?=(?:ms|s|min|h)\b)", "\u00a0", text)


def _summary(folder: RunFolder) -> Summary:
    """As exported when the run was finished; summed up anew while it is not."""
    path = folder.path / "report.json"
    if folder.manifest.finished and path.is_file():
        return read_model(path, ReportFile).summary
    return summarise_run(folder)


def _context(
    manifest: Manifest,
    questions: Sequence[Question],
    trials: Sequence[Trial],
    summary: Summary,
    later: LaterMeasurements,
) -> dict[str, Any]:
    cost, time = figures.against_cost(summary), figures.against_time(summary)
    hero = cost or time
    rest = [time if cost else None, figures.times(summary, trials), figures.kinds(summary)]
    used = tables.columns(summary)
    metrics = dict.fromkeys(name for each in summary.pipelines for name in each.metrics)
    pipelines = [{"name": each.name, "colour": place(index)} for index, each in enumerate(summary.pipelines)]
    return {
        "title": f"{summary.corpus}: {summary.verdict.headline}",
        "subtitle": f"Bakeoff on {summary.corpus}, {facts.moment(manifest.started)}",
        "headline": at_a_glance(summary.verdict.headline),
        "opening": opening(summary.verdict, manifest.needs),
        "expectations": expectations(manifest, summary),
        "notes": _notes(manifest, summary),
        "hero": hero,
        "pipelines": pipelines,
        "columns": list(used.values()),
        "rows": tables.summary_rows(summary, used),
        "summary_note": _summary_note(manifest, summary),
        "families": tables.families(summary),
        "differences": figures.differences(summary),
        "comparing": comparing(summary),
        "costs": cost_part(manifest, summary),
        "load": load_part(later.load, summary, manifest.prices) if later.load else None,
        "freshness": freshness_part(later.staleness, summary) if later.staleness else None,
        "figures": [drawing for drawing in rest if drawing],
        "measures": facts.measures(metrics, summary.confidence, manifest.judge_standings),
        "facts": facts.what_was_run(manifest),
        "config": facts.configuration(manifest),
        "outcomes": _OUTCOMES,
        "times": manifest.evaluation.repeat,
        "tags": _tags(questions, summary),
    }


def _notes(manifest: Manifest, summary: Summary) -> list[str]:
    """What one must know before believing the headline."""
    notes = [*manifest.warnings, *summary.warnings]
    cached = sum(each.cached for each in summary.pipelines)
    if cached:
        notes.append(
            f"{_answers(cached)} taken from earlier runs, the last of each, with the times they took then, and in no "
            "percentile."
        )
    notes += [
        f"{name} was trained on its documents, not on examples: the corpus has none."
        for name, each in manifest.pipelines.items()
        if facts.trained_on_documents(each)
    ]
    return notes


def _summary_note(manifest: Manifest, summary: Summary) -> str:
    without = f", {numbers.count(summary.unanswerable)} of them without an answer" if summary.unanswerable else ""
    times = manifest.evaluation.repeat
    again = f" Each was asked {times} times, and counts by the mean of its answers." if times > 1 else ""
    questions = f"{numbers.count(summary.questions)} questions of the split “{summary.split}”{without}.{again}"
    beneath = f"Beneath each mean: its {numbers.level(summary.confidence)} interval, and what became of the trials."
    return f"{questions} {beneath} {manifest.prices.in_words()}"


def _answers(count: int) -> str:
    return f"{numbers.count(count)} answer{' is' if count == 1 else 's are'}"


def _tags(questions: Sequence[Question], summary: Summary) -> list[tuple[str, str]]:
    """The choices of the second filter, as the script knows them."""
    tags = sorted({tag for question in questions for tag in question.tags})
    told = {question.in_examples for question in questions}
    perhaps = any(each.abstention.may_be(each.name) for each in summary.pipelines)
    return [
        *((f"tag:{tag}", tag) for tag in tags),
        *([("told", "told in the training examples")] if True in told else []),
        *([("untold", "not in the training examples")] if False in told else []),
        *([("perhaps", "perhaps refused, or made up")] if perhaps else []),
    ]


def _resource(name: str) -> str:
    return files("eval.report").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing from anywhere but these two texts."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
