"""A bake-off in numbers: what the report, the terminal's table, report.json and summary.md are drawn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from corpora.model import Question, Record
from eval import languages, numbers
from eval.assessed import assess
from eval.differences import (
    COST,
    Difference,
    Subset,
    all_differences,
    amounts,
    comparable,
    find_difference,
)
from eval.doubt import why_in_doubt
from eval.manifest import Manifest
from eval.measures import PipelineSummary, summarise_pipeline
from eval.metrics.bare_answers import is_sentence
from eval.metrics.registry import CORRECTNESS, METRICS
from eval.paired import Paired
from eval.pairing import FEWEST_CLUSTERS, question_clusters, question_documents
from eval.run import RunFolder
from eval.staleness import FILE, Staleness
from eval.statistics import Draws, effective_clusters
from eval.storage import read_model
from eval.trial import Trial
from eval.turns import question_turns
from eval.uncounted import Kind
from eval.verdict import Verdict, judge_run, open_verdict

Apart = Literal["different", "in doubt", "not shown"]

UNCOUNTED_MATTERS = 0.05
"""What may be lacking of a mean correctness, for one reason, without being told of."""


class Summary(Record):
    """The whole run. `missing` trials are not there, and `unscored` answers are in no number: while there are any of
    these, the run is not finished, and there is no verdict. `pipelines` are in the run's order.

    `clusters` is the number of groups of alike questions that intervals resample, and `clustered` whether these are
    documents; else each question is one. `documents` is the number of those that the evidence is in, and `effective`
    how many clusters of one size would spread as these do (`effective_clusters`). `sentences` is how many questions
    have no right answer but sentences (`eval.metrics.bare_answers`). `language` is the corpus' tag for its own.
    """

    run_id: str
    corpus: str
    split: str
    questions: int
    unanswerable: int
    missing: int
    unscored: int = 0
    clusters: int
    clustered: bool
    documents: int = 0
    effective: float | None = None
    sentences: int = 0
    language: str = "en"
    confidence: float
    verdict: Verdict
    pipelines: tuple[PipelineSummary, ...]
    differences: tuple[Difference, ...]

    @property
    def finished(self) -> bool:
        return not self.missing and not self.unscored

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the questions cannot show, what copying shows as well, what the judge did not say, in sentences."""
        found = [text] if (text := languages.warning(self.language)) else []
        if not self.documents and self.questions > self.unanswerable:
            found.append(
                "No question says which document its answer is in (reference_contexts), so that each counts by itself: "
                "where several are on one document, the intervals are narrower than they should be."
            )
        if self.clustered and self.effective is not None and self.effective < FEWEST_CLUSTERS:
            found.append(
                f"Most questions are on a few of the {self.documents} documents: they tell as much as "
                f"{self.effective:.1f} equal documents would. Ask on the others as well."
            )
        if 0 < self.documents < FEWEST_CLUSTERS:
            only = f"only {self.documents} documents" if self.documents > 1 else "only one document"
            found.append(
                f"The questions' evidence is in {only}: what is found holds for further questions on the same "
                f"documents. For it to hold for others, ask on {FEWEST_CLUSTERS} at least."
            )
        if 2 * self.sentences > self.questions - self.unanswerable:
            found.append(
                f"{self.sentences} of {self.questions - self.unanswerable} references are sentences: an answer that "
                "repeats one with another name or an opposite in it counts as right, and one in quite other words does "
                "not. Give the bare answers as `reference_aliases`: they decide then."
            )
        found += [text for each in self.pipelines for text in _told_of_uncounted(each)]
        found += [text for each in self.pipelines if (text := each.in_part.told_of(each.name))]
        found += [each.copying.told_of(each.name) for each in self.pipelines if each.copying and each.copying.as_good]
        silent = [text for name, metric in METRICS.items() if metric.judged and (text := self._silent(name))]
        if silent:
            found.append(
                f"The judge gave no verdict {', '.join(silent)} (trials.jsonl says why). A new run with "
                "`evaluation.reuse_answers: true` asks the judge again, and nobody else."
            )
        return tuple(found)

    def _silent(self, metric: str) -> str | None:
        """How often the judge gave no verdict where there was an answer: 3 of 20 times for Faithfulness (judge)."""
        known = [(each.metrics[metric], each.failed) for each in self.pipelines if metric in each.metrics]
        failed = sum(max(of.failed - unanswered, 0) for of, unanswered in known)
        asked = sum(of.scored for of, _ in known) + failed
        return f"{failed} of {asked} times for {METRICS[metric].title}" if failed else None

    def apart(self, difference: Difference) -> Apart:
        """What may be said of two pipelines, as the verdict has it: in doubt are scores that differ for answers that
        are not counted, or for parts of right ones alone, right answers that differ alone, and whatever goes by words
        of a language that is not known.
        """
        paired, level = difference.paired, self.confidence
        if not paired.differs_in_score(level):
            return "in doubt" if paired.differs_in_right(level) else "not shown"
        if languages.doubt_of(difference.measure, self.language):
            return "in doubt"
        if difference.measure != CORRECTNESS:
            return "different"
        by_name = {each.name: each for each in self.pipelines}
        a, b = by_name[difference.a], by_name[difference.b]
        return "in doubt" if why_in_doubt(a, b, paired, level) else "different"

    def difference(self, measure: str, a: str, b: str, subset: Subset = "all") -> Paired | None:
        """a minus b, whichever way round it is stored; None where it is not."""
        return find_difference(self.differences, measure, a, b, subset)


def _told_of_uncounted(pipeline: PipelineSummary) -> Iterator[str]:
    """What length does to its correctness, and that answers read like refusals, where that is much."""
    found = pipeline.uncounted

    def so_many(kind: Kind) -> str:
        return f"{kind.answers} of {pipeline.name}'s {found.answers} answers"

    def too_low(kind: Kind) -> str:
        return f"its correctness may be {numbers.score(kind.taken)} too low"

    if (kind := found.like_refusals).taken >= UNCOUNTED_MATTERS:
        yield (
            f"{so_many(kind)} may be right and read like refusals, which earn nothing: {too_low(kind)}. Have it answer "
            "first, and say after that what it does not know."
        )
    if (kind := found.in_a_sentence).answers and kind.answers >= UNCOUNTED_MATTERS * found.answers:
        # by their count: those with a "no" for something else have the score, and do not count as right all the same
        low = too_low(kind) if kind.taken else "none of them counts as right"
        yield (
            f"{so_many(kind)} may be right and say neither yes nor no, where the reference is one of these alone: "
            f"{low}. Have it open with yes or no."
        )
    if (kind := found.denying).taken >= UNCOUNTED_MATTERS:
        yield (
            f"{so_many(kind)} may be right and are taken for denials of their references, by rules that know little of "
            f"what turns a denial round: {too_low(kind)}. Read them."
        )
    if (kind := found.too_short).taken >= UNCOUNTED_MATTERS:
        yield (
            f"{so_many(kind)} may be right and have too few words to count so: {too_low(kind)}. Give the bare answers "
            "as `reference_aliases`, or have it answer in sentences."
        )
    elif (kind := found.too_long).taken >= UNCOUNTED_MATTERS:
        yield (
            f"The length of its answers alone takes {numbers.score(kind.taken)} of {pipeline.name}'s correctness; "
            f"{so_many(kind)} would be right if they were shorter, or may be (docs/metrics.md). Have it answer "
            "briefly, or read token recall beside correctness."
        )


def summarise(
    manifest: Manifest, questions: Sequence[Question], trials: Sequence[Trial], staleness: Staleness | None = None
) -> Summary:
    """Sums up the trials that there are, finished or not; `staleness` where a change of the documents was tried."""
    options = manifest.evaluation
    clusters = question_clusters(questions)
    told = [
        trial for trial in trials if trial.answer is None or trial.scores
    ]  # unscored, a refusal is not known as one
    by_name = {name: [trial for trial in told if trial.pipeline == name] for name in manifest.pipelines}
    missing = len(questions) * len(by_name) * options.repeat - len(trials)
    unscored = len(trials) - len(told)
    turns = question_turns(questions, manifest.turns, options.seed)
    drawn = Draws(clusters, turns, options.intervals)
    taken = amounts(by_name, manifest.prices)
    assessed = {name: assess(questions, each) for name, each in by_name.items()}
    differences = all_differences(by_name, assessed, questions, taken, manifest.prices.by_token, drawn)
    spent = {key: comparable(each) for key, each in taken.items()}
    costs = {name: sum(each.values()) / len(each) for name, each in spent[COST].items()}
    pipelines = tuple(
        summarise_pipeline(manifest, name, questions, each, assessed[name], drawn, costs.get(name))
        for name, each in by_name.items()
    )
    unanswerable = {question.id for question in questions if not question.answerable}
    return Summary(
        run_id=manifest.run_id,
        corpus=manifest.corpus_name,
        split=options.split,
        questions=len(questions),
        unanswerable=len(unanswerable),
        missing=missing,
        unscored=unscored,
        clusters=len(set(clusters.values())),
        clustered=len(set(clusters.values())) < len(questions),
        documents=len(set(question_documents(questions).values())),
        effective=effective_clusters(np.asarray(list(Counter(clusters.values()).values()), float))
        if clusters
        else None,
        sentences=sum(each.answerable and all(map(is_sentence, each.right_answers)) for each in questions),
        language=manifest.corpus_language,
        confidence=options.confidence,
        verdict=open_verdict(manifest.run_id, missing, unscored)
        if missing or unscored
        else judge_run(manifest, pipelines, differences, by_name, unanswerable, staleness, spent, drawn),
        pipelines=pipelines,
        differences=differences,
    )


def summarise_run(run: RunFolder) -> Summary:
    """Sums up a run from its files. Raises RunStorageError where one is broken."""
    path = run.path / FILE
    staleness = read_model(path, Staleness) if path.is_file() else None
    return summarise(run.manifest, run.questions, run.trials(), staleness)
