"""Two runs against each other: the same pipelines on the questions that both were asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from corpora.errors import RunError
from corpora.model import Record
from eval import numbers
from eval.assessed import assess
from eval.doubt import more_right_answers, why_in_doubt
from eval.identity import in_words
from eval.languages import doubt_of
from eval.measures import PipelineSummary, summarise_pipeline, values
from eval.metrics.registry import CORRECTNESS, METRICS
from eval.numbers import NOTHING
from eval.paired import Paired
from eval.pairing import compare_pairs, document_clusters, question_clusters, question_documents
from eval.replies import replies
from eval.right_answers import compare_answers, rights
from eval.run import RunFolder
from eval.spread import Spread, spread_of
from eval.statistics import Draws
from eval.table import Table, with_interval
from eval.turns import question_turns


class Change(Record):
    """One metric of one pipeline: run `b` minus run `a`, on common questions. `doubt` is the sentence that says why a
    difference may be one of failures alone, or in correctness of the answers' length or of parts of right answers; None
    where it is not.
    """

    pipeline: str
    metric: str
    paired: Paired
    doubt: str | None = None


class Comparison(Record):
    """What changed from run `a` to run `b`. `questions` have the same id, text and right answers in both. `changed`
    names what of configuration, corpus, engine and pipelines differs; `apart` are the pipelines that only one run has.
    The changes of one metric are corrected together, as the pairs of a run are; `level` is that of the intervals.
    `doubt` is the sentence that says why correctness shows nothing in the corpus' language; None where it may.
    `spread` is that of the common questions over documents.
    """

    a: str
    b: str
    questions: int
    changed: tuple[str, ...]
    apart: tuple[str, ...]
    changes: tuple[Change, ...]
    level: float
    doubt: str | None = None
    spread: Spread

    def different(self, change: Change) -> str:
        """Whether one of its changes may be called one, in a word."""
        if not change.paired.differs_in_score(self.level):
            return "in doubt" if change.paired.differs_in_right(self.level) else "not shown"
        doubt = change.doubt or (self.doubt if change.metric == CORRECTNESS else None)
        return "in doubt" if doubt else "yes"

    @property
    def holding(self) -> str:
        """Of which documents it holds that something differs (`Spread.holding`); nothing where nothing does."""
        return self.spread.holding if any(self.different(each) == "yes" for each in self.changes) else ""


def compare_runs(a: RunFolder, b: RunFolder) -> Comparison:
    """Compares run b with run a, metric by metric, paired by question.

    Raises:
        RunError: one of them is not finished, or no question, pipeline or scored answer is in both.
    """
    for run in (a, b):
        run.require_finished()
    before = {question.id: question for question in a.questions}
    common = {
        question.id
        for question in b.questions
        if question.id in before
        and (question.user_input, question.right_answers)
        == (before[question.id].user_input, before[question.id].right_answers)
    }
    both = [name for name in a.manifest.pipelines if name in b.manifest.pipelines]
    for what, found in (("question", common), ("pipeline", both)):
        if not found:
            raise RunError(
                f"The runs {_with_split(a)} and {_with_split(b)} have no {what} in common.",
                "Compare runs on the same corpus, whose pipelines have the same names; a question whose text or right "
                "answers were changed is another one.",
            )
    apart = sorted(a.manifest.pipelines.keys() ^ b.manifest.pipelines.keys())
    # a run of an earlier version knows of no nearest documents
    documents = question_documents(a.questions) | question_documents(b.questions)
    changes = tuple(_changes(a, b, both, common, documents))
    if not changes:
        raise RunError(
            f"The runs {a.manifest.run_id} and {b.manifest.run_id} have no scored answer to the same question.",
            "Compare runs of questions that have an answer; where one of them has lost its journal.jsonl, restore it "
            "from a copy, or run it again.",
        )
    return Comparison(
        a=a.manifest.run_id,
        b=b.manifest.run_id,
        questions=len(common),
        changed=tuple(_changed(a, b, apart)),
        apart=tuple(apart),
        changes=changes,
        level=b.manifest.evaluation.confidence,
        doubt=_doubt_of_language(a, b),
        spread=spread_of([key for key in common if before[key].answerable], documents),
    )


def _changed(a: RunFolder, b: RunFolder, apart: Sequence[str]) -> list[str]:
    """What differs; not again who is in one of them only."""
    names = [*a.manifest.pipelines, *b.manifest.pipelines]
    told = {f"pipeline {name}" for name in apart}
    return [each for each in in_words(a.manifest.differences(b.manifest), names) if each not in told]


def _doubt_of_language(a: RunFolder, b: RunFolder) -> str | None:
    doubts = (doubt_of(CORRECTNESS, run.manifest.corpus_language) for run in (b, a))
    return next((f"But {each}." for each in doubts if each), None)


def _with_split(run: RunFolder) -> str:
    return f"{run.manifest.run_id} (split {run.manifest.evaluation.split})"


def comparison_table(comparison: Comparison) -> Table:
    """One row for each metric of each pipeline; whoever shows it says which runs A and B are."""
    rows = [
        [
            each.pipeline,
            METRICS[each.metric].title,
            with_interval(each.paired.estimate, numbers.difference),
            str(each.paired.estimate.n),
            NOTHING if each.paired.adjusted is None else numbers.probability(each.paired.adjusted),
            comparison.different(each),
            NOTHING if each.paired.right is None else with_interval(each.paired.right.estimate, numbers.difference),
        ]
        for each in comparison.changes
    ]
    return Table(["Pipeline", "Metric", "B − A", "n", "p (Holm)", "Different", "In right answers"], rows)


def _changes(
    a: RunFolder, b: RunFolder, pipelines: list[str], common: set[str], documents: Mapping[str, str]
) -> list[Change]:
    confidence = b.manifest.evaluation.intervals
    clusters = document_clusters(sorted(common), {key: documents[key] for key in common & documents.keys()})
    by_run = [
        {name: [each for each in trials if each.pipeline == name and each.question_id in common] for name in pipelines}
        for trials in (a.trials(), b.trials())
    ]
    known = {
        f"{run} {name}": rights(assess(folder.questions, trials))
        for run, folder, by_name in zip("ab", (a, b), by_run, strict=True)
        for name, trials in by_name.items()
    }
    failed = {
        name: {each.question_id for by_name in by_run for each in by_name[name] if each.failure} for name in pipelines
    }
    found: dict[tuple[str, str], Paired] = {}
    doubts: dict[tuple[str, str], str | None] = {}
    for metric in METRICS:
        scores = {
            f"{run} {name}": values(by_name[name], metric)
            for run, by_name in zip("ab", by_run, strict=True)
            for name in by_name
        }
        pairs = [(f"b {name}", f"a {name}") for name in pipelines]
        if metric == CORRECTNESS:
            compared = compare_answers(scores, known, pairs, clusters, confidence)
        else:
            compared = compare_pairs(scores, pairs, clusters, confidence)
        for name, pair, paired in zip(pipelines, pairs, compared.values(), strict=True):
            found[name, metric] = paired
            if failed[name] and metric != CORRECTNESS and METRICS[metric].without_answer is not None:
                only = compare_pairs(_without(failed[name], scores), [pair], clusters, confidence)[pair]
                doubts[name, metric] = _doubt_of_failures(name, len(failed[name]), paired, only, confidence.level)
    doubts |= {(name, CORRECTNESS): _doubt(a, b, name, common, found[name, CORRECTNESS]) for name in pipelines}
    return [
        Change(pipeline=name, metric=metric, paired=found[name, metric], doubt=doubts.get((name, metric)))
        for name in pipelines
        for metric in METRICS
        if found[name, metric].estimate.n
    ]


def _without(questions: Set[str], scores: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {name: {key: value for key, value in each.items() if key not in questions} for name, each in scores.items()}


def _doubt_of_failures(name: str, failed: int, paired: Paired, answered: Paired, level: float) -> str | None:
    """Why a difference in a score that is 0 for a failure tells nothing: on the questions that both runs `answered`
    there is none to see; None where there is.
    """
    if not paired.differs(level) or answered.differs(level):
        return None
    some = numbers.counted(failed, "question")
    others = ", and on the others its scores do not differ" if answered.estimate.n else ""
    return f"But {name} failed on {some} in one run or in both{others}."


def _doubt(a: RunFolder, b: RunFolder, name: str, common: set[str], paired: Paired) -> str | None:
    """Why b minus a in correctness tells nothing (`why_in_doubt`), or that right answers tell what the score does not;
    the sentences name the run beside the pipeline. None where neither is so.
    """
    level = b.manifest.evaluation.confidence
    if not paired.differs_in_score(level) and not paired.differs_in_right(level):
        return None
    before, after = (_summary(run, name, common) for run in (a, b))
    if paired.differs_in_score(level):
        return why_in_doubt(after, before, paired, level)
    if paired.right_ahead(level):
        return more_right_answers(after.name, before.name, paired)
    return more_right_answers(before.name, after.name, paired.negated())


def _summary(run: RunFolder, name: str, common: set[str]) -> PipelineSummary:
    """Of one pipeline on the common questions."""
    questions = [question for question in run.questions if question.id in common]
    trials = [each for each in run.trials() if each.pipeline == name and each.question_id in common]
    options = run.manifest.evaluation
    turns = question_turns(questions, run.manifest.turns, options.seed)
    drawn = Draws(question_clusters(questions), turns, options.intervals)
    summary = summarise_pipeline(
        run.manifest, name, questions, trials, assess(questions, trials), replies(questions, trials), drawn, None
    )
    return summary.model_copy(update={"name": f"{name} in {run.manifest.run_id}"})
