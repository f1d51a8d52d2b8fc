"""A bake-off in numbers: what the report, the terminal's table, report.json and summary.md are drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from corpora.model import Question, Record
from eval import languages, no_answer, numbers
from eval.assessed import assess
from eval.differences import Difference, Subset, all_differences, find_difference
from eval.doubt import why_in_doubt
from eval.manifest import Manifest
from eval.measures import PipelineSummary, summarise_pipeline
from eval.metrics.bare_answers import is_sentence
from eval.metrics.registry import CORRECTNESS, METRICS
from eval.paired import Paired
from eval.pairing import comparable, question_clusters, question_documents
from eval.replies import replies
from eval.run import RunFolder
from eval.spent import COST, amounts
from eval.spread import Spread, spread_of
from eval.staleness import FILE, Staleness
from eval.statistics import Draws
from eval.storage import read_model
from eval.trial import Trial
from eval.turns import question_turns
from eval.verdict import Verdict, judge_run, open_verdict

Apart = Literal["different", "in doubt", "not shown"]

DOCUMENTS_MATTER = 0.05
"""Of how many questions it may be unknown which document they are on, without being told of."""


class Summary(Record):
    """The whole run. `missing` trials are not there, and `unscored` answers are in no number: while there are any of
    these, the run is not finished, and there is no verdict. `pipelines` are in the run's order.

    `clusters` is the number of groups of alike questions that intervals resample, and `clustered` whether these are
    documents; else each question is one. `spread` says how the questions with an answer are spread over documents: of
    these `placed` quote no evidence and are put on the nearest document, and `unplaced` are on none that is known.
    `sentences` is how many questions have no right answer but sentences (`eval.metrics.bare_answers`), and
    `reading_as_none` those whose reference reads like a refusal. `language` is the corpus' tag for its own.
    """

    run_id: str
    corpus: str
    split: str
    questions: int
    unanswerable: int
    placed: int = 0
    unplaced: int = 0
    missing: int
    unscored: int = 0
    clusters: int
    clustered: bool
    spread: Spread = Spread()
    sentences: int = 0
    reading_as_none: tuple[str, ...] = ()
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
        found += [text for each in self.pipelines if (text := each.told_of_failures)]
        found += self._told_of_documents()
        found += [text] if (text := no_answer.warning(self.reading_as_none)) else []
        if 2 * self.sentences > self.questions - self.unanswerable:
            found.append(
                f"{self.sentences} of {self.questions - self.unanswerable} references are sentences: an answer that "
                "repeats one with another name or an opposite in it counts as right, and one in quite other words does "
                "not. Give the bare answers as `reference_aliases`: they decide then."
            )
        found += [text for each in self.pipelines for text in each.uncounted.told_of(each.name)]
        found += [text for each in self.pipelines if (text := each.in_part.told_of(each.name))]
        found += [text for each in self.pipelines if (text := each.abstention.told_of(each.name))]
        found += [each.copying.told_of(each.name) for each in self.pipelines if each.copying and each.copying.as_good]
        silent = [text for name, metric in METRICS.items() if metric.judged and (text := self._silent(name))]
        if silent:
            found.append(
                f"The judge gave no verdict {', '.join(silent)} (trials.jsonl says why). A new run with "
                "`evaluation.reuse_answers: true` asks the judge again, and a pipeline only what failed."
            )
        return tuple(found)

    def _told_of_documents(self) -> Iterator[str]:
        """What it does to the intervals which documents the questions are on, and how well that is known."""
        of_all = f"of {numbers.counted(self.questions - self.unanswerable, 'question')} with an answer"
        if self.unplaced > DOCUMENTS_MATTER * (self.questions - self.unanswerable):
            yield (
                f"{self.unplaced} {of_all} do not say which document it is in (reference_contexts), so that each "
                "counts by itself: where several are on one document, the intervals are narrower than they should be."
            )
        if self.placed > DOCUMENTS_MATTER * (self.questions - self.unanswerable):
            yield (
                f"{self.placed} {of_all} quote no evidence (reference_contexts): each is taken to be on the document "
                "that shares the most words with it and its answer. Where that is another, the intervals may be too "
                "narrow."
            )
        if self.spread.warning:
            yield self.spread.warning

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
            return "different" if paired.stays_ahead(level) else "in doubt"
        by_name = {each.name: each for each in self.pipelines}
        a, b = by_name[difference.a], by_name[difference.b]
        return "in doubt" if why_in_doubt(a, b, paired, level) else "different"

    def difference(self, measure: str, a: str, b: str, subset: Subset = "all") -> Paired | None:
        """a minus b, whichever way round it is stored; None where it is not."""
        return find_difference(self.differences, measure, a, b, subset)


def summarise(
    manifest: Manifest, questions: Sequence[Question], trials: Sequence[Trial], staleness: Staleness | None = None
) -> Summary:
    """Sums up the trials that there are, finished or not; `staleness` where a change of the documents was tried."""
    options = manifest.evaluation
    clusters, documents = question_clusters(questions), question_documents(questions)
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
    replied = {name: replies(questions, each) for name, each in by_name.items()}
    differences = all_differences(by_name, assessed, questions, replied, taken, manifest.prices, drawn)
    spent = {key: comparable(each) for key, each in taken.items()}
    costs = {name: sum(each.values()) / len(each) for name, each in spent[COST].items()}
    spread = spread_of([question.id for question in questions if question.answerable], documents)
    pipelines = tuple(
        summarise_pipeline(manifest, name, questions, each, assessed[name], replied[name], drawn, costs.get(name))
        for name, each in by_name.items()
    )
    if missing or unscored:
        verdict = open_verdict(manifest.run_id, missing, unscored)
    else:
        verdict = judge_run(manifest, pipelines, differences, by_name, replied, staleness, spent, drawn, spread.holding)
    return Summary(
        run_id=manifest.run_id,
        corpus=manifest.corpus_name,
        split=options.split,
        questions=len(questions),
        unanswerable=sum(not each.answerable for each in questions),
        placed=sum(each.nearest_document is not None for each in questions),
        unplaced=sum(each.answerable and each.id not in documents for each in questions),
        missing=missing,
        unscored=unscored,
        clusters=len(set(clusters.values())),
        clustered=len(set(clusters.values())) < len(questions),
        spread=spread,
        sentences=sum(each.answerable and all(map(is_sentence, each.right_answers)) for each in questions),
        reading_as_none=no_answer.reading_as_none(questions),
        language=manifest.corpus_language,
        confidence=options.confidence,
        verdict=verdict,
        pipelines=pipelines,
        differences=differences,
    )


def summarise_run(run: RunFolder) -> Summary:
    """Sums up a run from its files. Raises RunStorageError where one is broken."""
    path = run.path / FILE
    staleness = read_model(path, Staleness) if path.is_file() else None
    return summarise(run.manifest, run.questions, run.trials(), staleness)
